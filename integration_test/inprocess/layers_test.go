package inprocess_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/caddy-images/caddy-images/internal/fonttest"
)

// wantPixel checks a pixel of a PNG answer.
func (a answer) wantPixel(t *testing.T, x, y int, want color.NRGBA) {
	t.Helper()
	a.wants(t, 200)
	if a.StatusCode != 200 {
		return
	}
	picture, err := png.Decode(bytes.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	got := color.NRGBAModel.Convert(picture.At(x, y)).(color.NRGBA)
	near := func(a, b uint8) bool { return max(a, b)-min(a, b) <= 3 }
	if !near(got.R, want.R) || !near(got.G, want.G) || !near(got.B, want.B) || got.A != want.A {
		t.Errorf("(%d, %d) is %v, want %v", x, y, got, want)
	}
}

// Fonts of the server's own are found by name, also by what an SVG writes.
func TestFontsOfTheServer(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("without workers by default")
	}
	fonts := t.TempDir()
	if err := os.WriteFile(filepath.Join(fonts, "My.ttf"), fonttest.Squares("A"), 0o644); err != nil {
		t.Fatal(err)
	}
	s := serve(t, "images {\n origin fs ROOT\n fonts "+fonts+"\n isolation processes\n}")
	// A square of 0.8 times 100, in the middle of 300 by 200.
	text := s.get(t, "/tr:w-300,h-200,f-png,l-text,i-A,ff-Squares,fs-100,co-0000FF,l-end/red.jpg")
	for _, p := range []struct {
		x, y int
		want color.NRGBA
	}{{112, 62, color.NRGBA{0, 0, 255, 255}}, {187, 137, color.NRGBA{0, 0, 255, 255}}, {107, 100, color.NRGBA{255, 0, 0, 255}}, {150, 56, color.NRGBA{255, 0, 0, 255}}} {
		text.wantPixel(t, p.x, p.y, p.want)
	}
	s.addFile(t, "a.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100"><text x="0" y="90" font-family="Squares" font-size="100">A</text></svg>`))
	s.get(t, "/tr:f-png/a.svg").wantPixel(t, 15, 15, color.NRGBA{0, 0, 0, 255})
}

// The numbers of a text may follow from the image below, which is 400x300.
func TestTextsFollowThePicture(t *testing.T) {
	s := serve(t, "images {\n origin fs ROOT\n isolation processes\n}")
	s.addFile(t, "My.ttf", fonttest.Squares("A"))
	red, blue, white := color.NRGBA{255, 0, 0, 255}, color.NRGBA{0, 0, 255, 255}, color.NRGBA{255, 255, 255, 255}
	for _, tt := range []struct {
		parameters string
		box        image.Rectangle
		letters    []image.Rectangle
	}{
		// 400 / 4 is the font's size, so the letter is 80 wide; 400 * 0.05 is the room
		// around it. Both are in the middle.
		{"i-A,fs-bw_div_4,pa-bw_mul_0.05", image.Rect(140, 90, 260, 210), []image.Rectangle{image.Rect(160, 110, 240, 190)}},
		// Two lines, one 300 / 2 below the other: 230 high in all, and 300 / 30 around.
		{"ie-QQpB,fs-bw_div_4,lh-bh_div_2,pa-bh_div_30", image.Rect(150, 25, 250, 275), []image.Rectangle{image.Rect(160, 35, 240, 115), image.Rect(160, 185, 240, 265)}},
	} {
		a := s.get(t, "/tr:f-png,l-text,ff-My.ttf,"+tt.parameters+",bg-FFFFFF,co-0000FF,l-end/red.jpg")
		inside := func(p image.Point) color.NRGBA {
			for _, letter := range tt.letters {
				if p.In(letter) {
					return blue
				}
			}
			if p.In(tt.box) {
				return white
			}
			return red
		}
		for _, r := range append(tt.letters, tt.box) {
			middle := image.Pt((r.Min.X+r.Max.X)/2, (r.Min.Y+r.Max.Y)/2)
			for _, p := range []image.Point{
				{r.Min.X - 2, middle.Y}, {r.Min.X + 1, middle.Y}, {r.Max.X - 2, middle.Y}, {r.Max.X + 1, middle.Y},
				{middle.X, r.Min.Y - 2}, {middle.X, r.Min.Y + 1}, {middle.X, r.Max.Y - 2}, {middle.X, r.Max.Y + 1},
			} {
				a.wantPixel(t, p.X, p.Y, inside(p))
			}
		}
	}
}

func solidPNG(w, h int, c color.NRGBA) []byte {
	i := image.NewNRGBA(image.Rect(0, 0, w, h))
	for n := range w * h {
		copy(i.Pix[4*n:], []byte{c.R, c.G, c.B, c.A})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, i); err != nil {
		panic(err)
	}
	return b.Bytes()
}

var (
	pureBlue = color.NRGBA{0, 0, 255, 255}
	logo     = solidPNG(10, 10, pureBlue)
)

// addFile puts a file into the site's folder.
func (s site) addFile(t *testing.T, name string, body []byte) {
	t.Helper()
	path := filepath.Join(s.root, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, body, 0o666); err != nil {
		t.Fatal(err)
	}
}

// Layers come from where originals do, and both forms of the URL are one.
func TestLayersFromEachOrigin(t *testing.T) {
	for name, directives := range map[string]string{
		"next":     "root ROOT\nimages\nfile_server",
		"fs":       "images {\n origin fs ROOT\n}",
		"both":     "root ROOT\nimages {\n origin fs ROOT/sub\n origin next\n}\nfile_server",
		"endpoint": "images {\n dialect imagekit {\n  endpoint /shop\n }\n origin fs ROOT\n}",
		"stripped": "handle_path /shop/* {\n images {\n  origin fs ROOT\n }\n}",
		"matched":  "@asked query tr=*\nimages @asked {\n origin fs ROOT\n}",
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, directives)
			s.addFile(t, "logos/blue.png", logo)
			prefix := ""
			if name == "endpoint" || name == "stripped" {
				prefix = "/shop"
			}
			query := s.get(t, prefix+"/red.jpg?tr=l-image,i-logos@@blue.png,t-false,lx-3,ly-4,l-end,f-png")
			query.wantPixel(t, 3, 4, pureBlue)
			query.wantPixel(t, 12, 13, pureBlue)
			query.wantPixel(t, 2, 4, color.NRGBA{254, 0, 0, 255})
			if name != "matched" {
				path := s.get(t, prefix+"/tr:l-image,i-logos@@blue.png,t-false,lx-3,ly-4,l-end,f-png/red.jpg")
				path.wants(t, 200, "Etag", query.Header.Get("Etag"))
			}
		})
	}
}

// What the operator put into a named transformation is shown to everybody, however
// the rest of the URL reads. What a client adds by itself is not.
func TestNamedLayersAreTheOperators(t *testing.T) {
	s := serve(t, "basic_auth /private/* {\n who "+hash+"\n}\nimages {\n dialect imagekit {\n  named wm l-image,i-private@@blue.png,l-end\n  named or w-20,di-private@@blue.png\n  named thumb w-20\n }\n origin fs ROOT\n}")
	s.addFile(t, "private/blue.png", logo)
	s.addFile(t, "small-a.png", solidPNG(20, 20, color.NRGBA{254, 0, 0, 255}))
	for _, path := range []string{
		"/red.jpg?tr=n-wm", "/small-a.png?tr=n-wm", "/red.jpg?tr=n-wm&v=small-2", "/tr:n-wm/small-a.png",
		"/audi-no.png?tr=n-or", "/no.png?tr=n-or&v=audi-2",
	} {
		s.get(t, path).wants(t, 200)
	}
	const own = "l-image,i-private@@blue.png,l-end"
	for _, path := range []string{
		"/red.jpg?tr=n-thumb," + own, "/red.jpg?tr=n-wm:" + own, "/tr:n-thumb,%6C-image,i-private@@blue.png,l-end/red.jpg",
		"/red.jpg?tr=n-thumb,%6C%2Dimage,i-private@@blue.png,%6c-end",
	} {
		s.get(t, path).wants(t, 403)
	}
}

// A layer shows nothing that a client may not see by itself.
func TestRulesForAPathHoldForItsLayers(t *testing.T) {
	const auth = "basic_auth /private/* {\n who " + hash + "\n}\n"
	for name, directives := range map[string]string{
		"next":       auth + "root ROOT\nimages\nfile_server",
		"origin":     auth + "images {\n origin fs ROOT\n}",
		"prefix":     "basic_auth /media/private/* {\n who " + hash + "\n}\nhandle_path /media/* {\n images {\n  origin fs ROOT\n }\n}",
		"responding": "route {\n respond /private/* 401\n images {\n  origin fs ROOT\n }\n}",
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, directives)
			s.addFile(t, "private/blue.png", logo)
			s.addFile(t, "blue.png", logo)
			prefix := ""
			if name == "prefix" {
				prefix = "/media"
			}
			for _, tr := range []string{
				"l-image,i-private@@blue.png,l-end",
				"l-image,ie-cHJpdmF0ZS9ibHVlLnBuZw,l-end",
				"l-image,i-blue.png,l-image,i-private@@blue.png,l-end,l-end",
				"l-image,i-%2570rivate@@blue.png,l-end", // names no such folder
			} {
				want := 403
				if strings.Contains(tr, "%") {
					want = 404
				}
				for _, path := range []string{"/red.jpg?tr=" + tr, "/tr:" + tr + "/red.jpg"} {
					a := s.get(t, prefix+path)
					a.wants(t, want)
					if !strings.Contains(a.Header.Get("Ik-Error"), "In the layer ") {
						t.Errorf("%s gives %q", path, a.Header.Get("Ik-Error"))
					}
				}
			}
			s.get(t, prefix+"/red.jpg?tr=l-image,i-blue.png,l-end").wants(t, 200)
			if name == "responding" {
				return
			}
			const who = "Basic d2hvOnNlY3JldA=="
			s.get(t, prefix+"/red.jpg?tr=l-image,i-private@@blue.png,l-end", "Authorization", who).
				wants(t, 200, "Cache-Control", "private, no-cache")
		})
	}
}

// A file that another handler serves is not this one's to draw.
func TestLayerOfAnotherHandler(t *testing.T) {
	s := serve(t, "handle /other/* {\n images {\n  origin fs ROOT\n }\n}\nhandle /plain/* {\n root ROOT\n file_server\n}\nhandle /gone/* {\n abort\n}\nhandle {\n images {\n  origin fs ROOT\n }\n}")
	s.addFile(t, "other/blue.png", logo)
	s.addFile(t, "plain/blue.png", logo)
	for _, layer := range []string{"other@@blue.png", "plain@@blue.png", "gone@@blue.png"} {
		a := s.get(t, "/red.jpg?tr=l-image,i-"+layer+",l-end")
		if a.wants(t, 403); !strings.HasPrefix(a.Header.Get("Ik-Error"), `EPERM - In the layer "`) {
			t.Errorf("%s gives %q", layer, a.Header.Get("Ik-Error"))
		}
	}
}

