//go:build cgo

package draw_test

import (
	"image"
	"image/color"
	"math"
	"testing"

	"github.com/caddy-images/caddy-images/transform"
)

func onBackground(s transform.Step, b transform.Background) transform.Step {
	b.On = true
	s.Background = b
	return s
}

func padded(w, h int, b transform.Background) transform.Step {
	return onBackground(sized(w, h, transform.Pad, 0), b)
}

// The colour is that of the edge, not of the most of the image.
func TestDominantBackground(t *testing.T) {
	dominant := transform.Background{Kind: transform.DominantBackground}
	framed := box(40, 20, blue, red, image.Rect(2, 2, 38, 18))
	want := func(ground color.NRGBA) *image.NRGBA {
		return paint(40, 40, func(x, y int) color.NRGBA {
			if y >= 10 && y < 30 {
				return framed.NRGBAAt(x, y-10)
			}
			return ground
		})
	}
	wantLike(t, drawn(t, asPNG(t, framed), padded(40, 40, dominant)), want(blue), 0)

	// It lies behind what is transparent, and an image of nothing has black.
	seen := box(40, 20, blue, clear, image.Rect(10, 5, 30, 15))
	wantLike(t, drawn(t, asPNG(t, seen), onBackground(transform.Step{}, dominant)), solid(40, 20, blue), 0)
	wantLike(t, drawn(t, asPNG(t, solid(20, 20, clear)), padded(40, 20, dominant)), solid(40, 20, black), 0)
	// And in the corners of a rotation.
	turned := onBackground(rotated(45), dominant)
	wantColor(t, drawn(t, asPNG(t, framed), turned), 1, 1, blue, 0)
}

func TestGradientBackground(t *testing.T) {
	gradient := func(n int) transform.Background {
		return transform.Background{Kind: transform.GradientBackground, Palette: n}
	}
	// Of two colours, each on the side where it is in the image.
	sides := drawn(t, asPNG(t, halves(40, 40, red, blue)), padded(80, 40, gradient(2)))
	wantColor(t, sides, 0, 20, red, 4)
	wantColor(t, sides, 79, 20, blue, 4)
	wantColor(t, sides, 10, 20, mixed(red, blue, 10.5/80), 3)
	wantColor(t, sides, 30, 20, red, 0) // the image
	below := drawn(t, asPNG(t, paint(40, 40, func(_, y int) color.NRGBA { return []color.NRGBA{blue, red}[y/20] })), padded(40, 80, gradient(2)))
	wantColor(t, below, 20, 0, blue, 4)
	wantColor(t, below, 20, 79, red, 4)

	four := drawn(t, asPNG(t, quadrants(40, 40)), padded(81, 40, gradient(4)))
	wantColor(t, four, 0, 0, red, 3)
	wantColor(t, four, 80, 0, green, 3)
	wantColor(t, four, 0, 39, blue, 3)
	wantColor(t, four, 80, 39, yellow, 3)
	// An image of one colour.
	wantLike(t, drawn(t, asPNG(t, solid(40, 20, green)), padded(40, 40, gradient(4))), solid(40, 40, green), 1)
	// Behind what is transparent.
	glass := drawn(t, asPNG(t, box(40, 20, green, clear, image.Rect(10, 5, 30, 15))), onBackground(transform.Step{}, gradient(2)))
	wantLike(t, glass, solid(40, 20, green), 1)
}

func mixed(a, b color.NRGBA, k float64) color.NRGBA {
	mix := func(a, b uint8) uint8 { return uint8(float64(a)*(1-k) + float64(b)*k + 0.5) }
	return color.NRGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 255}
}

