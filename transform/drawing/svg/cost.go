package svg

// cost is what drawing an element comes to, with all that is in it and all that it
// refers to.
type cost struct {
	// Sums.
	drawn   float64 // elements, with a part for each point of a line
	shapes  float64 // what is filled
	points  float64 // of lines
	length  float64 // of lines, each in its own units
	dashes  float64
	layers  float64 // surfaces as large as the result that are gone over
	taps    float64 // as layers, for each unit of area: scaled
	letters float64
	painted float64 // pixels of embedded images, each time one is drawn
	tiles   float64 // area of patterns; scaled

	// The most at a time.
	nested float64 // depth
	held   float64 // surfaces as large as the result
	tile   float64 // area of patterns; scaled
	run    float64 // letters of one text
	font   size    // the largest; scaled
	line   size    // the longest text, in units of its own
	area   float64 // of a shape; scaled
	side   float64 // the longest of a shape; scaled
	scale  float64 // by how much anything is enlarged
}

// add is for what is drawn one after the other.
func (c *cost) add(o cost) { c.times(o, 1) }

// times is for what is drawn so many times.
func (c *cost) times(o cost, n float64) {
	c.drawn += n * o.drawn
	c.shapes += n * o.shapes
	c.points += n * o.points
	c.length += n * o.length
	c.dashes += n * o.dashes
	c.layers += n * o.layers
	c.taps += n * o.taps
	c.letters += n * o.letters
	c.painted += n * o.painted
	c.tiles += n * o.tiles
	if n > 0 {
		c.nested = max(c.nested, o.nested)
		c.held = max(c.held, o.held)
		c.tile = max(c.tile, o.tile)
		c.peak(o)
	}
}

func (c *cost) peak(o cost) {
	c.run = max(c.run, o.run)
	c.font, c.line = c.font.max(o.font), c.line.max(o.line)
	c.area, c.side, c.scale = max(c.area, o.area), max(c.side, o.side), max(c.scale, o.scale)
}

// within is for what is drawn while this is: so many times, and at the same time as
// what is held for this. None of it is a part of this as a shape.
func (c *cost) within(o cost, n float64) {
	if n <= 0 {
		return
	}
	was := *c
	c.times(o, n)
	c.shapes, c.points, c.length, c.area, c.side = was.shapes, was.points, was.length, was.area, was.side
	c.nested = was.nested + o.nested
	c.held = was.held + o.held
	c.tile = was.tile + o.tile
}

// enlarge is for a transformation.
func (c *cost) enlarge(by float64) {
	c.font.fixed *= by
	c.font.relative *= by
	c.taps *= by * by
	c.tiles *= by * by
	c.tile *= by * by
	c.area *= by * by
	c.side *= by
	c.scale *= by
}

// inherit is for what an element around says of the size of letters, and of lines.
func (c *cost) inherit(s *style) {
	if s == nil {
		return
	}
	if s.spacing != (size{}) {
		c.line.fixed += s.spacing.fixed * c.run
		c.line.relative += s.spacing.relative * c.run
	}
	if s.fontSize != (size{}) {
		c.font, c.line = s.fontSize.of(c.font), s.fontSize.of(c.line)
	}
	if s.dash > 0 {
		c.dashes += c.length / s.dash
	}
}

// of returns a length in fonts of the size, or in those around, whichever is
// larger: the size may be that of a rule which does not hold.
func (s size) of(l size) size {
	return size{max(l.fixed, l.relative*s.fixed), l.relative * max(1, s.relative)}
}

// end resolves what is still relative to a font.
func (s size) end(font float64) float64 { return max(s.fixed, s.relative*font) }
