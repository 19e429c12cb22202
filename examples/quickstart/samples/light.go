package main

import (
	"image"
	"image/color"
	"math"
	"runtime"
	"sync"
)

// light is an amount of red, green and blue light: linear, and not bounded by what a screen can show.
type light struct{ r, g, b float64 }

func (a light) add(b light) light     { return light{a.r + b.r, a.g + b.g, a.b + b.b} }
func (a light) times(k float64) light { return light{a.r * k, a.g * k, a.b * k} }
func (a light) tint(b light) light    { return light{a.r * b.r, a.g * b.g, a.b * b.b} }
func (a light) luminance() float64    { return 0.2126*a.r + 0.7152*a.g + 0.0722*a.b }
func mix(a, b light, t float64) light { return a.times(1 - t).add(b.times(t)) }
func lerp(a, b, t float64) float64    { return a + (b-a)*t }
func clamp01(v float64) float64       { return math.Max(0, math.Min(1, v)) }
func smooth(from, to, v float64) float64 {
	t := clamp01((v - from) / (to - from))
	return t * t * (3 - 2*t)
}

// linear is how much light each sRGB value stands for.
var linear = func() (t [256]float64) {
	for i := range t {
		t[i] = math.Pow(float64(i)/255, 2.2)
	}
	return t
}()

// hex reads a colour as designers write it, 0xrrggbb in sRGB.
func hex(rgb uint32) light {
	return light{linear[rgb>>16&0xff], linear[rgb>>8&0xff], linear[rgb&0xff]}
}

// gradient blends colours that lie at rising positions.
type gradient []struct {
	at float64
	c  light
}

func (g gradient) at(v float64) light {
	for i := 1; i < len(g); i++ {
		if v < g[i].at {
			return mix(g[i-1].c, g[i].c, smooth(g[i-1].at, g[i].at, v))
		}
	}
	return g[len(g)-1].c
}

// expose computes every pixel of a photograph, on all cores, and develops it: highlights roll off as on film, the
// corners are a little darker, and there is fine grain.
func expose(w, h int, grain float64, pixel func(x, y float64) light) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	eachRow(h, func(y int) {
		for x := range w {
			c := pixel(float64(x)+0.5, float64(y)+0.5)
			dx, dy := float64(x)/float64(w)-0.5, float64(y)/float64(h)-0.5
			c = c.times(1 - 0.45*(dx*dx+dy*dy))
			g := grain * (speck(x, y, 1) + speck(x, y, 2) - 1)
			img.SetRGBA(x, y, color.RGBA{develop(c.r, g), develop(c.g, g), develop(c.b, g), 255})
		}
	})
	return img
}

// develop turns light into an sRGB value, by the filmic curve of Krzysztof Narkowicz.
func develop(v, grain float64) uint8 {
	v = math.Max(0, v) * 0.8
	v = clamp01(v * (2.51*v + 0.03) / (v*(2.43*v+0.59) + 0.14))
	return uint8(math.Max(0, math.Min(255, math.Pow(v, 1/2.2)*255+grain+0.5)))
}

// eachRow calls row for 0 to h-1 on all cores.
func eachRow(h int, row func(y int)) {
	var wg sync.WaitGroup
	n := runtime.GOMAXPROCS(0)
	for start := range n {
		wg.Go(func() {
			for y := start; y < h; y += n {
				row(y)
			}
		})
	}
	wg.Wait()
}