func TestBlurredBackground(t *testing.T) {
	blurred := func(b transform.Blurred) transform.Background {
		return transform.Background{Kind: transform.BlurredBackground, Blurred: b}
	}
	// Unblurred it is the image, scaled to cover: 40x20 becomes 80x40.
	i := drawn(t, asPNG(t, halves(40, 20, red, blue)), padded(40, 40, blurred(transform.Blurred{})))
	wantSize(t, i, 40, 40)
	wantColor(t, i, 1, 1, red, 2)
	wantColor(t, i, 38, 38, blue, 2)
	// Blurred and brighter, it is no longer the image; the image still is.
	soft := drawn(t, asPNG(t, halves(40, 20, tone(50), tone(150))), padded(40, 40, blurred(transform.Blurred{Blur: 60, Brightness: 40})))
	if c := soft.NRGBAAt(20, 2); apart(c.R, 140) > 8 {
		t.Errorf("the middle of the background is %v, want 140", c)
	}
	wantColor(t, soft, 5, 20, tone(50), 0)
	wantColor(t, soft, 35, 20, tone(150), 0)
	for _, brightness := range []int{-255, 255} {
		i := drawn(t, asPNG(t, solid(40, 20, gray)), padded(40, 40, blurred(transform.Blurred{Auto: true, Brightness: brightness})))
		wantColor(t, i, 20, 5, map[int]color.NRGBA{-255: black, 255: white}[brightness], 0)
		wantColor(t, i, 20, 20, gray, 0)
	}
	// An image that is transparent somewhere lies over its own.
	seen := drawn(t, asPNG(t, box(40, 20, clear, red, image.Rect(10, 0, 30, 20))), padded(40, 40, blurred(transform.Blurred{})))
	wantColor(t, seen, 20, 2, red, 1)
	wantColor(t, seen, 20, 20, red, 1)
	// Brightness is that of the colour, however little is seen of it.
	faint := drawn(t, asPNG(t, solid(40, 20, color.NRGBA{100, 100, 100, 102})), padded(40, 40, blurred(transform.Blurred{Brightness: 50})))
	wantColor(t, faint, 20, 2, color.NRGBA{150, 150, 150, 102}, 1)
	// With each way to compute the blur: at once, and of an image that is
	// smaller, in memory or not. Half way to the other half it is half of
	// both, give or take a pixel, by which an enlargement may be off.
	for _, blur := range []float64{8, 12, 40} {
		i := drawn(t, asPNG(t, halves(200, 100, tone(50), tone(150))), padded(200, 200, blurred(transform.Blurred{Blur: blur})))
		pixel := 2 + int(math.Ceil(100/(blur/2)/math.Sqrt(2*math.Pi))) // how steep it is there, and roundings
		if c := i.NRGBAAt(100, 10); apart(c.R, 100) > pixel {
			t.Errorf("blurred by %g, the middle of the background is %v, want 100", blur, c)
		}
		// One standard deviation from the edge of a step, a Gaussian has come 84 % of the way.
		if c := i.NRGBAAt(100+int(blur/2), 10); apart(c.R, 134) > pixel {
			t.Errorf("blurred by %g, a standard deviation from the middle is %v, want 134", blur, c)
		}
	}
	// Without padding nothing happens.
	wantLike(t, drawn(t, asPNG(t, solid(9, 9, clear)), onBackground(transform.Step{}, blurred(transform.Blurred{Auto: true}))), solid(9, 9, clear), 0)
}

// The first frame decides for all what is made of its colours; each has its own
// blurred self behind it.
func TestBackgroundOfAnimation(t *testing.T) {
	original := asGIF(t, solids(40, 20)...)
	body := result(t, newJob(original, transform.Output{Format: transform.WebP, Lossless: true}, padded(40, 40, transform.Background{Kind: transform.DominantBackground}))).Body
	for n, frame := range framesOf(t, body, len(frameColors)) {
		wantColor(t, frame, 20, 2, frameColors[0], 1)
		wantColor(t, frame, 20, 20, frameColors[n], 1)
	}
	body = result(t, newJob(original, transform.Output{Format: transform.WebP, Lossless: true}, padded(40, 40, transform.Background{Kind: transform.BlurredBackground, Blurred: transform.Blurred{Auto: true}}))).Body
	for n, frame := range framesOf(t, body, len(frameColors)) {
		wantEverywhere(t, frame, frameColors[n], 2)
	}
}
