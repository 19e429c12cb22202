//go:build cgo

package draw_test

import (
	"image"
	"image/color"
	"testing"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/vips"
)

var (
	pureRed   = color.NRGBA{255, 0, 0, 255}
	pureBlue  = color.NRGBA{0, 0, 255, 255}
	pureGreen = color.NRGBA{0, 255, 0, 255}
)

// at returns a place by its top left corner.
func at(x, y float64) transform.Place {
	return transform.Place{
		Left: transform.Offset{Distance: transform.Num(x)}, Top: transform.Offset{Distance: transform.Num(y)},
		Anchor: transform.FocusTopLeft,
	}
}

// overlay returns a layer of the file with this name, see layered.
func overlay(name string, place transform.Place, steps ...transform.Step) transform.Layer {
	return transform.Layer{Image: origin.Ref{Path: name}, Place: place, Steps: steps}
}

// layered returns a job with layers, whose images have names.
func layered(original []byte, files map[string][]byte, steps ...transform.Step) render.Job {
	job := newJob(original, transform.Output{Format: transform.PNG, Lossless: true}, steps...)
	for _, ref := range job.Plan.Refs() {
		job.Files = append(job.Files, files[ref.Path])
	}
	return job
}

// laid returns the image with layers on it.
func laid(t *testing.T, original image.Image, pictures map[string]image.Image, layers ...transform.Layer) *image.NRGBA {
	t.Helper()
	files := map[string][]byte{}
	for name, i := range pictures {
		files[name] = asPNG(t, i)
	}
	return decode(t, result(t, layered(asPNG(t, original), files, transform.Step{Layers: layers})).Body)
}

func TestLayerCovers(t *testing.T) {
	base := solid(40, 30, pureRed)
	pictures := map[string]image.Image{"blue": solid(10, 5, pureBlue), "half": solid(10, 5, color.NRGBA{0, 0, 255, 128})}
	want := func(c color.NRGBA, r image.Rectangle) *image.NRGBA { return box(40, 30, pureRed, c, r) }
	for _, tt := range []struct {
		name   string
		layers []transform.Layer
		want   *image.NRGBA
	}{
		{"in the middle", []transform.Layer{overlay("blue", transform.Place{})}, want(pureBlue, image.Rect(15, 12, 25, 17))},
		{"at a corner", []transform.Layer{overlay("blue", at(3, 4))}, want(pureBlue, image.Rect(3, 4, 13, 9))},
		{"half transparent", []transform.Layer{overlay("half", at(3, 4))}, want(color.NRGBA{127, 0, 128, 255}, image.Rect(3, 4, 13, 9))},
		{"enlarged", []transform.Layer{overlay("blue", at(0, 0), transform.Step{Resize: transform.Resize{Width: transform.Px(20)}})}, want(pureBlue, image.Rect(0, 0, 20, 10))},
		{"half of itself", []transform.Layer{overlay("blue", at(0, 0), transform.Step{Resize: transform.Resize{Width: transform.Fraction(0.4)}})}, want(pureBlue, image.Rect(0, 0, 4, 2))},
		{"larger than the base", []transform.Layer{overlay("blue", transform.Place{}, transform.Step{Resize: transform.Resize{Width: transform.Px(400)}})}, solid(40, 30, pureBlue)},
		{"with opacity", []transform.Layer{overlay("blue", at(0, 0), transform.Step{Opacity: transform.Num(50)})}, want(color.NRGBA{127, 0, 128, 255}, image.Rect(0, 0, 10, 5))},
		{"one upon the other", []transform.Layer{overlay("half", at(0, 0)), overlay("blue", at(0, 0))}, want(pureBlue, image.Rect(0, 0, 10, 5))},
	} {
		t.Run(tt.name, func(t *testing.T) { wantLike(t, laid(t, base, pictures, tt.layers...), tt.want, 1) })
	}
}

// What a layer lets through is rounded, not cut off: 255*127/255 is 127.
func TestLayerRounds(t *testing.T) {
	half := map[string]image.Image{"half": solid(40, 30, color.NRGBA{255, 0, 0, 128})}
	l := overlay("half", transform.Place{})
	wantEverywhere(t, laid(t, solid(40, 30, color.NRGBA{255, 255, 255, 255}), half, l), color.NRGBA{255, 127, 127, 255}, 0)
	// alpha 128+128*127/255 = 191.75, green 255*128*127/255/191.75 = 84.8
	wantEverywhere(t, laid(t, solid(40, 30, color.NRGBA{255, 255, 255, 128}), half, l), color.NRGBA{255, 85, 85, 192}, 0)
}

