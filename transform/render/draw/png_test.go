//go:build cgo

package draw_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/vips"
)

var asPNGs = transform.Output{Format: transform.PNG}

// lossless is a PNG that lo-true asks for.
var lossless = transform.Output{Format: transform.PNG, Lossless: true}

// screenshot returns a window with bars, buttons and lines of text on plain
// areas, in so many colours. It is flat, and not to be packed well by what is
// made for photographs.
func screenshot(w, h, colours int) *image.Paletted {
	random := rand.New(rand.NewPCG(8, 15))
	palette := make(color.Palette, colours)
	for n := range palette {
		palette[n] = color.NRGBA{uint8(random.IntN(256)), uint8(random.IntN(256)), uint8(random.IntN(256)), 255}
	}
	i := image.NewPaletted(image.Rect(0, 0, w, h), palette)
	box := func(x, y, bw, bh, colour int) {
		for v := max(y, 0); v < min(y+bh, h); v++ {
			for u := max(x, 0); u < min(x+bw, w); u++ {
				i.Pix[v*w+u] = uint8(colour)
			}
		}
	}
	for range 40 {
		box(random.IntN(w), random.IntN(h), 20+random.IntN(w/4), 10+random.IntN(h/4), random.IntN(colours))
	}
	for y := 6; y < h; y += 14 {
		for x := 8; x < w*3/4; x += 7 {
			letter, ink := random.IntN(30), random.IntN(colours)
			for bit := range 20 {
				if letter*0x9e3779b1>>bit&1 != 0 {
					box(x+bit%4, y+bit/4*2, 1, 2, ink)
				}
			}
		}
	}
	return i
}

// logo returns a disc and a ring with soft edges, in two colours, on nothing.
func logo(w, h int, levels int) *image.NRGBA {
	return paint(w, h, func(x, y int) color.NRGBA {
		d := math.Hypot(float64(x)-float64(w)/2, float64(y)-float64(h)/2)
		ring := math.Abs(d-float64(h)*0.4) - float64(h)/20
		disc := d - float64(h)*0.25
		soft := func(d float64) uint8 {
			v := math.Round(min(max(0.5-d, 0), 1)*float64(levels)) / float64(levels)
			return uint8(255 * v)
		}
		if disc < 1 {
			return color.NRGBA{200, 30, 60, soft(disc)}
		}
		return color.NRGBA{20, 60, 160, soft(ring)}
	})
}

// variants are the sizes of an image as libvips writes it, with each filter and, where
// colours may be lost or are few, with a palette.
func smallest(t testing.TB, i *vips.Image, palette bool) (least int, how string) {
	t.Helper()
	least = math.MaxInt
	try := func(name string, options vips.PngOptions) {
		if n := len(must(i.ExportPng(options))(t)); n < least {
			least, how = n, name
		}
	}
	for name, filter := range map[string]vips.PngFilter{
		"none": vips.PngFilterNone, "sub": vips.PngFilterSub, "up": vips.PngFilterUp,
		"average": vips.PngFilterAverage, "paeth": vips.PngFilterPaeth, "all": vips.PngFilterAll,
	} {
		try(name, vips.PngOptions{Filter: filter, Bitdepth: 8})
	}
	if palette {
		try("palette", vips.PngOptions{Palette: true}) // filters make these larger
	}
	for _, bits := range []int{1, 2, 4} {
		if palette && coloursOf(t, i) <= 1<<bits {
			try(fmt.Sprint("palette of ", bits, " bits"), vips.PngOptions{Palette: true, Bitdepth: bits})
		}
	}
	return least, how
}

func coloursOf(t testing.TB, i *vips.Image) int {
	t.Helper()
	colours, samples := map[string]bool{}, must(i.Pixels())(t)
	for n := i.Bands(); len(samples) > 0; samples = samples[n:] {
		colours[string(samples[:n])] = true
	}
	return len(colours)
}

