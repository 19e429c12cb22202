//go:build cgo

package draw_test

import (
	"fmt"
	"image"
	"image/color"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render/draw"
)

// svgOf returns a drawing with a root element that has the attributes.
func svgOf(attributes, content string) []byte {
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" %s>%s</svg>`, attributes, content)
}

// filled is a drawing that has one colour wherever it is.
const filled = `<rect width="100%" height="100%" fill="#dc2828"/>`

// What a drawing says of its size decides how large it is, and what shape it has at
// any size: each is drawn in its own size and 600 pixels wide.
func TestSizeOfSVG(t *testing.T) {
	size := func(w, h int) transform.Size { return transform.Size{Width: w, Height: h} }
	for _, tt := range []struct {
		attributes   string
		own, resized transform.Size
	}{
		{`width="30" height="20"`, size(30, 20), size(600, 400)},
		{`viewBox="0 0 158 33"`, size(158, 33), size(600, 125)},
		{`viewBox="0 0 1.5 1"`, size(2, 1), size(600, 400)},
		{`width="0.5" height="0.25"`, size(1, 1), size(600, 300)},
		{`width="1.5" height="1"`, size(2, 1), size(600, 400)},
		{`viewBox="0 0 0.0015 0.001"`, size(1, 1), size(600, 400)},
		{``, size(300, 150), size(600, 300)},
		{`width="100%" height="100%"`, size(300, 150), size(600, 300)},
		{`width="100%" height="50%" viewBox="0 0 40 30"`, size(40, 30), size(600, 450)},
		{`width="60" viewBox="0 0 40 30"`, size(60, 45), size(600, 450)},
		{`height="60" viewBox="0 0 40 30"`, size(80, 60), size(600, 450)},
		{`width="60"`, size(60, 150), size(600, 1500)},
		{`height="50"`, size(300, 50), size(600, 100)},
		{`width="1in" height="72pt"`, size(96, 96), size(600, 600)},
		{`width="2.54cm" height="6em"`, size(96, 96), size(600, 600)},
		{`width="25.4mm" height="101.6Q"`, size(96, 96), size(600, 600)},
		{`font-size="20" width="3em" height="2rem"`, size(60, 40), size(600, 400)},
		{`width="5" height="5" style="width:30px;height:20px"`, size(30, 20), size(600, 400)},
		{`viewBox="0 0 0 0" width="30" height="20"`, size(30, 20), size(600, 400)},
	} {
		t.Run(tt.attributes, func(t *testing.T) {
			if strings.Contains(tt.attributes, "0.0015") && since(t, 8, 15) {
				t.Skip("newer librsvg draws nothing that is this small")
			}
			file := svgOf(tt.attributes, filled)
			own := drawn(t, file)
			wantSize(t, own, tt.own.Width, tt.own.Height)
			resized := drawn(t, file, sized(600, 0, transform.Cover, 0))
			wantSize(t, resized, tt.resized.Width, tt.resized.Height)
			if !strings.Contains(tt.attributes, "0 0 0 0") { // of which nothing is drawn
				wantEverywhere(t, own, red, 4)
				wantEverywhere(t, resized, red, 4)
			}
			if d := told(t, file); d.Size != tt.own {
				t.Errorf("it is said to have %v, want %v", d.Size, tt.own)
			}
		})
	}
}

// A circle stays round, whatever is done to the drawing that it is in.
func TestShapeOfSVG(t *testing.T) {
	circle := svgOf(`viewBox="0 0 1.5 1"`, `<rect width="1.5" height="1" fill="#283cc8"/><circle cx="0.75" cy="0.5" r="0.5" fill="#dc2828"/>`)
	for name, tt := range map[string]struct {
		step transform.Step
		w, h int
	}{
		"a width":  {sized(600, 0, transform.Cover, 0), 600, 400},
		"a height": {sized(0, 400, transform.Cover, 0), 600, 400},
		"a box":    {sized(600, 600, transform.Inside, 0), 600, 400},
		"a cut":    {sized(400, 400, transform.Cover, 0), 400, 400},
		"a pad":    {sized(600, 500, transform.Pad, 0), 600, 500},
	} {
		t.Run(name, func(t *testing.T) {
			i := drawn(t, circle, tt.step)
			wantSize(t, i, tt.w, tt.h)
			wantRound(t, i, 400)
		})
	}
	t.Run("a layer", func(t *testing.T) {
		job := newJob(asPNG(t, solid(600, 400, green)), transform.Output{Format: transform.PNG}, transform.Step{
			Layers: []transform.Layer{{Image: origin.Ref{Path: "a.svg"}, Steps: []transform.Step{sized(300, 0, transform.Cover, 0)}}},
		})
		job.Files = [][]byte{circle}
		wantRound(t, decode(t, result(t, job).Body), 200)
	})
}