// What is nested lies on its parent, by the parent's measures, and the later step
// of a chain comes upon what the layers of the earlier one made.
func TestNestedLayers(t *testing.T) {
	inner := overlay("green", at(1, 1))
	outer := overlay("blue", at(10, 10), transform.Step{
		Resize: transform.Resize{Width: transform.Px(20)}, Layers: []transform.Layer{inner},
	})
	files := map[string][]byte{"blue": asPNG(t, solid(10, 5, pureBlue)), "green": asPNG(t, solid(2, 2, pureGreen))}
	job := layered(asPNG(t, solid(40, 30, pureRed)), files,
		transform.Step{Layers: []transform.Layer{outer}}, transform.Step{Flip: transform.Flip{Horizontal: true}})
	got := decode(t, result(t, job).Body)
	wantColor(t, got, 39-9, 10, pureRed, 1)
	wantColor(t, got, 39-10, 10, pureBlue, 1)
	wantColor(t, got, 39-11, 11, pureGreen, 1)
	wantColor(t, got, 39-12, 12, pureGreen, 1)
	wantColor(t, got, 39-13, 12, pureBlue, 1)
	wantColor(t, got, 39-29, 19, pureBlue, 1)
	wantColor(t, got, 39-30, 20, pureRed, 1)
}

// A transparent pixel's hidden colour shows nowhere, however the layer is scaled
// and turned.
func TestLayerDoesNotBleed(t *testing.T) {
	const w, h = 60, 40
	logo := box(w, h, color.NRGBA{255, 255, 255, 0}, pureBlue, image.Rect(20, 10, 40, 30))
	got := laid(t, solid(100, 100, color.NRGBA{0, 0, 0, 255}), map[string]image.Image{"logo": logo},
		overlay("logo", transform.Place{}, transform.Step{Resize: transform.Resize{Width: transform.Px(37)}, Rotate: transform.Num(30)}))
	for y := range 100 {
		for x := range 100 {
			if c := got.NRGBAAt(x, y); c.R > 2 || c.G > 2 || c.A != 255 {
				t.Fatalf("(%d, %d) is %v; only blue and black can be there", x, y, c)
			}
		}
	}
	wantColor(t, got, 50, 50, pureBlue, 2)
}

// An animation has the layer on each of its frames; of an animated layer, the
// first frame is taken.
func TestLayerAndAnimation(t *testing.T) {
	pictures := solids(20, 16)
	base := asGIF(t, pictures...)
	job := layered(base, map[string][]byte{"blue": asPNG(t, solid(4, 4, pureBlue))}, transform.Step{Layers: []transform.Layer{overlay("blue", at(0, 0))}})
	job.Plan.Output.Format = transform.GIF
	for n, frame := range framesOf(t, result(t, job).Body, len(pictures)) {
		wantColor(t, frame, 1, 1, pureBlue, 40)
		wantColor(t, frame, 10, 10, pictures[n].NRGBAAt(10, 10), 40)
	}
	still := layered(asPNG(t, solid(40, 30, pureRed)), map[string][]byte{"gif": base}, transform.Step{Layers: []transform.Layer{overlay("gif", at(0, 0))}})
	got := decode(t, result(t, still).Body)
	wantSize(t, got, 40, 30)
	wantColor(t, got, 10, 8, pictures[0].NRGBAAt(10, 8), 8)
	wantColor(t, got, 10, 20, pureRed, 1)
}

func TestBlendMultiply(t *testing.T) {
	l := overlay("gray", at(0, 0))
	l.Blend = transform.BlendMultiply
	got := laid(t, solid(20, 10, color.NRGBA{200, 100, 50, 255}), map[string]image.Image{"gray": solid(10, 10, color.NRGBA{128, 255, 0, 255})}, l)
	wantColor(t, got, 5, 5, color.NRGBA{100, 100, 0, 255}, 1) // 200*128/255, 100*255/255, 50*0/255
	wantColor(t, got, 15, 5, color.NRGBA{200, 100, 50, 255}, 0)
}

