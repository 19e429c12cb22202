//go:build cgo

package draw

import (
	"cmp"
	"slices"

	"github.com/caddy-images/caddy-images/transform/vips"
)

// packing is an image in one of the forms of PNG, to be written with the most
// suitable filter.
type packing struct {
	// open opens the image for one read.
	open func(*vips.Scope) (*vips.Image, error)

	// finish turns the written file into the PNG of the image; nil if it is
	// that already.
	finish func([]byte) ([]byte, bool)

	// written reports whether the adaptive filter was tried already.
	written bool
}

// pngFilters are the filters to try. The adaptive filter suits photographs:
// it minimises differences in each row, which is the worst choice for
// repetitions such as text, patterns and steps. And a gradient that it
// compresses well is a third smaller with the same filter for all rows.
var pngFilters = []vips.PngFilter{
	vips.PngFilterAll, vips.PngFilterNone, vips.PngFilterSub, vips.PngFilterUp, vips.PngFilterAverage, vips.PngFilterPaeth,
}

const (
	// samplePixels is the size of the sample that is written with each filter
	// to find candidates for the whole image, in a number of strips. An image
	// of up to twice that size is written with each filter as a whole.
	samplePixels = 1 << 16
	sampleStrips = 4

	// likely is the largest ratio to the best filter's size for the sample at
	// which another filter is tried on the image, of which the sample shows
	// only a part.
	likely = 1.3

	// gain is the largest ratio to the size written so far at which a filter
	// is tried at all.
	gain = 0.95

	// repetitive is the compression ratio above which a sample represents a
	// repetitive image badly; writing such an image is fast.
	repetitive = 12

	// fewTries is the number of pixels up to which more than the best filter
	// is tried.
	fewTries = 4_000_000
)

// pack writes the image with the most suitable filter.
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
	body, err := image.ExportPng(vips.PngOptions{Compression: flatLevel, Filter: filter, Bitdepth: 8}) // the first file has the metadata
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

// likelyFilters returns the filters that suit a sample of the image, the best
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

// sample returns strips of the image, below each other, in memory.
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

// rowsAtOnce is the number of rows that are read at a time.
const rowsAtOnce = 64

// eachRow reads an 8-bit image from top to bottom without gaps, as sequential
// loaders require.
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
