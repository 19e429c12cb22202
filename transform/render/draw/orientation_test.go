//go:build cgo

package draw_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"testing"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// stored returns how a camera stores an upright image under each orientation
// (Exif 2.3, tag 274: where row 0 and column 0 of what is stored belong).
func stored(upright *image.NRGBA, orientation int) *image.NRGBA {
	w, h := upright.Bounds().Dx(), upright.Bounds().Dy()
	at := map[int]func(x, y int) (int, int){
		1: func(x, y int) (int, int) { return x, y },
		2: func(x, y int) (int, int) { return w - 1 - x, y },
		3: func(x, y int) (int, int) { return w - 1 - x, h - 1 - y },
		4: func(x, y int) (int, int) { return x, h - 1 - y },
		5: func(x, y int) (int, int) { return y, x },
		6: func(x, y int) (int, int) { return w - 1 - y, x },
		7: func(x, y int) (int, int) { return w - 1 - y, h - 1 - x },
		8: func(x, y int) (int, int) { return y, h - 1 - x },
	}[orientation]
	size := upright.Bounds().Size()
	if orientation >= 5 {
		size.X, size.Y = size.Y, size.X
	}
	return paint(size.X, size.Y, func(x, y int) color.NRGBA { return upright.NRGBAAt(at(x, y)) })
}

func TestOrientations(t *testing.T) {
	upright := quadrants(320, 160)
	n := transform.Num
	tests := []struct {
		name  string
		steps []transform.Step
	}{
		{"alone", nil},
		{"resized", []transform.Step{sized(100, 0, transform.Cover, 0)}},
		{"shrunk on load", []transform.Step{sized(33, 21, transform.Stretch, 0)}},
		{"covered", []transform.Step{sized(60, 90, transform.Cover, transform.FocusLeft)}},
		{"padded", []transform.Step{sized(60, 90, transform.Pad, transform.FocusTop)}},
		{"enlarged", []transform.Step{sized(0, 200, transform.Cover, 0)}},
		{"cut", []transform.Step{{Resize: transform.Resize{
			Width: transform.Px(64), Height: transform.Px(48), Fit: transform.Crop, X: n(160), Y: n(16)}}}},
		{"rotated", []transform.Step{{Rotate: n(90)}}},
		{"resized and rotated", []transform.Step{{Resize: sized(80, 0, transform.Cover, 0).Resize, Rotate: n(270)}}},
		{"flipped", []transform.Step{{Flip: transform.Flip{Horizontal: true}}}},
		{"seeking", []transform.Step{sized(80, 80, transform.Cover, transform.FocusAuto)}},
		{"trimmed", []transform.Step{{Trim: transform.Trim{On: true}, Resize: sized(80, 0, transform.Cover, 0).Resize}}},
		{"chained", []transform.Step{sized(160, 80, transform.Stretch, 0), {Rotate: n(90)}, sized(20, 0, transform.Cover, 0)}},
	}
	for _, test := range tests {
		want := drawn(t, asPNG(t, upright), test.steps...)
		for o := 1; o <= 8; o++ {
			t.Run(fmt.Sprint(test.name, o), func(t *testing.T) {
				i := drawn(t, oriented(asJPEG(t, stored(upright, o)), o), test.steps...)
				wantNear(t, i, want, 2)
				w, h := i.Bounds().Dx(), i.Bounds().Dy()
				for _, at := range []image.Point{{w / 8, h / 8}, {w * 7 / 8, h / 8}, {w / 8, h * 7 / 8}, {w * 7 / 8, h * 7 / 8}} {
					wantColor(t, i, at.X, at.Y, want.NRGBAAt(at.X, at.Y), 8)
				}
			})
		}
	}
}

// An image that is upright says nothing about it: a viewer would turn it
// again.
func TestOrientationForgotten(t *testing.T) {
	original := oriented(asJPEG(t, quadrants(40, 20)), 6)
	for _, output := range []transform.Output{
		{Format: transform.JPEG},
		{Format: transform.JPEG, Metadata: true},
		{Format: transform.WebP, Metadata: true},
		{Format: transform.PNG, Metadata: true},
	} {
		r := result(t, newJob(original, output, transform.Step{}))
		if r.Size != (transform.Size{Width: 20, Height: 40}) {
			t.Errorf("%v: %v, want 20x40", output, r.Size)
		}
		if got := opened(t, r.Body).Orientation(); got != 1 {
			t.Errorf("%v: orientation %d in the result", output, got)
		}
		if has := bytes.Contains(r.Body, []byte("Exif\x00\x00")); has && !output.Metadata {
			t.Errorf("%v: EXIF in the result", output)
		}
	}
}

// Other formats than JPEG know an orientation too. Of a PNG, not every
// libvips reads it.
func TestOrientationFormats(t *testing.T) {
	upright := quadrants(160, 80)
	for o := 2; o <= 8; o++ {
		marked := inVips(t, stored(upright, o), 3)
		marked.SetInt(vips.FieldOrientation, o)
		for format, file := range map[string][]byte{
			"webp": must(marked.ExportWebp(vips.WebpOptions{Lossless: true, Keep: vips.KeepAll}))(t),
			"tiff": orientedTIFF(stored(upright, o), o),
		} {
			t.Run(fmt.Sprint(format, o), func(t *testing.T) {
				wantLike(t, drawn(t, file), upright, 0)
				wantQuadrants(t, drawn(t, file, sized(50, 0, transform.Cover, 0)), 3)
			})
		}
	}
}

// orientedTIFF says so in the first entry that tells nothing new: there is one
// strip, whose rows are all there are.
func orientedTIFF(i *image.NRGBA, orientation int) []byte {
	b := asTIFF(i)
	at := bytes.LastIndex(b, []byte{0x16, 1, 4, 0, 1, 0, 0, 0}) // RowsPerStrip, LONG, one
	copy(b[at:], []byte{0x12, 1, 4, 0, 1, 0, 0, 0, byte(orientation), 0, 0, 0})
	return b
}
