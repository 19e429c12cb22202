package svg

import (
	"slices"
	"strconv"
	"strings"

	"github.com/caddy-images/caddy-images/transform/drawing/natural"
)

// root has the properties of the root element that determine the size of the
// drawing, and those that selectors match.
type root struct {
	name, id, style          string
	classes                  map[string]bool
	width, height, font, box string
	aspect                   string // preserveAspectRatio
}

// rootOf reads the attributes of a root element.
func rootOf(name string, attributes []attribute) root {
	r := root{name: name}
	for _, a := range attributes {
		if a.Prefix != "" {
			continue
		}
		switch a.Name {
		case "id":
			r.id = a.Value
		case "class":
			r.classes = map[string]bool{}
			for class := range strings.FieldsSeq(a.Value) {
				r.classes[class] = true
			}
		case "style":
			r.style = a.Value
		case "width":
			r.width = a.Value
		case "height":
			r.height = a.Value
		case "font-size":
			r.font = a.Value
		case "viewBox":
			r.box = uncommented(a.Value)
		case "preserveAspectRatio":
			r.aspect = strings.TrimSpace(a.Value)
		}
	}
	return r
}

// shape is the size of a drawing.
type shape struct {
	natural.Size
	font     float64 // of the root element, in units
	absolute bool    // the font size is in absolute units, or missing
}

// shape computes the cascade of attributes, style and style sheets for the
// root element (CSS Cascading and Inheritance Level 3, section 6).
func (r root) shape(sheets []string) shape {
	c := cascade{
		"width":     {value: r.width},
		"height":    {value: r.height},
		"font-size": {value: r.font},
	}
	for _, sheet := range sheets {
		c.sheet(sheet, r)
	}
	c.declare(r.style, inline)
	var s shape
	s.font, s.absolute = fontSize(c["font-size"].value)
	s.Size = natural.Of(c["width"].value, c["height"].value, r.box, s.font)
	return s
}

// keywords are the named font sizes (CSS Fonts Module Level 4, section 2.5),
// as in browsers.
var keywords = map[string]float64{
	"xx-small": 9, "x-small": 10, "small": 13, "medium": natural.FontSize, "large": 18, "x-large": 24, "xx-large": 32, "xxx-large": 48,
	"initial": natural.FontSize,
}

// fontSize returns the root element's font size for a value of font-size.
func fontSize(value string) (units float64, absolute bool) {
	value = strings.ToLower(strings.TrimSpace(value))
	if v, ok := keywords[value]; ok {
		return v, true
	}
	switch value {
	case "larger":
		return 1.2 * natural.FontSize, false
	case "smaller":
		return natural.FontSize / 1.2, false
	}
	number := natural.Number(value)
	unit := value[len(number):]
	v, err := strconv.ParseFloat(number, 64)
	if err != nil || v < 0 || v > mostLine {
		return natural.FontSize, true
	}
	if unit == "%" {
		return v / 100 * natural.FontSize, false
	}
	pixels, ok := natural.Length(value, natural.FontSize)
	if !ok {
		return natural.FontSize, true
	}
	_, fixed := natural.Pixels(v, unit)
	return pixels, fixed || unit == ""
}

// cascade has the winning declarations of some properties so far.
type cascade map[string]winner

type winner struct {
	value  string
	weight int
}

// Weights of declarations by origin. Attributes weigh nothing.
const (
	ofType    = 1
	ofClass   = ofType << 8
	ofID      = ofClass << 8
	inline    = ofID << 8
	important = inline << 1
)

// declare adds declarations. Among equal weights the last one wins.
func (c cascade) declare(css string, weight int) {
	for name, value := range declarations(css) {
		own := weight
		if before, after, ok := strings.Cut(value, "!"); ok && strings.EqualFold(strings.TrimSpace(after), "important") {
			value, own = before, weight+important
		}
		if name == "font" {
			name, value = "font-size", shorthandSize(value)
		}
		if was, known := c[name]; known && own >= was.weight && isSize(name, value) {
			c[name] = winner{strings.TrimSpace(value), own}
		}
	}
}

// isSize reports whether a value of a property is valid. Invalid declarations
// are ignored.
func isSize(name, value string) bool {
	value = strings.ToLower(strings.TrimSpace(value))
	if name == "font-size" {
		if _, ok := keywords[value]; ok || value == "larger" || value == "smaller" {
			return true
		}
	} else if value == "auto" {
		return true
	}
	number := natural.Number(value)
	_, ok := natural.Length(value, natural.FontSize)
	return ok || number != "" && value[len(number):] == "%"
}

// shorthandSize returns the size in a value of font.
func shorthandSize(value string) string {
	for l := (lexer{value}); ; {
		l.comments()
		text := l.rest
		t, ok := l.next()
		text = text[:len(text)-len(l.rest)]
		_, keyword := keywords[strings.ToLower(t.text)]
		switch {
		case !ok:
			return ""
		case t.kind == ident && (keyword || t.names("larger") || t.names("smaller")), t.kind == number && t.unit != "":
			return text
		}
	}
}

// sheet adds the rules of a style sheet that certainly match the root
// element. Conditional rules, which librsvg does not support, are skipped.
func (c cascade) sheet(css string, r root) {
	l := lexer{css}
	var prelude []token
	for {
		t, ok := l.next()
		switch {
		case !ok:
			return
		case t.is("{"):
			block, most := l.block(), -1
			for _, selector := range selectors(prelude) {
				if weight, ok := r.matches(selector); ok {
					most = max(most, weight)
				}
			}
			if most >= 0 {
				c.declare(block, most)
			}
			prelude = prelude[:0]
		case t.is(";") && len(prelude) > 0 && prelude[0].kind == at, t.is("}"):
			prelude = prelude[:0]
		case t.kind == space && len(prelude) == 0:
		default:
			prelude = append(prelude, t)
		}
	}
}

// selectors returns the selectors of a rule, trimmed.
func selectors(prelude []token) [][]token {
	var all [][]token
	for {
		n := slices.IndexFunc(prelude, func(t token) bool { return t.is(",") })
		one := prelude
		if n >= 0 {
			one = prelude[:n]
		}
		for len(one) > 0 && one[0].kind == space {
			one = one[1:]
		}
		for len(one) > 0 && one[len(one)-1].kind == space {
			one = one[:len(one)-1]
		}
		all = append(all, one)
		if n < 0 {
			return all
		}
		prelude = prelude[n+1:]
	}
}

// matches reports whether a selector of names, ids and classes matches the
// root element, and returns its weight.
func (r root) matches(selector []token) (weight int, ok bool) {
	for n := 0; n < len(selector); n++ {
		var next token
		if n+1 < len(selector) {
			next = selector[n+1]
		}
		switch t := selector[n]; {
		case n == 0 && t.is("*"):
		case n == 0 && t.kind == ident && t.text == r.name:
			weight += ofType
		case t.kind == hash && t.text == r.id:
			weight += ofID
		case t.is(".") && next.kind == ident && r.classes[next.text],
			t.is(":") && next.kind == ident && next.text == "root":
			weight, n = weight+ofClass, n+1
		default:
			return 0, false
		}
	}
	return min(weight, inline-1), len(selector) > 0
}
