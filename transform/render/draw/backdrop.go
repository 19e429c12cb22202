//go:build cgo

package draw

import (
	"math"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render/palette"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// backdrop returns an image of the canvas' size to put behind a frame.
func (p *picture) backdrop(frame *vips.Image, b transform.Background, canvas transform.Size) (*vips.Image, error) {
	if b.Kind == transform.BlurredBackground {
		return blurred(frame, b.Blurred, canvas)
	}
	if len(p.colours) == 4 {
		return p.fourCorners(canvas)
	}
	// Along the longer side.
	size, angle := p.facts.Size, 180.0
	first, second := p.colours[0], p.colours[len(p.colours)-1]
	if wide := canvas.Width*size.Height > canvas.Height*size.Width; wide {
		angle = 90
		if first.X > second.X {
			first, second = second, first
		}
	} else if first.Y > second.Y {
		first, second = second, first
	}
	g := transform.Gradient{On: true, Angle: angle, From: first.Color, To: second.Color}
	drawn, err := ramp(p.scope, g.Over(canvas), canvas.Width, canvas.Height)
	if err != nil {
		return nil, err
	}
	return drawn.ExtractBand(0, 3)
}

// blurred returns the frame scaled to cover the canvas, and blurred.
func blurred(frame *vips.Image, b transform.Blurred, canvas transform.Size) (*vips.Image, error) {
	small, sigma, copied := b.Small(canvas)
	w, h := small.Width, small.Height
	cover := max(float64(w)/float64(frame.Width()), float64(h)/float64(frame.Height()))
	across, down := max(w, int(math.Round(float64(frame.Width())*cover))), max(h, int(math.Round(float64(frame.Height())*cover)))
	behind, err := premultiplied(frame, func(i *vips.Image) (*vips.Image, error) {
		middle := transform.Rect{Point: transform.Point{X: (across - w) / 2, Y: (down - h) / 2}, Size: small}
		i, err := resizedPart(i, transform.Size{Width: across, Height: down}, middle, vips.KernelCubic)
		if err != nil || sigma == 0 {
			return i, err
		}
		return i.GaussBlur(sigma)
	})
	if err != nil {
		return nil, err
	}
	if copied {
		if behind, err = behind.CopyMemory(); err != nil { // in 8 bits, not in the floats of premultiplied alpha
			return nil, err
		}
	}
	if small != canvas {
		behind, err = premultiplied(behind, func(i *vips.Image) (*vips.Image, error) {
			return i.Resize(float64(canvas.Width)/float64(w), float64(canvas.Height)/float64(h), vips.KernelCubic)
		})
		if err != nil {
			return nil, err
		}
	}
	if b.Brightness == 0 {
		return behind, nil
	}
	return behind.Linear(onColours(behind, 1, 1), onColours(behind, float64(b.Brightness), 0), true)
}

// fourCorners returns a gradient between four colours, each in the corner
// that it is nearest to in the image.
func (p *picture) fourCorners(canvas transform.Size) (*vips.Image, error) {
	var samples []byte
	for _, n := range arrange(p.colours) {
		samples = append(samples, p.colours[n].R, p.colours[n].G, p.colours[n].B)
	}
	corners, err := p.scope.NewImageFromMemory(samples, 2, 2, 3, vips.InterpretationSRGB)
	if err != nil {
		return nil, err
	}
	// A few pixels first, since enlarging starts half a pixel inside of the
	// small image.
	return corners.Bilinear(canvas.Width, canvas.Height)
}

// arrange returns which of four colours belongs to the upper left, the upper
// right, the lower left and the lower right corner.
func arrange(colours []palette.Color) (best [4]int) {
	corners := [4][2]float64{{0, 0}, {1, 0}, {0, 1}, {1, 1}}
	least := math.Inf(1)
	var order func(taken []int, far float64)
	order = func(taken []int, far float64) {
		if far >= least {
			return
		}
		if len(taken) == len(corners) {
			least = far
			copy(best[:], taken)
			return
		}
		corner := corners[len(taken)]
	next:
		for n, c := range colours {
			for _, t := range taken {
				if t == n {
					continue next
				}
			}
			order(append(taken, n), far+math.Hypot(c.X-corner[0], c.Y-corner[1]))
		}
	}
	order(nil, 0)
	return best
}
