//go:build cgo

package draw

import (
	"github.com/caddy-images/caddy-images/transform/render/indexed"
	"github.com/caddy-images/caddy-images/transform/sniff"
	"github.com/caddy-images/caddy-images/transform/vips"
)

const (
	photoLevel = 5 // of zlib

	// flatLevel is for few colours or plain areas, which compress fast.
	flatLevel = 6

	// spoolLevel is for files that are read again at once.
	spoolLevel = 1

	// flatRatio is the compression ratio from which on a PNG may have plain
	// areas. Photographs do not reach it, unless they are out of focus.
	flatRatio = 3

	// smallPNG is the number of pixels up to which a palette may be larger
	// than the rest of a file.
	smallPNG = 1 << 16
)

// pngWriter writes an image as a PNG in several ways, to keep the smallest.
// The first way reads the image, which may be possible only once, and the
// others that PNG.
type pngWriter struct {
	p      *picture
	first  []byte
	best   []byte
	census *vips.Census
}

// exportPNG writes the image so that few colours take few bytes.
//
// First it is written like a photograph, for which there is no better way.
// Meanwhile its colours are counted. Up to 256 are written as indexes. If
// there are more because the original, which has few, was scaled, they are
// quantized, unless the result must be lossless.
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

// improve tries the ways that suit the image.
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

// consider keeps a PNG with the same pixels if it is smaller.
func (w *pngWriter) consider(pixels []byte) {
	if file, ok := indexed.Graft(pixels, w.first); ok && len(file) < len(w.best) {
		w.best = file
	}
}

// again opens the image for another read.
func (w *pngWriter) again(scope *vips.Scope) (*vips.Image, error) {
	image, err := scope.NewImageFromBuffer(w.first, sniff.PNG, vips.LoadOptions{})
	if err != nil {
		return nil, err
	}
	w.p.employ(image)
	return image, nil
}

// refilter writes the image unchanged with the most suitable filter.
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

// grayAndAlpha reduces a gray image with four bands to two.
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
