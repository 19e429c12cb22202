package svg

// follower computes costs by following references.
type follower struct {
	*tree
	known map[int32]cost
	open  map[int32]int // elements on the current path, by their position in it
	steps int

	widestLine float64            // mentioned anywhere
	tiles      map[int32][]region // by filter, see tile
}

// linePart is the cost of a point of a line, relative to an element.
const linePart = 0.02

// drawnInPlace reports whether elements are drawn where they are, including
// their children. Others are drawn where they are referred to.
func drawnInPlace(kind string) bool {
	switch kind {
	case "svg", "g", "a", "switch", "use", "image", "text", "tspan", "tref", "textPath", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon":
		return true
	}
	return false
}

// of returns the cost of an element. Recursion is not drawn; back is the
// first position in the path that was met again, since a result that depends
// on the path is valid only there.
func (f *follower) of(at int32) (c cost, back int, err error) {
	const never = 1 << 30
	if c, ok := f.known[at]; ok {
		return c, never, nil
	}
	if place, ok := f.open[at]; ok {
		return cost{}, place, nil
	}
	place := len(f.open)
	if place > mostReferring {
		return cost{}, never, exceeds("has references nested deeper than %d", mostReferring)
	}
	f.open[at] = place
	c, back, err = f.element(at)
	delete(f.open, at)
	if err != nil {
		return cost{}, never, err
	}
	if back >= place {
		if back = never; f.nodes[at].id != "" {
			f.known[at] = c
		}
	}
	return c, back, nil
}

func (f *follower) element(at int32) (c cost, back int, err error) {
	n := &f.nodes[at]
	back = 1 << 30
	if f.steps++; f.steps > mostSteps {
		return c, back, exceeds("has references that lead to more than %d elements", mostSteps)
	}
	said, err := f.said(at)
	if err != nil {
		return c, back, err
	}
	c = f.own(n)
	// Children.
	for child := n.first; child > 0; child = f.nodes[child].next {
		if !drawnInPlace(f.nodes[child].kind) {
			continue
		}
		one, met, err := f.of(child)
		if err != nil {
			return c, back, err
		}
		c.add(one)
		back = min(back, met)
	}
	if n.kind == "filter" {
		met, err := f.filter(at, &c)
		if err != nil {
			return c, back, err
		}
		back = min(back, met)
	}
	if n.more != nil && n.more.href != "" {
		met, err := f.href(n, &c)
		if err != nil {
			return c, back, err
		}
		back = min(back, met)
	}
	met, err := f.refer(n, said, &c)
	if err != nil {
		return c, back, err
	}
	back = min(back, met)
	c.inherit(said)
	if f.isResource(n.kind) {
		met, err := f.around(n, &c)
		if err != nil {
			return c, back, err
		}
		back = min(back, met)
	}
	if said != nil && said.scale > 0 {
		c.enlarge(said.scale)
	}
	f.fit(n, &c)
	c.nested++
	return c, back, nil
}

// said returns the style of an element from its attributes and from style
// sheets.
func (f *follower) said(at int32) (*style, error) {
	n := &f.nodes[at]
	s := style{}
	if n.style != nil {
		s = *n.style
		s.references = append([]reference(nil), s.references...)
	}
	err := f.sheet.of(n.kind, n.id, n.class, &s)
	f.steps += len(s.references)
	if s.isZero() {
		return nil, err
	}
	return &s, err
}

// own returns the cost of an element without its children.
func (f *follower) own(n *node) cost {
	c := cost{drawn: 1, letters: float64(n.letters), scale: 1}
	switch n.kind {
	case "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "image":
		o := n.outline
		if o.relative {
			o.length, o.width, o.height = o.length*f.viewport, o.width*f.viewport, o.height*f.viewport
		}
		c.shapes, c.points, c.length = 1, float64(o.points), o.length
		c.drawn += linePart * c.points
		c.area, c.side = o.width*o.height, max(o.width, o.height)
		if n.kind == "image" && n.more != nil {
			c.painted = n.more.pixels
		}
	case "text", "tspan", "tref", "textPath", "a":
		if n.letters == 0 && n.kind != "tref" {
			break
		}
		c.shapes, c.run = 1, c.letters
		c.font, c.line = size{relative: 1}, size{relative: max(1, c.letters)}
		c.area, c.side = max(c.letters, 1)*assumedFont*assumedFont, assumedFont
	}
	return c
}

