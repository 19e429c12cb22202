//go:build cgo

package draw_test

import (
	"bytes"
	"fmt"
	"image"
	"testing"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// asStored draws an image as its file has it.
func asStored(original []byte, output transform.Output, steps ...transform.Step) render.Job {
	job := newJob(original, output, steps...)
	job.Plan.AsStored = true
	return job
}

func TestAsStored(t *testing.T) {
	upright := quadrants(320, 160)
	n := transform.Num
	for name, steps := range map[string][]transform.Step{
		"alone":          nil,
		"resized":        {sized(100, 0, transform.Cover, 0)},
		"shrunk on load": {sized(33, 21, transform.Stretch, 0)},
		"covered":        {sized(60, 90, transform.Cover, transform.FocusLeft)},
		"cut":            {{Resize: transform.Resize{Width: transform.Px(64), Height: transform.Px(48), Fit: transform.Crop, X: n(16), Y: n(100)}}},
		"rotated":        {{Rotate: n(90)}},
		"trimmed":        {trimmed(5)},
		"chained":        {sized(160, 80, transform.Stretch, 0), {Rotate: n(90)}, sized(20, 0, transform.Cover, 0)},
	} {
		for o := 1; o <= 8; o++ {
			t.Run(fmt.Sprint(name, o), func(t *testing.T) {
				file := stored(upright, o)
				want := drawn(t, asPNG(t, file), steps...)
				wantNear(t, decode(t, result(t, asStored(oriented(asJPEG(t, file), o), transform.Output{Format: transform.PNG}, steps...)).Body), want, 2)
				marked := inVips(t, file, 3)
				marked.SetInt(vips.FieldOrientation, o)
				webp := must(marked.ExportWebp(vips.WebpOptions{Lossless: true, Keep: vips.KeepAll}))(t)
				wantNear(t, decode(t, result(t, asStored(webp, transform.Output{Format: transform.PNG}, steps...)).Body), want, 2)
				if o > 1 {
					tiff := orientedTIFF(file, o)
					wantNear(t, decode(t, result(t, asStored(tiff, transform.Output{Format: transform.PNG}, steps...)).Body), want, 2)
				}
			})
		}
	}
}

// The orientation is not in the result, with the rest of what the file says: a viewer
// would turn what was not to be turned.
func TestAsStoredMetadata(t *testing.T) {
	original := oriented(asJPEG(t, quadrants(40, 20)), 6)
	for _, format := range []transform.Format{transform.JPEG, transform.WebP, transform.PNG} {
		for _, steps := range [][]transform.Step{{{}}, {sized(20, 0, transform.Cover, 0)}} {
			r := result(t, asStored(original, transform.Output{Format: format, Metadata: true}, steps...))
			if r.Size.Width != 2*r.Size.Height {
				t.Errorf("%s: %v, want it twice as wide as high", format, r.Size)
			}
			if got := opened(t, r.Body).Orientation(); got != 1 {
				t.Errorf("%s: orientation %d in the result", format, got)
			}
			if has := bytes.Contains(r.Body, []byte{0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6}); has {
				t.Errorf("%s: orientation 6 in the EXIF of the result", format)
			}
		}
	}
}

// An area that is told of the upright image is the same part of the stored
// one.
func TestAsStoredArea(t *testing.T) {
	upright := coordinates(200, 100)
	area := transform.Rect{Point: transform.Point{X: 120, Y: 40}, Size: transform.Size{Width: 10, Height: 20}}
	for o := 1; o <= 8; o++ {
		file := inVips(t, stored(upright, o), 3)
		file.SetInt(vips.FieldOrientation, o)
		webp := must(file.ExportWebp(vips.WebpOptions{Lossless: true, Keep: vips.KeepAll}))(t)
		job := asStored(webp, transform.Output{Format: transform.PNG}, sized(6, 6, transform.Crop, transform.FocusArea))
		job.Areas = []transform.Rect{area}
		// Around (125, 50): x and y from 122 and 47 to 127 and 52.
		i := decode(t, result(t, job).Body)
		want := stored(atOrigin(upright.SubImage(image.Rect(122, 47, 128, 53))), o)
		wantLike(t, i, want, 0)
	}
}

// The first frame of an animation is all of it that is read.
func TestStill(t *testing.T) {
	moving := solids(24, 16)
	for name, original := range map[string][]byte{"gif": asGIF(t, moving...), "webp": animatedWebP(t, moving...)} {
		for _, format := range []transform.Format{transform.GIF, transform.WebP, transform.PNG, transform.JPEG, transform.FormatAuto} {
			t.Run(fmt.Sprint(name, format), func(t *testing.T) {
				job := newJob(original, transform.Output{Format: format, Lossless: true}, sized(12, 0, transform.Cover, 0))
				job.Plan.Still = true
				// The limits are about this one.
				job.Limits.MaxFrames, job.Limits.MaxPixels = 1, 24*16
				r := result(t, job)
				if r.Frames != 1 || r.Format != format && format != transform.FormatAuto {
					t.Errorf("%d frames as %s", r.Frames, r.Format)
				}
				// No animated format was requested.
				if format == transform.FormatAuto && r.Format.Animated() {
					t.Errorf("a still image as %s", r.Format)
				}
				i := decode(t, r.Body)
				wantSize(t, i, 12, 8)
				wantEverywhere(t, i, red, 4)
				job.Plan.Still = false
				if format.Animated() {
					failure(t, job, errors.Limit)
				}
			})
		}
	}
	// Conditions are for still images.
	job := newJob(asGIF(t, moving...), transform.Output{Format: transform.GIF}, transform.Step{Choice: &transform.Choice{}})
	failure(t, job, errors.BadTransform)
	job.Plan.Still = true
	result(t, job)
}

// An image that does not move stays as it is.
func TestStillOfOne(t *testing.T) {
	job := newJob(asPNG(t, quadrants(40, 20)), transform.Output{Format: transform.PNG}, transform.Step{})
	job.Plan.Still = true
	wantLike(t, decode(t, result(t, job).Body), quadrants(40, 20), 0)
}