// wantSmall checks that a PNG is at most 1.2 times as large as the best of libvips' own
// of the same pixels.
func wantSmall(t testing.TB, body []byte, palette bool) {
	t.Helper()
	least, how := smallest(t, opened(t, body), palette)
	if len(body)*5 > least*6 {
		t.Errorf("%d bytes; libvips, %s: %d", len(body), how, least)
	}
	t.Logf("%d bytes; libvips, %s: %d", len(body), how, least)
}

func rgb(i image.Image) *image.NRGBA {
	out := image.NewNRGBA(i.Bounds())
	for y := range i.Bounds().Dy() {
		for x := range i.Bounds().Dx() {
			out.Set(x, y, i.At(x, y))
		}
	}
	return out
}

func grayOf(w, h int, at func(x, y int) uint8) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, w, h))
	for n := range g.Pix {
		g.Pix[n] = at(n%w, n/w)
	}
	return g
}

// What comes in with few colours goes out so, with the same pixels.
func TestFewColours(t *testing.T) {
	const w, h = 200, 150
	diagonal := grayOf(w, h, func(x, y int) uint8 { return uint8((x + y) / 3) })
	grain := rand.New(rand.NewPCG(3, 4))
	grainy := grayOf(w, h, func(x, y int) uint8 { return uint8((x+y)/3 + grain.IntN(20)) })
	scan := screenshot(w, h, 2)
	scan.Palette = color.Palette{color.White, color.Black}
	inks := screenshot(w, h, 2)
	sprite := screenshot(w, h, 11)
	sprite.Palette[0], sprite.Palette[5] = color.NRGBA{}, color.NRGBA{200, 0, 0, 128}
	const gray, palette = 0, 3
	for _, test := range []struct {
		name   string
		file   []byte
		want   *image.NRGBA
		colour byte
	}{
		{"a screenshot of 64 colours", asPNG(t, screenshot(w, h, 64)), rgb(screenshot(w, h, 64)), palette},
		{"the same, in truecolour", asPNG(t, rgb(screenshot(w, h, 64))), rgb(screenshot(w, h, 64)), palette},
		{"the same, as a WebP", asWebP(t, rgb(screenshot(w, h, 64))), rgb(screenshot(w, h, 64)), palette},
		{"the same, as a GIF", asGIF(t, rgb(screenshot(w, h, 64))), rgb(screenshot(w, h, 64)), palette},
		{"256 colours", asPNG(t, screenshot(w, h, 256)), rgb(screenshot(w, h, 256)), palette},
		{"3 colours", asPNG(t, screenshot(w, h, 3)), rgb(screenshot(w, h, 3)), palette},
		{"2 colours", asPNG(t, inks), rgb(inks), palette},
		{"black on white", asPNG(t, scan), rgb(scan), gray},
		{"11 colours, some see-through", asPNG(t, sprite), rgb(sprite), palette},
		{"a logo with soft edges", asPNG(t, logo(w, h, 30)), logo(w, h, 30), palette},
		{"a gray gradient", asPNG(t, diagonal), rgb(diagonal), gray},
		{"a gray photograph", asPNG(t, grainy), rgb(grainy), gray},
		{"the same, in truecolour", asPNG(t, rgb(grainy)), rgb(grainy), gray},
		{"one colour", asPNG(t, solid(w, h, red)), solid(w, h, red), palette},
		{"nothing at all", asPNG(t, solid(w, h, clear)), solid(w, h, clear), palette},
		{"an icon", asPNG(t, rgb(screenshot(16, 16, 200))), rgb(screenshot(16, 16, 200)), 255},
		{"a pixel", asPNG(t, solid(1, 1, red)), solid(1, 1, red), 255},
	} {
		t.Run(test.name, func(t *testing.T) {
			body := result(t, newJob(test.file, asPNGs, transform.Step{})).Body
			wantLike(t, decode(t, body), test.want, 0)
			if got := body[25]; test.colour != 255 && got != test.colour {
				t.Errorf("type of colour %d, want %d", got, test.colour)
			}
			wantSmall(t, body, true)
			for _, output := range []transform.Output{{Format: transform.PNG, Quality: 50}, lossless} {
				if same := result(t, newJob(test.file, output, transform.Step{})).Body; !bytes.Equal(same, body) {
					t.Errorf("%+v: another file, of %d bytes", output, len(same))
				}
			}
		})
	}
}

