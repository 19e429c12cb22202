package svg

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/caddy-images/caddy-images/transform/drawing/natural"
)

// units replace lengths in units that librsvg has wrong under libvips, or has not, by
// lengths in those that it has. libvips says that an inch has 72 pixels, and librsvg
// knows no rem; its medium font has 12 points, and 12 pixels where nothing says a size.
type units struct {
	font   float64 // of the root element, in units
	window natural.Size
}

// mode is what a text is.
type mode byte

const (
	ofValue        mode = iota // of one property
	ofDeclarations             // a style attribute
	ofSheet
)

// convert replaces the lengths in a text. Of a value, property is whose it is. Nothing
// else is changed.
func (u units) convert(text string, m mode, property string) string {
	var b strings.Builder
	copied := 0
	p := place{mode: m, name: property, named: m == ofValue}
	for l := (lexer{text}); ; {
		l.comments()
		from := len(text) - len(l.rest)
		t, ok := l.next()
		if !ok {
			break
		}
		raw := text[from : len(text)-len(l.rest)]
		replacement := raw
		switch {
		case p.isCompared(t):
			replacement = u.compared(raw, p.attribute)
		case p.isValue(t):
			replacement = u.token(t, raw, &p)
		}
		if replacement != raw {
			b.WriteString(text[copied:from])
			b.WriteString(replacement)
			copied = from + len(raw)
		}
	}
	if copied == 0 {
		return text
	}
	b.WriteString(text[copied:])
	return b.String()
}

// place is where in a text a token stands.
type place struct {
	mode  mode
	depth int    // of braces
	name  string // of the property, in lower case
	named bool   // its colon was read
	sized bool   // the size of the font is said in its value

	attribute string // of a selector, [x="1in"], as far as it was read
	equals    bool   // and the sign behind it
}

// isCompared reports whether a token is what an attribute has to be for a selector, all
// of it.
func (p *place) isCompared(t token) bool {
	if p.mode != ofSheet {
		return false
	}
	switch {
	case t.is("["):
		p.attribute, p.equals = "", false
	case t.kind == ident && p.attribute == "":
		p.attribute = t.text
	case t.is("="):
		p.equals = true
	case t.kind == quoted && p.equals:
		return true
	case t.kind != space:
		p.attribute, p.equals = "-", false // a part of it, or something else
	}
	return false
}

// compared returns what stands for the value of an attribute in a selector:
// what stands for it in the attribute.
func (u units) compared(raw, name string) string {
	if len(raw) < 2 || strings.ContainsRune(raw, '\\') {
		return raw
	}
	return raw[:1] + u.attribute(attribute{Name: name, Value: raw[1 : len(raw)-1]}) + raw[len(raw)-1:]
}

// isValue reports whether a token is in the value of a property.
func (p *place) isValue(t token) bool {
	if p.mode == ofValue {
		return true
	}
	switch {
	case t.is("{"):
		p.depth++
	case t.is("}"):
		p.depth = max(p.depth-1, 0)
	case t.is(";"):
	case !p.named && t.kind == ident:
		p.name = strings.ToLower(t.text)
		return false
	case !p.named && t.is(":"):
		p.named = true
		return false
	default:
		return p.named && (p.mode == ofDeclarations || p.depth > 0)
	}
	p.name, p.named, p.sized = "", false, false
	return false
}

// token returns what stands for a token of a value, which is written as raw.
func (u units) token(t token, raw string, p *place) string {
	switch {
	case t.kind == number:
		p.sized = p.sized || t.unit != ""
		return u.length(raw, t.unit)
	case t.is(","):
		p.sized = true // what follows are names
	case t.kind == ident && (p.name == "font-size" || p.name == "font" && !p.sized && !t.names("initial")):
		if v, ok := keywords[strings.ToLower(t.text)]; ok {
			p.sized = true
			return formatted(v) + "px"
		}
	}
	return raw
}

// length returns what stands for a number with a unit, in lower case.
func (u units) length(raw, unit string) string {
	text := natural.Number(raw)
	written := raw[len(text):]
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || unit == "" || !strings.EqualFold(written, unit) {
		return raw
	}
	to := "px"
	switch unit {
	case "px", "em", "ex":
		return text + unit
	case "rem":
		v *= u.font
	case "ch":
		v, to = v/2, "em" // where the font does not say how wide its 0 is
	case "ic":
		to = "em"
	case "vw", "vi":
		v *= u.window.Width / 100
	case "vh", "vb":
		v *= u.window.Height / 100
	case "vmin":
		v *= min(u.window.Width, u.window.Height) / 100
	case "vmax":
		v *= max(u.window.Width, u.window.Height) / 100
	default:
		pixels, ok := natural.Pixels(v, unit)
		if !ok {
			return raw
		}
		v = pixels
	}
	if !(math.Abs(v) <= mostNumber) {
		return raw
	}
	return formatted(v) + to
}

// formatted returns a number as CSS reads it, with as many digits as show.
func formatted(v float64) string {
	if math.Abs(v) < 1e-3 {
		return strconv.FormatFloat(v, 'g', 7, 64)
	}
	text := strconv.FormatFloat(v, 'f', 6, 64)
	return strings.TrimRight(strings.TrimRight(text, "0"), ".")
}

// lengthProperties are the attributes that have lengths: geometry (SVG 2, sections 7 to
// 13), and properties that may be attributes.
var lengthProperties = func() []string {
	names := strings.Fields(`x y width height r rx ry cx cy x1 y1 x2 y2 fx fy fr dx dy refX refY markerWidth markerHeight startOffset textLength
		stroke-width stroke-dasharray stroke-dashoffset font-size font letter-spacing word-spacing baseline-shift kerning line-height
		text-indent inline-size shape-margin filter`)
	slices.Sort(names)
	return names
}()

// attribute returns the value of an attribute with its lengths replaced.
func (u units) attribute(a attribute) string {
	if a.Prefix != "" {
		return a.Value
	}
	if a.Name == "style" {
		return u.convert(a.Value, ofDeclarations, "")
	}
	if _, has := slices.BinarySearch(lengthProperties, a.Name); has {
		return u.convert(a.Value, ofValue, a.Name)
	}
	return a.Value
}
