//go:build cgo

package draw

import (
	"github.com/caddy-images/caddy-images/transform/render/indexed"
	"github.com/caddy-images/caddy-images/transform/sniff"
	"github.com/caddy-images/caddy-images/transform/vips"
)

const (
	photoLevel = 5 // of zlib

	// flatLevel is for what has few colours, or plain areas: it takes little time.
	flatLevel = 6

	// spoolLevel is for what is read again at once.
	spoolLevel = 1

	// flatRatio is how many times smaller than its samples a PNG is that may be of
	// plain areas. Photographs are not, unless they are out of focus.
	flatRatio = 3

	// smallPNG is up to how many pixels a palette may be more than the rest of a file.
	smallPNG = 1 << 16
)

// pngWriter writes an image as a PNG in several ways, to keep the smallest.
// The first one reads the image, which may be possible only once, and the
// others that PNG.
type pngWriter struct {
	p      *picture
	first  []byte
	best   []byte
	census *vips.Census
}

// exportPNG writes the image so that few colours take few bytes.
//
// At first all is written as a photograph, on which no other way would gain. Meanwhile
// its colours are counted. Up to 256 are written as indexes. More are, too, if the
// original has few colours, and they come from scaling it: then they are quantized,
// unless nothing may be lost.
func (p *picture) exportPNG(image *vips.Image, keep vips.Keep) ([]byte, error) {
	options := vips.PngOptions{Compression: p.pngLevel(), Filter: vips.PngFilterAll, Bitdepth: 8, Keep: keep}
	if p.indexed {
		options.Compression, options.Filter = spoolLevel, vips.PngFilterNone
	}
	if bands := image.Bands(); bands < 3 || bands > 4 || image.BandFormat() != vips.BandFormatUchar {
		options.Compression, options.Filter, options.Bitdepth = p.pngLevel(), vips.PngFilterAll, 0
		return image.ExportPng(options) // of channels that are not colours
	}
	counted, census, err := image.Census()
	if err != nil {
		return nil, err
	}
	body, err := counted.ExportPng(options)
	if err != nil {
		return nil, err
	}
	w := &pngWriter{p: p, first: body, best: body, census: census}
	if err := w.improve(image.Bands()); err != nil {
		return nil, err
	}
	return w.best, nil
}

// pngLevel is zlib's level for photographs.
func (p *picture) pngLevel() int { return photoLevel - p.job.Reduced }

// improve tries what suits the image.
func (w *pngWriter) improve(bands int) error {
	pixels := w.p.facts.Size.Pixels()
	flat := int64(len(w.first))*flatRatio < pixels*int64(bands)
	done := false
	var err error
	if colours, few := w.census.Colours(); few {
		done, err = true, w.index(colours)
	} else if w.census.Gray() && bands == 4 && !indexed.HasProfile(w.first) {
		done, err = true, w.gray()
	} else if w.p.quantizes() {
		done, err = w.quantize()
	}
	if err != nil || done && pixels > smallPNG || !done && !flat && !w.p.indexed {
		return err
	}
	return w.refilter()
}

// consider keeps a PNG of the same pixels if it is smaller.
func (w *pngWriter) consider(pixels []byte) {
	if file, ok := indexed.Graft(pixels, w.first); ok && len(file) < len(w.best) {
		w.best = file
	}
}

// again opens the image to be read once more.
func (w *pngWriter) again(scope *vips.Scope) (*vips.Image, error) {
	image, err := scope.NewImageFromBuffer(w.first, sniff.PNG, vips.LoadOptions{})
	if err != nil {
		return nil, err
	}
	w.p.employ(image)
	return image, nil
}

// refilter writes the image as it is, in the way that suits it.
func (w *pngWriter) refilter() error {
	return w.pack(packing{open: w.again, written: !w.p.indexed})
}

// gray writes a gray image with more than 256 transparent grays.
func (w *pngWriter) gray() error {
	return w.pack(packing{open: func(scope *vips.Scope) (*vips.Image, error) {
		image, err := w.again(scope)
		if err != nil {
			return nil, err
		}
		return grayAndAlpha(image)
	}})
}

// grayAndAlpha returns a gray image in four bands, in two.
func grayAndAlpha(i *vips.Image) (*vips.Image, error) {
	light, err := i.ExtractBand(0, 1)
	if err != nil {
		return nil, err
	}
	alpha, err := i.ExtractBand(3, 1)
	if err != nil {
		return nil, err
	}
	if light, err = light.Bandjoin(alpha); err != nil {
		return nil, err
	}
	return light.CopyAs(vips.InterpretationBW)
}