// A gray image with a smooth transparency has more than 256 of both.
func TestGrayAlpha(t *testing.T) {
	want := paint(200, 150, func(x, y int) color.NRGBA { return color.NRGBA{uint8(x), uint8(x), uint8(x), uint8(y + 100)} })
	body := result(t, newJob(asPNG(t, want), asPNGs, transform.Step{})).Body
	wantLike(t, decode(t, body), want, 0)
	if body[25] != 4 {
		t.Errorf("type of colour %d, want gray and alpha", body[25])
	}
	wantSmall(t, body, false)
}

// More colours than a palette has are exact, and written in the way that suits them.
func TestFlatTruecolour(t *testing.T) {
	text := rgb(screenshot(400, 300, 64))
	for n := 0; n < len(text.Pix); n += 4 { // on a gradient
		if y := n / 4 / 400; text.Pix[n] > 200 {
			text.Pix[n], text.Pix[n+1] = uint8(200+y/8), uint8(y/2+100)
		}
	}
	many := rgb(screenshot(400, 300, 64))
	for n := range 400 {
		many.SetNRGBA(n, 5, color.NRGBA{uint8(n), uint8(n / 2), 7, 255})
	}
	steps := paint(400, 300, func(x, y int) color.NRGBA {
		return color.NRGBA{uint8(x / 2), uint8(y / 2), uint8(x/50) * 20, 255}
	})
	for name, want := range map[string]*image.NRGBA{"text on a gradient": text, "a screenshot with a strip of colours": many, "a gradient": steps, "a logo": logo(400, 300, 255)} {
		t.Run(name, func(t *testing.T) {
			body := result(t, newJob(asPNG(t, want), asPNGs, transform.Step{})).Body
			wantLike(t, decode(t, body), want, 0)
			wantSmall(t, body, false)
		})
	}
}

// meanError returns how far the samples of two images are apart, on white and
// on black.
func meanError(t testing.TB, a, b *image.NRGBA) float64 {
	t.Helper()
	sum := 0.0
	for n := 0; n < len(a.Pix); n += 4 {
		for _, paper := range []float64{0, 255} {
			for c := range 3 {
				on := func(i *image.NRGBA) float64 {
					alpha := float64(i.Pix[n+3]) / 255
					return float64(i.Pix[n+c])*alpha + paper*(1-alpha)
				}
				sum += math.Abs(on(a) - on(b))
			}
		}
	}
	return sum / float64(len(a.Pix)) / 2
}

