//go:build cgo

package draw

import (
	"math"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render/saliency"
)

// seekSide is the longer side of the image that is searched. Details below a
// hundredth of the image do not attract attention.
const seekSide = 160

// seek returns the corner of the most salient part of a size, in the first
// frame scaled to a size.
func (p *picture) seek(size, of transform.Size) (transform.Point, error) {
	upright, err := p.frame.Autorot()
	if err != nil {
		return transform.Point{}, err
	}
	small, err := thumbnail(upright, seekSide)
	if err != nil {
		return transform.Point{}, err
	}
	if small, err = toSRGB(small); err != nil {
		return transform.Point{}, err
	}
	samples, err := small.Pixels()
	if err != nil {
		return transform.Point{}, err
	}
	w, h := of.Width, of.Height
	x, y := saliency.New(samples, small.Width()).Best(float64(size.Width)/float64(w), float64(size.Height)/float64(h))
	return transform.Point{
		X: int(math.Round(x * float64(w-size.Width))),
		Y: int(math.Round(y * float64(h-size.Height))),
	}, nil
}
