//go:build cgo

package draw_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"testing"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// frameColors are far apart, so that one that bleeds into another shows.
var frameColors = []color.NRGBA{red, green, blue, yellow}

// frames are boxes on white, each with its colour and place.
func frames(w, h int) []*image.NRGBA {
	var all []*image.NRGBA
	for n, c := range frameColors {
		all = append(all, box(w, h, white, c, image.Rect(0, 0, w/2, h/2).Add(image.Pt(n%2*w/2, n/2*h/2))))
	}
	return all
}

// solids are frames of one colour each: anything else in them is the neighbour's.
func solids(w, h int) []*image.NRGBA {
	var all []*image.NRGBA
	for _, c := range frameColors {
		all = append(all, solid(w, h, c))
	}
	return all
}

// framesOf decodes an animation and checks its timing, that of asGIF.
func framesOf(t *testing.T, body []byte, want int) []*image.NRGBA {
	t.Helper()
	tall := opened(t, body)
	if tall.Pages() != want {
		t.Fatalf("%d frames, want %d", tall.Pages(), want)
	}
	delay, _ := tall.GetIntArray(vips.FieldDelay)
	for n := range want {
		if n >= len(delay) || delay[n] != 50+10*n {
			t.Fatalf("delays of %v ms, want 50, 60, 70…", delay)
		}
	}
	if loop, _ := tall.GetInt(vips.FieldLoop); loop != 3 {
		t.Errorf("played %d times, want 3", loop)
	}
	w, h := tall.Width(), tall.PageHeight()
	if tall.Height() != want*h {
		t.Fatalf("%d rows for %d frames of %d", tall.Height(), want, h)
	}
	var all []*image.NRGBA
	for n := range want {
		all = append(all, pixelsOf(t, must(tall.ExtractArea(0, n*h, w, h))(t)))
	}
	return all
}

func TestAnimations(t *testing.T) {
	n := transform.Num
	steps := map[string][]transform.Step{
		"nothing":  nil,
		"smaller":  {sized(31, 17, transform.Stretch, 0)},
		"larger":   {sized(90, 70, transform.Stretch, 0)},
		"cut":      {{Resize: transform.Resize{Width: transform.Px(21), Height: transform.Px(13), Fit: transform.Crop, X: n(20), Y: n(18)}}},
		"covered":  {sized(20, 40, transform.Cover, transform.FocusRight)},
		"padded":   {withBackground(sized(80, 80, transform.Pad, 0), black)},
		"turned":   {rotated(90)},
		"rotated":  {rotated(30)},
		"flipped":  {{Flip: transform.Flip{Horizontal: true, Vertical: true}}},
		"rounded":  {{Corners: radii(12)}},
		"bordered": {bordered(4, black, radii(8))},
		"blurred":  {effect(transform.Effects{Blur: n(3)})},
		"chained":  {sized(30, 0, transform.Cover, 0), rotated(270), sized(0, 20, transform.Crop, 0)},
	}
	for name, step := range steps {
		var want []*image.NRGBA
		for _, frame := range frames(60, 48) {
			want = append(want, drawn(t, asPNG(t, frame), step...))
		}
		for kind, original := range map[string][]byte{"gif": asGIF(t, frames(60, 48)...), "webp": animatedWebP(t, frames(60, 48)...)} {
			t.Run(name+"/"+kind, func(t *testing.T) {
				r := result(t, newJob(original, transform.Output{Format: transform.WebP, Lossless: true}, step...))
				if r.Frames != 4 {
					t.Errorf("the result says %d frames", r.Frames)
				}
				for f, frame := range framesOf(t, r.Body, 4) {
					wantSize(t, frame, r.Size.Width, r.Size.Height)
					wantLike(t, frame, want[f], 4) // the same sums, in floats and in integers
				}
				// GIF has few colours, and either shows a pixel or does not.
				r = result(t, newJob(original, transform.Output{Format: transform.GIF}, step...))
				for f, frame := range framesOf(t, r.Body, 4) {
					wantSize(t, frame, want[f].Bounds().Dx(), want[f].Bounds().Dy())
					wantNear(t, opaque(frame), opaque(want[f]), 12)
				}
			})
		}
	}
}

