package main

import (
	"image"
	"math"
)

// chart is a screenshot of a dashboard: flat colours and hard edges, which want another coder than photographs.
func chart(w, h int) image.Image {
	c := newCanvas(w, h)
	k := float64(w) / 1600
	rect := func(x0, y0, x1, y1, round float64) func(x, y float64) float64 {
		return box(x0*k, y0*k, x1*k, y1*k, round*k)
	}
	c.fill(rect(-9, -9, 1609, 1009, 0), solid(0xf3f5f9))
	c.fill(rect(-9, -9, 220, 1009, 0), solid(0x16213a))
	c.fill(rect(36, 40, 84, 88, 14), solid(0x4f7cff))
	c.fill(rect(100, 54, 180, 74, 8), solid(0xe8edf8))
	for i := range 7 {
		y := 150 + float64(i)*62
		if i == 1 {
			c.fill(rect(20, y-20, 200, y+32, 12), solid(0x26355a))
		}
		c.fill(rect(40, y-4, 62, y+18, 6), solid(map[bool]uint32{true: 0x4f7cff, false: 0x4a5a80}[i == 1]))
		c.fill(rect(78, y, 140+20*speck(i, 1, 600), y+13, 6), solid(map[bool]uint32{true: 0xe8edf8, false: 0x7d8bab}[i == 1]))
	}
	c.fill(rect(264, 44, 500, 74, 10), solid(0x1d2740))
	c.fill(rect(1330, 40, 1500, 84, 22), solid(0x4f7cff))
	c.fill(rect(1372, 56, 1458, 68, 6), solid(0xffffff))
	c.fill(disc(1542*k, 62*k, 22*k), solid(0xffb547))

	card := func(x0, y0, x1, y1 float64) {
		shape := rect(x0, y0, x1, y1, 18)
		c.fill(func(x, y float64) float64 { return shape(x, y-8*k) - 22*k }, func(x, y float64) (light, float64) {
			return hex(0x2a3a66), 0.13 * smooth(22*k, -14*k, shape(x, y-8*k))
		})
		c.fill(shape, solid(0xffffff))
	}
	inks := []uint32{0x4f7cff, 0x19b38a, 0xff8a4c, 0xb15cf0}
	for i, ink := range inks {
		x := 264 + float64(i)*326
		card(x, 116, x+298, 262)
		c.fill(rect(x+24, 142, x+110, 154, 6), solid(0xa7b1c6))
		c.fill(rect(x+24, 172, x+104+14*float64(i%3), 204, 8), solid(0x1d2740))
		c.fill(rect(x+24, 224, x+84, 240, 8), solid(ink))
		var line [][2]float64
		for j := range 13 {
			line = append(line, [2]float64{(x + 158 + float64(j)*9.5) * k, (214 - float64(j)*3.2 - 26*speck(i, j, 610)) * k})
		}
		c.fill(stroke(4*k, line...), solid(ink))
	}

	// Traffic over a month: an area below two lines.
	card(264, 292, 1244, 690)
	c.fill(rect(296, 322, 440, 340, 8), solid(0x1d2740))
	for i := range 5 {
		y := 392 + float64(i)*62
		c.fill(rect(340, y, 1212, y+1.6, 0), solid(0xe6eaf2))
		c.fill(rect(296, y-5, 322, y+6, 5), solid(0xc3cad9))
	}
	for s, ink := range []uint32{0xb9c8f5, 0x4f7cff} {
		height := func(x float64) float64 {
			t := (x/k - 340) / 872
			return (640 - 40 - float64(s)*48 - 84*t - 46*math.Sin(t*9+float64(s)*1.9) - 34*math.Sin(t*21+float64(s)) - 14*math.Sin(t*47)) * k
		}
		var line [][2]float64
		for i := range 110 {
			x := (340 + float64(i)*8) * k
			line = append(line, [2]float64{x, height(x)})
		}
		if s == 1 {
			area := rect(340, 300, 1212, 640, 0)
			c.fill(func(x, y float64) float64 { return math.Max(area(x, y), height(x)-y) }, func(x, y float64) (light, float64) {
				return hex(ink), 0.30 * (1 - (y/k-380)/270)
			})
		}
		c.fill(stroke(5*k, line...), solid(ink))
	}

	// Shares: a ring.
	card(1272, 292, 1564, 690)
	c.fill(rect(1300, 322, 1400, 340, 8), solid(0x1d2740))
	shares := []float64{0, 0.42, 0.68, 0.86, 1}
	for i, ink := range inks {
		c.fill(func(x, y float64) float64 {
			dx, dy := x-1418*k, y-484*k
			a := math.Mod(math.Atan2(dx, -dy)/(2*math.Pi)+1, 1)
			r := math.Hypot(dx, dy)
			mid, half := (shares[i]+shares[i+1])/2, (shares[i+1]-shares[i])/2
			return math.Max(math.Abs(r-84*k)-24*k, (math.Abs(a-mid)-half)*2*math.Pi*r+2.5*k)
		}, solid(ink))
		y := 616 + float64(i/2)*34
		x := 1306 + float64(i%2)*126
		c.fill(disc((x+8)*k, y*k, 8*k), solid(ink))
		c.fill(rect(x+26, y-6, x+96, y+6, 6), solid(0xa7b1c6))
	}
	c.fill(rect(1388, 472, 1448, 496, 8), solid(0x1d2740))

	// Two kinds of bars.
	card(264, 720, 900, 962)
	c.fill(rect(296, 746, 420, 764, 8), solid(0x1d2740))
	for i := range 18 {
		x := 300 + float64(i)*32
		tall := 40 + 96*speck(i, 7, 620)
		c.fill(rect(x, 936-tall, x+18, 936, 6), solid(map[bool]uint32{true: 0x19b38a, false: 0xbfeadd}[i > 10]))
	}
	card(928, 720, 1564, 962)
	c.fill(rect(960, 746, 1100, 764, 8), solid(0x1d2740))
	for i, part := range []float64{0.86, 0.64, 0.47, 0.29} {
		y := 796 + float64(i)*40
		c.fill(rect(960, y, 1040, y+12, 6), solid(0xa7b1c6))
		c.fill(rect(1070, y-3, 1530, y+15, 9), solid(0xeef1f7))
		c.fill(rect(1070, y-3, 1070+460*part, y+15, 9), solid(inks[i]))
	}
	return c
}
