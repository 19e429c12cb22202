//go:build cgo

package admission_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/caddy-images/caddy-images/internal/pdftest"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// newJob returns a job whose layers are the original itself.
func newJob(original []byte, plan transform.Plan) render.Job {
	var files [][]byte
	for range plan.Refs() {
		files = append(files, original)
	}
	if bytes.HasPrefix(original, []byte("%PDF")) {
		plan.Page = 1
	}
	return render.Job{
		Original: original,
		Files:    files,
		Isolated: true,
		Plan:     plan,
		Limits: transform.Limits{
			MaxPixels:    transform.DefaultMaxPixels,
			MaxFrames:    transform.DefaultMaxFrames,
			MaxDimension: transform.DefaultMaxDimension,
			MaxPDFSize:   transform.DefaultMaxPDFSize,
		},
		Quality:      render.Quality{JPEG: 80, WebP: 80, AVIF: 60},
		QueueTimeout: time.Minute,
		Timeout:      5 * time.Minute,
	}
}

func size(w, h float64) transform.Resize {
	return transform.Resize{Width: transform.Px(w), Height: transform.Px(h)}
}

func to(f transform.Format, steps ...transform.Step) transform.Plan {
	return transform.Plan{Steps: steps, Output: transform.Output{Format: f}}
}

var small = transform.Step{Resize: size(512, 384)}

