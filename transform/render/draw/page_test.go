//go:build cgo

package draw_test

import (
	"encoding/binary"
	"image"
	"testing"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
)

// pageJob asks for a page as PNG.
func pageJob(original []byte, page int, steps ...transform.Step) render.Job {
	job := newJob(original, transform.Output{Format: transform.PNG}, steps...)
	job.Plan.Page = page
	return job
}

func TestFrames(t *testing.T) {
	for name, file := range map[string][]byte{
		"gif":  asGIF(t, solids(40, 30)...),
		"webp": result(t, newJob(asGIF(t, solids(40, 30)...), transform.Output{Format: transform.WebP, Lossless: true})).Body,
	} {
		t.Run(name, func(t *testing.T) {
			for n, want := range frameColors {
				r := result(t, pageJob(file, n+1))
				i := decode(t, r.Body)
				wantSize(t, i, 40, 30)
				wantEverywhere(t, i, want, 2)
				small := decode(t, result(t, pageJob(file, n+1, sized(20, 15, transform.Stretch, 0))).Body)
				wantSize(t, small, 20, 15)
				wantEverywhere(t, small, want, 2)
			}
			wantMessage(t, failure(t, pageJob(file, 5), errors.BadTransform), "Page 5", "4 pages")
			late := pageJob(file, 3)
			late.Limits.MaxFrames = 2
			wantMessage(t, failure(t, late, errors.Limit), "Frame 3", "max_frames, 2")

			// A frame is still, also where the format has animations.
			for _, format := range []transform.Format{transform.GIF, transform.WebP, transform.FormatOriginal} {
				still := pageJob(file, 2)
				still.Plan.Output.Format = format
				if r := result(t, still); r.Frames != 1 {
					t.Errorf("%d frames of %s", r.Frames, r.Format)
				}
			}
		})
	}
}

// A frame has all that the frames before it left.
func TestFramesAreWhole(t *testing.T) {
	for n, want := range frames(40, 30) {
		wantLike(t, decode(t, result(t, pageJob(asGIF(t, frames(40, 30)...), n+1)).Body), want, 2)
	}
}

func TestPagesOfTIFF(t *testing.T) {
	file := pagesTIFF(solid(40, 30, red), solid(20, 50, blue), solid(60, 10, green))
	for n, want := range []*image.NRGBA{solid(40, 30, red), solid(20, 50, blue), solid(60, 10, green)} {
		wantLike(t, decode(t, result(t, pageJob(file, n+1)).Body), want, 0)
	}
	half := transform.Step{Resize: transform.Resize{Width: transform.Fraction(0.5)}}
	wantLike(t, decode(t, result(t, pageJob(file, 2, half)).Body), solid(10, 25, blue), 0)
	wantLike(t, drawn(t, file), solid(40, 30, red), 0)
	wantMessage(t, failure(t, pageJob(file, 4), errors.BadTransform), "Page 4", "3 pages")
	small := pageJob(file, 2)
	small.Limits.MaxPixels = 999
	wantMessage(t, failure(t, small, errors.Limit), "1000 pixels")
}

func TestPagesOfOtherFormats(t *testing.T) {
	file := asJPEG(t, solid(40, 30, red))
	wantEverywhere(t, decode(t, result(t, pageJob(file, 1)).Body), red, 3)
	wantMessage(t, failure(t, pageJob(file, 2), errors.BadTransform), "Page 2", "1 page")
}

func TestPagesOfLayers(t *testing.T) {
	ref := origin.Ref{Path: "a.gif"}
	for n, want := range frameColors {
		job := newJob(asPNG(t, solid(40, 30, white)), transform.Output{Format: transform.PNG}, transform.Step{Layers: []transform.Layer{{Image: ref, Page: n + 1}}})
		job.Files = [][]byte{asGIF(t, solids(20, 10)...)}
		i := decode(t, result(t, job).Body)
		wantColor(t, i, 20, 15, want, 2)
		wantColor(t, i, 2, 2, white, 0)
	}
}

// Conditions are for still images, and a frame is one.
func TestConditionsOnFrames(t *testing.T) {
	wide := transform.Condition{{{Fact: transform.Width, Is: transform.Greater, Value: transform.Num(30)}}}
	step := transform.Step{Choice: &transform.Choice{When: wide, Then: transform.Branch{Steps: []transform.Step{sized(8, 6, transform.Stretch, 0)}}}}
	i := decode(t, result(t, pageJob(asGIF(t, solids(40, 30)...), 3, step)).Body)
	wantLike(t, i, solid(8, 6, frameColors[2]), 2)
}

// pagesTIFF returns one of several pages, each with its own directory (TIFF
// 6.0, section 2).
func pagesTIFF(pages ...*image.NRGBA) []byte {
	const entries = 9
	le, next, all := binary.LittleEndian, 4, []byte(nil)
	for n, page := range pages {
		file, base := asTIFF(page), uint32(len(all))
		move := func(at uint32) { le.PutUint32(file[at:], le.Uint32(file[at:])+base) }
		directory := le.Uint32(file[4:])
		for e := range uint32(entries) {
			entry := directory + 2 + 12*e
			if tag := le.Uint16(file[entry:]); tag == 258 || tag == 273 { // BitsPerSample, StripOffsets
				move(entry + 8)
			}
		}
		if n > 0 {
			le.PutUint32(all[next:], base+directory)
		}
		next, all = int(base+directory)+2+12*entries, append(all, file...)
	}
	return all
}
