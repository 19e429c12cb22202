package svg

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/caddy-images/caddy-images/transform/drawing/natural"
)

// node is an element.
type node struct {
	kind   string // its name, if it is one of kinds
	parent int32  // -1 for none
	first  int32  // child; 0 for none
	last   int32
	next   int32 // sibling; 0 for none

	id, class string
	style     *style // from its own attributes; nil if there is none

	outline outline
	letters int      // of the text directly in it
	more    *details // nil for most
}

// details are properties that few elements have.
type details struct {
	href           string
	x, y           float64
	width, height  float64    // 0 for none
	parts          [2]bool    // width and height are percentages
	view           [2]float64 // width and height of its viewBox; 0 for none
	units          string     // patternUnits and the like; may be empty
	contents       string     // patternContentUnits and the like
	bounding       bool       // its content is in units of the referring shape
	user           bool       // its own size is in units of the drawing
	parameters     [2]float64 // of a filter primitive: radius or order
	octaves        float64
	unit           float64 // kernelUnitLength
	placed         bool    // has x, y, width or height
	said           [4]bool // which of them
	centre         [2]float64
	input          string // in
	result         string
	pixels         float64 // of an embedded image
	transformation float64 // patternTransform; 0 for none
}

// kinds are the relevant elements. Others are not drawn, nor is their
// content.
var kinds = func() map[string]string {
	m := map[string]string{}
	for _, name := range strings.Fields(`svg g a switch use symbol defs image style text tspan tref textPath
		path rect circle ellipse line polyline polygon pattern linearGradient radialGradient mask clipPath marker filter
		feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feDropShadow
		feFlood feGaussianBlur feImage feMerge feMergeNode feMorphology feOffset feSpecularLighting feTile feTurbulence include`) {
		m[name] = name
	}
	return m
}()

// tree is a parsed file.
type tree struct {
	nodes  []node
	ids    map[string][]int32
	sheet  *sheet
	css    map[int32][]byte // of style elements
	at     int32
	embeds embeds
	window natural.Size // the drawing's natural size
	coding *coding

	// viewport is the largest size of any viewport in the file.
	viewport float64
}

func newTree(e embeds, window natural.Size) *tree {
	return &tree{
		ids: map[string][]int32{}, sheet: newSheet(window), css: map[int32][]byte{}, at: -1, embeds: e, window: window,
		viewport: max(window.Width, window.Height),
	}
}

// start implements sink.
func (t *tree) start(name string, attributes []attribute) error {
	n := node{kind: kinds[name], parent: t.at}
	if n.kind == "include" {
		return malformed("it includes other files, which is not supported")
	}
	own := style{window: t.window}
	for _, a := range attributes {
		if err := t.attribute(&n, &own, name, a); err != nil {
			return err
		}
	}
	if !own.isZero() {
		n.style = &own
	}
	index := int32(len(t.nodes))
	if t.at >= 0 {
		parent := &t.nodes[t.at]
		if parent.last > 0 {
			t.nodes[parent.last].next = index
		} else {
			parent.first = index
		}
		parent.last = index
	}
	if n.id != "" {
		t.ids[n.id] = append(t.ids[n.id], index)
	}
	if err := n.finish(t); err != nil {
		return err
	}
	t.nodes, t.at = append(t.nodes, n), index
	return nil
}

// end implements sink.
func (t *tree) end() {
	t.at = t.nodes[t.at].parent
}

// text implements sink.
func (t *tree) text(s string) error {
	switch n := &t.nodes[t.at]; n.kind {
	case "style":
		t.css[t.at] = append(t.css[t.at], s...)
		return t.coding.check(s)
	case "text", "tspan", "a", "textPath", "tref":
		n.letters += utf8.RuneCountInString(s)
	}
	return nil
}

// detail makes the details of a node.
func (n *node) detail() *details {
	if n.more == nil {
		n.more = &details{}
	}
	return n.more
}

// lengths are attributes whose number matters.
var lengths = []string{"x", "y", "width", "height", "r", "rx", "ry", "cx", "cy", "x1", "y1", "x2", "y2", "markerWidth", "markerHeight", "refX", "refY", "dx", "dy", "fx", "fy", "viewBox", "transform", "patternTransform", "gradientTransform", "stroke-width", "stroke-dashoffset", "stroke-miterlimit", "font-size", "letter-spacing", "word-spacing", "stdDeviation", "scale", "surfaceScale", "offset"}

func (t *tree) attribute(n *node, own *style, element string, a attribute) error {
	if a.Name == "href" {
		return t.refer(n, a.Value)
	}
	if a.Prefix != "" {
		if a.Prefix == "xml" && a.Name == "id" {
			n.id = a.Value
		}
		return nil
	}
	if n.kind != "" && slices.Contains(lengths, a.Name) {
		for _, v := range numbers(a.Value) {
			if !(math.Abs(v) <= mostNumber) {
				return exceeds("has a number beyond %g in the attribute %s", mostNumber, a.Name)
			}
		}
	}
	switch a.Name {
	case "id":
		n.id = a.Value
	case "class":
		n.class = a.Value
	case "style":
		if err := t.coding.check(a.Value); err != nil {
			return err
		}
		return own.declare(a.Value)
	case "d":
		if n.kind == "path" {
			n.outline = path(a.Value)
		}
	case "points":
		n.outline = polygon(a.Value)
	case "viewBox":
		box, _ := natural.ParseBox(uncommented(a.Value)) // empty if librsvg ignores it
		n.detail().view = [2]float64{box.Width, box.Height}
	case "x", "y", "width", "height", "r", "rx", "ry", "cx", "cy", "x1", "y1", "x2", "y2", "markerWidth", "markerHeight":
		n.measure(a, t.window)
	case "patternTransform":
		own.scale = 0
		if err := own.presentation("transform", a.Value); err != nil {
			return err
		}
		n.detail().transformation, own.scale = own.scale, 0
	case "patternUnits", "filterUnits", "markerUnits", "maskUnits", "clipPathUnits":
		n.detail().units = a.Value
		n.detail().user = strings.TrimSpace(a.Value) == "userSpaceOnUse"
		if a.Name == "clipPathUnits" {
			n.detail().bounding = strings.TrimSpace(a.Value) == "objectBoundingBox"
		}
	case "patternContentUnits", "maskContentUnits", "primitiveUnits":
		n.detail().contents = a.Value
		n.detail().bounding = strings.TrimSpace(a.Value) == "objectBoundingBox"
	case "radius", "order", "numOctaves", "kernelUnitLength", "in", "result":
		return n.primitive(a)
	default:
		if slices.Contains(properties, a.Name) {
			if err := t.coding.check(a.Value); err != nil {
				return err
			}
		}
		return own.presentation(a.Name, a.Value)
	}
	return nil
}