// plans are what is measured, by name.
var plans = map[string]transform.Plan{
	"jpeg":             to(transform.JPEG),
	"jpeg fine":        {Output: transform.Output{Format: transform.JPEG, Quality: 95}},
	"png":              to(transform.PNG),
	"webp":             to(transform.WebP),
	"webp lossless":    {Output: transform.Output{Format: transform.WebP, Lossless: true}},
	"avif":             to(transform.AVIF),
	"gif":              to(transform.GIF),
	"512 jpeg":         to(transform.JPEG, small),
	"512 webp":         to(transform.WebP, small),
	"512 avif":         to(transform.AVIF, small),
	"512 gif":          to(transform.GIF, small),
	"200 webp":         to(transform.WebP, transform.Step{Resize: transform.Resize{Width: transform.Px(200)}}),
	"200 gif":          to(transform.GIF, transform.Step{Resize: transform.Resize{Width: transform.Px(200)}}),
	"turn gif":         to(transform.GIF, transform.Step{Rotate: transform.Num(90)}),
	"square jpeg":      to(transform.JPEG, transform.Step{Resize: size(200, 200)}),
	"seek square jpeg": to(transform.JPEG, transform.Step{Resize: transform.Resize{Width: transform.Px(200), Height: transform.Px(200), Focus: transform.FocusAuto}}),
	"crop jpeg":        to(transform.JPEG, transform.Step{Resize: transform.Resize{Width: transform.Px(512), Height: transform.Px(384), Fit: transform.Crop}}),
	"half jpeg":        to(transform.JPEG, transform.Step{Resize: transform.Resize{Width: transform.Fraction(0.45)}}),
	"seek jpeg":        to(transform.JPEG, transform.Step{Resize: transform.Resize{Width: transform.Px(1000), Height: transform.Px(300), Focus: transform.FocusAuto}}),
	"arc 360 jpeg":     to(transform.JPEG, transform.Step{Distort: transform.Distort{Kind: transform.Arc, Arc: 360}}),
	"arc 30 jpeg":      to(transform.JPEG, transform.Step{Distort: transform.Distort{Kind: transform.Arc, Arc: 30}}),
	"usm wide jpeg":    to(transform.JPEG, transform.Step{Effects: transform.Effects{Unsharp: transform.Unsharp{Sigma: 100, Amount: 1}}}),
	"usm 8 jpeg":       to(transform.JPEG, transform.Step{Effects: transform.Effects{Unsharp: transform.Unsharp{Radius: 8, Sigma: 8, Amount: 1}}}),
	"tilt jpeg":        to(transform.JPEG, transform.Step{Rotate: transform.Num(30)}),
	"blur wide jpeg":   to(transform.JPEG, transform.Step{Effects: transform.Effects{Blur: transform.Num(90)}}),
	"blur jpeg":        to(transform.JPEG, transform.Step{Effects: transform.Effects{Blur: transform.Num(20)}}),
	"sharpen jpeg":     to(transform.JPEG, transform.Step{Effects: transform.Effects{Sharpen: transform.Sharpen{On: true}}}),
	"unsharp jpeg":     to(transform.JPEG, transform.Step{Effects: transform.Effects{Unsharp: transform.Unsharp{Sigma: 2, Amount: 1}}}),
	"contrast jpeg":    to(transform.JPEG, transform.Step{Effects: transform.Effects{Contrast: true}}),
	"still gif":        {Still: true, Output: transform.Output{Format: transform.GIF}},
	"still 512 webp":   {Still: true, Steps: []transform.Step{small}, Output: transform.Output{Format: transform.WebP}},
	"stored jpeg":      {AsStored: true, Output: transform.Output{Format: transform.JPEG}},
	"stored 512 jpeg":  {AsStored: true, Steps: []transform.Step{small}, Output: transform.Output{Format: transform.JPEG}},
	"auto jpeg":        to(transform.JPEG, transform.Step{Effects: transform.Effects{WhiteBalance: true, Tone: true}}),
	"auto 512 jpeg":    to(transform.JPEG, transform.Step{Resize: size(512, 384), Effects: transform.Effects{WhiteBalance: true, Tone: true}}),
	"adjust jpeg":      to(transform.JPEG, transform.Step{Effects: transform.Effects{Adjust: transform.Adjust{Brightness: 0.1, Saturation: 0.2}}}),
	"lomo jpeg":        to(transform.JPEG, transform.Step{Effects: transform.Effects{Look: transform.Lomo}}),
	"vivid jpeg":       to(transform.JPEG, transform.Step{Effects: transform.Effects{Look: transform.Vivid}}),
	"pixelate jpeg":    to(transform.JPEG, transform.Step{Effects: transform.Effects{Look: transform.Pixelate}}),
	"emboss jpeg":      to(transform.JPEG, transform.Step{Effects: transform.Effects{Look: transform.Emboss}}),
	"edges jpeg":       to(transform.JPEG, transform.Step{Effects: transform.Effects{Look: transform.Edges}}),
	"sketch jpeg":      to(transform.JPEG, transform.Step{Effects: transform.Effects{Look: transform.Sketch}}),
	"rotate jpeg":      to(transform.JPEG, transform.Step{Rotate: transform.Num(90)}),
	"tilt png":         to(transform.PNG, transform.Step{Rotate: transform.Num(30)}),
	"trim jpeg":        to(transform.JPEG, transform.Step{Trim: transform.Trim{On: true}}),
	"round png":        to(transform.PNG, transform.Step{Corners: transform.Corners{TopLeft: transform.Radius{Px: transform.Num(100)}}}),
	"opacity png":      to(transform.PNG, transform.Step{Opacity: transform.Num(50), Background: transform.Background{On: true, Color: transform.Color{R: 9, A: 99}}}),
	"enlarge jpeg":     to(transform.JPEG, transform.Step{Resize: size(6000, 4500)}),
	"enlarge webp":     to(transform.WebP, transform.Step{Resize: size(6000, 4500)}),
	"pad jpeg":         to(transform.JPEG, transform.Step{Resize: transform.Resize{Width: transform.Px(800), Height: transform.Px(800), Fit: transform.Pad}}),
	"thumb jpeg":       to(transform.JPEG, transform.Step{Resize: size(64, 48)}),
	"thumb webp":       to(transform.WebP, transform.Step{Resize: size(64, 48)}),
	"third jpeg":       to(transform.JPEG, transform.Step{Resize: transform.Resize{Width: transform.Fraction(0.33)}}),
	"half png":         to(transform.PNG, transform.Step{Resize: transform.Resize{Width: transform.Fraction(0.5)}}),
	"replace jpeg":     to(transform.JPEG, transform.Step{Effects: transform.Effects{Replace: transform.Replace{On: true, To: transform.White, Tolerance: 30, Dominant: true}}}),
	"gradient jpeg":    to(transform.JPEG, transform.Step{Effects: transform.Effects{Gradient: transform.Gradient{On: true, From: transform.White}, Colorize: transform.Colorize{Color: transform.Black, Intensity: 50}}}),
	"arc png":          to(transform.PNG, transform.Step{Distort: transform.Distort{Kind: transform.Arc, Arc: 100}}),
	"perspective png":  to(transform.PNG, transform.Step{Distort: transform.Distort{Kind: transform.Perspective, Quad: transform.Quad{{X: 100, Y: 0}, {X: 1500, Y: 50}, {X: 1600, Y: 1100}, {X: 0, Y: 1200}}}}),
	"shadow png":       to(transform.PNG, transform.Step{Resize: size(1600, 1200), Corners: transform.Corners{TopLeft: transform.Radius{Max: true}}, Shadow: transform.Shadow{On: true, Blur: 15, Strength: 50}}),
	"blurred jpeg":     to(transform.JPEG, transform.Step{Resize: transform.Resize{Width: transform.Px(1600), Height: transform.Px(1600), Fit: transform.Pad}, Background: transform.Background{On: true, Kind: transform.BlurredBackground, Blurred: transform.Blurred{Auto: true}}}),
	"dominant jpeg":    to(transform.JPEG, transform.Step{Resize: transform.Resize{Width: transform.Px(1600), Height: transform.Px(1600), Fit: transform.Pad}, Background: transform.Background{On: true, Kind: transform.GradientBackground, Palette: 4}}),
	"veil jpeg":        to(transform.JPEG, veiled(3000, 3000, 1)),
	"veil large jpeg":  to(transform.JPEG, veiled(6000, 6000, 1)),
	"haze jpeg":        to(transform.JPEG, veiled(3000, 3000, 16)),
	"mist jpeg":        to(transform.JPEG, veiled(3000, 3000, 10)),
	"veil webp":        to(transform.WebP, veiled(600, 800, 1)),
	"veil large webp":  to(transform.WebP, veiled(1200, 1500, 1)),
	"swell png":        to(transform.PNG, swell(3000)...),
	"swell large png":  to(transform.PNG, swell(6000)...),
	"swell webp":       to(transform.WebP, swell(800)...),
	"swells png":       to(transform.PNG, swell(2000, 3000, 2500)...),
	"swollen jpeg":     to(transform.JPEG, on(self(swell(3000)...))),
	"blur turn png":    to(transform.PNG, transform.Step{Resize: size(3000, 3000), Effects: transform.Effects{Blur: transform.Num(5)}, Rotate: transform.Num(90)}, dot),
	"avif fine":        {Output: transform.Output{Format: transform.AVIF, Quality: 95}},
	"avif lossless":    {Output: transform.Output{Format: transform.AVIF, Lossless: true}},
	"crop top jpeg":    to(transform.JPEG, transform.Step{Resize: transform.Resize{Width: transform.Px(512), Height: transform.Px(384), Fit: transform.Crop, Focus: transform.FocusTop}}),
	"crop bottom jpeg": to(transform.JPEG, transform.Step{Resize: transform.Resize{Width: transform.Px(512), Height: transform.Px(384), Fit: transform.Crop, Focus: transform.FocusBottom}}),
	"crop large png":   to(transform.PNG, transform.Step{Resize: transform.Resize{Width: transform.Px(3000), Height: transform.Px(2000), Fit: transform.Crop}}),
	"cover jpeg":       to(transform.JPEG, transform.Step{Resize: transform.Resize{Width: transform.Px(300), Height: transform.Px(1000)}}),
	"layer jpeg":       to(transform.JPEG, on(self())),
	"logo jpeg":        to(transform.JPEG, transform.Step{Resize: size(512, 384), Layers: []transform.Layer{self(small)}}),
	"trimmed jpeg":     to(transform.JPEG, on(self(transform.Step{Trim: transform.Trim{On: true}, Resize: size(512, 384)}))),
	"layers jpeg":      to(transform.JPEG, on(self(third), self(third), self(third, on(self(small))), self())),
	"logos jpeg":       to(transform.JPEG, on(slices.Repeat([]transform.Layer{self(small)}, 9)...)),
	"block jpeg":       to(transform.JPEG, on(transform.Layer{Kind: transform.BlockLayer, Color: transform.Color{R: 9, A: 99}, Steps: []transform.Step{{}}})),
	"text jpeg":        to(transform.JPEG, on(transform.Layer{Kind: transform.TextLayer, Text: transform.Text{Content: strings.Repeat("Hello you ", 20), Size: transform.Num(60), Width: transform.Num(800), Color: transform.White}})),
	"cutout png":       to(transform.PNG, on(blended(self(third), transform.BlendCutout))),
	"displace jpeg":    to(transform.JPEG, on(blended(self(third), transform.BlendDisplace))),
	"long chain": to(transform.PNG, transform.Step{Resize: size(2000, 1500)},
		transform.Step{Effects: transform.Effects{Blur: transform.Num(5)}, Border: transform.Border{Width: transform.Num(20), Color: transform.Black}},
		transform.Step{Resize: size(1000, 1000), Rotate: transform.Num(180)}),
}