// What another handler has at a layer's path is not read to its end, if it has one.
func TestLayersDoNotReadOtherHandlersAnswers(t *testing.T) {
	left := make(chan struct{}, 1)
	addr := backend(t, func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			_, _ = w.Write(make([]byte, 1<<16))
		}
		left <- struct{}{}
	})
	s := serve(t, "handle /endless/* {\n reverse_proxy "+addr+"\n}\nhandle {\n images {\n  origin fs ROOT\n }\n}")
	s.get(t, "/red.jpg?tr=l-image,i-endless@@blue.png,l-end").wants(t, 403)
	<-left
}

func TestLayerThatIsMissing(t *testing.T) {
	for name, directives := range map[string]string{"fs": "images {\n origin fs ROOT\n}", "next": "root ROOT\nimages\nfile_server"} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, directives)
			s.addFile(t, "blue.png", logo)
			a := s.get(t, "/red.jpg?tr=l-image,i-blue.png,l-image,i-a@@b%20c.png,l-end,l-end")
			if a.wants(t, 404, "Cache-Control", "no-store"); !strings.HasPrefix(a.Header.Get("Ik-Error"), `ENOENT - In the layer "a/b c.png": No file was found`) {
				t.Errorf("%q", a.Header.Get("Ik-Error"))
			}
			// The image itself is asked for first.
			if a := s.get(t, "/no.jpg?tr=l-image,i-no.png,l-end"); strings.Contains(a.Header.Get("Ik-Error"), "layer") {
				t.Errorf("%q", a.Header.Get("Ik-Error"))
			}
			// A file that is not an image is never sent.
			a = s.get(t, "/red.jpg?tr=l-image,i-text.txt,l-end")
			if a.wants(t, 400); !strings.HasPrefix(a.Header.Get("Ik-Error"), `EBADMSG - In the layer "text.txt": `) {
				t.Errorf("%q", a.Header.Get("Ik-Error"))
			}
			a = s.get(t, "/red.jpg?tr=l-image,i-broken.jpg,t-false,l-end")
			if a.wants(t, 400); !strings.HasPrefix(a.Header.Get("Ik-Error"), `EBADMSG - In the layer "broken.jpg": The original is damaged or truncated: it lacks data: scan 1 has `) {
				t.Errorf("%q", a.Header.Get("Ik-Error"))
			}
		})
	}
}

