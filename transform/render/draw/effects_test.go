//go:build cgo

package draw_test

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"testing"

	"github.com/caddy-images/caddy-images/transform"
)

func effect(e transform.Effects) transform.Step { return transform.Step{Effects: e} }

// halves is dark on the left and bright on the right.
func halves(w, h int, dark, bright color.NRGBA) *image.NRGBA {
	return box(w, h, dark, bright, image.Rect(w/2, 0, w, h))
}

func tone(v uint8) color.NRGBA { return color.NRGBA{v, v, v, 255} }

// luma returns the brightness of linear light (IEC 61966-2-1), with the
// weights of libvips: from 8.17 on those of CIE, before them roundly.
func luma(t testing.TB, c color.NRGBA) uint8 {
	linear := func(v uint8) float64 {
		f := float64(v) / 255
		if f <= 0.04045 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	y := 0.2*linear(c.R) + 0.7*linear(c.G) + 0.1*linear(c.B)
	if since(t, 8, 17) {
		y = 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
	}
	if y <= 0.0031308 {
		return uint8(math.Round(255 * 12.92 * y))
	}
	return uint8(math.Round(255 * (1.055*math.Pow(y, 1/2.4) - 0.055)))
}

func TestGrayscale(t *testing.T) {
	step := effect(transform.Effects{Grayscale: true})
	for _, c := range []color.NRGBA{red, green, blue, yellow, gray, black, white} {
		v := luma(t, c)
		wantEverywhere(t, drawn(t, asPNG(t, solid(9, 9, c)), step), tone(v), 2)
		c.A = 100
		wantEverywhere(t, drawn(t, asPNG(t, solid(9, 9, c)), step), color.NRGBA{v, v, v, 100}, 2)
	}
	wantEverywhere(t, written(t, asJPEG(t, solid(9, 9, red)), transform.Output{Format: transform.JPEG}, step), tone(luma(t, red)), 3)
}

func TestContrast(t *testing.T) {
	step := effect(transform.Effects{Contrast: true})
	i := drawn(t, asPNG(t, halves(40, 40, tone(100), tone(150))), step)
	wantLike(t, i, halves(40, 40, black, white), 0)

	// What lies between is stretched in proportion: 100..150 becomes 0..255.
	three := paint(60, 60, func(x, _ int) color.NRGBA { return tone(uint8(100 + x/20*25)) })
	want := paint(60, 60, func(x, _ int) color.NRGBA { return tone([]uint8{0, 128, 255}[x/20]) })
	wantLike(t, drawn(t, asPNG(t, three), step), want, 1)

	for _, c := range []color.NRGBA{gray, black, white, red} {
		wantEverywhere(t, drawn(t, asPNG(t, solid(30, 30, c)), step), c, 0)
	}
	full := asPNG(t, halves(40, 40, black, white))
	wantLike(t, drawn(t, full, step), halves(40, 40, black, white), 0)
}

// A hidden colour has no say in what is dark and what is bright, and alpha is
// left alone.
func TestContrastTransparent(t *testing.T) {
	at := func(a, b color.NRGBA) *image.NRGBA {
		return paint(60, 60, func(x, _ int) color.NRGBA { return []color.NRGBA{clear, a, b}[x/20] })
	}
	dark, bright := color.NRGBA{100, 100, 100, 255}, color.NRGBA{150, 150, 150, 200}
	i := drawn(t, asPNG(t, at(dark, bright)), effect(transform.Effects{Contrast: true}))
	wantLike(t, i, at(color.NRGBA{0, 0, 0, 255}, color.NRGBA{255, 255, 255, 200}), 0)

	nothing := drawn(t, asPNG(t, solid(20, 20, clear)), effect(transform.Effects{Contrast: true}))
	wantEverywhere(t, nothing, clear, 0)
}

func TestBlur(t *testing.T) {
	for _, radius := range []float64{1, 4, 10, 30, 100} {
		t.Run(fmt.Sprint(radius), func(t *testing.T) {
			step := effect(transform.Effects{Blur: transform.Num(radius)})
			wantEverywhere(t, drawn(t, asPNG(t, solid(50, 50, red)), step), red, 1)

			const w = 1000
			i := drawn(t, asPNG(t, halves(w, 30, tone(50), tone(200))), step)
			// The middle of a Gaussian step is the mean; three deviations away,
			// which are 1.5 radii, nothing is left of it.
			mean := (int(i.NRGBAAt(w/2-1, 15).R) + int(i.NRGBAAt(w/2, 15).R)) / 2
			if mean < 123 || mean > 127 {
				t.Errorf("the edge is %d, want 125", mean)
			}
			far := int(1.5*radius) + 3
			wantColor(t, i, w/2-far, 15, tone(50), 2)
			wantColor(t, i, w/2+far, 15, tone(200), 2)
			// One deviation away, 84 percent of the step are reached; a few more,
			// since libvips cuts off the ends of the Gaussian.
			if radius >= 10 {
				wantColor(t, i, w/2+int(radius/2), 15, tone(180), 8)
			}
			for x := 1; x < w; x++ {
				if i.NRGBAAt(x, 15).R < i.NRGBAAt(x-1, 15).R {
					t.Fatalf("it gets darker at %d", x)
				}
			}
		})
	}
}

func TestBlurTransparent(t *testing.T) {
	hidden := color.NRGBA{0, 255, 0, 0}
	step := effect(transform.Effects{Blur: transform.Num(10)})
	i := drawn(t, asPNG(t, halves(100, 20, hidden, red)), step)
	wantVisible(t, i, red, 8)
	wantColor(t, i, 95, 10, red, 1)
	wantColor(t, i, 5, 10, clear, 0)
	if a := (int(i.NRGBAAt(49, 10).A) + int(i.NRGBAAt(50, 10).A)) / 2; apart(uint8(a), 128) > 3 {
		t.Errorf("the edge's alpha is %d, want 128", a)
	}
	for _, a := range []uint8{3, 100, 254} {
		c := color.NRGBA{220, 40, 41, a}
		wantEverywhere(t, drawn(t, asPNG(t, solid(30, 30, c)), step), c, 1)
	}
}

// wantOvershoot checks the two sides of an edge, and that flat areas are flat.
func wantOvershoot(t *testing.T, step transform.Step) {
	t.Helper()
	for _, a := range []uint8{255, 200} {
		dark, bright := color.NRGBA{80, 80, 80, a}, color.NRGBA{160, 160, 160, a}
		i := drawn(t, asPNG(t, halves(60, 20, dark, bright)), step)
		if got := i.NRGBAAt(29, 10); got.R >= 78 || got.A != a {
			t.Errorf("the dark side of the edge is %v, want darker than 80, alpha %d", got, a)
		}
		if got := i.NRGBAAt(30, 10); got.R <= 162 || got.A != a {
			t.Errorf("the bright side of the edge is %v, want brighter than 160, alpha %d", got, a)
		}
		wantColor(t, i, 5, 10, dark, 1)
		wantColor(t, i, 55, 10, bright, 1)
	}
	for _, c := range []color.NRGBA{red, green, yellow, {0, 255, 0, 0}, black, white, {220, 40, 40, 77}, {100, 200, 33, 254}} {
		wantEverywhere(t, drawn(t, asPNG(t, solid(20, 20, c)), step), c, 1)
	}
}

func TestSharpen(t *testing.T) {
	edge := asPNG(t, halves(60, 20, tone(80), tone(160)))
	last := uint8(80)
	for _, amount := range []float64{5, 0, 20, 200} { // 0 is 10
		step := effect(transform.Effects{Sharpen: transform.Sharpen{On: true, Amount: amount}})
		wantOvershoot(t, step)
		if got := drawn(t, edge, step).NRGBAAt(29, 10).R; got > last {
			t.Errorf("amount %v makes the edge %d, less sharp than %d", amount, got, last)
		} else {
			last = got
		}
	}
}

func TestUnsharp(t *testing.T) {
	mask := func(radius, sigma, amount, threshold float64) transform.Step {
		return effect(transform.Effects{Unsharp: transform.Unsharp{Radius: radius, Sigma: sigma, Amount: amount, Threshold: threshold}})
	}
	wantOvershoot(t, mask(2, 2, 0.8, 0.024))
	wantOvershoot(t, mask(0, 5, 1, 0.05))
	wantOvershoot(t, mask(1, 0.5, 3, 0))

	// A radius of 1 and a wide Gaussian take the mean of three pixels: at an edge
	// from 80 to 160 that is 80 + 80/3, so the difference is -26.7, and +26.7 on
	// the other side.
	original := asPNG(t, halves(60, 20, tone(80), tone(160)))
	i := drawn(t, original, mask(1, 100, 1, 0))
	wantColor(t, i, 29, 10, tone(53), 1)
	wantColor(t, i, 30, 10, tone(187), 1)
	wantColor(t, i, 28, 10, tone(80), 0)

	// The threshold is a part of the full range: 26.7 is 0.105 of it.
	wantLike(t, drawn(t, original, mask(1, 100, 1, 0.11)), halves(60, 20, tone(80), tone(160)), 0)
	i = drawn(t, original, mask(1, 100, 1, 0.10))
	wantColor(t, i, 29, 10, tone(53), 1)
}

// The order within a step is fixed: gray before contrast before blur.
func TestEffectsTogether(t *testing.T) {
	original := asPNG(t, halves(200, 20, blue, yellow))
	i := drawn(t, original, effect(transform.Effects{Grayscale: true, Contrast: true, Blur: transform.Num(10)}))
	wantColor(t, i, 10, 10, black, 1)
	wantColor(t, i, 190, 10, white, 1)
	if mean := (int(i.NRGBAAt(99, 10).R) + int(i.NRGBAAt(100, 10).R)) / 2; mean < 125 || mean > 130 {
		t.Errorf("the edge is %d, want 127", mean)
	}
}