// opaque lays an image over gray.
func opaque(i *image.NRGBA) *image.NRGBA {
	return paint(i.Bounds().Dx(), i.Bounds().Dy(), func(x, y int) color.NRGBA {
		c := i.NRGBAAt(x, y)
		mix := func(v uint8) uint8 { return uint8((int(v)*int(c.A) + 120*(255-int(c.A))) / 255) }
		return color.NRGBA{mix(c.R), mix(c.G), mix(c.B), 255}
	})
}

// At the seams of the tall image that libvips makes of the frames, nothing of
// one gets into the next.
func TestAnimationSeams(t *testing.T) {
	for kind, original := range map[string][]byte{"gif": asGIF(t, solids(50, 37)...), "webp": animatedWebP(t, solids(50, 37)...)} {
		for name, step := range map[string]transform.Step{
			"smaller":   sized(23, 0, transform.Cover, 0),
			"larger":    sized(70, 51, transform.Stretch, 0),
			"blurred":   effect(transform.Effects{Blur: transform.Num(20)}),
			"sharpened": effect(transform.Effects{Sharpen: transform.Sharpen{On: true}}),
			"masked":    effect(transform.Effects{Unsharp: transform.Unsharp{Sigma: 5, Amount: 2}}),
		} {
			t.Run(kind+"/"+name, func(t *testing.T) {
				r := result(t, newJob(original, transform.Output{Format: transform.WebP, Lossless: true}, step))
				for n, frame := range framesOf(t, r.Body, 4) {
					wantEverywhere(t, frame, frameColors[n], 2) // libvips' integer kernels are exact to one in a hundred
				}
			})
		}
	}
}

// A format that cannot move shows the first frame.
func TestAnimationToStill(t *testing.T) {
	for kind, original := range map[string][]byte{"gif": asGIF(t, solids(50, 36)...), "webp": animatedWebP(t, solids(50, 36)...)} {
		for _, format := range []transform.Format{transform.JPEG, transform.PNG, transform.AVIF} {
			for _, step := range []transform.Step{{}, sized(25, 0, transform.Cover, 0), {Trim: transform.Trim{On: true}}} {
				t.Run(fmt.Sprint(kind, format), func(t *testing.T) {
					r := result(t, newJob(original, transform.Output{Format: format, Quality: 95}, step))
					i := decode(t, r.Body)
					wantSize(t, i, r.Size.Width, r.Size.Height)
					if r.Frames != 1 || i.Bounds().Dy()*50 != i.Bounds().Dx()*36 {
						t.Errorf("%d frames, %v", r.Frames, i.Bounds())
					}
					wantEverywhere(t, i, red, 6)
				})
			}
		}
	}
}

// What is looked for is found in the first frame and holds for all: an
// animation must not jump.
func TestAnimationOneBox(t *testing.T) {
	var moving []*image.NRGBA
	for n, c := range frameColors {
		moving = append(moving, box(120, 40, white, c, image.Rect(0, 0, 20, 20).Add(image.Pt(10+5*n, 10))))
	}
	for kind, original := range map[string][]byte{"gif": asGIF(t, moving...), "webp": animatedWebP(t, moving...)} {
		t.Run(kind, func(t *testing.T) {
			lossless := transform.Output{Format: transform.WebP, Lossless: true}
			all := framesOf(t, result(t, newJob(original, lossless, trimmed(0))).Body, 4)
			for n, i := range all {
				wantLike(t, i, box(20, 20, white, frameColors[n], image.Rect(5*n, 0, 20, 20)), 0)
			}
			all = framesOf(t, result(t, newJob(original, lossless, sized(40, 40, transform.Cover, transform.FocusAuto))).Body, 4)
			first := drawn(t, asPNG(t, moving[0]), sized(40, 40, transform.Cover, transform.FocusAuto))
			wantLike(t, all[0], first, 0)
			at := 0
			for all[0].NRGBAAt(at, 20) != red {
				at++
			}
			wantColor(t, all[1], at+4, 20, white, 0)
			wantColor(t, all[1], at+5, 20, green, 0)
		})
	}
}

