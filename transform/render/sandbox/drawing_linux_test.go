//go:build cgo

package sandbox_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/caddy-images/caddy-images/internal/pdftest"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/render/draw"
	"github.com/caddy-images/caddy-images/transform/sniff"
	"github.com/caddy-images/caddy-images/transform/vips"
)

func init() { children["draw"] = drawEverything }

func TestDrawingGoesOn(t *testing.T) {
	inside, outside := run(t, "draw", order{}), run(t, "draw", order{Outside: true})
	t.Log(inside.Report)
	inside.wantSuccess(t)
	for name, sum := range outside.Sums {
		// A font or a loader that cannot be read leaves an image with a hole
		// and no error.
		if inside.Sums[name] != sum {
			t.Errorf("%s: looks otherwise than outside of the sandbox", name)
		}
	}
}

// drawEverything draws in every format, only one of which was drawn before the
// rights were gone.
func drawEverything(o order) answer {
	pictures := pictures()
	if err := warmUp(pictures["png"]); err != nil {
		return answer{Error: err.Error()}
	}
	status := openStatus()
	a := enter(o)
	if !o.Outside {
		a.try("rights of libvips' threads", func() error { return checkStatus(status) })
	}
	a.Sums = map[string]string{}
	draw := func(name string, original []byte, format transform.Format) (body []byte) {
		what := name + " as " + format.String()
		a.try(what, func() (err error) {
			body, err = drawAs(original, format)
			a.Sums[what] = fmt.Sprintf("%x", sha256.Sum256(body))
			return err
		})
		return body
	}
	for _, name := range []string{"jpeg", "png", "gif", "tiff", "svg", "svg with text", "svg with pictures"} {
		draw(name, pictures[name], transform.PNG)
	}
	if vips.CanLoad(sniff.PDF) {
		draw("pdf", pictures["pdf"], transform.PNG)
	}
	for _, format := range []transform.Format{transform.JPEG, transform.WebP, transform.AVIF, transform.GIF} {
		draw(format.String(), draw("png", pictures["png"], format), transform.PNG)
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
			group.Go(func() error {
				_, err := drawAs(pictures["jpeg"], []transform.Format{transform.JPEG, transform.WebP}[n%2])
				return err
			})
		}
		return group.Wait()
	})
	return a
}

func warmUp(picture []byte) error {
	if err := vips.Startup(vips.Config{Concurrency: 4}); err != nil {
		return err
	}
	_, err := drawAs(picture, transform.JPEG)
	return err
}

// drawAs turns and blurs an image and writes it in a format.
func drawAs(original []byte, format transform.Format) ([]byte, error) {
	job := render.Job{
		Original: original,
		Plan: transform.Plan{
			Steps:  []transform.Step{{Rotate: transform.Num(10), Effects: transform.Effects{Blur: transform.Num(2)}}},
			Output: transform.Output{Format: format},
		},
		Timeout: time.Minute,
		Limits: transform.Limits{
			MaxPixels:    transform.DefaultMaxPixels,
			MaxFrames:    transform.DefaultMaxFrames,
			MaxDimension: transform.DefaultMaxDimension,
			MaxPDFSize:   transform.DefaultMaxPDFSize,
		},
		Quality: render.Quality{JPEG: 80, WebP: 80, AVIF: 60},
	}
	if _, isPicture := sniff.Sniff(original); !isPicture {
		job.Plan.Page, job.Isolated = 1, true
	}
	result, err := draw.Draw(context.Background(), job)
	if err != nil {
		return nil, err
	}
	return result.Body, nil
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
	asGIF := encoded(func(b *bytes.Buffer) error { return gif.Encode(b, gradient(30, 20), nil) })
	svg := func(content string) []byte {
		return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="200" height="100">%s</svg>`, content)
	}
	embedded := func(kind string, picture []byte) string {
		return fmt.Sprintf(`<image width="90" height="90" xlink:href="data:image/%s;base64,%s"/>`, kind, base64.StdEncoding.EncodeToString(picture))
	}
	return map[string][]byte{
		"png":  asPNG,
		"jpeg": asJPEG,
		"gif":  asGIF,
		"tiff": tiff(16, 16),
		"pdf": pdftest.File([]pdftest.Page{{
			Box:     "0 0 200 100",
			Content: "1 0 0 rg 10 10 50 50 re f BT /F 30 Tf 20 40 Td (text) Tj ET BT /G 30 Tf 100 40 Td <304230443046> Tj ET",
			More: "/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>" +
				"/G<</Type/Font/Subtype/Type0/BaseFont/NoSuch/Encoding/UniJIS-UCS2-H/DescendantFonts[<</Type/Font/Subtype/CIDFontType0/BaseFont/NoSuch/CIDSystemInfo<</Registry(Adobe)/Ordering(Japan1)/Supplement 2>>/FontDescriptor<</Type/FontDescriptor/FontName/NoSuch/Flags 4/FontBBox[0 0 1000 1000]/ItalicAngle 0/Ascent 900/Descent 0/CapHeight 700/StemV 80>>>>]>>>>>>",
		}}),
		"svg": svg(`<rect width="100" height="50" fill="red"/>`),
		"svg with text": svg(`<text x="10" y="50" font-family="serif" font-size="20">text</text>` +
			`<text x="10" y="80" font-family="no such font, monospace" font-weight="bold">あ</text>`),
		"svg with pictures": svg(embedded("png", asPNG) + embedded("jpeg", asJPEG) + embedded("gif", asGIF)),
	}
})

// tiff returns a grey image without compression: TIFF 6.0, section 3.
func tiff(width, height int) []byte {
	const long, tags, header = 4, 8, 8
	strip := uint32(header + 2 + 12*tags + 4)
	b := append([]byte("II*\x00"), header, 0, 0, 0, tags, 0)
	for _, entry := range [tags][2]uint32{
		{256, uint32(width)}, {257, uint32(height)},
		{258, 8}, {259, 1}, {262, 1}, // bits, compression, black is zero
		{273, strip}, {278, uint32(height)}, {279, uint32(width * height)},
	} {
		b = binary.LittleEndian.AppendUint16(b, uint16(entry[0]))
		b = binary.LittleEndian.AppendUint16(b, long)
		b = binary.LittleEndian.AppendUint32(b, 1)
		b = binary.LittleEndian.AppendUint32(b, entry[1])
	}
	b = append(b, 0, 0, 0, 0)
	for n := range width * height {
		b = append(b, byte(n))
	}
	return b
}
