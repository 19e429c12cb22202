//go:build cgo

package draw_test

import (
	"image"
	"image/color"
	"testing"

	"github.com/caddy-images/caddy-images/transform"
)

func TestWhiteBalance(t *testing.T) {
	step := effect(transform.Effects{WhiteBalance: true})
	rgb := func(r, g, b uint8) color.NRGBA { return color.NRGBA{r, g, b, 255} }
	tests := []struct {
		name    string
		c, want color.NRGBA
	}{
		{"a cast", rgb(120, 110, 100), tone(111)}, // its own brightness
		{"gray", gray, gray},
		{"white", white, white},
		{"black", black, black},
		{"a strong colour", rgb(200, 60, 60), rgb(200, 60, 60)},
		{"cut off", rgb(255, 235, 235), rgb(255, 235, 235)},
		// The gain of 200/147 is cut off at 4/3: 200, 196, 196, to the power that makes
		// that as bright as it was, 1.843.
		{"a wash", rgb(200, 147, 147), rgb(163, 157, 157)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wantEverywhere(t, drawn(t, asPNG(t, solid(40, 30, tt.c)), step), tt.want, 1)
		})
	}
	// White paper stays white, and says nothing of the light.
	i := drawn(t, asPNG(t, halves(40, 40, white, rgb(120, 110, 100))), step)
	wantColor(t, i, 5, 5, white, 0)
	wantColor(t, i, 35, 5, tone(111), 1)
	// A little gray in much colour is a guess: of the two hundredths a fifth of the way.
	i = drawn(t, asPNG(t, box(100, 100, rgb(200, 60, 60), rgb(120, 110, 100), image.Rect(0, 0, 20, 29))), step)
	if got := i.NRGBAAt(5, 5); got.R <= got.G || got.G <= got.B || got.R-got.B >= 18 {
		t.Errorf("%v, want it between its colour and gray", got)
	}
	// What is seen counts.
	half := rgb(120, 110, 100)
	hidden := drawn(t, asPNG(t, halves(40, 40, color.NRGBA{100, 110, 120, 0}, half)), step)
	wantColor(t, hidden, 35, 5, tone(111), 1)
}

func TestTone(t *testing.T) {
	step := effect(transform.Effects{Tone: true})
	// A range of 50 is made one of 64, 93 to 157. The median, at 7 of 64, would be at 0.5
	// by the power 0.31; half of the way is 0.56, and 1/1.4 the most: 0.109 and 0.891 to
	// that power.
	i := drawn(t, asPNG(t, halves(40, 40, tone(100), tone(150))), step)
	wantLike(t, i, halves(40, 40, tone(52), tone(235)), 1)

	// An image that uses all there is, with its median in the middle, stays.
	three := paint(60, 60, func(x, _ int) color.NRGBA { return tone([]uint8{0, 128, 255}[x/20]) })
	wantLike(t, drawn(t, asPNG(t, three), step), three, 1)
	// One from 55 to 205 is stretched: 130 is the middle.
	dull := paint(60, 60, func(x, _ int) color.NRGBA { return tone([]uint8{55, 130, 205}[x/20]) })
	wantLike(t, drawn(t, asPNG(t, dull), step), three, 1)
	// A few stray pixels do not count: 4 of 3600 are less than 0.5 %.
	stray := atOrigin(dull)
	for x := range 2 {
		stray.SetNRGBA(x, 0, black)
		stray.SetNRGBA(x, 1, white)
	}
	wantColor(t, drawn(t, asPNG(t, stray), step), 30, 30, tone(128), 1)

	for _, c := range []color.NRGBA{gray, black, white, red} {
		wantEverywhere(t, drawn(t, asPNG(t, solid(30, 30, c)), step), c, 0)
	}
}

// Hues stay: what has two equal channels still has, and the order of the channels
// holds.
func TestToneHues(t *testing.T) {
	i := drawn(t, asPNG(t, halves(40, 40, color.NRGBA{120, 80, 80, 255}, color.NRGBA{150, 150, 190, 90})), effect(transform.Effects{Tone: true}))
	if c := i.NRGBAAt(5, 5); c.R <= c.G || c.G != c.B || c.A != 255 {
		t.Errorf("%v is not red", c)
	}
	if c := i.NRGBAAt(35, 5); c.B <= c.G || c.R != c.G || c.A != 90 {
		t.Errorf("%v is not blue, seen through", c)
	}
}
