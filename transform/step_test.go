package transform

import (
	"math"
	"testing"
)

func TestRotate(t *testing.T) {
	tests := []struct{ asked, want float64 }{
		{0, 0}, {30, 30}, {359.5, 359.5}, {360, 0}, {450, 90}, {-40, 320}, {-360, 0}, {-450, 270}, {720, 0},
		{-1e-20, 0}, // 360 minus a hair is 360
		{math.NaN(), 0}, {math.Inf(1), 0}, {math.Inf(-1), 0},
	}
	for _, tt := range tests {
		r, err := Resolve(Step{Rotate: Num(tt.asked)}, plant)
		if err != nil || r.Rotate != tt.want {
			t.Errorf("%v degrees become %v (%v), want %v", tt.asked, r.Rotate, err, tt.want)
		}
	}
}

// The box around a rotated image is w cos + h sin wide and w sin + h cos
// high.
func TestDrawn(t *testing.T) {
	tests := []struct {
		own            Size
		rotate, border float64
		want           Size
	}{
		{Size{100, 50}, 0, 0, Size{100, 50}},
		{Size{100, 50}, 90, 0, Size{50, 100}},
		{Size{100, 50}, 180, 0, Size{100, 50}},
		{Size{100, 50}, 270, 0, Size{50, 100}},
		{Size{100, 50}, -90, 0, Size{50, 100}},
		{Size{100, 50}, 30, 0, Size{112, 94}},  // 86.60 + 25, 50 + 43.30
		{Size{100, 50}, 45, 0, Size{107, 107}}, // 150 * 0.7071 = 106.07
		{Size{100, 50}, 150, 0, Size{112, 94}},
		{Size{100, 50}, 0, 5, Size{110, 60}},
		{Size{100, 50}, 90, 5, Size{60, 110}},
		{Size{100, 50}, 45, 1, Size{109, 109}},
		{Size{100, 50}, 0, 2.5, Size{106, 56}},
		{Size{100, 50}, 0, 0.4, Size{100, 50}},
		{Size{100, 50}, 0, -3, Size{100, 50}},
		{Size{1, 1}, 0, 0, Size{1, 1}},
		{Size{1, 1}, 45, 0, Size{2, 2}},
		{Size{16383, 16383}, 90, 0, Size{16383, 16383}},
	}
	for _, tt := range tests {
		r, err := Resolve(Step{Rotate: Num(tt.rotate), Border: Border{Width: Num(tt.border)}}, Facts{Size: tt.own})
		if err != nil || r.Drawn() != tt.want {
			t.Errorf("%v turned by %v, border %v: %v (%v), want %v", tt.own, tt.rotate, tt.border, r.Drawn(), err, tt.want)
		}
	}
}

func TestDrawnIsOfTheCanvas(t *testing.T) {
	r, err := Resolve(Step{Resize: box(Pad, 300, 200), Rotate: Num(90), Border: Border{Width: Num(10)}}, plant)
	if want := (Size{220, 320}); err != nil || r.Drawn() != want {
		t.Errorf("got %v (%v), want %v", r.Drawn(), err, want)
	}
}

// Everything except the size goes into the Recipe unchanged.
func TestStepIsPassedOn(t *testing.T) {
	red := Opaque(255, 0, 0)
	got, err := Resolve(Step{
		Flip:       Flip{Vertical: true},
		Effects:    Effects{WhiteBalance: true, Tone: true, Adjust: Adjust{Gamma: 0.5, Hue: 90}, Look: Sepia, Grayscale: true, Contrast: true, Blur: Num(7), Sharpen: Sharpen{On: true, Amount: 2}, Unsharp: Unsharp{1, 2, 3, 0.5}},
		Border:     Border{Num(3), red},
		Corners:    Corners{TopLeft: Radius{Px: Num(1)}, TopRight: Radius{Max: true}, BottomRight: Radius{Px: Num(3.5)}},
		Opacity:    Num(25),
		Background: Background{On: true, Color: White},
	}, still(40, 30))
	want := Recipe{
		Scale: Size{40, 30}, Crop: Rect{Size: Size{40, 30}}, Canvas: Size{40, 30},
		Flip: Flip{Vertical: true}, WhiteBalance: true, Tone: true, Adjust: Adjust{Gamma: 0.5, Hue: 90}, Look: Sepia, Grayscale: true, Contrast: true, Blur: 7, Sharpen: Sharpen{On: true, Amount: 2}, Unsharp: Unsharp{1, 2, 3, 0.5},
		Border: 3, BorderColor: red, Corners: [4]float64{1, MaxRadius, 3.5, 0}, Opacity: 0.25, Background: Background{On: true, Color: White},
	}
	if err != nil || got != want {
		t.Errorf("got  %+v (%v)\nwant %+v", got, err, want)
	}
}

func TestStepRanges(t *testing.T) {
	tests := []struct{ asked, opacity, blur, corner float64 }{
		{-5, 0, 0, 0},
		{0, 0, 0, 0},
		{50, 0.5, 50, 50},
		{101, 1, 100, 101},
		{1e300, 1, 100, MaxRadius},
		{math.NaN(), 0, 0, 0},
	}
	for _, tt := range tests {
		n := Num(tt.asked)
		r, err := Resolve(Step{Opacity: n, Effects: Effects{Blur: n}, Corners: Corners{BottomLeft: Radius{Px: n}}}, plant)
		if err != nil || r.Opacity != tt.opacity || r.Blur != tt.blur || r.Corners[3] != tt.corner {
			t.Errorf("%v gives opacity %v, blur %v, corner %v (%v), want %v", tt.asked, r.Opacity, r.Blur, r.Corners[3], err, tt)
		}
	}
	if r, _ := Resolve(Step{}, plant); r.Opacity != 1 {
		t.Errorf("opacity is %v where none was asked for, want 1", r.Opacity)
	}
}