// referred returns the cost of all elements with an id, of which there should
// be one.
func (f *follower) referred(id string) (c cost, back int, err error) {
	back = 1 << 30
	for _, at := range f.ids[id] {
		one, met, err := f.of(at)
		if err != nil {
			return c, back, err
		}
		c.add(one)
		if back = min(back, met); len(f.ids[id]) > 1 {
			f.steps++
		}
	}
	return c, back, nil
}

// href adds the cost of the element that href refers to.
func (f *follower) href(n *node, c *cost) (back int, err error) {
	o, back, err := f.referred(n.more.href)
	if err != nil {
		return back, err
	}
	if n.kind == "use" {
		for _, at := range f.ids[n.more.href] {
			target := &f.nodes[at]
			if target.kind == "symbol" || target.kind == "svg" {
				o.enlarge(f.fitted(n.more, target))
			}
		}
	}
	if n.kind == "tref" {
		for _, at := range f.ids[n.more.href] {
			o.letters += f.allLetters(at)
			o.run, o.line = o.letters, size{relative: o.letters}
		}
	}
	nested := o.nested
	c.add(o)
	c.nested = max(c.nested, nested)
	return back, nil
}

// allLetters returns the number of letters in an element.
func (f *follower) allLetters(at int32) float64 {
	sum := 0
	for last := at; ; {
		n := &f.nodes[last]
		sum += n.letters
		f.steps++
		if last++; int(last) >= len(f.nodes) || !f.isIn(last, at) {
			return float64(sum)
		}
	}
}

// isIn reports whether an element is inside of another one.
func (f *follower) isIn(at, in int32) bool {
	for at > in {
		at = f.nodes[at].parent
	}
	return at == in
}

// fitted returns the factor by which a symbol is enlarged to the size of a
// use element.
func (f *follower) fitted(d *details, target *node) float64 {
	if target.more == nil || target.more.view[0] <= 0 || target.more.view[1] <= 0 {
		return 1
	}
	w, h := f.absolute(d.width, d.parts[0]), f.absolute(d.height, d.parts[1])
	return max(w/target.more.view[0], h/target.more.view[1])
}

// absolute returns a length that may be missing or relative to the viewport.
func (f *follower) absolute(v float64, part bool) float64 {
	if v == 0 {
		return f.viewport
	}
	if part {
		return v * f.viewport
	}
	return v
}

// refer adds the cost of references in an element's style.
func (f *follower) refer(n *node, s *style, c *cost) (back int, err error) {
	back = 1 << 30
	if s == nil {
		return back, nil
	}
	for _, r := range s.references {
		met, err := f.one(n, r, c)
		if err != nil {
			return back, err
		}
		back = min(back, met)
	}
	if s.filters > 0 {
		c.layers += functionLayers * float64(s.filters)
		c.held += 2
	}
	if s.layers > 0 {
		c.layers += groupLayers
		c.held++
	}
	return back, nil
}

func (f *follower) one(n *node, r reference, c *cost) (back int, err error) {
	o, back, err := f.referred(r.id)
	if err != nil {
		return back, err
	}
	first := f.firstOf(r.id)
	if first == nil {
		return back, nil
	}
	switch r.role {
	case paint:
		if first.kind == "pattern" {
			f.tiled(first, &o, c)
		}
		c.within(o, c.shapes)
	case markerEnd, markerMid:
		if first.more == nil || !first.more.user {
			o.enlarge(max(1, f.widestLine))
		}
		times := 2 * c.shapes
		if r.role == markerMid {
			times = c.points
		}
		c.within(o, times)
		c.shapes += times * o.shapes
		c.area, c.side = max(c.area, o.area), max(c.side, o.side)
	case masking:
		f.bounded(first, &o, c)
		o.layers += maskLayers
		o.held += 2
		c.within(o, 1)
	case clipping:
		f.bounded(first, &o, c)
		o.held++
		o.layers++
		c.within(o, 1)
	case filtering:
		for _, at := range f.ids[r.id] {
			if err := f.checkTiles(at, n); err != nil {
				return back, err
			}
		}
		f.bounded(first, &o, c)
		c.within(o, 1)
	}
	return back, nil
}

