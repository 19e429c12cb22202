package imagizer

import (
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
)

// vectors are URLs that clients of Imagizer make, from the path on.
func vectors(t testing.TB) (targets []string) {
	t.Helper()
	text, err := os.ReadFile("testdata/vectors.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if _, target, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
			targets = append(targets, target)
		}
	}
	return targets
}

// vectorsConfig allows what the vectors ask for.
const vectorsConfig = `{"legacy_paths": true, "hosts_allowed": ["example.com"], "buckets_allowed": ["my.s3.bucket"]}`

// answer is what a vector must give.
type answer struct {
	ref   origin.Ref
	plan  plan
	fails string // instead
}

// of returns the plan of one step, in the original's format.
func of(s ...step) plan { return plan{Steps: s, Output: original} }

func withQuality(quality int, p plan) plan {
	p.Output.Quality = quality
	return p
}

// answers are written by hand, for each target that some vector has.
var answers = func() map[string]answer {
	at := func(server, path string) origin.Ref { return origin.Ref{Server: server, Path: path} }
	image, elsewhere, a, img := at("", "image.jpg"), at("https://example.com", "image.jpg"), at("", "a.jpg"), at("", "img")
	fit := func(w, h float64) plan { return of(step{Resize: box(w, h, transform.Cover, transform.FocusCenter)}) }
	back := transform.Offset{Distance: percent(transform.BaseShort, 0.02), Back: true}
	golden := of(step{Resize: inside(300, 0), Layers: []transform.Layer{{
		Image: origin.Ref{Path: "dice.png"},
		Steps: steps{{Resize: resize{Width: transform.Pixels(percent(transform.BaseWidth, 0.6))}, Opacity: num(40)}},
		Place: transform.Place{Anchor: transform.FocusTopLeft, Left: back, Top: back},
	}}})
	var four []transform.Layer
	for _, part := range []float64{0.85, 0.7, 0.55, 0.4} {
		four = append(four, transform.Layer{
			Image: origin.Ref{Path: "ishack.pro-east/images/img902/cv7npf.jpg"},
			Steps: steps{{Resize: resize{Width: transform.Pixels(percent(transform.BaseWidth, part))}}},
		})
	}
	webSize := fit(3000, 1688)
	webSize.Output.Format = transform.FormatAuto
	all := fit(300, 300)
	all.Output = transform.Output{Format: transform.FormatAuto, Quality: 60}
	m := map[string]answer{
		"/test.jpg":                        {ref: at("", "test.jpg")},
		"/this/images/image.jpg":           {ref: at("", "this/images/image.jpg")},
		"/a.jpg?":                          {ref: a},
		"/a.jpg?width=300":                 {ref: a, plan: of(step{Resize: inside(300, 0)})},
		"/a.jpg?width=300&dpr=2":           {ref: a, plan: of(step{Resize: inside(600, 0)})},
		"/a.jpg?width=300&quality=60":      {ref: a, plan: withQuality(60, of(step{Resize: inside(300, 0)}))},
		"/a.jpg?width=10&height=5":         {ref: a, plan: of(step{Resize: inside(10, 5)})},
		"/a.jpg?crop=65%2C190%2C300%2C300": {ref: a, plan: of(step{Resize: part2d(65, 190, 300, 300)})},
		"/a.jpg?width=300&height=300&crop=fit&quality=60&format=auto":                                                  {ref: a, plan: all},
		"/a.jpg?width=300&hostname=https%3A%2F%2Fexample.com":                                                          {ref: at("https://example.com", "a.jpg"), plan: of(step{Resize: inside(300, 0)})},
		"/goldengate.jpg?width=300&mark=%2Fdice.png&mark_scale=60&mark_pos=bottom%2Cright&mark_offset=2&mark_alpha=40": {ref: at("", "goldengate.jpg"), plan: golden},
		"/goldengate.jpg?width=300&mark=/dice.png&mark_scale=60&mark_pos=bottom,right&mark_offset=2&mark_alpha=40":     {ref: at("", "goldengate.jpg"), plan: golden},

		"/images/1.png":                                            {ref: at("", "images/1.png")},
		"/images/%22image%201%22.png":                              {ref: at("", "images/%22image%201%22.png")},
		"/https%3A%2F%2Fexample.com%2Fimages%2F1.png":              {ref: at("https://example.com", "images/1.png")},
		"/http%3A%2F%2Fexample.com%2Fimages%2F1.png%3Ffoo%3D%2520": {ref: origin.Ref{Server: "http://example.com", Path: "images/1.png", Query: "foo=%20"}},
		"/photo.jpg":             {ref: at("", "photo.jpg")},
		"/photo.jpg?w=400&h=300": {ref: at("", "photo.jpg"), plan: of(step{Resize: inside(400, 300)})},
		"/photo.jpg?w=%24400":    {fails: `width is "$400"; it takes pixels, more than 0`},

		"/image.jpg?width=200":                                   {ref: image, plan: of(step{Resize: inside(200, 0)})},
		"/image.jpg?width=200&height=200&crop=fit":               {ref: image, plan: fit(200, 200)},
		"/image.jpg?width=200&height=200&crop=bottom":            {ref: image, plan: of(step{Resize: box(200, 200, transform.Cover, transform.FocusBottom)})},
		"/image.jpg?width=200&height=200&crop=pad&pad_color=fff": {ref: image, plan: of(step{Resize: box(200, 200, transform.Pad, transform.FocusCenter), Background: solid(255, 255, 255)})},
		"/image.jpg?width=300&height=300&crop=face":              {fails: "crop=face is not supported yet"},
		"/image.jpg?auto_level=true":                             {ref: image, plan: of(step{Effects: transform.Effects{WhiteBalance: true}})},
		"/image.jpg?blur=100":                                    {ref: image, plan: of(step{Effects: transform.Effects{Blur: num(100)}})},
		"/image.png?bucket=my.s3.bucket":                         {ref: at("s3://my.s3.bucket", "image.png")},
		"/img?width=300&pad=20&pad_color=000":                    {ref: img, plan: of(step{Resize: inside(300, 0), Border: transform.Border{Width: num(20), Color: transform.Black}, Background: solid(0, 0, 0)})},
		"/img?width=300&quality=90":                              {ref: img, plan: withQuality(90, of(step{Resize: inside(300, 0)}))},
		"/img?width=300&sharp_amount=0":                          {ref: img, plan: of(step{Resize: inside(300, 0)})},
		"/img?width=300&blur=0":                                  {ref: img, plan: of(step{Resize: inside(300, 0), Effects: transform.Effects{Blur: num(0)}})},
		"/img?width=300&filter=2":                                {ref: img, plan: of(step{Resize: inside(300, 0), Effects: transform.Effects{Look: transform.Warm}})},
		"/img?width=300&filter=21":                               {ref: img, plan: of(step{Resize: inside(300, 0), Effects: transform.Effects{Grayscale: true}})},
		"/img?crop=entropy":                                      {ref: img, plan: of(step{Resize: resize{Width: transform.Fraction(2.0 / 3), Height: transform.Fraction(2.0 / 3), Fit: transform.Crop, Focus: transform.FocusAuto}})},
		"/frog.jpg?width=400&height=500&crop=entropy":            {ref: at("", "frog.jpg"), plan: of(step{Resize: box(400, 500, transform.Cover, transform.FocusAuto)})},
		"/homesnap-stock-photos/HSStockPhotos/11.jpg?w=3000&h=1688&crop=fit&format=auto": {ref: at("", "homesnap-stock-photos/HSStockPhotos/11.jpg"), plan: webSize},
		"/img/photos/{file}":               {ref: at("", "img/photos/%7Bfile%7D")},
		"/x.jpg?...&webp=true&mobile=true": {ref: at("", "x.jpg")},

		"/300x200q90/c/x2/img.jpg":     {ref: at("", "img.jpg"), plan: withQuality(90, fit(600, 400))},
		"/x200q90/img.jpg":             {ref: at("", "img.jpg"), plan: withQuality(90, of(step{Resize: inside(0, 200)}))},
		"/v2/xq90/922/jccKMG.png":      {ref: at("", "922/jccKMG.png"), plan: withQuality(90, of(step{}))},
		"/v2/320xq70/r/922/uOeZAn.jpg": {ref: at("", "922/uOeZAn.jpg"), plan: withQuality(70, of(step{Resize: inside(320, 0)}))},
		"/v2/x/922/jccKMG.png":         {ref: at("", "922/jccKMG.png")},
		"/a/img923/746/jI3tjc.png":     {ref: at("", "img923/746/jI3tjc.png")},
	}
	// What the suites of several SDKs ask for, as it is and at another host.
	for query, p := range map[string]plan{
		"":                              {},
		"crop=fit&height=400&width=200": fit(200, 400),
		"width=200&height=300&crop=fit": fit(200, 300),
		"height=400&width=200":          of(step{Resize: inside(200, 400)}),
		"quality=55":                    withQuality(55, of(step{})),
		"quality=60":                    withQuality(60, of(step{})),
		"quality=99":                    withQuality(99, of(step{})),
		"quality=100":                   withQuality(100, of(step{})),
		"dpr=2":                         of(step{}),
		"dpr=2.3":                       of(step{}),
		"dpr=3":                         of(step{}),
	} {
		m[strings.TrimSuffix("/image.jpg?"+query, "?")] = answer{ref: image, plan: p}
		// In the order in which an SDK sorts its parameters, or has them.
		there := with(query, "hostname=example.com")
		if query == "quality=100" || query == "quality=99" {
			there = "hostname=example.com&" + query
		}
		if first, isSorted := strings.CutSuffix(query, "width=200"); isSorted {
			there = first + "hostname=example.com&width=200"
		}
		m["/image.jpg?"+there] = answer{ref: elsewhere, plan: p}
	}
	const node = "W3sidXJsIjoiL2lzaGFjay5wcm8tZWFzdC9pbWFnZXMvaW1nOTAyL2N2N25wZi5qcGciLCJzY2FsZSI6ODV9LHsidXJsIjoiL2lzaGFjay5wcm8tZWFzdC9pbWFnZXMvaW1nOTAyL2N2N25wZi5qcGciLCJzY2FsZSI6NzB9LHsidXJsIjoiL2lzaGFjay5wcm8tZWFzdC9pbWFnZXMvaW1nOTAyL2N2N25wZi5qcGciLCJzY2FsZSI6NTV9LHsidXJsIjoiL2lzaGFjay5wcm8tZWFzdC9pbWFnZXMvaW1nOTAyL2N2N25wZi5qcGciLCJzY2FsZSI6NDB9XQ"
	m["/photo.jpg?layers64="+node] = answer{ref: at("", "photo.jpg"), plan: of(step{Layers: four})}
	return m
}()

func TestVectors(t *testing.T) {
	d := dialect(t, read(t, vectorsConfig))
	used, count := map[string]bool{}, 0
	for _, target := range vectors(t) {
		count++
		want, ok := answers[target]
		if !ok {
			t.Errorf("%s has no answer here", target)
			continue
		}
		used[target] = true
		path, query, _ := strings.Cut(target, "?")
		got, ok, err := d.Parse(path, query)
		if want.fails != "" {
			if !ok || !errors.Is(err, errors.BadTransform) || !strings.Contains(err.Error(), want.fails) {
				t.Errorf("%s gives %+v, %v, want %s", target, got, err, want.fails)
			}
			continue
		}
		if !ok || err != nil || got.Ref != want.ref || !reflect.DeepEqual(got.Plan, want.plan) {
			t.Errorf("%s\ngives %+v, %v\nwant  %+v", target, got, err, want)
		}
		if _, err := d.Admit(target, path, got, time.Now()); err != nil {
			t.Errorf("%s: %v", target, err)
		}
	}
	if count != 108 {
		t.Errorf("there are %d vectors, want 108", count)
	}
	for target := range answers {
		if !used[target] {
			t.Errorf("%s is not a vector", target)
		}
	}
}
