package integration_test

import (
	"encoding/json"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var (
	red    = color.NRGBA{255, 0, 0, 255}
	green  = color.NRGBA{0, 128, 0, 255}
	blue   = color.NRGBA{0, 0, 255, 255}
	white  = color.NRGBA{255, 255, 255, 255}
	hidden = color.NRGBA{}
)

// options are those of an SDK's function.
type options = map[string]any

// The SDKs' URLs, asked for with the SDKs' functions, give the images that
// can be computed by hand. halves.png is 200x100, its left half red and its
// right half blue; white.png is 100x100; square.png is 40x40 with a green
// square of 20x20 in the middle of a transparent margin.
var sdkTests = []struct {
	name      string
	sdk       string
	src       string
	transform []options
	more      options // further options

	tr     string // what the URL must hold; options come in the order of their names
	format string
	w, h   int
	pixels []pixel
}{
	{"the original", "javascript", "halves.png", nil, nil, "", "png", 200, 100,
		[]pixel{{0, 0, red}, {99, 99, red}, {100, 0, blue}, {199, 99, blue}}},
	{"a size", "javascript", "halves.png", []options{{"width": 100, "height": 50, "format": "png"}}, nil,
		"tr=f-png,h-50,w-100", "png", 100, 50, []pixel{{45, 25, red}, {55, 25, blue}}},
	{"in the path", "nodejs", "halves.png", []options{{"width": 100, "format": "png"}}, options{"transformationPosition": "path"},
		"/tr:f-png,w-100/", "png", 100, 50, []pixel{{45, 25, red}, {55, 25, blue}}},
	{"a fraction", "nodejs", "/halves.png", []options{{"width": 0.5, "format": "png"}}, nil, "w-0.5", "png", 100, 50, nil},
	{"a chain", "javascript", "halves.png", []options{{"width": 100, "height": 50}, {"rotation": 90, "format": "png"}}, nil,
		"tr=h-50,w-100:f-png,rt-90", "png", 50, 100, []pixel{{25, 45, red}, {25, 55, blue}}},
	{"a crop in the middle", "nodejs", "halves.png", []options{{"width": 50, "height": 50, "cropMode": "extract", "format": "png"}}, nil,
		"cm-extract", "png", 50, 50, []pixel{{24, 0, red}, {25, 49, blue}}},
	{"a focus", "javascript", "halves.png", []options{{"width": 50, "height": 100, "focus": "right", "format": "png"}}, nil,
		"fo-right", "png", 50, 100, []pixel{{0, 0, blue}, {49, 99, blue}}},
	{"padding", "javascript", "halves.png", []options{{"width": 200, "height": 200, "cropMode": "pad_resize", "background": "008000", "format": "png"}}, nil,
		"cm-pad_resize", "png", 200, 200, []pixel{{0, 49, green}, {0, 50, red}, {199, 149, blue}, {199, 150, green}}},
	{"a border", "nodejs", "white.png", []options{{"border": "5_FF0000", "format": "png"}}, nil,
		"b-5_FF0000", "png", 110, 110, []pixel{{0, 0, red}, {4, 50, red}, {5, 5, white}, {104, 104, white}, {105, 50, red}}},
	{"a radius", "javascript", "white.png", []options{{"radius": "max", "format": "png"}}, nil,
		"r-max", "png", 100, 100, []pixel{{0, 0, hidden}, {50, 50, white}, {50, 1, white}}},
	{"a flip", "nodejs", "halves.png", []options{{"flip": "h", "format": "png"}}, nil,
		"fl-h", "png", 200, 100, []pixel{{99, 0, blue}, {100, 0, red}}},
	{"a trim", "javascript", "square.png", []options{{"trim": true, "format": "png"}}, nil,
		"t-true", "png", 20, 20, []pixel{{0, 0, green}, {19, 19, green}}},
	{"a chosen format", "nodejs", "white.png", []options{{"format": "jpg", "quality": 90}}, nil,
		"f-jpg,q-90", "jpeg", 100, 100, []pixel{{0, 0, white}, {99, 99, white}}},
	{"an expression", "javascript", "halves.png", []options{{"width": "ih_div_2", "height": "ih", "cropMode": "extract", "focus": "left", "format": "png"}}, nil,
		"h-ih,w-ih_div_2", "png", 50, 100, []pixel{{0, 0, red}, {49, 99, red}}},
	{"a named transformation", "nodejs", "halves.png", []options{{"named": "stamp"}}, nil,
		"n-stamp", "png", 20, 20, []pixel{{2, 10, red}, {17, 10, blue}}},
	{"a default image", "javascript", "missing.png", []options{{"width": 10, "format": "png", "defaultImage": "/white.png"}}, nil,
		"di-white.png", "png", 10, 10, []pixel{{5, 5, white}}},
	{"a block", "javascript", "white.png", []options{{"overlay": options{"type": "solidColor", "color": "FF0000", "position": options{"x": 10, "y": 20},
		"transformation": []options{{"width": 30, "height": 40}}}, "format": "png"}}, nil,
		"l-image,i-ik_canvas,bg-FF0000,lx-10,ly-20,", "png", 100, 100,
		[]pixel{{9, 20, white}, {10, 19, white}, {10, 20, red}, {39, 59, red}, {40, 59, white}, {39, 60, white}}},
	{"a block from the far edge, half as large as the picture", "nodejs", "white.png", []options{{"overlay": options{"type": "solidColor", "color": "blue", "position": options{"x": "N10", "y": "N0"},
		"transformation": []options{{"width": "bw_div_2", "height": "bh_div_4"}}}, "format": "png"}}, nil,
		"lx-N10,ly-N0", "png", 100, 100, []pixel{{39, 75, white}, {40, 74, white}, {40, 75, blue}, {89, 99, blue}, {90, 99, white}}},
	{"a picture on a picture, trimmed", "javascript", "white.png", []options{{"overlay": options{"type": "image", "input": "/square.png", "position": options{"focus": "bottom_right"}}, "format": "png"}}, nil,
		"l-image,i-square.png,lfo-bottom_right", "png", 100, 100, []pixel{{79, 80, white}, {80, 79, white}, {80, 80, green}, {99, 99, green}}},
	{"a picture on a picture, not trimmed", "nodejs", "white.png", []options{{"overlay": options{"type": "image", "input": "square.png", "position": options{"focus": "top_left"},
		"transformation": []options{{"trim": false}}}, "format": "png"}}, nil,
		"t-false", "png", 100, 100, []pixel{{9, 10, white}, {10, 10, green}, {29, 29, green}, {30, 29, white}}},
	{"a layer on a layer", "javascript", "white.png", []options{{"overlay": options{"type": "image", "input": "square.png", "position": options{"focus": "top_left"},
		"transformation": []options{{"overlay": options{"type": "solidColor", "color": "red", "transformation": []options{{"width": 4, "height": 4}}}}}}, "format": "png"}}, nil,
		"l-end,l-end", "png", 100, 100, []pixel{{0, 0, green}, {7, 7, green}, {8, 8, red}, {11, 11, red}, {12, 12, green}, {19, 19, green}, {20, 20, white}}},
	// An em dash of this size is a bar in the middle of the image; its box is
	// red.
	{"a text in a box", "javascript", "white.png", []options{{"overlay": options{"type": "text", "text": "—", "position": options{"focus": "center"},
		"transformation": []options{{"fontSize": 40, "fontColor": "0000FF", "background": "FF0000", "padding": 10}}}, "format": "png"}}, nil,
		"l-text,", "png", 100, 100, []pixel{{2, 2, white}, {50, 50, blue}, {50, 43, red}, {50, 57, red}, {50, 25, white}, {50, 75, white}}},
	{"a condition", "nodejs", "halves.png", []options{{"raw": "if-ar_gt_1,w-40,f-png,if-else,w-80,if-end"}}, nil,
		"if-ar_gt_1", "png", 40, 20, []pixel{{5, 10, red}, {35, 10, blue}}},
	{"a shadow on a canvas of its own", "javascript", "square.png", []options{{"shadow": "bl-0_st-100_x-25_y-0", "format": "png"}}, nil,
		"e-shadow-bl-0_st-100_x-25_y-0", "png", 40, 40, []pixel{{9, 20, hidden}, {10, 20, green}, {29, 20, green}, {30, 20, color.NRGBA{0, 0, 0, 255}}, {39, 20, color.NRGBA{0, 0, 0, 255}}}},
	{"a gradient over the picture", "nodejs", "white.png", []options{{"gradient": "ld-right_from-FF0000_to-0000FF_sp-1", "format": "png"}}, nil,
		"e-gradient-ld-right", "png", 100, 100, []pixel{{0, 50, red}, {99, 50, blue}}},
	{"a query of the site's own", "javascript", "white.png", []options{{"width": 10, "format": "png"}},
		options{"queryParameters": options{"v": "1.2", "x": "a b"}}, "v=1.2", "png", 10, 10, []pixel{{5, 5, white}}},
}

func TestSDKs(t *testing.T) {
	s := startImageKit(t, "named stamp w-20,h-20,f-png")
	var calls []sdkCall
	for _, tt := range sdkTests {
		o := options{"urlEndpoint": s.URL + "/shop", "src": tt.src}
		if tt.transform != nil {
			o["transformation"] = tt.transform
		}
		for name, value := range tt.more {
			o[name] = value
		}
		calls = append(calls, sdkCall{tt.sdk, "buildSrc", o})
	}
	for i, result := range sdkResults(t, calls) {
		tt := sdkTests[i]
		t.Run(tt.name, func(t *testing.T) {
			url := text(t, result)
			if !strings.Contains(withoutHost(url), tt.tr) {
				t.Errorf("the SDK writes %s, without %s", url, tt.tr)
			}
			getPicture(t, url).check(t, url, tt.format, tt.w, tt.h, tt.pixels)
		})
	}
}

// What the SDK signs is shown where a signature is asked for, and nothing else is.
func TestSignedBySDK(t *testing.T) {
	s := startImageKit(t, "private_key "+sdkKey, "require_signature on")
	sign := func(src string, more options) sdkCall {
		o := options{"urlEndpoint": s.URL + "/shop", "src": src, "signed": true}
		for name, value := range more {
			o[name] = value
		}
		return sdkCall{"nodejs", "buildSrc", o}
	}
	wide := []options{{"width": 50, "format": "png"}}
	calls := map[string]sdkCall{
		"the original":      sign("halves.png", nil),
		"in the query":      sign("halves.png", options{"transformation": wide}),
		"in the path":       sign("halves.png", options{"transformation": wide, "transformationPosition": "path"}),
		"for an hour":       sign("halves.png", options{"transformation": wide, "expiresIn": 3600}),
		"beside a query":    sign("/halves.png", options{"transformation": wide, "queryParameters": options{"v": "a b/ü"}}),
		"a text in a layer": sign("white.png", options{"transformation": []options{{"overlay": options{"type": "text", "text": "Grüße, Welt"}, "format": "png"}}}),
		"a name in Hindi":   sign("हिन्दी.png", options{"transformation": wide}),
	}
	var names []string
	var list []sdkCall
	for name, call := range calls {
		names, list = append(names, name), append(list, call)
	}
	for i, result := range sdkResults(t, list) {
		t.Run(names[i], func(t *testing.T) {
			url := text(t, result)
			getPicture(t, url)
			unsigned, _, _ := strings.Cut(url, "ik-s=")
			forged := strings.NewReplacer("ik-s=0", "ik-s=1", "ik-s=", "ik-s=0").Replace(url)
			for _, other := range []string{unsigned[:len(unsigned)-1], forged, url + "&more=1", strings.Replace(url, "/shop/", "/shop/x", 1), strings.Replace(url, "w-50", "w-51", 1)} {
				if other == url {
					continue // it asks for no width
				}
				if status, header, _ := get(t, other); status != http.StatusUnauthorized || !strings.HasPrefix(header.Get("ik-error"), "EPERM - ") {
					t.Errorf("%s\nanswers %d, ik-error %q", other, status, header.Get("ik-error"))
				}
			}
		})
	}
}

// Every image that a responsive image may choose from is there, as wide as
// its srcset says, and never wider than the original.
func TestResponsiveImage(t *testing.T) {
	s := startImageKit(t)
	results := sdkResults(t, []sdkCall{{"javascript", "getResponsiveImageAttributes", options{
		"urlEndpoint": s.URL + "/shop", "src": "/halves.png", "sizes": "(min-width: 800px) 50vw, 100vw",
		"deviceBreakpoints": []int{64, 128, 1920}, "imageBreakpoints": []int{32},
	}}})
	var attributes struct{ Src, SrcSet string }
	if err := json.Unmarshal(results[0], &attributes); err != nil {
		t.Fatal(err)
	}
	want := map[string]int{"32w": 32, "64w": 64, "128w": 128, "1920w": 200}
	for candidate := range strings.SplitSeq(attributes.SrcSet, ", ") {
		url, descriptor, _ := strings.Cut(candidate, " ")
		width, known := want[descriptor]
		if !known {
			t.Errorf("the SDK offers %s", candidate)
			continue
		}
		delete(want, descriptor)
		getPicture(t, url).check(t, url, "png", width, width/2, []pixel{{width / 4, width / 4, red}, {width * 3 / 4, width / 4, blue}})
	}
	if len(want) > 0 {
		t.Errorf("the SDK does not offer %v:\n%s", want, attributes.SrcSet)
	}
	getPicture(t, attributes.Src)
}

// startImageKit serves the originals of sdkTests at the endpoint /shop.
func startImageKit(t *testing.T, more ...string) *server {
	t.Helper()
	return startCaddy(t, `http://127.0.0.1:{$PORT} {
	images {
		dialect imagekit {
			endpoint /shop
			`+strings.Join(more, "\n\t\t\t")+`
		}
		origin fs {$ORIGINALS}
	}
}
`, "ORIGINALS="+writeOriginals(t))
}

// writeOriginals writes the originals that tests ask for into a folder.
func writeOriginals(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	halves := image.NewNRGBA(image.Rect(0, 0, 200, 100))
	fill(halves, image.Rect(0, 0, 100, 100), red)
	fill(halves, image.Rect(100, 0, 200, 100), blue)
	tall := image.NewNRGBA(image.Rect(0, 0, 100, 200))
	fill(tall, image.Rect(0, 0, 100, 100), red)
	fill(tall, image.Rect(0, 100, 100, 200), blue)
	plain := image.NewNRGBA(image.Rect(0, 0, 100, 100))
	fill(plain, plain.Rect, white)
	square := image.NewNRGBA(image.Rect(0, 0, 40, 40))
	fill(square, image.Rect(10, 10, 30, 30), green)
	for name, picture := range map[string]image.Image{"halves.png": halves, "हिन्दी.png": halves, "tall.png": tall, "white.png": plain, "square.png": square} {
		file, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(file, picture); err != nil {
			t.Fatal(err)
		}
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func fill(i draw.Image, r image.Rectangle, c color.Color) {
	draw.Draw(i, r, image.NewUniform(c), image.Point{}, draw.Src)
}

// text returns a string that an SDK returned.
func text(t *testing.T, result json.RawMessage) string {
	t.Helper()
	var s string
	if err := json.Unmarshal(result, &s); err != nil {
		t.Fatal(err)
	}
	return s
}