// on puts layers on an image.
func on(layers ...transform.Layer) transform.Step { return transform.Step{Layers: layers} }

// self returns the original as a layer.
func self(steps ...transform.Step) transform.Layer {
	return transform.Layer{Image: origin.Ref{Path: "self"}, Steps: steps}
}

func blended(l transform.Layer, b transform.Blend) transform.Layer {
	l.Blend, l.Shift = b, transform.Shift{X: transform.Num(1e4), Y: transform.Num(1e4)}
	return l
}

// veiled pads an image with its blurred self.
func veiled(w, h, blur float64) transform.Step {
	return transform.Step{
		Resize:     transform.Resize{Width: transform.Px(w), Height: transform.Px(h), Fit: transform.Pad},
		Background: transform.Background{On: true, Kind: transform.BlurredBackground, Blurred: transform.Blurred{Blur: blur}},
	}
}

var dot = transform.Step{Resize: size(10, 10)}

// swell returns a chain that is small at both ends, and in between as large
// as the sides say.
func swell(sides ...float64) []transform.Step {
	begin := dot
	begin.Effects.Blur = transform.Num(1)
	chain := []transform.Step{begin}
	for _, side := range sides {
		chain = append(chain, transform.Step{Resize: size(side, side), Effects: transform.Effects{Blur: transform.Num(5)}})
	}
	return append(chain, dot)
}

