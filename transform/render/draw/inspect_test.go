//go:build cgo

package draw_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"math"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/render/draw"
	"github.com/caddy-images/caddy-images/transform/vips"
)

func inspecting(original []byte) render.Job {
	job := newJob(original, transform.Output{})
	job.Inspect = true
	return job
}

// told inspects a file, which must not fail.
func told(t *testing.T, original []byte) transform.Details {
	t.Helper()
	r, err := draw.Draw(t.Context(), inspecting(original))
	if err != nil {
		t.Fatal(err)
	}
	if r.Details == nil || r.Body != nil {
		t.Fatalf("%+v", r)
	}
	return *r.Details
}

func TestInspect(t *testing.T) {
	files := originals(t)
	size := func(w, h int) transform.Size { return transform.Size{Width: w, Height: h} }
	plain := func(f transform.Format, w, h int) transform.Details {
		return transform.Details{Format: f, Size: size(w, h), Stored: size(w, h), Orientation: 1, Frames: 1, Pages: 1, Space: "srgb", Depth: 8}
	}
	with := func(d transform.Details, change func(*transform.Details)) transform.Details {
		change(&d)
		return d
	}
	gray := image.NewGray(image.Rect(0, 0, 9, 5))
	deep := image.NewNRGBA64(image.Rect(0, 0, 9, 5))
	seen := func(d *transform.Details) { d.Alpha = true }
	marked := inVips(t, quadrants(40, 20), 3)
	marked.SetInt(vips.FieldOrientation, 8)
	tests := map[string]struct {
		file []byte
		want transform.Details
	}{
		"gray JPEG": {asJPEG(t, gray), with(plain(transform.JPEG, 9, 5), func(d *transform.Details) { d.Space, d.Sampling = "gray", "1x1" })},
		"JPEG":      {asJPEG(t, quadrants(40, 20)), with(plain(transform.JPEG, 40, 20), func(d *transform.Details) { d.Sampling = "2x2,1x1,1x1" })},
		"turned JPEG": {oriented(asJPEG(t, quadrants(40, 20)), 6), with(plain(transform.JPEG, 40, 20), func(d *transform.Details) {
			d.Size, d.Orientation, d.Sampling = size(20, 40), 6, "2x2,1x1,1x1"
			d.EXIF = map[string]transform.Value{"Orientation": {Text: "6", Number: true}}
		})},
		"progressive JPEG": {must(inVips(t, quadrants(40, 20), 3).ExportJpeg(vips.JpegOptions{Quality: 95, Interlace: true}))(t), with(plain(transform.JPEG, 40, 20), func(d *transform.Details) {
			d.Progressive, d.Sampling = true, "1x1,1x1,1x1"
		})},
		"CMYK JPEG":         {inProfile(t, quadrants(40, 20), "cmyk", transform.JPEG, vips.KeepNone), with(plain(transform.JPEG, 40, 20), func(d *transform.Details) { d.Space, d.Sampling = "cmyk", "1x1,1x1,1x1,1x1" })},
		"PNG":               {asPNG(t, quadrants(40, 20)), plain(transform.PNG, 40, 20)},
		"transparent PNG":   {asPNG(t, solid(40, 20, halfGreen)), with(plain(transform.PNG, 40, 20), seen)},
		"16 bits":           {asPNG(t, deep), with(plain(transform.PNG, 9, 5), func(d *transform.Details) { d.Depth, d.Alpha = 16, true })},
		"animated GIF":      {asGIF(t, solids(24, 16)...), with(plain(transform.GIF, 24, 16), func(d *transform.Details) { d.Frames = 4 })},
		"animated WebP":     {animatedWebP(t, solids(24, 16)...), with(plain(transform.WebP, 24, 16), func(d *transform.Details) { d.Frames = 4 })},
		"AVIF":              {files[transform.AVIF], plain(transform.AVIF, 0, 0)},
		"SVG":               {asSVG(40, 20), with(plain(transform.SVG, 40, 20), seen)},
		"turned WebP":       {must(marked.ExportWebp(vips.WebpOptions{Lossless: true, Keep: vips.KeepAll}))(t), with(plain(transform.WebP, 40, 20), func(d *transform.Details) { d.Size, d.Orientation = size(20, 40), 8 })},
		"TIFF":              {asTIFF(quadrants(40, 20)), plain(transform.TIFF, 40, 20)},
		"of 300 an inch":    {result(t, newJob(asPNG(t, quadrants(40, 20)), transform.Output{Format: transform.PNG, Density: transform.Num(300)}, transform.Step{})).Body, with(plain(transform.PNG, 40, 20), func(d *transform.Details) { d.Density = 300 })},
		"P3":                {inProfile(t, quadrants(40, 20), "p3", transform.PNG, vips.KeepAll), plain(transform.PNG, 40, 20)},
		"too many frames":   {asGIF(t, solids(24, 16)...), with(plain(transform.GIF, 24, 16), func(d *transform.Details) { d.Frames = 4 })},
		"more than it says": {append(asPNG(t, quadrants(40, 20)), "and garbage"...), plain(transform.PNG, 40, 20)},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := told(t, tt.file)
			switch name {
			case "AVIF":
				tt.want.Size, tt.want.Stored = got.Size, got.Stored
			case "P3":
				if !strings.Contains(got.ICC.Description, "P3") {
					t.Errorf("the profile is %+v", got.ICC)
				}
				got.ICC, got.EXIF = transform.ICC{}, nil // newer versions of libvips write EXIF into a PNG, too
			case "TIFF":
				if w := got.EXIF["ImageWidth"]; w.Text != "40" || !w.Number || got.EXIF["BitsPerSample"].Text != "8, 8, 8" {
					t.Errorf("%+v", got.EXIF)
				}
				got.EXIF = nil
			}
			if strings.HasPrefix(name, "turned WebP") {
				got.EXIF = nil // what libvips wrote
			}
			if name != "of 300 an inch" {
				got.Density = 0 // a default of who wrote it
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("\ngot  %+v\nwant %+v", got, tt.want)
			}
		})
	}
}

