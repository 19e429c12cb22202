package svg

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/caddy-images/caddy-images/transform/drawing/natural"
)

// units replaces lengths in units that librsvg interprets differently under
// libvips, or does not support. libvips sets 72 pixels per inch, and librsvg
// does not know rem; its medium font has 12 points, and 12 pixels by default.
type units struct {
	font   float64 // of the root element, in units
	window natural.Size
}

// mode is the kind of a text.
type mode byte

const (
	ofValue        mode = iota // of one property
	ofDeclarations             // a style attribute
	ofSheet
)

// convert replaces the lengths in a text. For a value, property is its
// property. Nothing else changes.
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

// place is the context of a token in a text.
type place struct {
	mode  mode
	depth int    // of braces
	name  string // of the property, in lower case
	named bool   // its colon was read
	sized bool   // the font size in its value was read

	attribute string // of a selector, [x="1in"], as far as read
	equals    bool   // and the sign after it
}

// isCompared reports whether a token is the whole value that a selector
// compares an attribute with.
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
		p.attribute, p.equals = "-", false // a partial or other comparison
	}
	return false
}

// compared returns the replacement of the value of an attribute in a
// selector: the same as in the attribute.
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

// token returns the replacement of a token in a value; raw is its text.
func (u units) token(t token, raw string, p *place) string {
	switch {
	case t.kind == number:
		p.sized = p.sized || t.unit != ""
		return u.length(raw, t.unit)
	case t.is(","):
		p.sized = true // family names follow
	case t.kind == ident && (p.name == "font-size" || p.name == "font" && !p.sized && !t.names("initial")):
		if v, ok := keywords[strings.ToLower(t.text)]; ok {
			p.sized = true
			return formatted(v) + "px"
		}
	}
	return raw
}

// length returns the replacement of a number with a unit, in lower case.
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
		v, to = v/2, "em" // the fallback for ch
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

// formatted formats a number for CSS with the necessary digits.
func formatted(v float64) string {
	if math.Abs(v) < 1e-3 {
		return strconv.FormatFloat(v, 'g', 7, 64)
	}
	text := strconv.FormatFloat(v, 'f', 6, 64)
	return strings.TrimRight(strings.TrimRight(text, "0"), ".")
}

// lengthProperties are the attributes with lengths: geometry (SVG 2, sections
// 7 to 13), and presentation attributes.
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