// wantRound checks that what is red is as wide and as high as that.
func wantRound(t *testing.T, i *image.NRGBA, across int) {
	t.Helper()
	var found image.Rectangle
	for y := range i.Bounds().Dy() {
		for x := range i.Bounds().Dx() {
			if distance(i.NRGBAAt(x, y), red) < 20 {
				found = found.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	if apartInts(found.Dx(), across) > 2 || apartInts(found.Dy(), across) > 2 {
		t.Errorf("the circle is %dx%d, want %d", found.Dx(), found.Dy(), across)
	}
}

func apartInts(a, b int) int { return max(a-b, b-a) }

// The margins that preserveAspectRatio leaves are where they were, at any size; what is
// stretched has them stretched, too.
func TestMarginsOfSVG(t *testing.T) {
	for name, tt := range map[string]struct {
		aspect string
		colour [3]color.NRGBA // in the upper, middle and lower third
	}{
		"in the middle": {``, [3]color.NRGBA{clear, red, clear}},
		"at the end":    {`preserveAspectRatio="xMinYMin"`, [3]color.NRGBA{red, clear, clear}},
		"none":          {`preserveAspectRatio="none"`, [3]color.NRGBA{red, red, red}},
		"cut":           {`preserveAspectRatio="xMidYMid slice"`, [3]color.NRGBA{red, red, red}},
	} {
		t.Run(name, func(t *testing.T) {
			file := svgOf(`width="30" height="90" viewBox="0 0 3 3" `+tt.aspect, `<rect width="3" height="3" fill="#dc2828"/>`)
			for _, to := range [][2]int{{0, 0}, {300, 900}, {10, 30}, {300, 300}} {
				i := drawn(t, file)
				if to[0] > 0 {
					i = drawn(t, file, sized(to[0], to[1], transform.Stretch, 0))
				}
				h := i.Bounds().Dy()
				for third, want := range tt.colour {
					wantColor(t, i, i.Bounds().Dx()/2, h*(2*third+1)/6, want, 4)
				}
			}
		})
	}
}

// Units are CSS': 96 an inch, and a font has 16 where nothing says it. A bar of each
// reaches as far as one of 96.
func TestUnitsOfSVG(t *testing.T) {
	for _, bar := range []string{
		`<rect width="96" height="10"/>`,
		`<rect width="1in" height="10"/>`, `<rect width="72pt" height="10"/>`, `<rect width="6pc" height="10"/>`, `<rect width="2.54cm" height="10"/>`,
		`<rect width="25.4mm" height="10"/>`, `<rect width="101.6Q" height="10"/>`, `<rect width="6em" height="10"/>`, `<rect width="6rem" height="10"/>`,
		`<rect width="12ex" height="10"/>`, `<rect width="12ch" height="10"/>`, `<rect width="48%" height="10"/>`, `<rect width="48vw" height="10"/>`,
		`<g font-size="medium"><rect width="6em" height="10"/></g>`, `<g style="font:medium serif"><rect width="6em" height="10"/></g>`,
		`<g font-size="12pt"><rect width="6em" height="10"/></g>`, `<g style="font-size:xx-large"><rect width="3em" height="10"/></g>`,
		`<style>#a{font:normal 24pt/2 serif}</style><g id="a"><rect width="3em" height="10"/></g>`,
		`<path d="M0 5h96" stroke="#000" stroke-width="10"/>`, `<path d="M48 0v10" stroke="#000" stroke-width="1in"/>`,
		`<path d="M48 0v10" stroke="#000" style="stroke-width:72pt"/>`, `<style>path{stroke-width:6pc;stroke:#000}</style><path d="M48 0v10"/>`,
		`<style>rect{fill:none}[width="1in"]{fill:#000}</style><rect width="1in" height="10"/>`,
		`<style><![CDATA[path{stroke-width:6pc;stroke:#000}]]></style><path d="M48 0v10"/>`,
		`<path d="M0 5h200" stroke="#000" stroke-width="10" stroke-dasharray="1in 200"/>`,
		`<path d="M0 5h200" stroke="#000" style="stroke-width:10;stroke-dasharray:72pt 20in"/>`,
		`<svg width="1in" height="10"><rect width="100%" height="10"/></svg>`,
		`<svg width="1in" height="10" viewBox="0 0 1 1" preserveAspectRatio="none"><rect width="1" height="1"/></svg>`,
		`<defs><pattern id="p" width="1" height="1"><rect width="1in" height="10"/></pattern></defs><rect width="200" height="10" fill="url(#p)"/>`,
		`<defs><rect id="r" width="1in" height="10"/></defs><use href="#r"/>`, `<line x2="1in" y1="5" y2="5" stroke="#000" stroke-width="10"/>`,
	} {
		for _, root := range []string{`width="200" height="10"`, `viewBox="0 0 200 10"`, `width="150pt" height="7.5pt" viewBox="0 0 200 10" preserveAspectRatio="none"`} {
			for _, wide := range []int{200, 400} {
				i := drawn(t, svgOf(root, bar), sized(wide, 0, transform.Cover, 0))
				wantColor(t, i, wide*94/200, i.Bounds().Dy()/2, color.NRGBA{A: 255}, 0)
				wantColor(t, i, wide*98/200, i.Bounds().Dy()/2, clear, 0)
				if t.Failed() {
					t.Fatalf("%s in %s", bar, root)
				}
			}
		}
	}
}

// A text in a drawing that says nothing of its size is seen.
func TestTextInSVGOfNoSize(t *testing.T) {
	i := drawn(t, svgOf("", `<text x="20" y="80" font-size="40">Hello</text>`))
	wantSize(t, i, 300, 150)
	ink := 0
	for n := 3; n < len(i.Pix); n += 4 {
		if i.Pix[n] > 128 {
			ink++
		}
	}
	if ink < 300 {
		t.Errorf("%d pixels are dark", ink)
	}
}

// A style cannot make a drawing larger than the size that it is drawn at, which is what
// limits and estimates are about.
func TestStyleThatDoesNotEnd(t *testing.T) {
	for name, style := range map[string]string{
		"with a comment": "width:3000px!important;height:2000px!important;width:x!important;/*",
		"in a bracket":   "width:3000px!important;height:2000px!important;x:(",
		"in a string":    "width:3000px!important;height:2000px!important;x:'",
	} {
		t.Run(name, func(t *testing.T) {
			job := newJob(svgOf(`width="30" height="20" style="`+style+`"`, filled), transform.Output{Format: transform.PNG}, sized(60, 0, transform.Cover, 0))
			r, err := draw.Draw(t.Context(), job)
			if err == nil || errors.From(err).Kind != errors.BadImage {
				t.Errorf("%v, %v", r, err)
			}
		})
	}
}