// Whatever else the layers name, the response is about the file that is
// missing.
func TestMissingLayerBeforeOthers(t *testing.T) {
	for name, directives := range map[string]string{"fs": "images {\n origin fs ROOT\n}", "next": "root ROOT\nimages\nfile_server"} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, directives)
			var tr strings.Builder
			tr.WriteString("l-image,i-no.png,l-end")
			for i := range maxLayerFiles - 1 {
				s.addFile(t, fmt.Sprintf("%d.png", i), logo)
				fmt.Fprintf(&tr, ",l-image,i-%d.png,l-end", i)
			}
			a := s.get(t, "/red.jpg?tr="+tr.String())
			if a.wants(t, 404); !strings.HasPrefix(a.Header.Get("Ik-Error"), `ENOENT - In the layer "no.png": `) {
				t.Errorf("%q", a.Header.Get("Ik-Error"))
			}
		})
	}
}

const maxLayerFiles = 16

// A URL cannot make whoever decides about access work at will: each file is asked
// about once, and there are only so many.
func TestLayersAskOnceForEachFile(t *testing.T) {
	var asked atomic.Int64
	addr := backend(t, func(http.ResponseWriter, *http.Request) { asked.Add(1) })
	s := serve(t, "forward_auth "+addr+" {\n uri /\n}\nimages {\n origin fs ROOT\n}")
	for i := range maxLayerFiles + 1 {
		s.addFile(t, fmt.Sprintf("%d.png", i), logo)
	}
	for _, tt := range []struct {
		layers, files, status int
		want                  int64 // questions: one for the request, one for each file
	}{
		{32, 1, 200, 2},
		{32, maxLayerFiles, 200, 1 + maxLayerFiles},
		{32, maxLayerFiles + 1, 400, 1},
	} {
		var layers []string
		for i := range tt.layers {
			layers = append(layers, fmt.Sprintf("l-image,i-%d.png,l-end", i%tt.files))
		}
		asked.Store(0)
		a := s.get(t, "/red.jpg?tr="+strings.Join(layers, ","))
		if a.wants(t, tt.status); asked.Load() != tt.want {
			t.Errorf("%d layers of %d files: asked %d times, want %d", tt.layers, tt.files, asked.Load(), tt.want)
		}
		if want := "ELIMIT - The layers have 17 different files, more than 16"; tt.status == 400 && a.Header.Get("Ik-Error") != want {
			t.Errorf("%q", a.Header.Get("Ik-Error"))
		}
	}
	// The image itself needs no question of its own.
	asked.Store(0)
	s.get(t, "/0.png?tr=l-image,i-0.png,l-end").wants(t, 200)
	if asked.Load() != 1 {
		t.Errorf("asked %d times about the same file", asked.Load())
	}
}

