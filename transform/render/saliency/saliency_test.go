package saliency

import (
	"math"
	"testing"
)

type colour [3]uint8

// paint returns an opaque image.
func paint(w, h int, at func(x, y int) colour) []byte {
	samples := make([]byte, 0, 4*w*h)
	for y := range h {
		for x := range w {
			c := at(x, y)
			samples = append(samples, c[0], c[1], c[2], 255)
		}
	}
	return samples
}

// grain is gray, and the same in each run.
func grain(x, y int) colour {
	n := uint32(x*7919+y*104729) * 2654435761
	v := uint8(110 + n>>28)
	return colour{v, v, v}
}

func disc(x, y int, at [2]int, radius float64) bool {
	return math.Hypot(float64(x-at[0]), float64(y-at[1])) <= radius
}

// Where something stands out, the window has all of it.
func TestFindsWhatStandsOut(t *testing.T) {
	const w, h, radius = 150, 100, 8
	red, white, dark := colour{210, 30, 30}, colour{250, 250, 250}, colour{30, 30, 30}
	stripes := func(x, y int) colour { return []colour{white, dark}[(x/2+y/2)%2] }
	figures := map[string]func(x, y int) colour{
		"red":       func(int, int) colour { return red },
		"white":     func(int, int) colour { return white },
		"dark":      func(int, int) colour { return dark },
		"detailed":  stripes,
		"skin":      func(x, y int) colour { return colour{200, 150, 120} },
		"dark skin": func(x, y int) colour { return colour{95, 65, 48} },
	}
	for name, figure := range figures {
		for _, at := range [][2]int{{20, 50}, {75, 50}, {130, 50}, {25, 20}, {120, 80}, {75, 15}} {
			m := New(paint(w, h, func(x, y int) colour {
				if disc(x, y, at, radius) {
					return figure(x, y)
				}
				return grain(x, y)
			}), w)
			for _, part := range [][2]float64{{0.4, 1}, {1, 0.4}, {0.4, 0.4}, {0.66, 1}} {
				x, y := m.Best(part[0], part[1])
				left, top := x*(1-part[0])*w, y*(1-part[1])*h
				right, bottom := left+part[0]*w, top+part[1]*h
				const slack = 2
				if float64(at[0])-radius < left-slack || float64(at[0])+radius > right+slack || float64(at[1])-radius < top-slack || float64(at[1])+radius > bottom+slack {
					t.Errorf("%s at %v is cut by the window %.0f,%.0f to %.0f,%.0f", name, at, left, top, right, bottom)
				}
			}
		}
	}
}

// A face draws more than something brighter: two patches, of which only one has
// the colour of skin, and eyes and a mouth.
func TestPrefersSkin(t *testing.T) {
	const w, h = 150, 100
	m := New(paint(w, h, func(x, y int) colour {
		switch {
		case disc(x, y, [2]int{25, 43}, 2), disc(x, y, [2]int{35, 43}, 2), y == 57 && x > 25 && x < 35:
			return colour{40, 25, 20}
		case disc(x, y, [2]int{30, 50}, 16):
			return colour{205, 160, 130}
		case disc(x, y, [2]int{120, 50}, 16):
			return colour{60, 140, 90}
		}
		return grain(x, y)
	}), w)
	if x, _ := m.Best(0.4, 1); x > 0.2 {
		t.Errorf("the window is at %v of the spare room, away from the face", x)
	}
}

// Where nothing stands out, it is the middle.
func TestNothing(t *testing.T) {
	plain := func(int, int) colour { return colour{120, 130, 90} }
	pictures := map[string]struct {
		samples []byte
		width   int
	}{
		"one colour": {paint(60, 40, plain), 60},
		"hidden":     {make([]byte, 4*60*40), 60},
		"a pixel":    {paint(1, 1, plain), 1},
		"a row":      {paint(60, 1, plain), 60},
		"none":       {nil, 0},
	}
	for name, p := range pictures {
		for _, part := range []float64{0.001, 0.3, 1} {
			if x, y := New(p.samples, p.width).Best(part, part); x != 0.5 || y != 0.5 {
				// Half a pixel may be all there is.
				if math.Abs(x-0.5) > 0.05 || math.Abs(y-0.5) > 0.05 {
					t.Errorf("%s: %v at %v, %v", name, part, x, y)
				}
			}
		}
	}
}

// What is hidden draws no attention, however it is coloured.
func TestHidden(t *testing.T) {
	const w, h = 90, 60
	samples := paint(w, h, func(x, y int) colour {
		if disc(x, y, [2]int{15, 30}, 9) {
			return colour{255, 0, 0}
		}
		return colour{240, 240, 240}
	})
	for y := range h {
		for x := range w {
			if disc(x, y, [2]int{15, 30}, 9) {
				samples[4*(y*w+x)+3] = 0
			}
			if disc(x, y, [2]int{75, 30}, 9) {
				copy(samples[4*(y*w+x):], []byte{20, 60, 160, 255})
			}
		}
	}
	if x, _ := New(samples, w).Best(0.4, 1); x < 0.7 {
		t.Errorf("the window is at %v of the spare room", x)
	}
}

func BenchmarkBest(b *testing.B) {
	samples := paint(160, 120, grain)
	for b.Loop() {
		New(samples, 160).Best(0.6, 0.6)
	}
}

// Whatever the samples are, the window is in the image.
func FuzzBest(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8}, 2, 0.5, 0.5)
	f.Add([]byte{255, 0, 0, 255}, 1, 0.0, math.NaN())
	f.Fuzz(func(t *testing.T, samples []byte, width int, w, h float64) {
		if len(samples) > 1<<14 {
			return
		}
		x, y := New(samples, min(width, 1<<14)).Best(w, h)
		if !(x >= 0 && x <= 1 && y >= 0 && y <= 1) {
			t.Errorf("%v, %v", x, y)
		}
	})
}
