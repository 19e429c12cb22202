package transform

import (
	"math"
	"testing"
)

func TestAdjustRanges(t *testing.T) {
	tests := []struct{ asked, want Adjust }{
		{Adjust{Brightness: -2, Contrast: 7, Gamma: 1.5, Saturation: -9, Hue: 365}, Adjust{Brightness: -1, Contrast: 1, Gamma: 1, Saturation: -1, Hue: 5}},
		{Adjust{Brightness: 0.25, Hue: -90}, Adjust{Brightness: 0.25, Hue: 270}},
		{Adjust{Hue: 720}, Adjust{}},
		{Adjust{Brightness: math.NaN(), Gamma: math.Inf(1), Hue: math.NaN()}, Adjust{Gamma: 1}},
	}
	for _, tt := range tests {
		r, err := Resolve(Step{Effects: Effects{Adjust: tt.asked}}, still(4, 3))
		if err != nil || r.Adjust != tt.want {
			t.Errorf("%+v becomes %+v (%v), want %+v", tt.asked, r.Adjust, err, tt.want)
		}
	}
}

func TestAdjustLevel(t *testing.T) {
	tests := []struct {
		adjust  Adjust
		v, want float64
	}{
		{Adjust{}, 0.3, 0.3},
		{Adjust{Brightness: 0.2}, 0.3, 0.5},
		{Adjust{Brightness: 0.8}, 0.3, 1},
		{Adjust{Brightness: -0.4}, 0.3, 0},
		{Adjust{Brightness: 1}, 0, 1},
		{Adjust{Brightness: -1}, 1, 0},
		{Adjust{Contrast: -1}, 0.9, 0.5},
		{Adjust{Contrast: -0.5}, 0.9, 0.7}, // 0.5 + 0.4/2
		{Adjust{Contrast: 0.5}, 0.6, 0.7},  // 0.5 + 0.1/(1-0.5)
		{Adjust{Contrast: 0.5}, 0.9, 1},
		{Adjust{Contrast: 1}, 127.0 / 255, 0},
		{Adjust{Contrast: 1}, 128.0 / 255, 1},
		{Adjust{Contrast: 1}, 0.5, 0.5},
		{Adjust{Gamma: 0.5}, 0.25, 0.5},  // a square root
		{Adjust{Gamma: -0.5}, 0.5, 0.25}, // a square
		{Adjust{Gamma: 1}, 0.0625, 0.5},  // a fourth root
		{Adjust{Gamma: -1}, 0.5, 0.0625}, // a fourth power
		{Adjust{Gamma: -1}, 1, 1},        // white stays
		{Adjust{Gamma: 1}, 0, 0},         // and black
		{Adjust{Brightness: 0.25, Gamma: 0.5}, 0, 0.5},
		{Adjust{Brightness: 0.1, Contrast: 0.5, Gamma: -0.5}, 0.5, 0.49}, // 0.6, 0.7, and that squared
	}
	for _, tt := range tests {
		if got := tt.adjust.Level(tt.v); math.Abs(got-tt.want) > 1e-9 {
			t.Errorf("%+v of %v is %v, want %v", tt.adjust, tt.v, got, tt.want)
		}
	}
}

func TestAdjustMix(t *testing.T) {
	tests := []struct {
		adjust  Adjust
		c, want [3]float64
	}{
		{Adjust{}, [3]float64{0.1, 0.5, 0.9}, [3]float64{0.1, 0.5, 0.9}},
		{Adjust{Saturation: -1}, [3]float64{1, 0, 0}, [3]float64{0.213, 0.213, 0.213}},
		{Adjust{Saturation: 1}, [3]float64{0.5, 0.4, 0.4}, [3]float64{0.5787, 0.3787, 0.3787}}, // twice as far from 0.4213
		{Adjust{Saturation: 1, Hue: 77}, [3]float64{0.3, 0.3, 0.3}, [3]float64{0.3, 0.3, 0.3}},
		{Adjust{Hue: 180}, [3]float64{1, 0, 0}, [3]float64{-0.574, 0.426, 0.426}}, // twice 0.213 minus the colour
		{Adjust{Hue: 90}, [3]float64{1, 0, 0}, [3]float64{0, 0.356, -0.574}},      // 0.213 and the matrix' column
		{Adjust{Saturation: -0.5, Hue: 180}, [3]float64{0, 0, 1}, [3]float64{0.108, 0.108, -0.392}},
	}
	for _, tt := range tests {
		m := tt.adjust.Mix()
		for row := range 3 {
			got := m[3*row]*tt.c[0] + m[3*row+1]*tt.c[1] + m[3*row+2]*tt.c[2]
			if math.Abs(got-tt.want[row]) > 1e-9 {
				t.Errorf("%+v makes channel %d of %v %v, want %v", tt.adjust, row, tt.c, got, tt.want[row])
			}
		}
	}
}

func TestLooksHaveNames(t *testing.T) {
	seen := map[string]bool{}
	for l := NoLook; l <= Sketch; l++ {
		if name := l.String(); name == "" || seen[name] || !l.Valid() {
			t.Errorf("look %d has the name %q", l, name)
		}
		seen[l.String()] = true
	}
	if (Sketch + 1).Valid() {
		t.Error("a look behind the last one is valid")
	}
}
