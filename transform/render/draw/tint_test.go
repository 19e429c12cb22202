//go:build cgo

package draw_test

import (
	"image"
	"image/color"
	"testing"

	"github.com/caddy-images/caddy-images/transform"
)

func tinted(c color.NRGBA, intensity int) transform.Step {
	return effect(transform.Effects{Colorize: transform.Colorize{Color: ink(c), Intensity: intensity}})
}

// In CIELAB pure red has the lightness 53.2, green 87.7, blue 32.3; so do the grays
// 127, 220 and 76.
func TestColorize(t *testing.T) {
	lightness := map[color.NRGBA]uint8{
		{255, 0, 0, 255}: 127, {0, 255, 0, 255}: 220, {0, 0, 255, 255}: 76, {255, 255, 255, 255}: 255, {0, 0, 0, 255}: 0, {77, 77, 77, 255}: 77,
	}
	for c, v := range lightness {
		wantEverywhere(t, drawn(t, asPNG(t, solid(9, 9, c)), tinted(gray, 100)), tone(v), 2)
		c.A = 60
		wantEverywhere(t, drawn(t, asPNG(t, solid(9, 9, c)), tinted(gray, 100)), color.NRGBA{v, v, v, 60}, 2)
	}
	// A gray as light as the tint becomes the tint, black and white stay.
	strips := paint(30, 10, func(x, _ int) color.NRGBA { return []color.NRGBA{black, tone(127), white}[x/10] })
	want := paint(30, 10, func(x, _ int) color.NRGBA { return []color.NRGBA{black, {255, 0, 0, 255}, white}[x/10] })
	i := drawn(t, asPNG(t, strips), tinted(color.NRGBA{255, 0, 0, 255}, 100))
	wantColor(t, i, 15, 5, want.NRGBAAt(15, 5), 3)
	// Half of the way from gray to red, in CIELAB: L 53.2, a 40, b 33.6.
	half := drawn(t, asPNG(t, solid(9, 9, tone(127))), tinted(color.NRGBA{255, 0, 0, 255}, 50))
	wantEverywhere(t, half, color.NRGBA{202, 94, 73, 255}, 3)
}

func replaced(to, from color.NRGBA, tolerance int) transform.Step {
	return effect(transform.Effects{Replace: transform.Replace{On: true, To: ink(to), From: ink(from), Tolerance: tolerance}})
}

func TestReplace(t *testing.T) {
	navy, sand := color.NRGBA{20, 30, 120, 255}, color.NRGBA{200, 180, 120, 255}
	i := asPNG(t, halves(40, 20, navy, sand))
	wantLike(t, drawn(t, i, replaced(red, navy, 0)), halves(40, 20, red, sand), 2)
	wantLike(t, drawn(t, i, replaced(red, navy, 35)), halves(40, 20, red, sand), 2)
	wantLike(t, drawn(t, i, replaced(red, color.NRGBA{0, 120, 0, 255}, 20)), halves(40, 20, navy, sand), 1)
	wantLike(t, drawn(t, i, replaced(navy, sand, 35)), solid(40, 20, navy), 2)

	// Most of it is sand.
	mostly := asPNG(t, box(40, 20, sand, navy, image.Rect(2, 2, 9, 9)))
	dominant := effect(transform.Effects{Replace: transform.Replace{On: true, To: ink(red), Tolerance: 10, Dominant: true}})
	wantLike(t, drawn(t, mostly, dominant), box(40, 20, red, navy, image.Rect(2, 2, 9, 9)), 3)

	// A shade of it is replaced by a shade: darker stays darker.
	shades := asPNG(t, halves(40, 20, color.NRGBA{60, 120, 60, 255}, color.NRGBA{100, 170, 100, 255}))
	shaded := drawn(t, shades, replaced(color.NRGBA{150, 60, 60, 255}, color.NRGBA{60, 120, 60, 255}, 40))
	wantColor(t, shaded, 5, 5, color.NRGBA{150, 60, 60, 255}, 3)
	if c := shaded.NRGBAAt(35, 5); c.R < 180 || c.G > c.R-50 {
		t.Errorf("the lighter shade became %v", c)
	}

	// What is transparent stays so.
	seen := drawn(t, asPNG(t, box(40, 20, clear, navy, image.Rect(5, 5, 15, 15))), replaced(red, navy, 35))
	wantLike(t, seen, box(40, 20, clear, red, image.Rect(5, 5, 15, 15)), 2)
	nothing := drawn(t, asPNG(t, solid(20, 20, clear)), dominant)
	wantEverywhere(t, nothing, clear, 0)
}

