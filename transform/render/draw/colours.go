//go:build cgo

package draw

import (
	"slices"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render/palette"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// sampleSide is the longer side of the image in which colours are counted.
const sampleSide = 128

// findColours finds the colours of a background in the first frame, so that
// an animation does not flicker. If the image is fully transparent it is
// black.
func findColours(p *picture, r transform.Recipe) error {
	if !r.Background.On {
		return nil
	}
	var err error
	switch r.Background.Kind {
	case transform.DominantBackground:
		if err := p.settle(); err != nil {
			return err
		}
		p.colours, err = edgeColours(p.frame)
	case transform.GradientBackground:
		p.colours, err = p.palette(r.Background.Palette)
	}
	if len(p.colours) == 0 {
		p.colours = slices.Repeat([]palette.Color{{Color: transform.Black, X: 0.5, Y: 0.5}}, max(r.Background.Palette, 1))
	}
	return err
}

// dominant returns the most common colour of the image; black if the image is
// fully transparent.
func (p *picture) dominant() (transform.Color, error) {
	found, err := p.palette(1)
	if err != nil || len(found) == 0 {
		return transform.Black, err
	}
	return found[0].Color, nil
}

// palette returns the n dominant colours of the first frame.
func (p *picture) palette(n int) ([]palette.Color, error) {
	if err := p.settle(); err != nil {
		return nil, err
	}
	sample, err := thumbnail(p.frame, sampleSide)
	if err != nil {
		return nil, err
	}
	samples, err := sample.Pixels()
	if err != nil {
		return nil, err
	}
	return palette.Find(samples, sample.Width(), n), nil
}

// thumbnail returns an image with alpha whose longer side is limited.
func thumbnail(image *vips.Image, side int) (*vips.Image, error) {
	image, err := withAlpha(image)
	if err != nil {
		return nil, err
	}
	long := max(image.Width(), image.Height())
	if long <= side {
		return image, nil
	}
	scale := float64(side) / float64(long)
	return premultiplied(image, func(i *vips.Image) (*vips.Image, error) {
		return i.Resize(scale, scale, vips.KernelLinear)
	})
}

// edgeColours returns the colour of the outermost pixels.
func edgeColours(image *vips.Image) ([]palette.Color, error) {
	image, err := withAlpha(image)
	if err != nil {
		return nil, err
	}
	w, h := image.Width(), image.Height()
	var samples []byte
	for _, side := range [][4]int{{0, 0, w, 1}, {0, h - 1, w, 1}, {0, 0, 1, h}, {w - 1, 0, 1, h}} {
		strip, err := image.ExtractArea(side[0], side[1], side[2], side[3])
		if err != nil {
			return nil, err
		}
		pixels, err := strip.Pixels()
		if err != nil {
			return nil, err
		}
		samples = append(samples, pixels...)
	}
	return palette.Find(samples, len(samples)/4, 1), nil
}
