package natural

import (
	"math"
	"testing"
)

func TestOf(t *testing.T) {
	for _, c := range []struct {
		name                   string
		width, height, viewBox string
		want                   Size
	}{
		{"both", "30", "20px", "0 0 1 1", Size{30, 20}},
		{"parts of a pixel", "0.5", ".25", "", Size{0.5, 0.25}},
		{"nothing", "", "", "", Size{300, 150}},
		{"a box, as ImageKit has it", "", "", "0 0 158 33", Size{158, 33}},
		{"a small box", "", "", "0 0 1.5 1", Size{1.5, 1}},
		{"a box and percentages", "100%", "100%", "0 0 1.5 1", Size{1.5, 1}},
		{"a box and one percentage", "100%", "50", "0 0 2 1", Size{100, 50}},
		{"a box and a width", "60", "", "0 0 30 20", Size{60, 40}},
		{"a box and a height", "auto", "1in", "-5 -5 30 20", Size{144, 96}},
		{"a width", "60", "", "", Size{60, 150}},
		{"a height", "", "60", "", Size{300, 60}},
		{"percentages", "50%", "10%", "", Size{300, 150}},
		{"a side of nothing", "0", "50", "0 0 2 1", Size{100, 50}},
		{"a negative side", "-10", "50", "0 0 2 1", Size{100, 50}},
		{"a negative box", "", "", "0 0 -2 1", Size{300, 150}},
		{"an empty box", "", "", "0 0 0 1", Size{300, 150}},
		{"units of a box", "", "", "0 0 100px 100px", Size{300, 150}},
		{"no size", "big", "50 px", "0 0 a b", Size{300, 150}},
		{"the window", "10vw", "10vh", "0 0 2 1", Size{2, 1}},
		{"hexadecimal", "0x10", "infinity", "", Size{300, 150}},
		{"beyond all", "1e400", "1e99", "", Size{300, 1e15}},
	} {
		if got := Of(c.width, c.height, c.viewBox, FontSize); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestPixels(t *testing.T) {
	for _, c := range []struct {
		size  Size
		times float64
		w, h  int
	}{
		{Size{1.5, 1}, 1, 2, 1},
		{Size{0.5, 0.25}, 1, 1, 1},
		{Size{100.49, 100.5}, 1, 100, 101},
		{Size{20, 10}, 2, 40, 20},
		{Size{1.5, 1}, 400, 600, 400},
		{Size{1e15, 1e-9}, 1, 1 << 24, 1},
	} {
		if w, h := c.size.Pixels(c.times); w != c.w || h != c.h {
			t.Errorf("%v times %v: %dx%d, want %dx%d", c.size, c.times, w, h, c.w, c.h)
		}
	}
}

// All of them are an inch, where a font has 16 units.
func TestLength(t *testing.T) {
	for _, inch := range []string{"96", "96px", " 1in ", "2.54cm", "25.4mm", "101.6q", "101.6Q", "72pt", "6pc", "6PC", "6em", "6rem", "12ex", "12ch", "6ic", "+.96e2", "9.6E1px", "960e-1px"} {
		if got, ok := Length(inch, 16); !ok || math.Abs(got-96) > 1e-9 {
			t.Errorf("%q is %v, %t", inch, got, ok)
		}
	}
	for _, none := range []string{"", "1%", "1 in", "in", "1vw", "1.px", "1e", "1inch", "--1", "NaN", "Inf", "1_0", "0x1p1", "1,5"} {
		if got, ok := Length(none, 16); ok {
			t.Errorf("%q is %v", none, got)
		}
	}
}

func TestParseBox(t *testing.T) {
	for value, want := range map[string]Box{
		"0 0 10 20":           {0, 0, 10, 20},
		" -1,-2 , 3.5 4e1 ":   {-1, -2, 3.5, 40},
		"0,0,10,20":           {0, 0, 10, 20},
		"0-5 10 20":           {0, -5, 10, 20},
		"\n0\t0\r\n0 20":      {0, 0, 0, 20},
		"1.5.5.25 1":          {1.5, .5, .25, 1},
		"0 0 1e15 0.00000001": {0, 0, 1e15, 1e-8},
	} {
		if got, ok := ParseBox(value); !ok || got != want {
			t.Errorf("%q: %v, %t, want %v", value, got, ok, want)
		}
	}
	for _, value := range []string{"", "0 0 1", "0 0 1 1 1", "0 0 1px 1", "0 0 -1 1", "0 0 1e16 1", "0,,0 1 1", "a b c d"} {
		if got, ok := ParseBox(value); ok {
			t.Errorf("%q: %v", value, got)
		}
	}
}

// FuzzOf: whatever the root element says, there is a size, and it is a number above zero.
func FuzzOf(f *testing.F) {
	f.Add("1in", "", "0 0 1.5 1", 16.0)
	f.Add("1e-400", "1e400", "0 0 1e-300 1e15", 0.0)
	f.Fuzz(func(t *testing.T, width, height, box string, font float64) {
		s := Of(width, height, box, font)
		if !(s.Width >= least && s.Height >= least && s.Width <= most && s.Height <= most) {
			t.Errorf("%v", s)
		}
	})
}