func TestGradient(t *testing.T) {
	over := func(g transform.Gradient) transform.Step {
		g.On = true
		return effect(transform.Effects{Gradient: g})
	}
	ramp := func(w, h int, at func(x, y float64) float64, from, to color.NRGBA) *image.NRGBA {
		return paint(w, h, func(x, y int) color.NRGBA {
			k := min(max(at(float64(x)+0.5, float64(y)+0.5), 0), 1)
			mix := func(a, b uint8) uint8 { return uint8(float64(a)*(1-k) + float64(b)*k + 0.5) }
			return color.NRGBA{mix(from.R, to.R), mix(from.G, to.G), mix(from.B, to.B), 255}
		})
	}
	photo := asPNG(t, solid(40, 20, blue))
	// Opaque: nothing is seen of the image. From the top to the bottom.
	g := transform.Gradient{Angle: 180, From: ink(red), To: ink(white)}
	wantLike(t, drawn(t, photo, over(g)), ramp(40, 20, func(_, y float64) float64 { return y / 20 }, red, white), 2)
	g.Angle = 90
	wantLike(t, drawn(t, photo, over(g)), ramp(40, 20, func(x, _ float64) float64 { return x / 40 }, red, white), 2)
	g.Stop = transform.Px(10)
	wantLike(t, drawn(t, photo, over(g)), ramp(40, 20, func(x, _ float64) float64 { return x / 10 }, red, white), 2)
	// To what is transparent: the image comes through, and nothing darkens
	// it.
	fade := transform.Gradient{Angle: 270, From: ink(white)}
	wantLike(t, drawn(t, photo, over(fade)), ramp(40, 20, func(x, _ float64) float64 { return 1 - x/40 }, white, blue), 2)
	// It covers what is transparent too, and covers all frames of an animation.
	wantLike(t, drawn(t, asPNG(t, solid(40, 20, clear)), over(transform.Gradient{From: ink(red), To: ink(red)})), solid(40, 20, red), 0)
	if i := result(t, newJob(asJPEG(t, solid(40, 20, blue)), transform.Output{Format: transform.PNG}, over(fade))); i.Format != transform.PNG {
		t.Errorf("format %s", i.Format)
	}
}

func TestShadow(t *testing.T) {
	const w, h = 100, 50
	figure := image.Rect(20, 10, 60, 30)
	original := asPNG(t, box(w, h, clear, red, figure))
	cast := func(s transform.Shadow) transform.Step {
		s.On = true
		return transform.Step{Shadow: s}
	}
	// Hard: the figure's own shape, moved by 10 of 100 and by 5 of 50 pixels.
	hard := drawn(t, original, cast(transform.Shadow{Strength: 40, Right: 10, Down: 10}))
	moved := figure.Add(image.Pt(10, 5))
	wantLike(t, hard, paint(w, h, func(x, y int) color.NRGBA {
		switch p := image.Pt(x, y); {
		case p.In(figure):
			return red
		case p.In(moved):
			return color.NRGBA{0, 0, 0, 102}
		}
		return clear
	}), 1)
	// To the left and up, beyond the edge.
	off := drawn(t, original, cast(transform.Shadow{Strength: 100, Right: -30, Down: -50}))
	wantColor(t, off, 0, 0, color.NRGBA{0, 0, 0, 255}, 0)
	wantColor(t, off, 19, 4, color.NRGBA{0, 0, 0, 255}, 0)
	wantColor(t, off, 31, 4, clear, 0)
	// Soft: half as dark where the hard one ends, be it at the canvas' edge, for
	// beyond that is nothing. Half a pixel within it is an eighth of a deviation.
	soft := drawn(t, original, cast(transform.Shadow{Strength: 100, Blur: 8, Down: 40}))
	wantColor(t, soft, 40, 49, color.NRGBA{0, 0, 0, 140}, 3)
	wantColor(t, soft, 40, 30, color.NRGBA{0, 0, 0, 140}, 3)
	wantColor(t, soft, 40, 40, color.NRGBA{0, 0, 0, 252}, 3)
	// Under an opaque image there is none to be seen.
	wantLike(t, drawn(t, asPNG(t, solid(w, h, red)), cast(transform.Shadow{Strength: 100, Right: 10})), solid(w, h, red), 0)
	// On a canvas of another colour it has room, although the image is
	// opaque.
	room := cast(transform.Shadow{Strength: 100, Down: 10})
	room.Resize = sized(100, 100, transform.Pad, transform.FocusTop).Resize
	room.Background = transform.Background{On: true, Color: ink(white)}
	onPaper := drawn(t, asJPEG(t, solid(w, h, red)), room)
	wantColor(t, onPaper, 50, 55, black, 0)
	wantColor(t, onPaper, 50, 62, white, 0)
	// Rounded corners cast one too, and a background lies behind it.
	round := cast(transform.Shadow{Strength: 100, Right: 50, Down: 50})
	round.Corners = radii(24)
	round.Background = transform.Background{On: true, Color: ink(white)}
	i := drawn(t, asPNG(t, solid(w, h, red)), round)
	wantColor(t, i, 0, 0, white, 0)
	wantColor(t, i, 0, 49, white, 0)
	wantColor(t, i, 99, 49, black, 0)
}