// A file whose pixels are missing has details all the same: none of them is decoded.
func TestInspectDecodesNothing(t *testing.T) {
	whole := asPNG(t, coordinates(1000, 1000))
	if d := told(t, whole[:200]); d.Size != (transform.Size{Width: 1000, Height: 1000}) {
		t.Errorf("%+v", d)
	}
	failure(t, inspecting([]byte("no picture at all")), errors.BadImage)
	failure(t, inspecting(whole[:20]), errors.BadImage)
	large := inspecting(hugePNG(17000, 17000))
	wantMessage(t, failure(t, large, errors.Limit), "289000000")
	// Frames that are not read do not matter.
	moving := inspecting(asGIF(t, solids(24, 16)...))
	moving.Limits.MaxFrames = 1
	if r, err := draw.Draw(t.Context(), moving); err != nil || r.Details.Frames != 4 {
		t.Errorf("%+v, %v", r, err)
	}
}

// What a file says comes out bounded and clean, however it is put.
func TestInspectHostile(t *testing.T) {
	le := binary.LittleEndian
	text := strings.Repeat("\x1b[31m<script>\xff\n", 4000)
	exif := append([]byte("Exif\x00\x00II*\x00\x08\x00\x00\x00"), 2, 0)
	exif = le.AppendUint32(le.AppendUint32(append(exif, 0x0f, 1, 2, 0), uint32(len(text))), 38) // Make
	exif = le.AppendUint32(le.AppendUint32(append(exif, 0x10, 1, 2, 0), math.MaxUint32), math.MaxUint32)
	exif = append(le.AppendUint32(exif, 0), text...)
	d := told(t, withSegment(asJPEG(t, quadrants(40, 20)), 0xe1, exif))
	maker := d.EXIF["Make"].Text
	if maker == "" || len(maker) > 512 || strings.ContainsAny(maker, "\x1b\n") || !utf8.ValidString(maker) || !strings.Contains(maker, "<script>") {
		t.Errorf("%d bytes: %q", len(maker), maker)
	}
	if _, there := d.EXIF["Model"]; there {
		t.Errorf("%+v", d.EXIF)
	}
	// A directory that is its own child, and a profile that is none.
	loop := append([]byte("Exif\x00\x00II*\x00\x08\x00\x00\x00"), 1, 0, 0x69, 0x87, 4, 0, 1, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0)
	file := withSegment(asJPEG(t, quadrants(40, 20)), 0xe1, loop)
	file = withSegment(file, 0xe2, append([]byte("ICC_PROFILE\x00\x01\x01"), bytes.Repeat([]byte{0xff}, 500)...))
	if d := told(t, file); d.ICC != (transform.ICC{}) || len(d.EXIF) != 1 {
		t.Errorf("%+v", d)
	}
}
