//go:build cgo

package draw

import (
	"errors"
	"image/color"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/header"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/render/indexed"
	"github.com/caddy-images/caddy-images/transform/sniff"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// announce notes whether the file declares few colours: a palette of up to
// 256, or gray.
func (p *picture) announce() {
	read := header.Read
	if page := p.job.Plan.Page; page > 0 {
		read = func(file []byte) (header.Header, bool) { return header.ReadPage(file, page) }
	}
	h, ok := read(p.job.Original)
	p.indexed = ok && (h.Palette || h.Format == sniff.PNG && h.Channels == 1 && h.Depth == 8)
}

// counting counts the colours of the original while it is decoded, unless a
// lossy encoder has mixed them.
func (p *picture) counting(image *vips.Image) (*vips.Image, error) {
	p.census = nil
	switch p.source {
	case sniff.PNG, sniff.TIFF, sniff.WebP:
	default:
		return image, nil
	}
	if p.indexed || !mayBePNG(p.whole.Plan) || image.Bands() > 4 || !isInteger(image) {
		return image, nil
	}
	image, census, err := image.Census()
	p.census = census
	return image, err
}

// mayBePNG reports whether the plan allows a PNG as the result.
func mayBePNG(plan transform.Plan) bool {
	f := plan.Output.Format
	return f == transform.PNG || !f.Writable() || plan.Chooses()
}

func isInteger(image *vips.Image) bool {
	format := image.BandFormat()
	return format == vips.BandFormatUchar || format == vips.BandFormatUshort
}

// hasFewColours reports whether the original, and everything drawn on it, has
// few colours. That is known once the image was computed.
func (p *picture) hasFewColours() bool {
	return !p.joinedMany && (p.indexed || p.census != nil && p.census.Few())
}

// joins notes a layer's image.
func (p *picture) joins(own *picture) {
	p.joinedMany = p.joinedMany || !own.hasFewColours()
	p.resampled = p.resampled || own.resampled
}

// quantizes reports whether the image, which has more than 256 colours, may
// be reduced to 256.
func (p *picture) quantizes() bool {
	most := int64(render.MostCounted)
	if p.indexed {
		most = render.MostQuantized
	}
	return p.resampled && !p.job.Plan.Output.Lossless && p.facts.Size.Pixels() <= most && p.hasFewColours()
}

// quantize writes the image with the 256 closest colours, and keeps the
// result if it is smaller. It returns false if this libvips cannot do that.
func (w *pngWriter) quantize() (bool, error) {
	scope := w.p.scope.Inner()
	defer scope.Close()
	image, err := w.again(scope)
	if err != nil {
		return false, err
	}
	body, err := image.ExportPng(vips.PngOptions{Compression: flatLevel, Filter: vips.PngFilterNone, Bitdepth: 8, Palette: true})
	if err != nil || !indexed.HasPalette(body) {
		return false, err
	}
	w.consider(body)
	return true, nil
}

// index writes an image of few colours as indexes into a palette, or as gray.
func (w *pngWriter) index(colours []color.NRGBA) error {
	palette := indexed.New(colours, !indexed.HasProfile(w.first))
	if palette.Depth() < 8 {
		if err := w.indexAs(palette); err != nil {
			return err
		}
	}
	return w.indexAs(palette.Unpacked())
}

// indexAs writes the image as indexes into the palette.
func (w *pngWriter) indexAs(palette *indexed.Palette) error {
	scope := w.p.scope.Inner()
	defer scope.Close()
	rows, err := w.rows(scope, palette)
	if err != nil {
		return err
	}
	packed := packing{
		open:   func(*vips.Scope) (*vips.Image, error) { return rows, nil },
		finish: func(body []byte) ([]byte, bool) { return palette.File(body, w.p.facts.Size.Width) },
	}
	if palette.Depth() < 8 { // filters work on bytes, which hold several pixels, so differences are useless
		return w.packWith(packed, vips.PngFilterNone)
	}
	return w.pack(packed)
}

var (
	errPalette = errors.New("png: a colour that was not counted")
	errIndexes = errors.New("png: the encoder wrote no gray of 8 bits")
)

// rows returns the image's rows, packed for the palette, as a gray image.
func (w *pngWriter) rows(scope *vips.Scope, palette *indexed.Palette) (*vips.Image, error) {
	image, err := w.again(scope)
	if err != nil {
		return nil, err
	}
	width, height, bands := image.Width(), image.Height(), image.Bands()
	stride := palette.Stride(width)
	packed := make([]byte, 0, stride*height)
	err = eachRow(image, func(_ int, row []byte) error {
		var known bool
		if packed, known = palette.AppendRow(packed, row, bands); !known {
			return errPalette
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return scope.NewImageFromMemory(packed, stride, height, 1, vips.InterpretationBW)
}
