//go:build linux && cgo

package main

import (
	"context"
	"fmt"

	"github.com/caddy-images/caddy-images/transform/sniff"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// draw does the job as a user of libvips would write it. A JPEG is decoded at
// the smallest of 1/8, 1/4 and 1/2 of its size that is at least gap times as
// large as the result: 1 is the handler's rule, 2 that of vips_thumbnail.
func (j job) draw(original []byte, gap int) ([]byte, error) {
	scope := vips.NewScope(context.Background())
	defer scope.Close()
	format, _ := sniff.Sniff(original)
	image, err := scope.NewImageFromBuffer(original, format, vips.LoadOptions{})
	if err != nil {
		return nil, err
	}
	options := vips.LoadOptions{}
	switch format {
	case sniff.JPEG:
		options.Shrink = shrinkOnLoad(image, j.Width*gap)
	case sniff.WebP:
		options.Scale = min(1, float64(j.Width)/float64(image.Width()))
	case sniff.GIF:
		options.Pages = -1
	}
	if options != (vips.LoadOptions{}) {
		if image, err = scope.NewImageFromBuffer(original, format, options); err != nil {
			return nil, err
		}
	}
	const anyHeight = 1_000_000
	if image, err = image.ThumbnailImage(j.Width, anyHeight); err != nil {
		return nil, err
	}
	if j.Height > 0 {
		x, y := (j.Width-image.Width())/2, (j.Height-image.Height())/2
		if image, err = image.Embed(x, y, j.Width, j.Height, vips.ExtendBackground, padding[:]); err != nil {
			return nil, err
		}
	}
	if j.Blur > 0 {
		if image, err = image.GaussBlur(j.Blur / 2); err != nil {
			return nil, err
		}
	}
	if j.Text != "" {
		text, err := scope.Text(j.markup(), vips.TextOptions{Font: textFont(), DPI: 72, RGBA: true})
		if err != nil {
			return nil, err
		}
		if image, err = image.Composite2(text, vips.BlendModeOver, (image.Width()-text.Width())/2, (image.Height()-text.Height())/2); err != nil {
			return nil, err
		}
		if image, err = image.Flatten([]float64{0, 0, 0}); err != nil { // it got an alpha
			return nil, err
		}
	}
	return encode(image, j.Format)
}

func shrinkOnLoad(image *vips.Image, width int) int {
	if image.Orientation() >= 5 {
		width = width * image.Width() / image.Height() // its sides will be swapped
	}
	for _, shrink := range []int{8, 4, 2} {
		if image.Width() >= width*shrink {
			return shrink
		}
	}
	return 0
}

// encode encodes the image with the handler's settings.
func encode(image *vips.Image, format string) ([]byte, error) {
	switch format {
	case "jpeg":
		return image.ExportJpeg(vips.JpegOptions{Quality: 80, OptimizeCoding: true})
	case "webp":
		return image.ExportWebp(vips.WebpOptions{Quality: 77, Effort: 2, SmartSubsample: image.PageHeight() == image.Height()})
	case "avif":
		return image.ExportAvif(vips.AvifOptions{Quality: 63, Effort: 3})
	case "png":
		return image.ExportPng(vips.PngOptions{Compression: 5, Filter: vips.PngFilterAll})
	}
	return nil, fmt.Errorf("no format %q", format)
}
