//go:build cgo

package draw_test

import (
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"testing"

	"github.com/caddy-images/caddy-images/transform"
)

// writable are the formats that can be written.
var writable = []transform.Format{transform.JPEG, transform.PNG, transform.WebP, transform.AVIF, transform.GIF}

// heic is red and blue, 32 by 64 pixels each. The libvips of most distributions
// can read HEIC and not write it, so this one was made with one that can:
// vips heifsave --compression hevc --Q 90 --subsample-mode off --strip.
const heic = "" +
	"AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAUFtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAAA5waXRtAA" +
	"AAAAABAAAAImlsb2MAAAAAREAAAQABAAAAAAFlAAEAAAAAAAAALgAAACNpaW5mAAAAAAABAAAAFWluZmUCAAAAAAEAAGh2YzEAAAAAwWlwcnAA" +
	"AACjaXBjbwAAAHdodmNDAQQIAAAAAAAAAAAAHvAA/P/4+AAADwMgAAEAF0ABDAH//wQIAAADAJ44AAADAAAeugJAIQABACpCAQEECAAAAwCeOA" +
	"AAAwAAHpAEECCy3UklNc3AgIGBAAADAAEAAAMAAQgiAAEACEQBwXKGDAIkAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAQcGl4aQAAAAADCAgIAAAA" +
	"FmlwbWEAAAAAAAAAAQABA4ECgwAAADZtZGF0AAAAKigBrwY4Wvz9N/Y43//+tEfof6fH5sUv63uWl/stqf/+9AY8fGGlf9vT+A=="

// originals are red on the left and blue on the right, in every format that can
// be read.
func originals(t testing.TB) map[transform.Format][]byte {
	t.Helper()
	i := halves(64, 64, red, blue)
	return map[transform.Format][]byte{
		transform.JPEG: asJPEG(t, i),
		transform.PNG:  asPNG(t, i),
		transform.WebP: asWebP(t, i),
		transform.GIF:  asGIF(t, i),
		transform.AVIF: asAVIF(t, i),
		transform.TIFF: asTIFF(i),
		transform.HEIC: must(base64.StdEncoding.DecodeString(heic))(t),
		transform.SVG: []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><rect width="32" height="64" fill="#dc2828"/>` +
			`<rect x="32" width="32" height="64" fill="#283cc8"/></svg>`),
	}
}

// readable reports whether libvips has what decodes a format: HEIC takes HEVC, which
// not every build has.
func readable(t testing.TB, format transform.Format) bool {
	t.Helper()
	_, err := opened(t, originals(t)[format]).Average()
	return err == nil
}

func TestFormats(t *testing.T) {
	for in, original := range originals(t) {
		for _, out := range writable {
			t.Run(fmt.Sprint(in, " to ", out), func(t *testing.T) {
				if in == transform.HEIC && !readable(t, in) {
					t.Skip("this libvips has no HEVC")
				}
				for _, step := range []transform.Step{{}, sized(32, 0, transform.Cover, 0), sized(0, 100, transform.Cover, 0)} {
					r := result(t, newJob(original, transform.Output{Format: out, Quality: 90}, step))
					if r.Format != out || r.Frames != 1 {
						t.Errorf("%s of %d frames", r.Format, r.Frames)
					}
					i := decode(t, r.Body)
					wantSize(t, i, r.Size.Width, r.Size.Height)
					w := i.Bounds().Dx()
					wantColor(t, i, w/4, w/2, red, 8)
					wantColor(t, i, w*3/4, w/2, blue, 8)
					half := image.Rect(0, 0, w/2-4, w)
					wantMean(t, i, half, red, 4)
					wantMean(t, i, half.Add(image.Pt(w/2+4, 0)), blue, 4)
				}
			})
		}
	}
}

// wantMean checks the mean of a part of the image.
func wantMean(t *testing.T, i *image.NRGBA, part image.Rectangle, want color.NRGBA, tolerance int) {
	t.Helper()
	var sum [4]int
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			c := i.NRGBAAt(x, y)
			sum[0], sum[1], sum[2], sum[3] = sum[0]+int(c.R), sum[1]+int(c.G), sum[2]+int(c.B), sum[3]+int(c.A)
		}
	}
	n := part.Dx() * part.Dy()
	mean := color.NRGBA{uint8(sum[0] / n), uint8(sum[1] / n), uint8(sum[2] / n), uint8(sum[3] / n)}
	if distance(mean, want) > tolerance {
		t.Errorf("the mean is %v, want %v within %d", mean, want, tolerance)
	}
}

// What is asked for is obeyed; what is left open is chosen.
func TestFormatChoice(t *testing.T) {
	files := originals(t)
	files[0] = asPNG(t, solid(8, 8, color.NRGBA{1, 2, 3, 4}))
	round := transform.Step{Corners: radii(4)}
	tests := []struct {
		original transform.Format
		wanted   transform.Format
		accepts  []transform.Format
		step     transform.Step
		want     transform.Format
	}{
		{transform.JPEG, transform.FormatAuto, nil, transform.Step{}, transform.JPEG},
		{transform.PNG, transform.FormatAuto, nil, transform.Step{}, transform.PNG},
		{transform.TIFF, transform.FormatAuto, nil, transform.Step{}, transform.JPEG},
		{transform.SVG, transform.FormatAuto, nil, transform.Step{}, transform.PNG},
		{transform.JPEG, transform.FormatAuto, []transform.Format{transform.AVIF, transform.WebP}, transform.Step{}, transform.AVIF},
		{transform.HEIC, transform.FormatAuto, []transform.Format{transform.AVIF, transform.WebP}, transform.Step{}, transform.WebP},
		{transform.AVIF, transform.FormatOriginal, nil, transform.Step{}, transform.AVIF},
		{transform.HEIC, transform.FormatOriginal, nil, transform.Step{}, transform.JPEG},
		{0, transform.FormatAuto, nil, transform.Step{}, transform.PNG},
		{0, transform.JPEG, nil, transform.Step{}, transform.JPEG},
		// What became transparent needs a format that shows it.
		{transform.JPEG, transform.FormatAuto, nil, round, transform.PNG},
		{transform.JPEG, transform.FormatAuto, nil, withBackground(round, red), transform.JPEG},
	}
	for n, test := range tests {
		if test.original == transform.HEIC && !readable(t, test.original) {
			continue // this libvips has no HEVC
		}
		job := newJob(files[test.original], transform.Output{Format: test.wanted}, test.step)
		job.Accepts = test.accepts
		if r := result(t, job); r.Format != test.want {
			t.Errorf("%d: %s, want %s", n, r.Format, test.want)
		}
	}
}
