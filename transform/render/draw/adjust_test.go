//go:build cgo

package draw_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	stddraw "image/draw"
	"maps"
	"testing"

	"github.com/caddy-images/caddy-images/internal/long"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/vips"
)

func TestAdjust(t *testing.T) {
	c := color.NRGBA{200, 100, 50, 255}
	tests := []struct {
		adjust transform.Adjust
		want   color.NRGBA
	}{
		{transform.Adjust{Brightness: 0.2}, color.NRGBA{251, 151, 101, 255}}, // 51 more
		{transform.Adjust{Brightness: -0.4}, color.NRGBA{98, 0, 0, 255}},     // 102 less
		{transform.Adjust{Brightness: 1}, white},
		{transform.Adjust{Brightness: -1}, black},
		{transform.Adjust{Contrast: -1}, tone(128)},
		{transform.Adjust{Contrast: -0.5}, color.NRGBA{164, 114, 89, 255}}, // half as far from 127.5
		{transform.Adjust{Contrast: 0.5}, color.NRGBA{255, 73, 0, 255}},    // twice as far
		{transform.Adjust{Contrast: 1}, color.NRGBA{255, 0, 0, 255}},
		{transform.Adjust{Gamma: 0.5}, color.NRGBA{226, 160, 113, 255}},         // roots, of 255 times the channel
		{transform.Adjust{Gamma: -0.5}, color.NRGBA{157, 39, 10, 255}},          // squares, divided by 255
		{transform.Adjust{Saturation: -1}, tone(118)},                           // 42.6 + 71.5 + 3.6 = 117.7
		{transform.Adjust{Saturation: 0.5}, color.NRGBA{241, 91, 16, 255}},      // 1.5 times as far from 117.7
		{transform.Adjust{Hue: 180}, color.NRGBA{35, 135, 185, 255}},            // as far on the other side
		{transform.Adjust{Saturation: -1, Brightness: 0.2, Hue: 90}, tone(169)}, // 53.46 + 107.97 + 7.27
		{transform.Adjust{Hue: 360}, c},
	}
	for _, tt := range tests {
		step := effect(transform.Effects{Adjust: tt.adjust})
		wantEverywhere(t, drawn(t, asPNG(t, solid(9, 9, c)), step), tt.want, 1)
		seen, want := c, tt.want
		seen.A, want.A = 100, 100
		wantEverywhere(t, drawn(t, asPNG(t, solid(9, 9, seen)), step), want, 1)
	}
}

// newEffects returns the effects that change colours by a rule of their own,
// by name.
func newEffects() map[string]transform.Effects {
	effects := map[string]transform.Effects{
		"white balance": {WhiteBalance: true},
		"tone":          {Tone: true},
		"adjusted":      {Adjust: transform.Adjust{Brightness: 0.2, Contrast: 0.1, Gamma: 0.3, Saturation: 0.4, Hue: 50}},
	}
	for l := transform.Sepia; l.Valid(); l++ {
		effects[l.String()] = transform.Effects{Look: l}
	}
	return effects
}

// However a gray square is stored, each effect makes the same of it.
func TestEffectsKinds(t *testing.T) {
	const w, h = 40, 30
	flat := solid(w, h, tone(100))
	deep, grays := image.NewNRGBA64(flat.Bounds()), image.NewGray(flat.Bounds())
	stddraw.Draw(deep, deep.Bounds(), flat, image.Point{}, stddraw.Src)
	stddraw.Draw(grays, grays.Bounds(), flat, image.Point{}, stddraw.Src)
	scope := vips.NewScope(context.Background())
	defer scope.Close()
	seen := must(scope.NewImageFromMemory(bytes.Repeat([]byte{100, 90}, w*h), w, h, 2, vips.InterpretationBW))(t)
	type kind struct {
		file      []byte
		tolerance int
	}
	kinds := map[string]kind{
		"16 bits":        {asPNG(t, deep), 1},
		"gray":           {asPNG(t, grays), 0},
		"gray JPEG":      {asJPEG(t, grays), 0},
		"gray and alpha": {must(seen.ExportPng(vips.PngOptions{}))(t), 0},
		"transparent":    {asPNG(t, solid(w, h, color.NRGBA{100, 100, 100, 90})), 0},
		"WebP":           {asWebP(t, flat), 0},
	}
	// What has a profile is converted before any effect, and takes long.
	converted := map[string]kind{
		"P3":   {inProfile(t, flat, "p3", transform.PNG, vips.KeepAll), 8},
		"CMYK": {inProfile(t, flat, "cmyk", transform.JPEG, vips.KeepAll), 30},
	}
	for name, e := range newEffects() {
		kinds := maps.Clone(kinds)
		if long.Wanted() || name == "white balance" || name == "tone" || name == "adjusted" || e.Look == transform.Sepia {
			maps.Copy(kinds, converted)
		}
		want := drawn(t, asPNG(t, flat), effect(e))
		for kind, original := range kinds {
			t.Run(name+"/"+kind, func(t *testing.T) {
				i := drawn(t, original.file, effect(e))
				want, alpha := atOrigin(want), uint8(255)
				if i.NRGBAAt(0, 0).A != 255 {
					alpha = 90
				}
				for p := 3; p < len(want.Pix); p += 4 {
					want.Pix[p] = alpha
				}
				wantLike(t, i, want, original.tolerance)
			})
		}
	}
}

// Each frame of an animation is drawn as if it were alone, except for what
// the first one decides.
func TestEffectsAnimation(t *testing.T) {
	// The two have the same tones.
	moving := []*image.NRGBA{
		box(100, 100, tone(100), tone(200), image.Rect(50, 0, 100, 100)),
		box(100, 100, tone(100), tone(200), image.Rect(0, 50, 100, 100)),
	}
	for name, e := range newEffects() {
		t.Run(name, func(t *testing.T) {
			r := result(t, newJob(asGIF(t, moving...), transform.Output{Format: transform.WebP, Lossless: true}, effect(e)))
			tall := opened(t, r.Body)
			if r.Frames != 2 || tall.Pages() != 2 {
				t.Fatalf("%d frames, want 2", r.Frames)
			}
			all := pixelsOf(t, tall)
			for n, frame := range moving {
				want := drawn(t, asPNG(t, frame), effect(e))
				got := atOrigin(all.SubImage(image.Rect(0, 100*n, 100, 100*n+100)))
				wantLike(t, got, want, 1)
			}
		})
	}
}

// Hidden colours do not affect visible ones, and the alpha stays; that of
// squares is their mean.
func TestEffectsTransparent(t *testing.T) {
	ghost := func(hidden color.NRGBA) []byte {
		hidden.A = 0
		return asPNG(t, paint(60, 40, func(x, y int) color.NRGBA {
			if x < 30 {
				return hidden
			}
			return color.NRGBA{uint8(4 * x), uint8(5 * y), 120, uint8(100 + 2*y)}
		}))
	}
	for name, e := range newEffects() {
		t.Run(name, func(t *testing.T) {
			i := drawn(t, ghost(white), effect(e))
			wantLike(t, drawn(t, ghost(black), effect(e)), i, 0)
			for _, at := range []image.Point{{0, 0}, {29, 39}, {30, 0}, {31, 20}, {59, 39}} {
				want := 0
				if at.X >= 30 {
					want = 100 + 2*at.Y
				}
				if got := int(i.NRGBAAt(at.X, at.Y).A); got != want && (e.Look != transform.Pixelate || apart(uint8(got), uint8(want)) > 2) {
					t.Errorf("alpha %d at %v, want %d", got, at, want)
				}
			}
		})
	}
}
