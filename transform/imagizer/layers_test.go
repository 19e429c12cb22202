package imagizer

import (
	stderrors "errors"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
)

// percent returns a part of a fact, in postfix notation.
func percent(f transform.Fact, part float64) transform.Number {
	n, ok := transform.Expression(transform.Term{Kind: transform.FactTerm, Fact: f}, transform.Term{Value: part},
		transform.Term{Kind: transform.OperationTerm, Operation: transform.Multiply})
	if !ok {
		panic(part)
	}
	return n
}

func image(path string, place transform.Place, s ...step) transform.Layer {
	return transform.Layer{Image: origin.Ref{Path: path}, Place: place, Steps: s}
}

var bottomRight = transform.Place{Focus: transform.FocusBottomRight}

func TestMark(t *testing.T) {
	width := func(part float64) resize {
		return resize{Width: transform.Pixels(percent(transform.BaseWidth, part))}
	}
	two := percent(transform.BaseShort, 0.02)
	back := transform.Offset{Distance: two, Back: true}
	for query, want := range map[string]transform.Layer{
		"mark=/dice.png":      image("dice.png", bottomRight, step{}),
		"mark=%2Fdice.png":    image("dice.png", bottomRight, step{}),
		"mark=a%20b%2525.png": image("a%20b%25.png", bottomRight, step{}),
		"mark64=L2RpY2UucG5n": image("dice.png", bottomRight, step{}),
		"mark=/dice.png&mark_scale=60&mark_pos=bottom,right&mark_offset=2&mark_alpha=40": image("dice.png",
			transform.Place{Anchor: transform.FocusTopLeft, Left: back, Top: back}, step{Resize: width(0.6), Opacity: num(40)}),
		"mark=a&mark_pos=top":                     image("a", transform.Place{Focus: transform.FocusTop}, step{}),
		"mark=a&mark_pos=left":                    image("a", transform.Place{Focus: transform.FocusLeft}, step{}),
		"mark=a&mark_pos=center":                  image("a", transform.Place{}, step{}),
		"mark=a&mark_pos=middle,center":           image("a", transform.Place{}, step{}),
		"mark=a&mark_pos=left|top":                image("a", transform.Place{Focus: transform.FocusTopLeft}, step{}),
		"mark=a&mark_pos=center&mark_offset=2":    image("a", transform.Place{}, step{}),
		"mark=a&mark_pos=top,left&mark_offset=2":  image("a", transform.Place{Anchor: transform.FocusTopLeft, Left: transform.Offset{Distance: two}, Top: transform.Offset{Distance: two}}, step{}),
		"mark=a&mark_pos=bottom&mark_offset=2":    image("a", transform.Place{Anchor: transform.FocusTopLeft, Top: back}, step{}),
		"mark=a&mark_scale=0":                     image("a", bottomRight, step{Resize: width(0.01)}),
		"mark=/a.png%3Fwidth%3D5%26filter%3D21":   image("a.png", bottomRight, step{Resize: inside(5, 0), Effects: transform.Effects{Grayscale: true}}, step{}),
		"mark=/a.gif?page%3D2":                    {Image: origin.Ref{Path: "a.gif"}, Page: 2, Place: bottomRight, Steps: steps{{}, {}}},
		"mark=https://example.com/a.png%3Fv%3D1":  {Image: origin.Ref{Server: "https://example.com", Path: "a.png", Query: "v=1"}, Place: bottomRight, Steps: steps{{}}},
		"mark=/a.png?origin%3Dhttp://example.com": {Image: origin.Ref{Server: "http://example.com", Path: "a.png"}, Place: bottomRight, Steps: steps{{}}},
		"mark=/a.png?bucket%3Dsome.bucket":        {Image: origin.Ref{Server: "s3://some.bucket", Path: "a.png"}, Place: bottomRight, Steps: steps{{}}},
		"mark=data:image/png;base64,AQID":         {Image: origin.Ref{Server: "data:", Path: "image/png;base64,AQID"}, Place: bottomRight, Steps: steps{{}}},
	} {
		checkPlan(t, query, plan{Steps: steps{{Layers: []transform.Layer{want}}}, Output: original})
	}
	// Where there is no mark the rest says nothing of an image, but is read.
	checkPlan(t, "mark_scale=5", plan{Steps: steps{{}}, Output: original})
}