// What has few colours and is scaled is quantized, as well as libvips does.
func TestFewColoursScaled(t *testing.T) {
	sprite := screenshot(200, 150, 11)
	sprite.Palette[0], sprite.Palette[5] = color.NRGBA{}, color.NRGBA{200, 0, 0, 128}
	interlaced := must(inVips(t, rgb(screenshot(200, 150, 64)), 3).ExportPng(vips.PngOptions{Interlace: true}))(t)
	for _, test := range []struct {
		name string
		file []byte
	}{
		{"a screenshot", asPNG(t, screenshot(200, 150, 64))},
		{"in truecolour", asPNG(t, rgb(screenshot(200, 150, 64)))},
		{"in truecolour, interlaced", interlaced},
		{"as a WebP", asWebP(t, rgb(screenshot(200, 150, 64)))},
		{"as a GIF", asGIF(t, rgb(screenshot(200, 150, 64)))},
		{"of 16 colours", asPNG(t, screenshot(200, 150, 16))},
		{"see-through", asPNG(t, sprite)},
		{"a logo", asPNG(t, logo(200, 150, 30))},
		{"a photograph in a palette", must(inVips(t, decode(t, noise(t, 200, 150)), 3).ExportPng(vips.PngOptions{Palette: true}))(t)},
	} {
		for step, s := range map[string]transform.Step{
			"149 wide": sized(149, 0, transform.Cover, 0),
			"half":     sized(100, 75, transform.Stretch, 0),
			"turned":   {Rotate: transform.Num(10)},
		} {
			t.Run(test.name+"/"+step, func(t *testing.T) {
				exact := result(t, newJob(test.file, lossless, s)).Body
				whole := decode(t, exact)
				wantLike(t, decode(t, asWebPOf(t, test.file, s)), whole, 0)
				body := result(t, newJob(test.file, asPNGs, s)).Body
				least, how := smallest(t, opened(t, exact), true)
				if len(body)*5 > least*6 {
					t.Errorf("%d bytes; libvips, %s: %d", len(body), how, least)
				}
				theirs := must(opened(t, exact).ExportPng(vips.PngOptions{Palette: true}))(t)
				ours, others := meanError(t, decode(t, body), whole), meanError(t, decode(t, theirs), whole)
				if ours > others+1e-9 {
					t.Errorf("%.3f from the scaled image, libvips %.3f", ours, others)
				}
			})
		}
	}
}

// asWebPOf returns what steps make of a file, as a WebP that loses nothing.
func asWebPOf(t testing.TB, file []byte, steps ...transform.Step) []byte {
	t.Helper()
	return result(t, newJob(file, transform.Output{Format: transform.WebP, Lossless: true}, steps...)).Body
}

// photograph has many colours, and none of them twice in a row.
func photograph(t testing.TB, w, h int) []byte { return noise(t, w, h) }

// Photographs, gradients and drawings with many colours lose nothing, whatever is done
// to them, and are written as ever.
func TestManyColours(t *testing.T) {
	gradient := asPNG(t, paint(300, 200, func(x, y int) color.NRGBA { return color.NRGBA{uint8(x), uint8(y), 90, 255} }))
	for name, file := range map[string][]byte{
		"photograph": photograph(t, 300, 200), "JPEG": asJPEG(t, decode(t, photograph(t, 300, 200))), "gradient": gradient,
		"16 bits": deepNoise(t, 300, 200),
	} {
		for step, s := range map[string]transform.Step{"as it is": {}, "scaled": sized(111, 0, transform.Cover, 0), "turned": {Rotate: transform.Num(10)}} {
			t.Run(name+"/"+step, func(t *testing.T) {
				body := result(t, newJob(file, asPNGs, s)).Body
				want := decode(t, asWebPOf(t, file, s))
				wantLike(t, decode(t, body), want, 0)
				if name == "photograph" && step != "turned" {
					same := must(inVips(t, want, 3).ExportPng(vips.PngOptions{Compression: 5, Filter: vips.PngFilterAll}))(t)
					if at := []byte("IDAT"); !bytes.Equal(body[bytes.Index(body, at):], same[bytes.Index(same, at):]) {
						t.Errorf("%d bytes, not those of all filters, %d", len(body), len(same))
					}
				}
			})
		}
	}
}

