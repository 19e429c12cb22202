package svg

import "strings"

// The cost of drawing on a surface as large as the result and compositing it,
// and of masks and filters, in passes over a surface.
const (
	groupLayers     = 2
	maskLayers      = 6
	filterLayers    = 6
	functionLayers  = 8
	primitiveLayers = 4
	blurLayers      = 8
	lightLayers     = 12
	octaveLayers    = 20
	tapLayers       = 0.5 // for each input pixel of a pixel
)

// filter adds the cost of a filter's primitives. All of their results may be
// held.
func (f *follower) filter(at int32, c *cost) (back int, err error) {
	back = 1 << 30
	c.layers += filterLayers
	c.held += 4
	var before []*node
	for child := f.nodes[at].first; child > 0; child = f.nodes[child].next {
		p := &f.nodes[child]
		if !strings.HasPrefix(p.kind, "fe") {
			continue
		}
		if before = append(before, p); len(before) > mostPrimitives {
			return back, exceeds("has a filter with more than %d primitives", mostPrimitives)
		}
		f.primitive(p, c)
		if p.kind == "feTile" {
			f.tile(at, before)
		}
		if p.more == nil {
			continue
		}
		if p.more.result != "" {
			c.held++
		}
		if p.more.href != "" {
			o, met, err := f.referred(p.more.href)
			if err != nil {
				return back, err
			}
			back = min(back, met)
			c.within(o, 1)
		}
	}
	return back, nil
}

func (f *follower) primitive(p *node, c *cost) {
	d := p.more
	if d == nil {
		d = &details{}
	}
	c.drawn++
	c.layers += primitiveLayers
	c.painted += d.pixels
	for inner := p.first; inner > 0; inner = f.nodes[inner].next {
		f.steps++
		c.layers++ // an image of an feMerge
	}
	if d.unit > 0 && d.unit < 1 {
		c.layers += lightLayers / (d.unit * d.unit)
		c.held += 1 / (d.unit * d.unit)
	}
	switch p.kind {
	case "feGaussianBlur", "feDropShadow":
		c.layers += blurLayers
	case "feDiffuseLighting", "feSpecularLighting", "feDisplacementMap":
		c.layers += lightLayers
	case "feTurbulence":
		c.layers += octaveLayers * max(1, d.octaves)
	case "feConvolveMatrix":
		taps := d.parameters[0] * d.parameters[1]
		if taps == 0 {
			taps = 3 * 3
		}
		c.layers += tapLayers * taps
	case "feMorphology":
		c.taps += tapLayers * 4 * d.parameters[0] * d.parameters[1]
		c.layers += tapLayers
	}
}

// region is a part of a filter's surface, in units of the drawing or, if
// bounding, of the filtered shape. Missing parts are inherited from the
// surrounding region.
type region struct {
	left, top, width, height float64
	said                     [4]bool
	bounding                 bool
}

// tile records the parts of the surface that the last primitive, an feTile,
// fills it with. librsvg before 2.56 aborts if one is empty, because it lies
// outside of the filter's own region.
func (f *follower) tile(at int32, primitives []*node) {
	last, before := primitives[len(primitives)-1], primitives[:len(primitives)-1]
	if len(before) == 0 {
		return // the graphic itself, which is not a part
	}
	if last.more != nil {
		switch last.more.input {
		case "SourceGraphic", "SourceAlpha", "BackgroundImage", "BackgroundAlpha", "FillPaint", "StrokePaint":
			return
		}
	}
	bounding := f.nodes[at].more != nil && f.nodes[at].more.bounding
	for _, p := range before {
		if p.more != nil && p.more.placed {
			f.tiles[at] = append(f.tiles[at], p.more.region(bounding))
		}
	}
}

func (d *details) region(bounding bool) region {
	return region{d.x, d.y, d.width, d.height, d.said, bounding}
}

// checkTiles refuses a filter with an feTile that might have nothing to tile:
// for all but simple shapes, if any of its primitives has a position.
func (f *follower) checkTiles(filter int32, shape *node) error {
	tiles := f.tiles[filter]
	if len(tiles) == 0 {
		return nil
	}
	refused := malformed("it has an feTile that may have nothing to tile, on which librsvg aborts; the primitives before it must lie within the filter's region, and the filter must be on a rect, circle, ellipse or image without percentages")
	own := f.nodes[filter].more
	if own == nil {
		own = &details{}
	}
	fixed := own.region(!own.user)
	x, y, w, h, ok := shape.box()
	if !ok && (fixed.bounding || fixed.said != [4]bool{true, true, true, true} || tiles[0].bounding) {
		return refused
	}
	around := region{left: x - w/10, top: y - h/10, width: w * 1.2, height: h * 1.2}
	around = around.with(fixed, x, y, w, h)
	for _, t := range tiles {
		if part := around.with(t, x, y, w, h); !part.overlaps(around) {
			return refused
		}
	}
	return nil
}

// box returns the bounding box of a shape, if its attributes determine it.
func (n *node) box() (x, y, w, h float64, ok bool) {
	d := n.more
	if d == nil || n.outline.relative {
		return 0, 0, 0, 0, false
	}
	x, y, w, h = d.x, d.y, d.width, d.height
	switch n.kind {
	case "rect", "image":
	case "circle", "ellipse":
		if h == 0 {
			h = w
		}
		x, y, w, h = d.centre[0]-w, d.centre[1]-h, 2*w, 2*h
	default:
		return 0, 0, 0, 0, false
	}
	return x, y, w, h, w > 0 && h > 0
}

// with returns a region with some parts overridden, for a shape in a box.
func (r region) with(o region, x, y, w, h float64) region {
	if o.bounding {
		o.left, o.top, o.width, o.height = x+w*o.left, y+h*o.top, w*o.width, h*o.height
	}
	for n, to := range []*float64{&r.left, &r.top, &r.width, &r.height} {
		if o.said[n] {
			*to = []float64{o.left, o.top, o.width, o.height}[n]
		}
	}
	return r
}

// overlaps reports whether two regions overlap by more than rounding errors.
func (r region) overlaps(o region) bool {
	w := min(r.left+r.width, o.left+o.width) - max(r.left, o.left)
	h := min(r.top+r.height, o.top+o.height) - max(r.top, o.top)
	return w > 0 && h > 0
}