func TestLayers(t *testing.T) {
	scaled := func(part float64, noEnlarge bool) step {
		return step{Resize: resize{Width: transform.Pixels(percent(transform.BaseWidth, part)), NoEnlarge: noEnlarge}}
	}
	fifteen := transform.Offset{Distance: percent(transform.BaseShort, 0.15)}
	turned := scaled(0.3, true)
	turned.Rotate, turned.Opacity = num(45), num(75)
	mark := image("m", bottomRight, step{})
	for layers, want := range map[string][]transform.Layer{
		`[]`:             nil,
		` [ ] `:          nil,
		`[{"url":"/a"}]`: {image("a", transform.Place{}, step{})},
		`[{"url":"/a","scale":85},{"url":"/b","scale":70}]`: {image("a", transform.Place{}, scaled(0.85, false)), image("b", transform.Place{}, scaled(0.7, false))},
		`[{"url":"/a","pos":"top|left","alpha":75,"angle":45,"offset":15,"scale":30,"upscale":false}]`: {
			image("a", transform.Place{Anchor: transform.FocusTopLeft, Left: fifteen, Top: fifteen}, turned)},
		`[{"url":"/a","pos":"top,left","alpha":"75","angle":"45","offset":"15","scale":"30","upscale":"false"}]`: {
			image("a", transform.Place{Anchor: transform.FocusTopLeft, Left: fifteen, Top: fifteen}, turned)},
		`[{"url":"/a","pos":null,"alpha":100,"angle":0,"upscale":true}]`: {image("a", transform.Place{}, step{})},
		`[{"url":"/\u00e9?blur=3&crop=0,0,2,2"}]`:                        {image("%C3%A9", transform.Place{}, step{Resize: part2d(0, 0, 2, 2), Effects: transform.Effects{Blur: num(3)}}, step{})},
		`[{"url":"/a?mark=%2Fm"}]`:                                       {image("a", transform.Place{}, step{Layers: []transform.Layer{mark}}, step{})},
	} {
		checkPlan(t, "layers="+url.QueryEscape(layers), plan{Steps: steps{{Layers: want}}, Output: original})
	}
	got, err := planOf(t, "mark=/m&text=x&layers="+url.QueryEscape(`[{"url":"/a"}]`))
	if err != nil || len(got.Steps[0].Layers) != 3 || got.Steps[0].Layers[0].Image.Path != "m" || got.Steps[0].Layers[1].Image.Path != "a" || got.Steps[0].Layers[2].Text.Content != "x" {
		t.Errorf("the order is mark, layers, text: %+v, %v", got, err)
	}
}

func TestLayersRefused(t *testing.T) {
	d := dialect(t, Config{})
	takes := `; it takes an array of objects in JSON, such as [{"url":"/a.png","scale":50}]`
	for layers, want := range map[string]string{
		`x`:                                  `layers is "x"` + takes,
		`{}`:                                 `layers is "{}"` + takes,
		`[1]`:                                `layers is "[1]"` + takes,
		`[null]`:                             `layers is "[null]"` + takes,
		`[{"url":"/a"}`:                      takes,
		`[{"url":"/a"}]]`:                    takes,
		`[{"url":"/a"}] {}`:                  takes,
		`[{"scale":1}]`:                      "An object of layers has no url; it takes a path, which may have a query, or a whole URL",
		`[{"url":""}]`:                       `url in layers is ""; it takes a path`,
		`[{"url":"/a","opacity":1}]`:         `layers has the key "opacity"; it takes url, pos, alpha, angle, offset, scale, upscale`,
		`[{"url":"/a","opacity":null}]`:      `layers has the key "opacity"`,
		`[{"url":"/a","alpha":[]}]`:          `alpha in layers is "[]"; it takes 0 to 100`,
		`[{"url":"/a","alpha":1e2}]`:         `alpha in layers is "1e2"`,
		`[{"url":"/a","scale":"x"}]`:         `scale in layers is "x"; it takes 1 to 1000, percent of the width`,
		`[{"url":"/a","pos":"left|left"}]`:   `pos in layers is "left|left"; it takes top, center or bottom, and left, center or right, such as bottom|right`,
		`[{"url":"/a","upscale":2}]`:         `upscale in layers is "2"; it takes true or false`,
		`[{"url":"/"}]`:                      `In layers, "/": It names no file`,
		`[{"url":"/a/../b"}]`:                `In layers, "/a/../b": The path has a ".." segment`,
		`[{"url":"/a%zz"}]`:                  "malformed percent-encoding",
		`[{"url":"/a\u0000"}]`:               "It has a control character",
		`[{"url":"/a?width=x"}]`:             `In layers, "/a?width=x": width is "x"; it takes pixels, more than 0`,
		`[{"url":"/a?meta=true"}]`:           `meta is for the whole image and not for a layer`,
		`[{"url":"/a?autorotate=false"}]`:    `autorotate is for the whole image and not for a layer`,
		`[{"url":"/a?crop=face"}]`:           `crop=face is not supported yet`,
		`[{"url":"https://u@example.com/"}]`: "The URL of the original has no host",
		`[{"url":"data:text/html,x"}]`:       "The data URL is not of an image",
	} {
		checkRefusal(t, d, "layers="+url.QueryEscape(layers), errors.BadTransform, want)
	}
}