// The limits of originals hold for each file, and one for all together.
func TestLimitsOfLayers(t *testing.T) {
	s := serve(t, "images {\n origin fs ROOT\n max_source_size 20KiB\n max_pixels 200000\n}")
	small := append(solidPNG(10, 10, pureBlue), make([]byte, 18<<10)...)
	for i := range 6 {
		s.addFile(t, fmt.Sprintf("%d.png", i), small)
	}
	s.addFile(t, "long.png", append(small, make([]byte, 8<<10)...))
	s.addFile(t, "wide.png", solidPNG(2000, 200, pureBlue))
	layer := func(name string) string { return "l-image,i-" + name + ",l-end," }
	s.get(t, "/red.jpg?tr="+layer("0.png")+layer("1.png")+layer("0.png")).wants(t, 200)
	for tr, want := range map[string]string{
		layer("long.png"): `ELIMIT - In the layer "long.png": `,
		layer("wide.png"): `ELIMIT - In the layer "wide.png": The original has 400000 pixels`,
		layer("0.png") + layer("1.png") + layer("2.png") + layer("3.png") + layer("4.png"): "ELIMIT - The original and its layers have ",
	} {
		a := s.get(t, "/red.jpg?tr="+tr)
		if a.wants(t, 400); !strings.HasPrefix(a.Header.Get("Ik-Error"), want) {
			t.Errorf("%s gives %q, want %q", tr, a.Header.Get("Ik-Error"), want)
		}
	}
}