// deepNoise returns an image of 16 bits a sample.
func deepNoise(t testing.TB, w, h int) []byte {
	t.Helper()
	i := image.NewNRGBA64(image.Rect(0, 0, w, h))
	random := rand.New(rand.NewPCG(5, 6))
	for n := range i.Pix {
		i.Pix[n] = uint8(random.IntN(256))
	}
	var b bytes.Buffer
	if err := png.Encode(&b, i); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// An image counts as one of few colours if all that lies on it does.
func TestFewColoursWithLayers(t *testing.T) {
	window, badge := asPNG(t, screenshot(200, 150, 40)), asPNG(t, logo(60, 60, 20))
	scaled := sized(181, 0, transform.Cover, 0)
	for _, test := range []struct {
		name        string
		file, layer []byte
		few         bool
	}{
		{"a logo on a screenshot", window, badge, true},
		{"a photograph on a screenshot", window, photograph(t, 100, 100), false},
		{"a logo on a photograph", photograph(t, 200, 150), badge, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			step := scaled
			step.Layers = []transform.Layer{overlay("layer", at(10, 20))}
			job := layered(test.file, map[string][]byte{"layer": test.layer}, step)
			job.Plan.Output = asPNGs
			body := result(t, job).Body
			if few := body[25] == 3; few != test.few {
				t.Errorf("indexes: %t, want %t", few, test.few)
			}
			if job.Plan.Output = lossless; test.few {
				exact := result(t, job).Body
				if least, how := smallest(t, opened(t, exact), true); len(body)*5 > least*6 {
					t.Errorf("%d bytes; libvips, %s: %d", len(body), how, least)
				}
			} else {
				wantLike(t, decode(t, body), decode(t, result(t, job).Body), 0)
			}
		})
	}
}

// Only what is scaled loses something: a layer on a screenshot of its size does not.
func TestFewColoursUnscaledLayer(t *testing.T) {
	window, glow := screenshot(200, 150, 40), logo(100, 100, 255)
	got := laid(t, window, map[string]image.Image{"glow": glow}, overlay("glow", at(10, 20)))
	want := rgb(window)
	for y := range 150 {
		for x := range 200 {
			if !(image.Pt(x, y).In(image.Rect(10, 20, 110, 120))) {
				wantColor(t, got, x, y, want.NRGBAAt(x, y), 0)
			}
		}
	}
}

// Metadata is kept whichever way the pixels are written.
func TestKeptInEveryPNG(t *testing.T) {
	grays := grayOf(64, 48, func(x, y int) uint8 { return uint8(x*3 + y) })
	for name, i := range map[string]image.Image{
		"few colours": screenshot(64, 48, 20), "black and white": screenshot(64, 48, 2), "grays": rgb(grays),
		"photograph": decode(t, photograph(t, 64, 48)), "gray and alpha": paint(64, 48, func(x, y int) color.NRGBA { return color.NRGBA{uint8(x), uint8(x), uint8(x), uint8(5*y + 9)} }),
	} {
		n := rgb(i)
		tagged := must(inVips(t, n, 4).IccTransform("p3", vips.ICCOptions{Input: "srgb"}))(t)
		tagged.SetBlob(vips.FieldXMP, []byte(cameraXMP))
		file := must(must(tagged.CopyAt(150))(t).ExportPng(vips.PngOptions{Keep: vips.KeepAll}))(t)
		pixels := opened(t, file)
		for _, step := range []transform.Step{{}, sized(40, 30, transform.Stretch, 0)} {
			for _, output := range []transform.Output{{Format: transform.PNG, Metadata: true}, {Format: transform.PNG, Profile: true}, asPNGs} {
				body := result(t, newJob(file, output, step)).Body
				back := opened(t, body)
				if kept := output.Metadata || output.Profile; back.HasProfile() != kept || bytes.Contains(body, []byte("iCCP")) != kept {
					t.Errorf("%s, %+v: profile %t", name, output, back.HasProfile())
				}
				if back.HasField(vips.FieldXMP) != output.Metadata {
					t.Errorf("%s, %+v: XMP %t", name, output, back.HasField(vips.FieldXMP))
				}
				if back.Density() < 149 || back.Density() > 151 {
					t.Errorf("%s, %+v: %v pixels an inch", name, output, back.Density())
				}
				if output.Profile && step.Resize == (transform.Resize{}) {
					wantLike(t, decode(t, body), pixelsOf(t, pixels), 0)
				}
			}
		}
	}
}
