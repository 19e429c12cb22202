package inprocess_test

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/gif"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// The other dialect, through the same handler.
func TestImagizer(t *testing.T) {
	s := serve(t, `images {
	dialect imagizer {
		endpoint /img
		preset small width=20
		legacy_paths
	}
	origin fs ROOT
}
respond other`)
	content, err := os.ReadFile(filepath.Join(s.root, "red.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/img/red.jpg", "/img/red.jpg?", "/img/red.jpg?unknown=1", "/img/red.jpg?width="} {
		a := s.get(t, path)
		a.wants(t, 200, "Content-Type", "image/jpeg", "Cache-Control", "public, max-age=31536000")
		if !bytes.Equal(a.body, content) {
			t.Errorf("%s is not the original", path)
		}
	}
	for path, size := range map[string]image.Point{
		"/img/red.jpg?width=100":                             {100, 75},
		"/img/red.jpg?h=30":                                  {40, 30},
		"/img/red.jpg?width=100&height=100&crop=fit":         {100, 100},
		"/img/red.jpg?preset=small":                          {20, 15},
		"/img/red.jpg?preset=small&width=40":                 {40, 30},
		"/img/red.jpg?width64=NDA":                           {40, 30},
		"/img/40x/red.jpg":                                   {40, 30},
		"/img/red.jpg?width=40&mark=/half.png&mark_scale=50": {40, 30},
		"/img/red.jpg?width=40&layers=" + url.QueryEscape(`[{"url":"/half.png?width=10"}]`): {40, 30},
	} {
		s.get(t, path).wantsSize(t, size.X, size.Y)
	}
	if a := s.get(t, "/red.jpg?width=10"); string(a.body) != "other" {
		t.Errorf("a URL outside of the endpoint gives %q", a.body)
	}
	s.get(t, "/img/tr:w-10/red.jpg").wants(t, 404)
	s.get(t, "/img/red.jpg?width=abc").wants(t, 400)
}

// The default quality is 90.
func TestImagizerQuality(t *testing.T) {
	quality := func(directives, path string, headers ...string) int {
		t.Helper()
		return len(serve(t, directives).get(t, path, headers...).body)
	}
	noise := func(options string) string {
		return "images {\n dialect imagizer\n " + options + "\n origin fs ROOT\n}"
	}
	for _, query := range []string{"format=jpeg", "format=webp", "format=avif"} {
		usual, said := quality(noise(""), "/half.png?flatten=true&"+query), quality(noise(""), "/half.png?flatten=true&quality=90&"+query)
		if usual != said {
			t.Errorf("%s: %d bytes, and %d with quality=90", query, usual, said)
		}
		if own := quality(noise("quality 20"), "/half.png?flatten=true&"+query); own == usual {
			t.Errorf("%s: the operator's quality has no effect", query)
		}
	}
}

// Handlers before this one protect the files of marks and layers, and the
// operator's own are the operator's choice.
func TestImagizerLayersAreReached(t *testing.T) {
	listed, asked := remotePicture(t)
	s := serve(t, `basic_auth /sub/* {
	who `+hash+`
}
images {
	dialect imagizer {
		hosts_allowed `+listed+`
		preset marked "width=40&mark=/sub/a%20b.jpg"
	}
	origin dynamic {
		allow_private 127.0.0.0/8
	}
	origin fs ROOT
}`)
	layers := "/red.jpg?layers=" + url.QueryEscape(`[{"url":"/sub/a b.jpg"}]`)
	elsewhere := "&origin=http://" + listed
	for _, path := range []string{
		"/red.jpg?mark=/sub/a%20b.jpg", "/red.jpg?mark64=L3N1Yi9hIGIuanBn", "/red.jpg?m%61rk=/sub/a%20b.jpg", layers, layers + "&width=10",
		"/red.jpg?mark=/sub/a%20b.jpg" + elsewhere, layers + elsewhere, "/?mark=/sub/a%20b.jpg&source_url=" + url.QueryEscape("http://"+listed+"/x/y.jpg"),
		"/" + url.QueryEscape("http://"+listed+"/y.jpg") + "?mark=/sub/a%20b.jpg",
		"/red.jpg?preset=marked&mark=/sub/a%20b.jpg",
	} {
		s.raw(t, path).wants(t, 403)
		if open := strings.ReplaceAll(path, "sub/a%20b.jpg", "half.png"); open != path {
			s.raw(t, open).wants(t, 200)
		}
		s.get(t, path, "Authorization", "Basic d2hvOnNlY3JldA==").wants(t, 200)
	}
	if asked.Load() == 0 {
		t.Error("the other server was never asked")
	}
	s.get(t, "/red.jpg?preset=marked").wants(t, 200)
}

func TestImagizerOriginals(t *testing.T) {
	s := serve(t, "images {\n dialect imagizer {\n  allow_data_urls\n }\n allow_original_image_request off\n origin fs ROOT\n}")
	picture, err := os.ReadFile(filepath.Join(s.root, "half.png"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{
		"/red.jpg", "/red.jpg?", "/red.jpg?x=1", "/red.jpg?width=", "/red.jpg?webp=true&mobile=true", "/icon.svg", "/text.txt", "/no.jpg",
		"/?source_url=data:image/svg%2bxml," + url.QueryEscape(svg), "/?source_url=data:image/png;base64," + url.QueryEscape(base64of(picture)),
	} {
		s.get(t, path).wants(t, 401, "Ik-Error", noOriginal)
		s.ask(t, "HEAD", path).wants(t, 401)
	}
	s.get(t, "/icon.svg?quality=50").wants(t, 401, "Ik-Error", noFile)
	s.get(t, "/icon.svg?width=10").wants(t, 200, "Content-Type", "image/png")
	s.get(t, "/red.jpg?width=10").wantsSize(t, 10, 8)
	s.get(t, "/red.jpg?quality=90").wantsSize(t, 400, 300)
}

func base64of(body []byte) string { return base64.StdEncoding.EncodeToString(body) }

// remotePicture returns a web server that answers with red.jpg, and how often
// it was asked; `to` in the query redirects.
func remotePicture(t *testing.T) (address string, asked *atomic.Int32) {
	t.Helper()
	dir := t.TempDir()
	writeOriginals(t, dir)
	picture, err := os.ReadFile(filepath.Join(dir, "red.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	asked = new(atomic.Int32)
	return backend(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if to := r.URL.Query().Get("to"); to != "" {
			http.Redirect(w, r, to, http.StatusFound)
			return
		}
		if r.URL.Path == "/missing.jpg" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "image/jpeg")
		_, _ = w.Write(picture)
	}), asked
}

// Variants of animations are still by default; the original is what it is.
func TestAnimations(t *testing.T) {
	frames := func(directives, path string) int {
		t.Helper()
		s := serve(t, directives)
		if err := os.WriteFile(filepath.Join(s.root, "blink.gif"), blinking(t), 0o600); err != nil {
			t.Fatal(err)
		}
		a := s.get(t, path)
		a.wants(t, 200, "Content-Type", "image/gif")
		moving, err := gif.DecodeAll(bytes.NewReader(a.body))
		if err != nil {
			t.Fatal(err)
		}
		if r, g, _, _ := moving.Image[0].At(0, 0).RGBA(); r>>8 < 250 || g>>8 > 5 {
			t.Errorf("%s: the first frame is %d, %d", path, r>>8, g>>8)
		}
		return len(moving.Image)
	}
	for _, tt := range []struct {
		directives, path string
		want             int
	}{
		{"images {\n dialect imagizer\n origin fs ROOT\n}", "/blink.gif?width=4", 1},
		{"images {\n dialect imagizer\n origin fs ROOT\n}", "/blink.gif?width=4&format=gif", 1},
		{"images {\n dialect imagizer\n origin fs ROOT\n}", "/blink.gif", 3},
		{"images {\n dialect imagizer\n allow_animated_gifs on\n origin fs ROOT\n}", "/blink.gif?width=4", 3},
		{"images {\n origin fs ROOT\n}", "/tr:w-4/blink.gif", 3},
		{"images {\n allow_animated_gifs off\n origin fs ROOT\n}", "/tr:w-4,f-gif/blink.gif", 1},
	} {
		if got := frames(tt.directives, tt.path); got != tt.want {
			t.Errorf("%s of %s has %d frames, want %d", tt.path, tt.directives, got, tt.want)
		}
	}
}

// blinking returns a GIF of 8x8 pixels, of a red, a green and a blue frame.
func blinking(t *testing.T) []byte {
	t.Helper()
	palette := color.Palette{color.RGBA{R: 255, A: 255}, color.RGBA{G: 255, A: 255}, color.RGBA{B: 255, A: 255}}
	all := gif.GIF{Delay: []int{10, 10, 10}}
	for n := range 3 {
		frame := image.NewPaletted(image.Rect(0, 0, 8, 8), palette)
		for i := range frame.Pix {
			frame.Pix[i] = uint8(n)
		}
		all.Image = append(all.Image, frame)
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, &all); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