var third = transform.Step{Resize: transform.Resize{Width: transform.Fraction(0.33)}}

// photo returns an image with noise on slow waves: it compresses as a
// photograph does.
func photo(t *testing.T, scope *vips.Scope, w, h, bands, seed int) *vips.Image {
	t.Helper()
	across, down := make([]float64, w*bands), make([]float64, h*bands)
	for n := range across {
		across[n] = 70 * math.Sin(float64(n/bands+20*seed)/(90+17*float64(n%bands)))
	}
	for n := range down {
		down[n] = math.Cos(float64(n/bands) / (70 + 11*float64(n%bands)))
	}
	samples := make([]byte, 0, w*h*bands)
	state := uint32(seed)
	for y := range h {
		for n, wave := range across {
			state = state*1664525 + 1013904223
			samples = append(samples, byte(100+wave*down[y*bands+n%bands])+byte(state>>27))
		}
	}
	i, err := scope.NewImageFromMemory(samples, w, h, bands, vips.InterpretationSRGB)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// newOriginal makes the file that a name such as "12 jpeg progressive" says: its
// megapixels, its format and more.
func newOriginal(t *testing.T, name string) []byte {
	t.Helper()
	scope := vips.NewScope(context.Background())
	defer scope.Close()
	words := strings.Fields(name)
	var megapixels float64
	fmt.Sscan(words[0], &megapixels)
	has := func(word string) bool { return strings.Contains(name, word) }
	bands := 3
	if has("alpha") {
		bands = 4
	}
	w := int(math.Sqrt(megapixels*1e6*4/3)) / 4 * 4
	h := w * 3 / 4
	if has("svg paths") {
		return []byte(fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d">`, w, h) + strings.Repeat(`<path d="M10 10L90 80C10 20 30 40 50 60L5 5z" fill="red"/>`, 50000) + `</svg>`)
	}
	if words[1] == "svg" {
		return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d"><rect width="90%%" height="90%%" fill="red"/></svg>`, w, h)
	}
	if words[1] == "pdf" {
		return newPDF(w, h, name)
	}
	i := photo(t, scope, w, h, bands, 0)
	if has("flat") {
		colours, err := i.ExtractBand(0, 3)
		if err != nil {
			t.Fatal(err)
		}
		if i, err = colours.AddAlpha(); err != nil {
			t.Fatal(err)
		}
	}
	if frames := 20; has("frames") {
		all := make([]*vips.Image, frames)
		for n := range all {
			all[n] = photo(t, scope, w, h, bands, n)
		}
		tall, err := scope.ArrayJoin(all, 1)
		if err != nil {
			t.Fatal(err)
		}
		tall.SetInt(vips.FieldPageHeight, h)
		i = tall
	}
	var file []byte
	var err error
	switch words[1] {
	case "jpeg":
		o := vips.JpegOptions{Quality: 85, Interlace: has("progressive")}
		if has("444") {
			o.Quality = 92
		}
		if has("turned") {
			i.SetInt("orientation", 6)
			o.Keep = vips.KeepAll
		}
		file, err = i.ExportJpeg(o)
	case "png":
		if has("16") {
			if i, err = i.Cast(vips.BandFormatUshort); err != nil {
				t.Fatal(err)
			}
			i, err = i.CopyAs(vips.InterpretationRGB16)
			if err != nil {
				t.Fatal(err)
			}
		}
		file, err = i.ExportPng(vips.PngOptions{Interlace: has("interlaced"), Compression: 1})
	case "webp":
		file, err = i.ExportWebp(vips.WebpOptions{Lossless: has("lossless"), Effort: 1})
	case "avif":
		file, err = i.ExportAvif(vips.AvifOptions{Effort: 1})
	case "gif":
		file, err = i.ExportGif(vips.GifOptions{Effort: 1})
	case "tiff":
		rows := 16
		if has("strip") {
			rows = h
		}
		file = newTIFF(t, i, rows)
	default:
		t.Fatalf("no original %q", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// newPDF returns one of a page of w by h points: with lines and letters, or
// with what the name says, an image four times as large as that in each
// direction, or groups that are see-through.
func newPDF(w, h int, name string) []byte {
	page := pdftest.Page{Box: fmt.Sprintf("0 0 %d %d", w, h), More: "/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>>>/XObject<</X 5 0 R>>>>"}
	var objects []string
	switch {
	case strings.Contains(name, "picture"):
		const larger = 2
		page.Content = fmt.Sprintf("%d 0 0 %d 0 0 cm /X Do", w, h)
		objects = append(objects, pdftest.Deflated(fmt.Sprintf("/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceRGB/BitsPerComponent 8", larger*w, larger*h),
			strings.Repeat("\x80", larger*larger*w*h*3)))
	case strings.Contains(name, "groups"):
		page.Content = "/X Do"
		group := fmt.Sprintf("/Type/XObject/Subtype/Form/BBox[0 0 %d %d]/Group<</S/Transparency/I true>>", w, h)
		objects = append(objects,
			pdftest.Stream(group+"/Resources<</XObject<</X 6 0 R>>>>", "1 0 0 rg 0 0 500 500 re f /X Do"),
			pdftest.Stream(group, "0 0 1 rg 0 0 700 700 re f"))
	default:
		for y := 0; y < h; y += 12 {
			page.Content += fmt.Sprintf("BT /F 11 Tf 10 %d Td (%s) Tj ET 10 %d m %d %d l S\n", y, strings.Repeat("Lorem ipsum dolor ", w/90), y, w, y/2)
		}
	}
	return pdftest.File([]pdftest.Page{page}, objects...)
}

// newTIFF writes an uncompressed TIFF in strips of so many rows.
func newTIFF(t *testing.T, i *vips.Image, rows int) []byte {
	t.Helper()
	pixels, err := i.Pixels()
	if err != nil {
		t.Fatal(err)
	}
	order, w, h := binary.LittleEndian, i.Width(), i.Height()
	strips := (h + rows - 1) / rows
	const entries = 9
	lists := 8 + 2 + 12*entries + 4
	first := lists + 8*strips + 8
	tags := [entries][3]int{ // tag, how many, value
		{256, 1, w}, {257, 1, h}, {258, 1, 8}, {259, 1, 1}, {262, 1, 2},
		{273, strips, lists}, {277, 1, 3}, {278, 1, rows}, {279, strips, lists + 4*strips},
	}
	b := append(order.AppendUint32([]byte("II*\x00"), 8), entries, 0)
	for _, tag := range tags {
		if tag[1] == 1 && tag[0] == 273 {
			tag[2] = first
		}
		if tag[1] == 1 && tag[0] == 279 {
			tag[2] = len(pixels)
		}
		b = order.AppendUint16(order.AppendUint16(b, uint16(tag[0])), 4)
		b = order.AppendUint32(order.AppendUint32(b, uint32(tag[1])), uint32(tag[2]))
	}
	b = order.AppendUint32(b, 0)
	for n := range strips {
		b = order.AppendUint32(b, uint32(first+n*rows*w*3))
	}
	for n := range strips {
		b = order.AppendUint32(b, uint32(min(rows, h-n*rows)*w*3))
	}
	return append(append(b, make([]byte, first-len(b))...), pixels...)
}
