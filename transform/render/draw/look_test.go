//go:build cgo

package draw_test

import (
	"fmt"
	"image"
	"image/color"
	"testing"

	"github.com/caddy-images/caddy-images/transform"
)

func looking(l transform.Look) transform.Step { return effect(transform.Effects{Look: l}) }

// What each look makes of a colour that is all of the image.
func TestLookColours(t *testing.T) {
	some := color.NRGBA{100, 150, 200, 255} // its brightness is 21.26 + 107.28 + 14.44 = 143
	rgb := func(r, g, b uint8) color.NRGBA { return color.NRGBA{r, g, b, 255} }
	tests := []struct {
		look    transform.Look
		c, want color.NRGBA
	}{
		{transform.Sepia, some, rgb(192, 171, 134)}, // 39.3 + 115.35 + 37.8 and so on
		{transform.Sepia, white, rgb(255, 255, 239)},
		{transform.Sepia, black, black},
		{transform.Warm, tone(128), rgb(142, 130, 112)}, // 0.502 to the powers 0.85, 0.98, 1.2
		{transform.Warm, white, white},
		{transform.Cool, tone(128), rgb(115, 128, 141)}, // 1.16, 1, 0.86
		{transform.Cool, black, black},
		{transform.Vivid, some, rgb(78, 156, 228)}, // 85, 152, 220, and those on an S
		{transform.Vivid, tone(0), black},
		{transform.Faded, some, rgb(125, 151, 176)}, // 115, 148, 180, times 0.78, and 35.7
		{transform.Faded, black, tone(36)},
		{transform.Faded, white, tone(235)},
		{transform.Noir, some, tone(151)},   // v²(3-2v) of 143/255
		{transform.Silver, some, tone(167)}, // (143/255)^0.8 is 0.63; 0.12 + 0.85 of that
		{transform.Cyanotype, black, rgb(0, 49, 83)},
		{transform.Cyanotype, white, white},
		{transform.Cyanotype, some, rgb(143, 165, 179)},
		{transform.Duotone, black, rgb(62, 21, 92)},
		{transform.Duotone, white, rgb(255, 168, 76)},
		{transform.CrossProcess, some, rgb(88, 155, 169)},
		{transform.CrossProcess, black, rgb(0, 0, 43)},
		{transform.CrossProcess, white, rgb(255, 255, 204)},
		{transform.Invert, rgb(10, 20, 30), rgb(245, 235, 225)},
		{transform.Solarize, rgb(10, 127, 128), rgb(10, 127, 127)},
		{transform.Solarize, rgb(200, 255, 0), rgb(55, 0, 0)},
		{transform.Posterize, rgb(42, 43, 127), rgb(0, 85, 85)},
		{transform.Posterize, rgb(128, 212, 213), rgb(170, 170, 255)},
		{transform.Pixelate, some, some},
		{transform.Emboss, some, tone(128)},
		{transform.Edges, some, black},
		{transform.Sketch, some, white},
		{transform.Sketch, black, white},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.look, tt.c), func(t *testing.T) {
			tolerance := 1
			if tt.look >= transform.Invert && tt.look <= transform.Posterize {
				tolerance = 0
			}
			wantEverywhere(t, drawn(t, asPNG(t, solid(40, 30, tt.c)), looking(tt.look)), tt.want, tolerance)
		})
	}
}

// The light is full up to half of the way to a corner, and in the corner 0.4 of it is
// left.
func TestVignette(t *testing.T) {
	i := drawn(t, asPNG(t, solid(65, 65, tone(200))), looking(transform.Vignette))
	for _, tt := range []struct {
		x, y int
		want uint8
	}{
		{32, 32, 200}, {48, 48, 200}, {64, 32, 155}, // the side is 0.707 of the way: t is 0.414, its step 0.373, of which 0.6 is gone
		{56, 56, 140}, {8, 56, 140}, // three quarters: half of 0.6 is gone
		{0, 0, 80}, {64, 0, 80}, {64, 64, 80},
	} {
		wantColor(t, i, tt.x, tt.y, tone(tt.want), 1)
	}
	// It fits any shape, and goes with the others of the look.
	i = drawn(t, asPNG(t, solid(400, 100, tone(200))), looking(transform.Vignette))
	wantColor(t, i, 399, 99, tone(80), 1)
	wantColor(t, i, 200, 50, tone(200), 1)
	i = drawn(t, asPNG(t, solid(65, 65, white)), looking(transform.Lomo))
	wantColor(t, i, 32, 32, white, 1)
	wantColor(t, i, 0, 64, tone(64), 1) // a quarter
}