func (f *follower) firstOf(id string) *node {
	if all := f.ids[id]; len(all) > 0 {
		return &f.nodes[all[0]]
	}
	return nil
}

// bounded enlarges the cost of what is in units of the referring shape.
func (f *follower) bounded(n *node, o *cost, c *cost) {
	if n.more != nil && n.more.bounding {
		o.enlarge(max(c.side, 1))
	}
}

// tiled adds the surface for a pattern's tile.
func (f *follower) tiled(n *node, o *cost, c *cost) {
	d := f.completed(n)
	sides := [2]float64{d.width, d.height}
	area, shape := d.width*d.height, c.area
	for n := range sides {
		switch {
		case !d.user:
			sides[n] *= c.side
		case d.parts[n]:
			sides[n], area = sides[n]*f.viewport, area*f.viewport
		}
	}
	if d.user {
		shape = c.scale * c.scale
	}
	area *= shape
	switch {
	case d.view[0] > 0 && d.view[1] > 0:
		o.enlarge(max(sides[0]/d.view[0], sides[1]/d.view[1]))
	case d.bounding:
		o.enlarge(max(c.side, 1))
	}
	if d.transformation > 0 {
		area *= d.transformation * d.transformation
		o.enlarge(d.transformation)
	}
	o.tiles += area
	o.tile += area
}

// completed returns the details of a pattern, with missing ones from the
// pattern that it refers to.
func (f *follower) completed(n *node) details {
	var d details
	for range mostReferring {
		if n == nil || n.more == nil {
			break
		}
		m := n.more
		for side := range d.parts {
			mine, its := []*float64{&d.width, &d.height}[side], []float64{m.width, m.height}[side]
			if *mine == 0 {
				*mine, d.parts[side] = its, m.parts[side]
			}
		}
		if d.units == "" {
			d.units, d.user = m.units, m.user
		}
		if d.contents == "" {
			d.contents, d.bounding = m.contents, m.bounding
		}
		if d.view == [2]float64{} {
			d.view = m.view
		}
		if d.transformation == 0 {
			d.transformation = m.transformation
		}
		if n.style != nil {
			d.transformation = max(d.transformation, n.style.scale)
		}
		f.steps++
		n = f.firstOf(m.href)
	}
	return d
}

// isResource reports whether the content of an element inherits from the
// element's place, not from the reference to it.
func (f *follower) isResource(kind string) bool {
	switch kind {
	case "pattern", "mask", "clipPath", "marker", "filter":
		return true
	}
	return false
}

// around adds what a resource inherits.
func (f *follower) around(n *node, c *cost) (back int, err error) {
	back = 1 << 30
	for at := n.parent; at >= 0; at = f.nodes[at].parent {
		f.steps++
		said, err := f.said(at)
		if err != nil {
			return back, err
		}
		if said == nil {
			continue
		}
		inherited := style{fontSize: said.fontSize, spacing: said.spacing, dash: said.dash}
		for _, r := range said.references {
			if r.role <= markerMid {
				inherited.references = append(inherited.references, r)
			}
		}
		met, err := f.refer(n, &inherited, c)
		if err != nil {
			return back, err
		}
		back = min(back, met)
		c.inherit(&inherited)
	}
	c.font = size{fixed: c.font.end(assumedFont)}
	c.line = size{fixed: c.line.end(assumedFont)}
	return back, nil
}

// fit enlarges the content of an element with a viewBox, and adds what only
// such an element has.
func (f *follower) fit(n *node, c *cost) {
	if n.kind == "svg" && n.parent >= 0 && n.more != nil || n.kind == "marker" && n.more != nil {
		d := *n.more
		if n.kind == "marker" {
			d.width, d.height = max(d.width, 3), max(d.height, 3) // the default
			if d.parts[0] || d.parts[1] {
				d.width, d.height = max(d.width, f.viewport), max(d.height, f.viewport)
			}
		}
		if d.view[0] > 0 && d.view[1] > 0 {
			c.enlarge(max(f.absolute(d.width, d.parts[0])/d.view[0], f.absolute(d.height, d.parts[1])/d.view[1]))
		}
	}
}