// Half-transparent layers multiply by half. By hand: of opaque white under
// red with an alpha of 128 stays 255*(127/255) = 127 of green; where the
// image is as transparent as the layer, the alpha is 128+128-128*128/255 =
// 191.75, and a colour (cs*128*127 + cb*128*127 +
// cs*cb/255*128*128)/255/191.75.
func TestBlendMultiplyTransparent(t *testing.T) {
	half := func(c color.NRGBA) color.NRGBA { c.A = 128; return c }
	white, grey := color.NRGBA{255, 255, 255, 255}, color.NRGBA{200, 100, 50, 255}
	for _, tt := range []struct {
		name                string
		base, overlay, want color.NRGBA
	}{
		{"on opaque white", white, half(pureRed), color.NRGBA{255, 127, 127, 255}},
		{"on an opaque colour", grey, half(color.NRGBA{128, 0, 255, 255}), color.NRGBA{150, 50, 50, 255}}, // 200*(127+128*128/255)/255 = 150.0
		{"opaque on half white", half(white), pureRed, pureRed},
		{"opaque on a half colour", half(grey), color.NRGBA{100, 100, 100, 255}, color.NRGBA{89, 69, 60, 255}},  // 100*(127+200*128/255)/255 = 89.2
		{"both half", half(white), half(pureRed), color.NRGBA{255, 85, 85, 192}},                                // 255*127*128/255/191.75 = 84.8
		{"two colours, half", half(color.NRGBA{60, 120, 240, 255}), half(grey), color.NRGBA{102, 89, 112, 192}}, // (260*127*128+200*60/255*128*128)/255/191.75 = 102.2
		{"on nothing", color.NRGBA{9, 9, 9, 0}, half(grey), half(grey)},
		{"nothing on a half colour", half(grey), color.NRGBA{9, 9, 9, 0}, half(grey)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := overlay("layer", at(10, 0))
			l.Blend = transform.BlendMultiply
			got := laid(t, solid(30, 10, tt.base), map[string]image.Image{"layer": solid(10, 20, tt.overlay)}, l)
			wantLike(t, got, box(30, 10, tt.base, tt.want, image.Rect(10, 0, 20, 10)), 0)
		})
	}
}

func TestBlendCut(t *testing.T) {
	mask := box(10, 10, color.NRGBA{}, color.NRGBA{9, 9, 9, 255}, image.Rect(0, 0, 5, 10))
	hole := overlay("mask", at(10, 0))
	hole.Blend = transform.BlendCutout
	got := laid(t, solid(30, 10, pureRed), map[string]image.Image{"mask": mask}, hole)
	wantLike(t, got, box(30, 10, pureRed, color.NRGBA{}, image.Rect(10, 0, 15, 10)), 0)

	hole.Blend = transform.BlendCutter
	got = laid(t, solid(30, 10, pureRed), map[string]image.Image{"mask": mask}, hole)
	wantLike(t, got, box(30, 10, color.NRGBA{}, pureRed, image.Rect(10, 0, 15, 10)), 0)
}

// Under red 0 and green 192 a pixel comes from Shift to the left and from half of
// it below; elsewhere, and under 128, nothing moves.
func TestBlendDisplace(t *testing.T) {
	base := coordinates(40, 30)
	moved := box(20, 30, color.NRGBA{128, 128, 0, 255}, color.NRGBA{0, 192, 0, 255}, image.Rect(0, 0, 10, 30))
	l := overlay("map", at(10, 0))
	l.Blend, l.Shift = transform.BlendDisplace, transform.Shift{X: transform.Num(4), Y: transform.Num(6)}
	got := laid(t, base, map[string]image.Image{"map": moved}, l)
	for _, p := range [][4]int{
		{15, 10, 11, 13}, {10, 0, 6, 3}, {19, 26, 15, 29}, {19, 29, 15, 29}, // the last beyond the edge
		{25, 10, 25, 10}, {35, 10, 35, 10}, {5, 5, 5, 5}, {39, 29, 39, 29},
	} {
		wantColor(t, got, p[0], p[1], base.NRGBAAt(p[2], p[3]), 2)
	}
	// However far, it is a pixel of the image.
	l.Shift = transform.Shift{X: transform.Num(65535), Y: transform.Num(-65535)}
	wantColor(t, laid(t, base, map[string]image.Image{"map": moved}, l), 15, 10, base.NRGBAAt(0, 0), 2)
}

