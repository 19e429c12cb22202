//go:build cgo

package draw

import (
	"fmt"
	"math"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/sniff"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// corners rounds the image's corners, which become transparent.
func corners(p *picture, r transform.Recipe) error {
	if r.Corners == [4]float64{} {
		return nil
	}
	if err := p.settle(); err != nil {
		return err
	}
	return p.each(func(frame *vips.Image) (*vips.Image, error) { return round(frame, r.Corners) })
}

// shape returns a band of the image's size: 255 inside of a rounded
// rectangle, 0 outside.
func shape(image *vips.Image, radii [4]float64) (*vips.Image, error) {
	drawing, err := image.Scope().NewImageFromBuffer(roundedRect(image.Width(), image.Height(), radii), sniff.SVG, vips.LoadOptions{Access: vips.Random})
	if err != nil {
		return nil, err
	}
	return drawing.ExtractBand(drawing.Bands()-1, 1)
}

// round multiplies the image's alpha by a rounded rectangle.
func round(image *vips.Image, radii [4]float64) (*vips.Image, error) {
	mask, err := shape(image, radii)
	if err != nil {
		return nil, err
	}
	if image, err = withAlpha(image); err != nil {
		return nil, err
	}
	colours, err := image.ExtractBand(0, image.Bands()-1)
	if err != nil {
		return nil, err
	}
	alpha, err := image.ExtractBand(image.Bands()-1, 1)
	if err != nil {
		return nil, err
	}
	alpha, err = through(alpha,
		func(i *vips.Image) (*vips.Image, error) { return i.Multiply(mask) },
		func(i *vips.Image) (*vips.Image, error) { return i.Linear([]float64{1.0 / 255}, []float64{0.5}, true) },
	)
	if err != nil {
		return nil, err
	}
	return colours.Bandjoin(alpha)
}

// roundedRect returns an SVG of w by h pixels, filled except for its corners.
// Radii are clockwise from the top left. If two of them do not fit on a side,
// all shrink (CSS Backgrounds, "corner overlap"); MaxRadius is half of each
// side, so that four give an ellipse.
func roundedRect(w, h int, radii [4]float64) []byte {
	width, height := float64(w), float64(h)
	var rx, ry [4]float64
	for i, r := range radii {
		rx[i], ry[i] = r, r
		if r == transform.MaxRadius {
			rx[i], ry[i] = width/2, height/2
		}
	}
	shrink := 1.0
	for _, side := range [][2]float64{
		{width, rx[0] + rx[1]}, {width, rx[2] + rx[3]},
		{height, ry[1] + ry[2]}, {height, ry[3] + ry[0]},
	} {
		if side[1] > side[0] {
			shrink = math.Min(shrink, side[0]/side[1])
		}
	}
	for i := range rx {
		rx[i] *= shrink
		ry[i] *= shrink
	}
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d"><path d="`+
		`M%g 0 H%g A%g %g 0 0 1 %g %g V%g A%g %g 0 0 1 %g %g H%g A%g %g 0 0 1 0 %g V%g A%g %g 0 0 1 %g 0 Z"/></svg>`,
		w, h,
		rx[0], width-rx[1], rx[1], ry[1], width, ry[1],
		height-ry[2], rx[2], ry[2], width-rx[2], height,
		rx[3], rx[3], ry[3], height-ry[3],
		ry[0], rx[0], ry[0], rx[0],
	)
}
