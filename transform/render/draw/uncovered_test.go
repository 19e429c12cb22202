//go:build cgo

package draw_test

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"testing"

	"github.com/caddy-images/caddy-images/transform"
)

// cel is a frame of an animation: where it is, its colour, and what becomes of it.
type cel struct {
	area     image.Rectangle
	colour   color.NRGBA
	disposal byte
}

// celled returns a GIF of 12 by 8 pixels, none of whose frames has a
// transparent colour, on a background of green.
func celled(t testing.TB, cels ...cel) []byte {
	t.Helper()
	g := &gif.GIF{
		Config:          image.Config{Width: 12, Height: 8, ColorModel: color.Palette{red, green, blue, white}},
		BackgroundIndex: 1,
		LoopCount:       2,
	}
	for n, c := range cels {
		frame := image.NewPaletted(c.area, g.Config.ColorModel.(color.Palette))
		for i := range frame.Pix {
			frame.Pix[i] = uint8(frame.Palette.Index(c.colour))
		}
		g.Image, g.Disposal, g.Delay = append(g.Image, frame), append(g.Disposal, c.disposal), append(g.Delay, 5+n)
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, g); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// What no frame covers, and what a frame clears, is transparent, as it is in browsers.
func TestUncoveredPixelsAreTransparent(t *testing.T) {
	var clear color.NRGBA
	whole, small := image.Rect(0, 0, 12, 8), image.Rect(4, 2, 8, 6)
	on := func(ground color.NRGBA, figure color.NRGBA) *image.NRGBA { return box(12, 8, ground, figure, small) }
	for _, tt := range []struct {
		name string
		cels []cel
		want []*image.NRGBA
	}{
		{"smaller than the canvas", []cel{{small, red, 0}, {small, blue, 0}}, []*image.NRGBA{on(clear, red), on(clear, blue)}},
		{"cleared", []cel{{whole, red, 2}, {small, blue, 0}}, []*image.NRGBA{solid(12, 8, red), on(clear, blue)}},
		{"cleared in a part", []cel{{whole, red, 0}, {small, blue, 2}, {image.Rect(0, 0, 1, 1), red, 0}},
			[]*image.NRGBA{solid(12, 8, red), on(red, blue), on(red, clear)}},
		{"cleared, and covered", []cel{{whole, red, 2}, {whole, blue, 2}}, []*image.NRGBA{solid(12, 8, red), solid(12, 8, blue)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := celled(t, tt.cels...)
			for _, format := range []transform.Format{transform.GIF, transform.WebP} {
				body := result(t, newJob(file, transform.Output{Format: format, Lossless: true})).Body
				for n, frame := range framesOf(t, body, len(tt.want)) {
					wantLike(t, frame, tt.want[n], 0)
				}
			}
			for n, want := range tt.want {
				job := newJob(file, transform.Output{Format: transform.PNG})
				job.Plan.Page = n + 1
				wantLike(t, decode(t, result(t, job).Body), want, 0)
				job.Plan.Output = transform.Output{Format: transform.AVIF, Lossless: true}
				wantLike(t, decode(t, result(t, job).Body), want, 2)

				// On white, where there is no transparency; and as a layer, on what it lies on.
				job.Plan.Output = transform.Output{Format: transform.JPEG, Quality: 100}
				wantColor(t, decode(t, result(t, job).Body), 11, 7, over(want.NRGBAAt(11, 7), white), 3)
			}
			job := layered(asPNG(t, solid(12, 8, white)), map[string][]byte{"gif": file}, transform.Step{Layers: []transform.Layer{overlay("gif", at(0, 0))}})
			wantLike(t, decode(t, result(t, job).Body), overAll(tt.want[0], white), 0)
		})
	}
}

// over returns a colour that is transparent or not at all, on a ground.
func over(c, ground color.NRGBA) color.NRGBA {
	if c.A == 0 {
		return ground
	}
	return c
}

func overAll(i *image.NRGBA, ground color.NRGBA) *image.NRGBA {
	return paint(i.Rect.Dx(), i.Rect.Dy(), func(x, y int) color.NRGBA { return over(i.NRGBAAt(x, y), ground) })
}

// Frames behind empty blocks, where libvips would end, are drawn as well.
func TestFramesBehindEmptyBlocks(t *testing.T) {
	all := image.Rect(0, 0, 12, 8)
	whole := celled(t, cel{all, red, 0}, cel{all, blue, 0}, cel{all, white, 0})
	control := []byte("\x21\xf9\x04")
	untidy := bytes.ReplaceAll(whole, control, append([]byte{0, 0}, control...))
	body := result(t, newJob(untidy, transform.Output{Format: transform.GIF})).Body
	for n, frame := range framesOf(t, body, 3) {
		wantLike(t, frame, solid(12, 8, []color.NRGBA{red, blue, white}[n]), 0)
	}
}