func TestBlocks(t *testing.T) {
	base := solid(40, 30, pureRed)
	block := func(c color.NRGBA, place transform.Place, s transform.Step) transform.Layer {
		s.Resize.Fit = transform.Stretch
		return transform.Layer{Kind: transform.BlockLayer, Color: ink(c), Place: place, Steps: []transform.Step{s}}
	}
	sized := func(w, h transform.Length) transform.Step {
		return transform.Step{Resize: transform.Resize{Width: w, Height: h}}
	}
	bottom := transform.Place{Top: transform.Offset{Distance: transform.Num(0), Back: true}, Anchor: transform.FocusTopLeft}
	wantLike(t, laid(t, base, nil, block(pureBlue, at(2, 3), sized(transform.Px(10), transform.Px(5)))), box(40, 30, pureRed, pureBlue, image.Rect(2, 3, 12, 8)), 0)
	wantLike(t, laid(t, base, nil, block(pureBlue, transform.Place{}, transform.Step{})), solid(40, 30, pureBlue), 0)
	wantLike(t, laid(t, base, nil, block(color.NRGBA{0, 0, 255, 102}, bottom, sized(transform.Fraction(1), transform.Px(6)))),
		box(40, 30, pureRed, color.NRGBA{153, 0, 102, 255}, image.Rect(0, 24, 40, 30)), 1)

	round := sized(transform.Px(20), transform.Px(20))
	most := transform.Radius{Max: true}
	round.Corners = transform.Corners{TopLeft: most, TopRight: most, BottomRight: most, BottomLeft: most}
	got := laid(t, base, nil, block(pureBlue, at(0, 0), round))
	wantColor(t, got, 0, 0, pureRed, 0)
	wantColor(t, got, 10, 10, pureBlue, 0)

	// The limits hold before there are pixels.
	for _, s := range []transform.Step{sized(transform.Px(20000), transform.Px(1)), sized(transform.Px(16000), transform.Px(16000))} {
		failure(t, layered(asPNG(t, base), nil, transform.Step{Layers: []transform.Layer{block(pureBlue, at(0, 0), s)}}), errors.Limit)
	}
}

// An error says in which layer it is, a nested one by the way there.
func TestLayerErrors(t *testing.T) {
	base := asPNG(t, solid(40, 30, pureRed))
	whole := asPNG(t, coordinates(300, 200))
	files := map[string][]byte{"text": []byte("no picture"), "cut": whole[:len(whole)/2], "huge": hugePNG(20000, 20000), "blue": asPNG(t, solid(9, 9, pureBlue))}
	for _, tt := range []struct {
		name string
		kind errors.Kind
		says string
	}{
		{"text", errors.BadImage, `In the layer "text": The original is not an image`},
		{"cut", errors.BadImage, `In the layer "cut": The original is damaged`},
		{"huge", errors.Limit, `In the layer "huge": The original has 400000000 pixels, more than max_pixels`},
	} {
		l := overlay(tt.name, transform.Place{})
		wantMessage(t, failure(t, layered(base, files, transform.Step{Layers: []transform.Layer{l}}), tt.kind), tt.says)
		nested := overlay("blue", transform.Place{}, transform.Step{Layers: []transform.Layer{l}})
		wantMessage(t, failure(t, layered(base, files, transform.Step{Layers: []transform.Layer{nested}}), tt.kind), `In the layer "blue": `+tt.says)
	}
	missing := newJob(base, transform.Output{}, transform.Step{Layers: []transform.Layer{overlay("blue", transform.Place{})}})
	failure(t, missing, errors.Internal)
}

// The layer is in sRGB; so must be what it is drawn on, also where the profile of
// the original was to be kept.
func TestLayerOnAnotherProfile(t *testing.T) {
	base := inProfile(t, solid(40, 30, color.NRGBA{200, 60, 60, 255}), "p3", transform.PNG, vips.KeepAll)
	job := layered(base, map[string][]byte{"blue": asPNG(t, solid(10, 10, color.NRGBA{90, 160, 70, 255}))},
		transform.Step{Layers: []transform.Layer{overlay("blue", at(0, 0))}})
	plain := asSeen(t, result(t, job).Body)
	job.Plan.Output.Profile = true
	kept := asSeen(t, result(t, job).Body)
	wantColor(t, kept, 5, 5, color.NRGBA{90, 160, 70, 255}, 2)
	wantLike(t, kept, plain, 2)
}
