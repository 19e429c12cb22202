package svg

import (
	"math"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform/drawing/natural"
)

// Drawing is what drawing a file comes to.
type Drawing struct {
	// Pixels are those of the images embedded in the file, each once.
	Pixels int64

	// Natural is how large the drawing is by itself.
	Natural natural.Size

	cost     cost
	view     [2]float64   // width and height of the viewBox; 0 for none
	most     natural.Size // that it may be without what draws it being told a size
	sized    bool         // it is never as large as what is drawn in it
	elements int
	embedded int64   // bytes that the embedded images take
	inner    float64 // seconds, for drawings that are embedded
}

// Read reads a file, as it is given to a library: not compressed. Images
// embedded in it have no more than mostPixels together. The error is
// errors.BadImage or errors.Limit, and says what there is too much of.
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

// measureLines finds the widest line that any element or rule speaks of.
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

// factor returns how many pixels a unit of the drawing has when it is drawn
// that large.
func (d Drawing) factor(width, height int) float64 {
	if d.view[0] > 0 && d.view[1] > 0 {
		return max(float64(width)/d.view[0], float64(height)/d.view[1])
	}
	// Its units are pixels of its own size then.
	return max(float64(width)/d.Natural.Width, float64(height)/d.Natural.Height)
}

// What drawing takes, in seconds of a processor. Measured with librsvg 2.54.
const (
	drawnTime   = 10e-6
	letterTime  = 5e-6
	dashTime    = 300e-9
	layerTime   = 1e-9 // a pixel
	paintedTime = 5e-9
	tile        = 2000 // libvips draws all of it once for each square of so many pixels
)

// Work returns how long drawing takes, in seconds of a processor, at a size
// in pixels.
func (d Drawing) Work(width, height int) float64 {
	c, factor := d.cost, d.factor(width, height)
	pixels := float64(width) * float64(height)
	passes := math.Ceil(float64(width)/tile) * math.Ceil(float64(height)/tile)
	once := drawnTime*c.drawn + letterTime*c.letters + dashTime*c.dashes + paintedTime*c.painted +
		layerTime*(pixels*(c.layers+c.taps*factor*factor)+c.tiles*factor*factor)
	return passes*once + d.inner
}

// Memory returns how many bytes drawing takes at a size in pixels, beside the
// result and the elements.
func (d Drawing) Memory(width, height int) int64 {
	factor := d.factor(width, height)
	const pixel = 4
	bytes := pixel * (float64(width)*float64(height)*d.cost.held + d.cost.tile*factor*factor)
	return d.embedded + int64(min(bytes, 1<<50))
}

// Check refuses a drawing that comes to too much at a size in pixels: errors.Limit.
func (d Drawing) Check(width, height int) error {
	c, factor := d.cost, d.factor(width, height)
	for _, l := range []struct {
		value, most float64
		what        string
	}{
		{c.drawn, mostDrawn, "comes to %.4g elements, with each as often as it is used, more than %.0f"},
		{c.nested, mostReferring, "has elements that are nested %.4g deep, references included, more than %.0f"},
		{c.held, mostHeld, "needs %.4g surfaces at a time for masks, filters and groups that are see-through, more than %.0f"},
		{c.letters, mostText, "comes to %.4g letters of text, more than %.0f"},
		{c.run, mostTextRun, "has a text of %.4g letters, more than %.0f"},
		{c.line.fixed, mostLine, "has a text that is %.4g units long, more than %.0f"},
		{c.font.fixed * factor, mostFont, "has letters that are drawn %.4g pixels high, more than %.0f"},
		{c.font.fixed, mostLine, "has letters that are %.4g units high, more than %.0f"},
		{c.dashes, mostDashes, "has lines of %.4g dashes, more than %.0f"},
		{d.Work(width, height), MostWork, "takes about %.4g seconds to draw, with each element as often as it is used, more than %.0f"},
	} {
		if !(l.value <= l.most) { // which what is not a number is, too
			return errors.New(errors.Limit, "The SVG "+l.what, l.value, l.most)
		}
	}
	return nil
}
