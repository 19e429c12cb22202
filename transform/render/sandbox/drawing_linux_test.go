//go:build cgo

package sandbox_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"sync"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/render/draw"
	"github.com/caddy-images/caddy-images/transform/sniff"
	"github.com/caddy-images/caddy-images/transform/vips"
)

func init() { children["draw"] = drawEverything }

func TestDrawingGoesOn(t *testing.T) {
	a := run(t, "draw", order{})
	t.Log(a.Report)
	a.wantSuccess(t)
}

// drawEverything draws in every format, only one of which was drawn before the
// rights were gone.
func drawEverything(o order) answer {
	pictures := pictures()
	// libvips would decode what is large into a temporary file.
	os.Setenv("VIPS_DISC_THRESHOLD", "1000g")
	if err := warmUp(pictures["png"]); err != nil {
		return answer{Error: err.Error()}
	}
	a := enter(o)
	for _, name := range []string{"jpeg", "png", "svg", "svg with text", "svg with pictures"} {
		a.try("drawing "+name, func() error { return drawAs(pictures[name], transform.PNG) })
	}
	for _, format := range []transform.Format{transform.JPEG, transform.PNG, transform.WebP, transform.AVIF, transform.GIF} {
		a.try("writing "+format.String(), func() error { return drawAs(pictures["png"], format) })
	}
	a.try("text", func() error {
		s := vips.NewScope(context.Background())
		defer s.Close()
		i, err := s.Text("<b>text</b> in <i>sans</i> あ", vips.TextOptions{Font: "sans 20"})
		if err != nil {
			return err
		}
		_, err = i.Average()
		return err
	})
	a.try("profiles", convertProfiles)
	a.try("20 at a time", func() error {
		var group errgroup.Group
		for n := range 20 {
			group.Go(func() error { return drawAs(pictures["jpeg"], []transform.Format{transform.JPEG, transform.WebP}[n%2]) })
		}
		return group.Wait()
	})
	a.try("a large one in memory", func() error { return readAtRandom(pictures["large"]) })
	return a
}

func warmUp(picture []byte) error {
	if err := vips.Startup(vips.Config{Concurrency: 4}); err != nil {
		return err
	}
	return drawAs(picture, transform.JPEG)
}

// drawAs writes a picture smaller in a format and reads the result.
func drawAs(original []byte, format transform.Format) error {
	job := render.Job{
		Original: original,
		Plan: transform.Plan{
			Steps:  []transform.Step{{Rotate: transform.Num(10), Effects: transform.Effects{Blur: transform.Num(2)}}},
			Output: transform.Output{Format: format},
		},
		Limits: transform.Limits{
			MaxPixels:    transform.DefaultMaxPixels,
			MaxFrames:    transform.DefaultMaxFrames,
			MaxDimension: transform.DefaultMaxDimension,
		},
		Quality: render.Quality{JPEG: 80, WebP: 80, AVIF: 60},
	}
	result, err := draw.Draw(context.Background(), job)
	if err != nil {
		return err
	}
	s := vips.NewScope(context.Background())
	defer s.Close()
	kind, _ := sniff.Sniff(result.Body)
	i, err := s.NewImageFromBuffer(result.Body, kind, vips.LoadOptions{})
	if err != nil {
		return err
	}
	_, err = i.Average()
	return err
}

// convertProfiles goes through the profiles that libvips brings.
func convertProfiles() error {
	s := vips.NewScope(context.Background())
	defer s.Close()
	i, err := s.NewSolid(20, 20, 200, 100, 50)
	if err != nil {
		return err
	}
	for _, profile := range [][2]string{{"cmyk", "srgb"}, {"p3", "srgb"}} {
		converted, err := i.IccTransform(profile[0], vips.ICCOptions{Input: profile[1]})
		if err != nil {
			return err
		}
		if _, err := converted.Average(); err != nil {
			return err
		}
	}
	return nil
}

// readAtRandom opens a picture that libvips would decode into a temporary file.
func readAtRandom(picture []byte) error {
	s := vips.NewScope(context.Background())
	defer s.Close()
	i, err := s.NewImageFromBuffer(picture, sniff.PNG, vips.LoadOptions{Access: vips.Random})
	if err != nil {
		return err
	}
	_, err = i.Getpoint(5, 5)
	return err
}

var pictures = sync.OnceValue(func() map[string][]byte {
	gradient := func(width, height int) image.Image {
		i := image.NewNRGBA(image.Rect(0, 0, width, height))
		for y := range height {
			for x := range width {
				i.SetNRGBA(x, y, color.NRGBA{uint8(x), uint8(y), uint8(x + y), 255})
			}
		}
		return i
	}
	encoded := func(encode func(*bytes.Buffer) error) []byte {
		var b bytes.Buffer
		if err := encode(&b); err != nil {
			panic(err)
		}
		return b.Bytes()
	}
	asPNG := encoded(func(b *bytes.Buffer) error { return png.Encode(b, gradient(300, 200)) })
	asJPEG := encoded(func(b *bytes.Buffer) error { return jpeg.Encode(b, gradient(300, 200), nil) })
	flat := image.NewGray(image.Rect(0, 0, 12000, 10000))
	svg := func(content string) []byte {
		return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="200" height="100">%s</svg>`, content)
	}
	embedded := func(kind string, picture []byte) string {
		return fmt.Sprintf(`<image width="90" height="90" xlink:href="data:image/%s;base64,%s"/>`, kind, base64.StdEncoding.EncodeToString(picture))
	}
	return map[string][]byte{
		"png":   asPNG,
		"jpeg":  asJPEG,
		"large": encoded(func(b *bytes.Buffer) error { return (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(b, flat) }),
		"svg":   svg(`<rect width="100" height="50" fill="red"/>`),
		"svg with text": svg(`<text x="10" y="50" font-family="serif" font-size="20">text</text>` +
			`<text x="10" y="80" font-family="no such font, monospace" font-weight="bold">あ</text>`),
		"svg with pictures": svg(embedded("png", asPNG) + embedded("jpeg", asJPEG)),
	}
})
