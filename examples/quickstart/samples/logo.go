package main

import (
	"image"
	"math"
)

// logo is a flower of six translucent petals with a soft shadow, on nothing: its alpha takes every value.
func logo(w, h int) image.Image {
	c := newCanvas(w, h)
	size := float64(min(w, h))
	cx, cy := float64(w)/2, float64(h)/2
	inks := []uint32{0xff5a5f, 0xff9f1c, 0xffd23f, 0x2ec4b6, 0x3a86ff, 0x8338ec}
	petal := func(i int) func(x, y float64) float64 {
		a := float64(i)*math.Pi/3 - math.Pi/2
		return disc(cx+0.19*size*math.Cos(a), cy+0.19*size*math.Sin(a), 0.215*size)
	}
	all := func(x, y float64) float64 {
		d := math.Inf(1)
		for i := range inks {
			d = math.Min(d, petal(i)(x, y))
		}
		return math.Max(d, 0.105*size-math.Hypot(x-cx, y-cy))
	}
	c.fill(func(x, y float64) float64 { return all(x, y) - 0.08*size }, func(x, y float64) (light, float64) {
		return light{}, 0.34 * smooth(0.06*size, -0.03*size, all(x, y-0.022*size))
	})
	for i, ink := range inks {
		shape := petal(i)
		ring := func(x, y float64) float64 { return math.Max(shape(x, y), 0.105*size-math.Hypot(x-cx, y-cy)) }
		c.fill(ring, func(x, y float64) (light, float64) {
			shine := smooth(0.40, 0.0, math.Hypot(x-cx, y-cy)/size)
			return mix(hex(ink), hex(0xffffff), 0.28*shine), 0.80
		})
	}
	return c
}