// The path of a layer does not change which handler a URL is for.
func TestWrongPathsOfLayers(t *testing.T) {
	d := dialect(t, Config{})
	for _, query := range []string{"mark=/a/../b", "text=x&text_font=a/../b.ttf", "layers=" + url.QueryEscape(`[{"url":"/a%zz"}]`), "origin=https://example.com/../a", "source_url=https://example.com/%252e%252e/a"} {
		if _, _, err := d.Parse("/photo.jpg", query); err == nil || stderrors.Is(err, origin.ErrPath) {
			t.Errorf("%s gives %v", query, err)
		}
	}
	if _, _, err := d.Parse("/a/../photo.jpg", "width=5"); !stderrors.Is(err, origin.ErrPath) {
		t.Error(err)
	}
}

func TestLayersLimits(t *testing.T) {
	d := dialect(t, Config{})
	many := func(n int) string {
		return "layers=" + url.QueryEscape("["+strings.TrimSuffix(strings.Repeat(`{"url":"/a"},`, n), ",")+"]")
	}
	if _, err := planOf(t, many(32)); err != nil {
		t.Error(err)
	}
	checkRefusal(t, d, many(33), errors.Limit, "The URL has more than 32 layers")
	checkRefusal(t, d, many(32)+"&text=x", errors.Limit, "The URL has more than 32 layers")
	checkRefusal(t, d, many(31)+"&mark="+url.QueryEscape("/b?mark=/c"), errors.Limit, "The URL has more than 32 layers")
	// A mark on a mark on a mark …
	nested := func(depth int) string {
		u := "/0"
		for i := range depth {
			u = "/" + strconv.Itoa(i+1) + "?mark=" + url.QueryEscape(u)
		}
		return strings.TrimPrefix(u, "/"+strconv.Itoa(depth)+"?")
	}
	if _, err := planOf(t, nested(3)); err != nil {
		t.Error(err)
	}
	checkRefusal(t, d, nested(4), errors.Limit, "Layers are nested deeper than 3 levels")
	checkRefusal(t, d, "layers="+strings.Repeat("[", maxValue), errors.BadTransform, "layers is")
}

func TestText(t *testing.T) {
	text := func(change func(l *transform.Layer)) plan {
		l := transform.Layer{Kind: transform.TextLayer, Steps: steps{{}}, Text: transform.Text{Content: "a b", Font: "Open Sans", Size: num(45), Color: transform.Black}}
		change(&l)
		return plan{Steps: steps{{Layers: []transform.Layer{l}}}, Output: original}
	}
	for query, change := range map[string]func(l *transform.Layer){
		"":                                func(*transform.Layer) {},
		"&text_size=20.5":                 func(l *transform.Layer) { l.Text.Size = num(20.5) },
		"&text_color=f00":                 func(l *transform.Layer) { l.Text.Color = transform.Opaque(255, 0, 0) },
		"&text_background=white":          func(l *transform.Layer) { l.Text.Background = transform.White },
		"&text_font=PT+Serif":             func(l *transform.Layer) { l.Text.Font = "PT Serif" },
		"&text_font=/fonts/My%20Font.TTF": func(l *transform.Layer) { l.Text.File = origin.Ref{Path: "fonts/My%20Font.TTF"} },
		"&text_align=left":                func(l *transform.Layer) { l.Text.Align = transform.AlignLeft },
		"&text_width=300":                 func(l *transform.Layer) { l.Text.Width = num(300) },
		"&text_width=0":                   func(*transform.Layer) {},
		"&text_pad=4": func(l *transform.Layer) {
			l.Text.Padding = transform.Padding{Top: num(4), Right: num(4), Bottom: num(4), Left: num(4)}
		},
		"&text_pos=top,left": func(l *transform.Layer) { l.Place.Focus = transform.FocusTopLeft },
		"&text_pos=top&text_offset=3": func(l *transform.Layer) {
			l.Place = transform.Place{Anchor: transform.FocusTopLeft, Top: transform.Offset{Distance: percent(transform.BaseShort, 0.03)}}
		},
		"&text_alpha=50": func(l *transform.Layer) { l.Steps[0].Opacity = num(50) },
		"&text_angle=-8": func(l *transform.Layer) { l.Steps[0].Rotate = num(-8) },
	} {
		checkPlan(t, "text=a+b"+query, text(change))
	}
	long, err := planOf(t, "text="+strings.Repeat("a", 2001))
	if err != nil || len(long.Steps[0].Layers[0].Text.Content) != 2000 {
		t.Errorf("%+v, %v", long, err)
	}
}
