package svg

import (
	"math"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform/drawing/natural"
)

// Drawing is the cost of drawing a file.
type Drawing struct {
	// Pixels is the number of pixels of the images embedded in the file, each
	// counted once.
	Pixels int64

	// Natural is the natural size of the drawing.
	Natural natural.Size

	cost     cost
	view     [2]float64   // width and height of the viewBox; 0 for none
	most     natural.Size // largest size if librsvg is given none
	sized    bool         // the size never depends on the content
	elements int
	embedded int64   // memory of the embedded images
	inner    float64 // seconds, for embedded drawings
}

// Read reads an uncompressed file, as it is given to a library. Images
// embedded in it have at most mostPixels together. The error is
// errors.BadImage or errors.Limit, and names the limit.
func Read(file []byte, mostPixels int64) (Drawing, error) {
	return read(file, embeds{most: mostPixels})
}

func read(file []byte, e embeds) (Drawing, error) {
	var root frame
	if err := scan(file, &root); err != nil {
		return Drawing{}, err
	}
	natural := root.shape().Size
	t := newTree(e, natural)
	s := scanner{sink: t, entities: map[string]string{}}
	t.coding = &s.coding
	if err := s.file(file); err != nil {
		return Drawing{}, err
	}
	for _, css := range t.css {
		if err := t.sheet.add(string(css), 0); err != nil {
			return Drawing{}, err
		}
	}
	if n := len(t.nodes); float64(t.sheet.selectors)*float64(n)+float64(t.sheet.beside)*float64(n)*float64(n) > mostMatching {
		return Drawing{}, exceeds("has %d selectors in style sheets for %d elements, too many to compare; the product can be %d", t.sheet.selectors, n, mostMatching)
	}
	f := follower{tree: t, known: map[int32]cost{}, open: map[int32]int{}, tiles: map[int32][]region{}}
	f.measureLines()
	c, _, err := f.of(0)
	if err != nil {
		return Drawing{}, err
	}
	c.font = size{fixed: c.font.end(assumedFont)}
	c.line = size{fixed: c.line.end(assumedFont)}
	d := Drawing{Pixels: t.embeds.pixels, cost: c, elements: len(t.nodes), embedded: t.embeds.bytes, inner: t.embeds.work}
	d.Natural = natural
	d.most, d.sized = root.most()
	if root := t.nodes[0].more; root != nil {
		d.view = root.view
	}
	return d, nil
}

// measureLines finds the widest line of any element or rule.
func (f *follower) measureLines() {
	f.widestLine = 1
	wider := func(s *style) {
		if s != nil {
			f.widestLine = max(f.widestLine, s.stroke)
		}
	}
	for n := range f.nodes {
		wider(f.nodes[n].style)
	}
	wider(&f.sheet.all)
	for _, m := range []map[string]*style{f.sheet.byType, f.sheet.byClass, f.sheet.byID} {
		for _, s := range m {
			wider(s)
		}
	}
}

// factor returns the number of pixels per unit of the drawing at a size.
func (d Drawing) factor(width, height int) float64 {
	if d.view[0] > 0 && d.view[1] > 0 {
		return max(float64(width)/d.view[0], float64(height)/d.view[1])
	}
	// Without a viewBox its units are pixels of its natural size.
	return max(float64(width)/d.Natural.Width, float64(height)/d.Natural.Height)
}

// Processor time of drawing, in seconds. Measured with librsvg 2.54.
const (
	drawnTime   = 10e-6
	letterTime  = 5e-6
	dashTime    = 300e-9
	layerTime   = 1e-9 // per pixel
	paintedTime = 5e-9
	tile        = 2000 // libvips draws everything once per tile of this side
)

// Work returns the processor time of drawing at a size in pixels, in seconds.
func (d Drawing) Work(width, height int) float64 {
	c, factor := d.cost, d.factor(width, height)
	pixels := float64(width) * float64(height)
	passes := math.Ceil(float64(width)/tile) * math.Ceil(float64(height)/tile)
	once := drawnTime*c.drawn + letterTime*c.letters + dashTime*c.dashes + paintedTime*c.painted +
		layerTime*(pixels*(c.layers+c.taps*factor*factor)+c.tiles*factor*factor)
	return passes*once + d.inner
}

// Memory returns the memory of drawing at a size in pixels, in bytes, besides
// the result and the elements.
func (d Drawing) Memory(width, height int) int64 {
	factor := d.factor(width, height)
	const pixel = 4
	bytes := pixel * (float64(width)*float64(height)*d.cost.held + d.cost.tile*factor*factor)
	return d.embedded + int64(min(bytes, 1<<50))
}

// Check refuses a drawing that is too expensive at a size in pixels, with
// errors.Limit.
func (d Drawing) Check(width, height int) error {
	c, factor := d.cost, d.factor(width, height)
	for _, l := range []struct {
		value, most float64
		what        string
	}{
		{c.drawn, mostDrawn, "draws %.4g elements, counted as often as they are used, more than %.0f"},
		{c.nested, mostReferring, "has elements nested %.4g deep, including references, more than %.0f"},
		{c.held, mostHeld, "needs %.4g surfaces at a time for masks, filters and transparent groups, more than %.0f"},
		{c.letters, mostText, "draws %.4g letters of text, more than %.0f"},
		{c.run, mostTextRun, "has a text of %.4g letters, more than %.0f"},
		{c.line.fixed, mostLine, "has a text %.4g units long, more than %.0f"},
		{c.font.fixed * factor, mostFont, "has letters %.4g pixels high, more than %.0f"},
		{c.font.fixed, mostLine, "has letters %.4g units high, more than %.0f"},
		{c.dashes, mostDashes, "has lines of %.4g dashes, more than %.0f"},
		{d.Work(width, height), MostWork, "takes about %.4g seconds to draw, with elements counted as often as they are used, more than %.0f"},
	} {
		if !(l.value <= l.most) { // also for NaN
			return errors.New(errors.Limit, "The SVG "+l.what, l.value, l.most)
		}
	}
	return nil
}