// Squares have a fiftieth of the longer side, from the upper left on.
func TestPixelate(t *testing.T) {
	// 500 pixels: squares of 10. The columns 10k to 10k+9 have 10k+4.5 on average, of
	// which half is taken.
	ramp := paint(500, 300, func(x, _ int) color.NRGBA { return tone(uint8(x / 2)) })
	want := paint(500, 300, func(x, _ int) color.NRGBA { return tone(uint8(x/10*5 + 2)) })
	wantLike(t, drawn(t, asPNG(t, ramp), looking(transform.Pixelate)), want, 0)

	// One of 503 has squares of 10 too, and at its end 3 pixels of the last one.
	over := box(303, 503, black, tone(200), image.Rect(300, 500, 303, 503))
	i := drawn(t, asPNG(t, over), looking(transform.Pixelate))
	wantLike(t, i, over, 0)

	// Half of a square is light.
	half := drawn(t, asPNG(t, box(100, 100, black, tone(200), image.Rect(1, 0, 2, 100))), looking(transform.Pixelate))
	wantColor(t, half, 0, 50, tone(100), 0)
	wantColor(t, half, 1, 50, tone(100), 0)
	wantColor(t, half, 2, 50, black, 0)
}

// A step of 50 from dark to light, downwards and to the right, is lit: twice as much
// above gray. The other way it is in the shadow.
func TestEmboss(t *testing.T) {
	for _, tt := range []struct {
		left, right uint8
		want        uint8
	}{{100, 150, 228}, {150, 100, 28}} {
		i := drawn(t, asPNG(t, halves(40, 40, tone(tt.left), tone(tt.right))), looking(transform.Emboss))
		wantColor(t, i, 18, 20, tone(128), 0)
		wantColor(t, i, 19, 20, tone(tt.want), 1)
		wantColor(t, i, 20, 20, tone(tt.want), 1)
		wantColor(t, i, 21, 20, tone(128), 0)
	}
}

// Sobel's gradient of a step is four times its height, of which half is shown.
func TestEdges(t *testing.T) {
	i := drawn(t, asPNG(t, halves(40, 40, tone(150), tone(100))), looking(transform.Edges))
	wantColor(t, i, 18, 20, black, 0)
	wantColor(t, i, 19, 20, tone(100), 1)
	wantColor(t, i, 20, 20, tone(100), 1)
	wantColor(t, i, 21, 20, black, 0)
	// In the corner of a box both directions count: 3 of 4 in each, times the root of 2.
	i = drawn(t, asPNG(t, box(40, 40, black, tone(40), image.Rect(20, 20, 40, 40))), looking(transform.Edges))
	wantColor(t, i, 20, 20, tone(85), 1)
}

// An image of more than 1500 pixels has its grain taken out, and its edges
// stay about as light.
func TestEdgesOfLarge(t *testing.T) {
	i := drawn(t, asPNG(t, halves(3000, 20, tone(150), tone(100))), looking(transform.Edges))
	if got := i.NRGBAAt(1500, 10).R; got < 60 || got > 120 {
		t.Errorf("the edge is %d, want about 100", got)
	}
	wantColor(t, i, 1480, 10, black, 0)
}

// Where it is darker than around, there is a line.
func TestSketch(t *testing.T) {
	i := drawn(t, asPNG(t, box(200, 200, tone(200), tone(50), image.Rect(99, 0, 101, 200))), looking(transform.Sketch))
	wantColor(t, i, 20, 100, white, 0)
	if got := i.NRGBAAt(99, 100); got.R > 130 || got.R != got.G || got.G != got.B {
		t.Errorf("the line is %v, want something dark and gray", got)
	}
}
