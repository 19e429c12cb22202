package palette

import (
	"testing"

	"github.com/caddy-images/caddy-images/transform"
)

// pixels are of one colour each, a row of them.
func pixels(colours ...transform.Color) (samples []byte) {
	for _, c := range colours {
		samples = append(samples, c.R, c.G, c.B, c.A)
	}
	return samples
}

func repeat(c transform.Color, n int) (all []transform.Color) {
	for range n {
		all = append(all, c)
	}
	return all
}

var red, blue, green = transform.Opaque(200, 20, 20), transform.Opaque(20, 20, 200), transform.Opaque(20, 150, 20)

func TestFind(t *testing.T) {
	row := append(append(repeat(red, 30), repeat(blue, 50)...), repeat(green, 20)...)
	got := Find(pixels(row...), 100, 3)
	want := []Color{{blue, 0.55, 0.5}, {red, 0.15, 0.5}, {green, 0.9, 0.5}}
	for n := range want {
		if len(got) != 3 || got[n].Color != want[n].Color || got[n].X-want[n].X > 1e-9 || want[n].X-got[n].X > 1e-9 || got[n].Y != 0.5 {
			t.Fatalf("%v, want %v", got, want)
		}
	}
	if got := Find(pixels(row...), 100, 5); len(got) != 5 || got[4].Color != green {
		t.Errorf("five of three colours are %v", got)
	}
}

// Noise around a colour is that colour, though no two pixels are equal.
func TestNoise(t *testing.T) {
	var row []transform.Color
	for n := range 60 {
		row = append(row, transform.Opaque(uint8(120+n%7), uint8(125+n%5), uint8(124+n%9)))
	}
	row = append(row, repeat(red, 40)...)
	c := Find(pixels(row...), len(row), 1)[0].Color
	near := func(a, b uint8) bool { return a-b < 4 || b-a < 4 }
	if !near(c.R, 123) || !near(c.G, 127) || !near(c.B, 128) {
		t.Errorf("%v", c)
	}
}

// What is transparent counts as little as it is seen.
func TestTransparent(t *testing.T) {
	faint := red
	faint.A = 25
	row := append(repeat(faint, 90), repeat(blue, 10)...)
	if got := Find(pixels(row...), 100, 1); got[0].Color != blue {
		t.Errorf("%v", got)
	}
	if got := Find(pixels(repeat(transform.Color{R: 9}, 9)...), 3, 4); got != nil {
		t.Errorf("nothing to be seen has %v", got)
	}
	if got := Find(nil, 0, 2); got != nil {
		t.Errorf("no pixels have %v", got)
	}
}
