package svg

import (
	"math"
	"net/url"
	"slices"
	"strings"

	"github.com/caddy-images/caddy-images/transform/drawing/natural"
)

// role is the purpose of a reference.
type role byte

const (
	paint       role = iota // a pattern or gradient, for each shape
	markerEnd               // a marker at both ends of each line
	markerMid               // a marker at each point
	masking                 // a mask
	clipping                // a clipPath
	filtering               // a filter
	instance                // what a use element draws
	inheritance             // a pattern or gradient that completes another one
)

// reference refers to the element with an id.
type reference struct {
	role role
	id   string
}

// style is the combined style of an element from attributes, style and style
// sheets. Of several declarations of a property the most expensive one
// counts.
type style struct {
	references []reference

	layers   int // number of reasons for a surface of its own
	filters  int // functions in the property filter
	fontSize size
	spacing  size    // of letters
	dash     float64 // shortest mean length of a dash; 0 for none
	stroke   float64 // the widest line
	scale    float64 // factor of a transformation; 0 for none

	window natural.Size // that relative lengths refer to: the drawing's
}

// size is a length, in units of the drawing plus multiples of the font size.
type size struct{ fixed, relative float64 }

func (s size) max(o size) size {
	return size{max(s.fixed, o.fixed), max(s.relative, o.relative)}
}

// mostReferences limits those of one element or rule.
const mostReferences = 64

func (s style) isZero() bool {
	return len(s.references) == 0 && s.layers == 0 && s.filters == 0 && s.fontSize == size{} && s.spacing == size{} && s.dash == 0 && s.stroke == 0 && s.scale == 0
}

// merge adds another style.
func (s *style) merge(o style) error {
	for _, r := range o.references {
		if err := s.refer(r.role, r.id); err != nil {
			return err
		}
	}
	s.layers = max(s.layers, o.layers)
	s.filters = max(s.filters, o.filters)
	s.fontSize, s.spacing = s.fontSize.max(o.fontSize), s.spacing.max(o.spacing)
	s.dashed(o.dash)
	s.stroke = max(s.stroke, o.stroke)
	s.scale = max(s.scale, o.scale)
	return nil
}

func (s *style) refer(to role, id string) error {
	if r := (reference{to, id}); !slices.Contains(s.references, r) {
		if s.references = append(s.references, r); len(s.references) > mostReferences {
			return exceeds("has an element or a rule with more than %d references", mostReferences)
		}
	}
	return nil
}

func (s *style) dashed(length float64) {
	if length > 0 && (s.dash == 0 || length < s.dash) {
		s.dash = length
	}
}

// declare reads the declarations of a style attribute or of a rule.
func (s *style) declare(css string) error {
	for name, value := range declarations(css) {
		if err := s.property(name, slices.Collect(tokens(value))); err != nil {
			return err
		}
	}
	return nil
}

// presentation reads a presentation attribute.
func (s *style) presentation(name, text string) error {
	if !slices.Contains(properties, name) {
		return nil
	}
	return s.property(name, slices.Collect(tokens(text)))
}

// properties are those that can be expensive.
var properties = []string{
	"fill", "stroke", "marker", "marker-start", "marker-mid", "marker-end", "mask", "clip-path", "filter",
	"opacity", "mix-blend-mode", "isolation", "font", "font-size", "letter-spacing", "stroke-dasharray", "stroke-width", "transform",
}

func (s *style) property(name string, value []token) error {
	switch name {
	case "fill", "stroke":
		return s.addresses(value, paint)
	case "marker-start", "marker-end":
		return s.addresses(value, markerEnd)
	case "marker-mid", "marker":
		if err := s.addresses(value, markerMid); err != nil || name == "marker-mid" {
			return err
		}
		return s.addresses(value, markerEnd)
	case "mask", "clip-path", "filter":
		return s.effect(name, value)
	case "opacity":
		s.layer(len(value) > 0 && !(value[0].kind == number && value[0].value == 1 && value[0].unit == ""))
	case "mix-blend-mode":
		s.layer(!slices.ContainsFunc(value, func(t token) bool { return t.names("normal") }))
	case "isolation":
		s.layer(!slices.ContainsFunc(value, func(t token) bool { return t.names("auto") }))
	case "font", "font-size":
		for _, t := range value {
			if t.names("larger") {
				s.fontSize.relative = max(s.fontSize.relative, 1.2)
			}
			if weight := name == "font" && t.unit == ""; t.kind == number && !weight {
				s.fontSize = s.fontSize.max(s.length(t))
			}
		}
	case "letter-spacing":
		for _, t := range value {
			if t.kind == number {
				s.spacing = s.spacing.max(s.length(t))
			}
		}
	case "stroke-width":
		for _, t := range value {
			if l := s.length(t); t.kind == number {
				s.stroke = max(s.stroke, l.fixed, l.relative*assumedFont)
			}
		}
	case "stroke-dasharray":
		s.dashes(value)
	case "transform":
		s.scale = max(s.scale, enlargement(value))
	}
	return nil
}