// RFC 9110 section 8.8.3: another layer is another representation. RFC 9111
// section 5.2.2: it is kept no longer than each of its parts.
func TestHeadersWithLayers(t *testing.T) {
	etag, control := `"one"`, "max-age=60"
	addr := backend(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=600")
		w.Header().Set("ETag", `"base"`)
		if r.URL.Path == "/logo.png" {
			w.Header().Set("ETag", etag)
			w.Header().Set("Cache-Control", control)
		}
		_, _ = w.Write(logo)
	})
	origin := "cache off\n origin web http://" + addr + " {\n  allow_private 127.0.0.0/8\n }\n"
	const path = "/a.png?tr=l-image,i-logo.png,t-false,l-end,f-png&v=1"
	s := serve(t, "images {\n "+origin+"}")
	first := s.get(t, path)
	first.wants(t, 200, "Cache-Control", "public, max-age=31536000")
	s.get(t, path, "If-None-Match", first.Header.Get("Etag")).wants(t, 304)
	etag = `"two"`
	second := s.get(t, path, "If-None-Match", first.Header.Get("Etag"))
	if second.wants(t, 200); second.Header.Get("Etag") == first.Header.Get("Etag") {
		t.Error("another layer has the same entity tag")
	}
	for said, want := range map[string]string{"private": "private, no-cache", "no-store": "no-store"} {
		control = said
		s.get(t, path).wants(t, 200, "Cache-Control", want)
	}
	s = serve(t, "images {\n cache_control origin\n "+origin+"}")
	for said, want := range map[string]string{
		"max-age=60":                  "max-age=60",
		"public, max-age=6000":        "public, max-age=600",
		"public, max-age=600":         "public, max-age=600",
		"no-cache":                    "no-cache",
		"private, s-maxage=5, public": "private, no-cache",
		"max-age=what":                "max-age=0",
	} {
		control = said
		s.get(t, path).wants(t, 200, "Cache-Control", want)
	}
}

// Text needs no origin, and looks the same in both forms of the URL.
func TestTextThroughCaddy(t *testing.T) {
	s := serve(t, "images {\n origin fs ROOT\n}")
	const layer = "l-text,ie-SGVsbG8sIHlvdQ%3D%3D,fs-40,co-blue,bg-FFFFFF,pa-5,lx-10,ly-10,l-end,f-png"
	query := s.get(t, "/red.jpg?tr="+layer)
	query.wantPixel(t, 11, 11, color.NRGBA{255, 255, 255, 255})
	query.wantPixel(t, 5, 5, color.NRGBA{254, 0, 0, 255})
	s.get(t, "/tr:"+layer+"/red.jpg").wants(t, 200, "Etag", query.Header.Get("Etag"))
	s.get(t, "/red.jpg?tr=l-text,i-%20,l-end").wants(t, 400, "Ik-Error", "EINVAL - The text has no visible letter")
	a := s.get(t, "/red.jpg?tr=l-text,i-m,fs-60000,l-end")
	if a.wants(t, 400); !strings.HasPrefix(a.Header.Get("Ik-Error"), "ELIMIT - The text's font size is 60000 pixels") {
		t.Errorf("%q", a.Header.Get("Ik-Error"))
	}
}