// measure reads a length of the shape or the surface of an element.
func (n *node) measure(a attribute, window natural.Size) {
	switch n.kind {
	case "", "g", "a", "text", "tspan", "linearGradient", "radialGradient":
		return
	}
	var v size
	var percent bool
	sign := 1.0
	for l := (lexer{a.Value}); ; {
		t, ok := l.next()
		if !ok {
			break
		}
		if t.kind == number {
			v, percent = length(t, window), t.unit == "%"
			if t.value < 0 {
				sign = -1
			}
			if percent {
				v = size{fixed: v.relative}
			}
			v.fixed += v.relative * assumedFont
			break
		}
	}
	d := n.detail()
	switch a.Name {
	case "x", "x1":
		d.x = sign * v.fixed
	case "y", "y1":
		d.y = sign * v.fixed
	case "cx":
		d.centre[0] = sign * v.fixed
	case "cy":
		d.centre[1] = sign * v.fixed
	case "width", "rx", "r", "x2", "markerWidth":
		d.width, d.parts[0] = max(d.width, v.fixed), percent
	case "height", "ry", "y2", "markerHeight":
		d.height, d.parts[1] = max(d.height, v.fixed), percent
	}
	if side := slices.Index([]string{"x", "y", "width", "height"}, a.Name); side >= 0 {
		d.placed, d.said[side] = true, true
	}
}

// primitive reads attributes that determine the cost of a filter primitive.
func (n *node) primitive(a attribute) error {
	if !strings.HasPrefix(n.kind, "fe") {
		return nil
	}
	d := n.detail()
	v := numbers(a.Value)
	for _, v := range v {
		if !(math.Abs(v) <= mostNumber) {
			return exceeds("has a number beyond %g in the attribute %s", mostNumber, a.Name)
		}
	}
	switch {
	case a.Name == "in":
		d.input = strings.TrimSpace(a.Value)
	case a.Name == "result":
		d.result = strings.TrimSpace(a.Value)
	case len(v) == 0:
	case a.Name == "numOctaves":
		if d.octaves = math.Abs(v[0]); d.octaves > mostOctaves {
			return exceeds("has an feTurbulence with %g octaves, more than %d", d.octaves, mostOctaves)
		}
	case a.Name == "kernelUnitLength":
		if d.unit = slices.Min(v); d.unit < leastKernelUnit {
			return exceeds("has a filter with a kernelUnitLength of %g, less than %g", d.unit, leastKernelUnit)
		}
	default:
		d.parameters = [2]float64{math.Abs(v[0]), math.Abs(v[len(v)-1])}
		if product := d.parameters[0] * d.parameters[1]; a.Name == "order" && n.kind == "feConvolveMatrix" && !(product <= mostOrder) {
			return exceeds("has an feConvolveMatrix with %g numbers, more than %d", product, mostOrder)
		}
	}
	return nil
}

// refer reads href, in any namespace.
func (t *tree) refer(n *node, href string) error {
	switch n.kind {
	case "image", "feImage":
		return t.embed(n, href)
	case "use", "pattern", "linearGradient", "radialGradient", "filter", "tref", "textPath", "mask", "clipPath", "marker":
		id, ok, err := fragment(href)
		if err != nil || !ok {
			return err
		}
		n.detail().href = id
	}
	return nil
}

// finish computes an element's shape when all its attributes are known.
func (n *node) finish(t *tree) error {
	if !(n.outline.length <= mostNumber*mostNumber) {
		return exceeds("has a %s with numbers beyond %g", n.kind, mostNumber)
	}
	d := n.more
	if d == nil {
		if n.kind == "svg" {
			t.viewport = max(t.viewport, 100)
		}
		return nil
	}
	w, h := d.width, d.height
	n.outline.relative = d.parts[0] || d.parts[1]
	switch n.kind {
	case "rect", "image":
		n.outline = outline{2 * (w + h), w, h, 5, n.outline.relative}
	case "circle", "ellipse":
		n.outline = outline{2 * math.Pi * max(w, h), 2 * max(w, h), 2 * max(w, h), 5, n.outline.relative}
	case "line":
		n.outline = outline{w + h + math.Abs(d.x) + math.Abs(d.y), w + math.Abs(d.x), h + math.Abs(d.y), 2, n.outline.relative}
	case "svg", "symbol":
		t.viewport = max(t.viewport, d.view[0], d.view[1])
		if !d.parts[0] && !d.parts[1] {
			t.viewport = max(t.viewport, w, h)
		}
	case "use":
		if !d.parts[0] && !d.parts[1] {
			t.viewport = max(t.viewport, w, h)
		}
	}
	return nil
}
