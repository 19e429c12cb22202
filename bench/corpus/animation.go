package corpus

import (
	"image"
	"image/color/palette"
	"image/draw"
	"image/gif"
	"math/rand/v2"
)

// animation returns a GIF of leaves that move over each other, in front of a
// static background.
func animation(seed uint64, w, h, frames int) *gif.GIF {
	rnd := rand.New(rand.NewPCG(seed, 3))
	ground, moving := photo(seed, w, h), leaves(rnd, w, h, 12)
	g := &gif.GIF{}
	for n := range frames {
		frame := image.NewYCbCr(ground.Rect, ground.SubsampleRatio)
		copy(frame.Y, ground.Y)
		copy(frame.Cb, ground.Cb)
		copy(frame.Cr, ground.Cr)
		for i, l := range moving {
			l.radius *= 3
			l.x += float64(n * (i%5 - 2) * w / frames / 6)
			l.y += float64(n * (i%3 - 1) * h / frames / 6)
			l.rows(w, h, func(y, left, right int) {
				for x := left; x < right; x++ {
					frame.Y[y*frame.YStride+x] = l.y8
					frame.Cb[y/2*frame.CStride+x/2], frame.Cr[y/2*frame.CStride+x/2] = l.cb, l.cr
				}
			})
		}
		drawn := image.NewPaletted(frame.Rect, palette.WebSafe)
		draw.FloydSteinberg.Draw(drawn, drawn.Rect, frame, image.Point{})
		g.Image, g.Delay = append(g.Image, drawn), append(g.Delay, 5)
	}
	return g
}