func (s *style) layer(on bool) {
	if on {
		s.layers = 1
	}
}

// effect reads a property that requires a surface of its own.
func (s *style) effect(name string, value []token) error {
	to := map[string]role{"mask": masking, "clip-path": clipping, "filter": filtering}[name]
	functions := 0
	for _, t := range value {
		switch {
		case t.names("inherit"):
			return exceeds("has an element whose %s is inherited, which is not supported", name)
		case t.kind == function && to == filtering:
			functions++
		}
	}
	s.filters = max(s.filters, functions)
	return s.addresses(value, to)
}

func (s *style) addresses(value []token, to role) error {
	for _, t := range value {
		if t.kind != address && !(t.kind == quoted && to == filtering) {
			continue
		}
		id, ok, err := fragment(t.text)
		if err != nil {
			return err
		}
		if ok {
			if err := s.refer(to, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// fragment returns the id in a URL; ok is false for a linked file, which is
// never opened. A data URL is refused.
func fragment(address string) (id string, ok bool, err error) {
	file, id, ok := strings.Cut(address, "#")
	if isDataURL(file) {
		return "", false, malformed("it refers to a part of a data URL, which is not supported; only images can be embedded")
	}
	if strings.TrimSpace(file) != "" || !ok {
		return "", false, nil
	}
	if decoded, err := url.PathUnescape(id); err == nil {
		id = decoded
	}
	return id, true, nil
}

// dashes reads stroke-dasharray. Invalid lengths count as gaps: the mean is
// the length of a dash.
func (s *style) dashes(value []token) {
	sum, n := 0.0, 0
	for _, t := range value {
		if t.kind == number {
			l := s.length(t)
			sum, n = sum+l.fixed+l.relative*leastFont, n+1
		}
	}
	if n > 0 && sum > 0 {
		s.dashed(max(sum/float64(n), 1e-12))
	}
}

// assumedFont is the default font size. leastFont is for lengths that are
// more expensive the smaller they are.
const (
	assumedFont = natural.FontSize
	leastFont   = 0.1
)

func (s *style) length(t token) size { return length(t, s.window) }

// length returns a length of CSS in a drawing of a size. Negative ones count
// like positive ones.
func length(t token, window natural.Size) size {
	v := math.Abs(t.value)
	switch t.unit {
	case "%":
		return size{relative: v / 100}
	case "em", "ex", "ch", "rem", "cap", "ic", "lh", "rlh":
		return size{relative: v}
	case "vw", "vi":
		v *= window.Width / 100
	case "vh", "vb":
		v *= window.Height / 100
	case "vmin":
		v *= min(window.Width, window.Height) / 100
	case "vmax":
		v *= max(window.Width, window.Height) / 100
	default:
		if pixels, ok := natural.Pixels(v, t.unit); ok {
			v = pixels
		}
	}
	return size{fixed: v}
}

// enlargement returns an upper bound of a transformation's scale.
func enlargement(value []token) float64 {
	factor := 1.0
	var name string
	var arguments []float64
	for _, t := range value {
		switch {
		case t.kind == function:
			name, arguments = strings.ToLower(t.text), nil
		case t.kind == number:
			v := t.value
			if t.unit == "%" {
				v /= 100
			}
			arguments = append(arguments, v)
		case t.is(")"):
			factor *= stretch(name, arguments)
			name, arguments = "", nil
		}
	}
	return factor
}

// stretch returns the largest singular value of a function's matrix.
func stretch(name string, v []float64) float64 {
	switch {
	case name == "matrix" && len(v) >= 4:
		a, b, c, d := v[0], v[1], v[2], v[3]
		p, q := math.Hypot(a+d, b-c), math.Hypot(a-d, b+c)
		return (p + q) / 2
	case strings.HasPrefix(name, "scale") && len(v) > 0:
		most := 0.0
		for _, f := range v {
			most = max(most, math.Abs(f))
		}
		if name != "scale" {
			most = max(most, 1) // the other direction
		}
		return most
	case strings.HasPrefix(name, "skew"):
		most := 1.0
		for _, degrees := range v {
			most += math.Abs(math.Tan(degrees * math.Pi / 180))
		}
		return most
	}
	return 1
}
