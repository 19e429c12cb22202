package transform

import (
	"math"
	"testing"
)

func TestNumber(t *testing.T) {
	if n := (Number{}); n.IsSet() || n.In(plant) != 0 {
		t.Errorf("the zero Number is %v, set %t", n.In(plant), n.IsSet())
	}
	if n := Num(0); !n.IsSet() || n == (Number{}) {
		t.Error("the number 0 is not given")
	}
	if n := Num(-2.5); n.In(plant) != -2.5 {
		t.Errorf("Num(-2.5) is %v", n.In(plant))
	}
	if (Length{}).IsSet() || !Px(0).IsSet() || !Fraction(0).IsSet() {
		t.Error("a Length is set where one was given, and only there")
	}
	if Px(1) == Fraction(1) {
		t.Error("one pixel and the whole are equal")
	}
}

func TestRound(t *testing.T) {
	tests := []struct {
		v             float64
		round, pixels int
	}{
		{0, 0, 1},
		{0.4, 0, 1},
		{0.5, 1, 1},
		{1.49, 1, 1},
		{1.5, 2, 2},
		{2.5, 3, 3},
		{-0.5, 0, 1},
		{-0.6, -1, 1},
		{-7, -7, 1},
		{65535, 65535, 65535},
		{1 << 28, 1 << 28, 1 << 28},
		{1<<28 + 1, 1 << 28, 1 << 28},
		{1e300, 1 << 28, 1 << 28},
		{-1e300, -1 << 28, 1},
		{math.Inf(1), 1 << 28, 1 << 28},
		{math.Inf(-1), -1 << 28, 1},
		{math.NaN(), 0, 1},
	}
	for _, tt := range tests {
		if got := round(tt.v); got != tt.round {
			t.Errorf("round(%v) = %d, want %d", tt.v, got, tt.round)
		}
		if got := pixels(tt.v); got != tt.pixels {
			t.Errorf("pixels(%v) = %d, want %d", tt.v, got, tt.pixels)
		}
	}
}

// The canvas of a recipe stays an int of 32 bits, be it turned and framed.
func TestAbsurdNumbersAreFarButSafe(t *testing.T) {
	for _, z := range []Resize{
		{Width: Px(1e300)},
		{Width: Px(1e300), Height: Px(math.MaxFloat64), Fit: Stretch},
		{Width: Fraction(1e300)},
		{Width: Px(1000), Aspect: Num(1e-300)},
		{Height: Px(1000), Aspect: Num(1e300)},
		{Width: Px(math.Inf(1)), Height: Px(1), Fit: Outside},
	} {
		r, err := Resolve(Step{Resize: z, Rotate: Num(45), Border: Border{Width: Num(1e300)}}, plant)
		if err != nil {
			t.Fatal(err)
		}
		drawn := r.Drawn()
		if far := max(drawn.Width, drawn.Height); far < 1<<28 || far > math.MaxInt32 {
			t.Errorf("%+v draws %v", z, drawn)
		}
		if err := (Limits{MaxPixels: DefaultMaxPixels, MaxDimension: DefaultMaxDimension}).CheckDrawn(drawn); err == nil {
			t.Errorf("%+v draws %v, and passes the limits", z, drawn)
		}
	}
}