// Fonts come from where originals do, under the same rules.
func TestFontFromEachOrigin(t *testing.T) {
	const layer = "l-text,i-AA,ff-fonts@@My.ttf,fs-20,co-0000FF,lx-0,ly-0,l-end,f-png"
	for name, directives := range map[string]string{
		"next":  "root ROOT\nimages\nfile_server",
		"typed": "root ROOT\nimages\nheader /fonts/* Content-Type font/ttf\nfile_server",
		"fs":    "images {\n origin fs ROOT\n}",
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, directives)
			s.addFile(t, "fonts/My.ttf", fonttest.Squares("A"))
			query := s.get(t, "/red.jpg?tr="+layer)
			query.wantPixel(t, 15, 15, pureBlue)
			query.wantPixel(t, 17, 15, color.NRGBA{254, 0, 0, 255})
			query.wantPixel(t, 20, 15, pureBlue)
			s.get(t, "/tr:"+layer+"/red.jpg").wants(t, 200, "Etag", query.Header.Get("Etag"))
			s.addFile(t, "fonts/My.ttf", fonttest.Squares("AB"))
			if again := s.get(t, "/red.jpg?tr="+layer); again.Header.Get("Etag") == query.Header.Get("Etag") {
				t.Error("another font has the same entity tag")
			}
			for path, want := range map[string]string{
				"no.ttf":  `ENOENT - In the layer "no.ttf": `,
				"not.otf": `EBADMSG - In the layer "not.otf": `,
			} {
				s.addFile(t, "not.otf", []byte("<html>"))
				if a := s.get(t, "/red.jpg?tr=l-text,i-A,ff-"+path+",l-end"); !strings.HasPrefix(a.Header.Get("Ik-Error"), want) {
					t.Errorf("%s gives %q", path, a.Header.Get("Ik-Error"))
				}
			}
			// A font is not an image.
			a := s.get(t, "/red.jpg?tr=l-image,i-fonts@@My.ttf,l-end")
			if a.wants(t, 400); !strings.HasPrefix(a.Header.Get("Ik-Error"), `EBADMSG - In the layer "fonts/My.ttf": The original is not an image`) {
				t.Errorf("%q", a.Header.Get("Ik-Error"))
			}
		})
	}
}

func TestRulesForAPathHoldForFonts(t *testing.T) {
	s := serve(t, "basic_auth /private/* {\n who "+hash+"\n}\nimages {\n origin fs ROOT\n max_source_size 2KiB\n}")
	font := fonttest.Squares("A")
	s.addFile(t, "private/a.ttf", font)
	s.addFile(t, "large.ttf", append(font, make([]byte, 2<<10)...))
	s.addFile(t, "dot.png", logo)
	a := s.get(t, "/dot.png?tr=l-text,i-A,ff-private@@a.ttf,l-end")
	if a.wants(t, 403); !strings.HasPrefix(a.Header.Get("Ik-Error"), `EPERM - In the layer "private/a.ttf": `) {
		t.Errorf("%q", a.Header.Get("Ik-Error"))
	}
	s.get(t, "/dot.png?tr=l-text,i-A,ff-private@@a.ttf,l-end", "Authorization", "Basic d2hvOnNlY3JldA==").wants(t, 200)
	if a := s.get(t, "/dot.png?tr=l-text,i-A,ff-large.ttf,l-end"); !strings.HasPrefix(a.Header.Get("Ik-Error"), `ELIMIT - In the layer "large.ttf": `) {
		t.Errorf("%q", a.Header.Get("Ik-Error"))
	}
}

// A font stays in the process that loads it, which must not be Caddy's.
func TestFontNeedsWorkers(t *testing.T) {
	s := serve(t, "images {\n origin fs ROOT\n isolation off\n}")
	s.addFile(t, "a.ttf", fonttest.Squares("A"))
	a := s.get(t, "/red.jpg?tr=l-text,i-A,ff-a.ttf,l-end")
	if a.wants(t, 400); !strings.HasPrefix(a.Header.Get("Ik-Error"), "EINVAL - Font files need worker processes") {
		t.Errorf("%q", a.Header.Get("Ik-Error"))
	}
}