// A frame that only says what changed stands on the ones before it.
func TestAnimationDisposal(t *testing.T) {
	palette := color.Palette{clear, red, green, blue}
	frame := func(index uint8, r image.Rectangle) *image.Paletted {
		i := image.NewPaletted(r, palette)
		for n := range i.Pix {
			i.Pix[n] = index
		}
		return i
	}
	whole, left, right := image.Rect(0, 0, 40, 20), image.Rect(0, 0, 10, 20), image.Rect(30, 0, 40, 20)
	g := gif.GIF{
		Image:     []*image.Paletted{frame(1, whole), frame(2, left), frame(3, right), frame(2, image.Rect(15, 5, 25, 15))},
		Delay:     []int{5, 6, 7, 8},
		Disposal:  []byte{gif.DisposalNone, gif.DisposalNone, gif.DisposalPrevious, gif.DisposalNone},
		LoopCount: 2,
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, &g); err != nil {
		t.Fatal(err)
	}
	r := result(t, newJob(b.Bytes(), transform.Output{Format: transform.WebP, Lossless: true}, sized(80, 0, transform.Cover, 0)))
	for n, want := range [][3]color.NRGBA{{red, red, red}, {green, red, red}, {green, red, blue}, {green, green, red}} {
		i := framesOf(t, r.Body, 4)[n]
		for place, c := range want {
			wantColor(t, i, 10+30*place, 20, c, 2)
		}
	}
}

func TestAnimationOfOne(t *testing.T) {
	for _, original := range [][]byte{asGIF(t, solid(20, 10, red)), animatedWebP(t, solid(20, 10, red))} {
		for _, format := range []transform.Format{transform.GIF, transform.WebP, transform.PNG} {
			r := result(t, newJob(original, transform.Output{Format: format, Lossless: true}, sized(10, 0, transform.Cover, 0)))
			if r.Frames != 1 || r.Size != (transform.Size{Width: 10, Height: 5}) {
				t.Errorf("%+v", r.Size)
			}
			wantEverywhere(t, decode(t, r.Body), red, 2)
		}
	}
}

// An animated WebP whose frames fill it is decoded at the size that is
// wanted, as a still one is: each frame is what its page is alone. One with
// frames that are parts of the image is decoded whole.
func TestAnimationScaledOnLoad(t *testing.T) {
	var moving, still []*image.NRGBA
	for n := range frameColors {
		moving = append(moving, speckled(90+n, 60, false).SubImage(image.Rect(n, 0, 90+n, 60)).(*image.NRGBA))
		still = append(still, box(90, 60, white, frameColors[n], image.Rect(10, 10, 40, 40)))
	}
	for n := range moving {
		moving[n] = atOrigin(moving[n])
	}
	step := sized(30, 0, transform.Cover, 0)
	lossless := transform.Output{Format: transform.WebP, Lossless: true}
	for name, frames := range map[string][]*image.NRGBA{"whole": moving, "parts": still} {
		t.Run(name, func(t *testing.T) {
			original := animatedWebP(t, frames...)
			for n, frame := range framesOf(t, result(t, newJob(original, lossless, step)).Body, 4) {
				want := drawn(t, asPNG(t, frames[n]), step)
				if name == "whole" {
					job := newJob(original, transform.Output{Format: transform.PNG}, step)
					job.Plan.Page = n + 1
					want = decode(t, result(t, job).Body)
				}
				wantLike(t, frame, want, 1)
			}
		})
	}
}

// Layers, backdrops and looks compute parts of an image into memory on their
// way: those of each frame, and not those of the first.
func TestAnimationStages(t *testing.T) {
	blurredBehind := sized(90, 60, transform.Pad, 0)
	blurredBehind.Background = transform.Background{On: true, Kind: transform.BlurredBackground, Blurred: transform.Blurred{Auto: true}}
	steps := map[string]transform.Step{
		"blurred behind": blurredBehind,
		"pixelated":      looking(transform.Pixelate),
		"sketched":       looking(transform.Sketch),
		"embossed":       looking(transform.Emboss),
		"distorted":      {Distort: transform.Distort{Kind: transform.Perspective, Quad: transform.Quad{{X: 5, Y: 2}, {X: 40, Y: 0}, {X: 44, Y: 40}, {X: 0, Y: 38}}}},
	}
	for name, step := range steps {
		for kind, original := range map[string][]byte{"gif": asGIF(t, frames(60, 48)...), "webp": animatedWebP(t, frames(60, 48)...)} {
			t.Run(name+"/"+kind, func(t *testing.T) {
				r := result(t, newJob(original, transform.Output{Format: transform.WebP, Lossless: true}, step))
				for n, frame := range framesOf(t, r.Body, 4) {
					wantLike(t, frame, drawn(t, asPNG(t, frames(60, 48)[n]), step), 6) // floats and integers, twice
				}
			})
		}
	}
}
