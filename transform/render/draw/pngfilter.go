//go:build cgo

package draw

import (
	"cmp"
	"slices"

	"github.com/caddy-images/caddy-images/transform/vips"
)

// packing is an image, in one of the forms that a PNG has, that is written
// with the filter that suits it.
type packing struct {
	// open opens the image, to be read once.
	open func(*vips.Scope) (*vips.Image, error)

	// finish makes of what was written the PNG of the image; nil if it is
	// one.
	finish func([]byte) ([]byte, bool)

	// written reports whether the best filter for each row was tried already.
	written bool
}

// pngFilters are the ways to write a PNG. What suits photographs, the best filter for
// each row, is chosen by how small the differences are, and is the worst of all for what
// repeats: text, patterns, steps. A gradient on which that does well is packed to a
// third less if all of its rows have the same filter.
var pngFilters = []vips.PngFilter{
	vips.PngFilterAll, vips.PngFilterNone, vips.PngFilterSub, vips.PngFilterUp, vips.PngFilterAverage, vips.PngFilterPaeth,
}

const (
	// samplePixels is how many pixels of an image are written with each
	// filter, to find those that may suit all of it, in so many strips. One
	// of up to twice as many is written with each as a whole.
	samplePixels = 1 << 16
	sampleStrips = 4

	// likely is how many times the best a filter may take of a sample to be
	// tried on the image, of which a strip shows only so much.
	likely = 1.3

	// gain is how many times what is written already a filter may take of a sample to be
	// tried at all.
	gain = 0.95

	// repetitive is how many times smaller than its pixels a sample is that
	// shows too little of the image, which repeats itself; to write such a
	// one is quick.
	repetitive = 12

	// fewTries is up to how many pixels more than the best is tried.
	fewTries = 4_000_000
)

// pack writes the image with the filter that suits it.
func (w *pngWriter) pack(p packing) error {
	filters := pngFilters
	if pixels := w.p.facts.Size.Pixels(); pixels > 2*samplePixels {
		var err error
		if filters, err = w.likelyFilters(p); err != nil {
			return err
		}
		if pixels > fewTries && len(filters) > 1 {
			filters = filters[:1]
		}
	}
	for _, filter := range filters {
		if filter == vips.PngFilterAll && p.written {
			continue
		}
		if err := w.packWith(p, filter); err != nil {
			return err
		}
	}
	return nil
}

func (w *pngWriter) packWith(p packing, filter vips.PngFilter) error {
	scope := w.p.scope.Inner()
	defer scope.Close()
	image, err := p.open(scope)
	if err != nil {
		return err
	}
	body, err := image.ExportPng(vips.PngOptions{Compression: flatLevel, Filter: filter, Bitdepth: 8}) // the first has what is kept
	if err != nil {
		return err
	}
	if p.finish != nil {
		var ok bool
		if body, ok = p.finish(body); !ok {
			return errIndexes
		}
	}
	w.consider(body)
	return nil
}

// likelyFilters returns those that suit a sample of the image, the best
// first.
func (w *pngWriter) likelyFilters(p packing) ([]vips.PngFilter, error) {
	scope := w.p.scope.Inner()
	defer scope.Close()
	sample, err := w.sample(scope, p)
	if err != nil {
		return nil, err
	}
	sizes := map[vips.PngFilter]int{}
	for _, filter := range pngFilters {
		body, err := sample.ExportPng(vips.PngOptions{Compression: flatLevel, Filter: filter, Bitdepth: 8})
		if err != nil {
			return nil, err
		}
		sizes[filter] = len(body)
	}
	filters := slices.Clone(pngFilters)
	slices.SortStableFunc(filters, func(a, b vips.PngFilter) int { return cmp.Compare(sizes[a], sizes[b]) })
	if sizes[filters[0]]*repetitive < sample.Width()*sample.Height() {
		return filters, nil
	}
	most := likely * float64(sizes[filters[0]])
	if p.written {
		most = min(most, gain*float64(sizes[vips.PngFilterAll]))
	}
	return slices.DeleteFunc(filters, func(f vips.PngFilter) bool { return float64(sizes[f]) > most }), nil
}

// sample is strips of the image, one below the other, in memory.
func (w *pngWriter) sample(scope *vips.Scope, p packing) (*vips.Image, error) {
	image, err := p.open(scope)
	if err != nil {
		return nil, err
	}
	width, height, bands := image.Width(), image.Height(), image.Bands()
	rows := max(2, samplePixels/sampleStrips/width)
	every := max(rows, height/sampleStrips)
	var samples []byte
	err = eachRow(image, func(y int, row []byte) error {
		if y%every < rows {
			samples = append(samples, row...)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	space := vips.InterpretationSRGB
	if bands < 3 {
		space = vips.InterpretationBW
	}
	return scope.NewImageFromMemory(samples, width, len(samples)/bands/width, bands, space)
}

// rowsAtOnce is how many rows are read at a time.
const rowsAtOnce = 64

// eachRow reads an image of 8 bits a sample from top to bottom, with no gaps, as loaders
// want to be read.
func eachRow(image *vips.Image, see func(y int, row []byte) error) error {
	width, height := image.Width(), image.Height()
	for top := 0; top < height; top += rowsAtOnce {
		strip, err := image.ExtractArea(0, top, width, min(rowsAtOnce, height-top))
		if err != nil {
			return err
		}
		samples, err := strip.Pixels()
		strip.Close()
		if err != nil {
			return err
		}
		length := width * image.Bands()
		for y := top; len(samples) >= length; y++ {
			if err := see(y, samples[:length]); err != nil {
				return err
			}
			samples = samples[length:]
		}
	}
	return nil
}
