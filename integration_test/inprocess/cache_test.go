package inprocess_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// square is a PNG of one colour, 40x40.
func square(c color.NRGBA) []byte {
	m := image.NewNRGBA(image.Rect(0, 0, 40, 40))
	for i := range m.Pix {
		m.Pix[i] = []byte{c.R, c.G, c.B, c.A}[i%4]
	}
	var b bytes.Buffer
	_ = png.Encode(&b, m)
	return b.Bytes()
}

var (
	blue  = color.NRGBA{B: 255, A: 255}
	green = color.NRGBA{G: 255, A: 255}
)

// shop is a web server with one image under all paths that may change, and the requests
// that it got.
type shop struct {
	mu        sync.Mutex
	image     []byte
	status    int // in place of 200
	header    http.Header
	whole     atomic.Int32 // requests that were answered with the image
	unchanged atomic.Int32 // with 304
	other     atomic.Int32
	waiting   atomic.Int32
	held      chan struct{} // if not nil, requests wait until it is closed
}

func newShop(t *testing.T, header ...string) (*shop, string) {
	s := &shop{image: square(blue), header: make(http.Header)}
	for i := 0; i < len(header); i += 2 {
		s.header.Add(header[i], header[i+1])
	}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return s, "origin web " + server.URL + " {\n  allow_private 127.0.0.0/8\n }\n"
}

func (s *shop) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

func (s *shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	held := s.held
	s.mu.Unlock()
	if held != nil {
		s.waiting.Add(1)
		<-held
		s.waiting.Add(-1)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, values := range s.header {
		w.Header()[name] = values
	}
	switch {
	case s.status != 0:
		s.other.Add(1)
		w.WriteHeader(s.status)
	case s.header.Get("ETag") != "" && r.Header.Get("If-None-Match") == s.header.Get("ETag"):
		s.unchanged.Add(1)
		w.WriteHeader(http.StatusNotModified)
	default:
		s.whole.Add(1)
		_, _ = w.Write(s.image)
	}
}

// asked checks how many requests there were, and begins anew.
func (s *shop) asked(t *testing.T, why string, whole, unchanged, other int32) {
	t.Helper()
	if a, b, c := s.whole.Swap(0), s.unchanged.Swap(0), s.other.Swap(0); a != whole || b != unchanged || c != other {
		t.Errorf("%s: the origin sent %d images, %d times 304 and %d errors; want %d, %d and %d", why, a, b, c, whole, unchanged, other)
	}
}

// at is the colour of a pixel of a PNG.
func (a answer) at(t *testing.T, x, y int) color.NRGBA {
	t.Helper()
	picture, err := png.Decode(bytes.NewReader(a.body))
	if err != nil {
		t.Fatalf("%s: %v", a.Request.URL, err)
	}
	return color.NRGBAModel.Convert(picture.At(x, y)).(color.NRGBA)
}

// An image is fetched once and rendered once.
func TestCacheHit(t *testing.T) {
	shop, origin := newShop(t, "ETag", `"1"`, "Cache-Control", "max-age=60")
	s := serve(t, "images {\n "+origin+"\n}")
	first := s.get(t, "/a.png?tr=w-20,f-png")
	first.wants(t, 200, "Cache-Status", "caddy-images; fwd=miss; stored")
	for _, path := range []string{"/a.png?tr=w-20,f-png", "/tr:w-20,f-png/a.png", "/a.png?tr=f-png,w-20"} {
		a := s.get(t, path)
		a.wants(t, 200, "ETag", first.Header.Get("ETag"), "Content-Type", "image/png")
		if !bytes.Equal(a.body, first.body) {
			t.Errorf("%s is another image", path)
		}
		if status := a.Header.Get("Cache-Status"); !strings.HasPrefix(status, "caddy-images; hit; ttl=") || !strings.HasSuffix(status, "; detail=memory") {
			t.Errorf("%s: Cache-Status is %q", path, status)
		}
	}
	s.get(t, "/a.png?tr=w-20,f-png", "If-None-Match", first.Header.Get("ETag")).wants(t, 304)
	s.get(t, "/a.png?tr=w-20,f-png", "Range", "bytes=1-3").wants(t, 206)
	s.ask(t, http.MethodHead, "/a.png?tr=w-20,f-png").wants(t, 200, "Content-Length", itoa(len(first.body)))
	shop.asked(t, "one variant", 1, 0, 0)

	s.get(t, "/a.png?tr=w-10,f-png").wantPixel(t, 5, 5, blue)
	shop.asked(t, "another variant", 1, 0, 0)
	s = serve(t, "images {\n originals 1MiB\n "+origin+"\n}")
	for _, w := range []int{11, 12, 13} {
		s.get(t, fmt.Sprintf("/a.png?tr=w-%d,f-png", w)).wants(t, 200)
	}
	shop.asked(t, "other variants of an original that is kept", 1, 0, 0)
	s = serve(t, "images {\n cache off\n "+origin+"\n}")
	s.get(t, "/a.png?tr=w-20,f-png").wants(t, 200, "Cache-Status", "none")
	s.get(t, "/a.png?tr=w-20,f-png").wants(t, 200)
	shop.asked(t, "without a cache", 2, 0, 0)
}

// What has become stale is used while the origin is asked once for all of its variants;
// what has changed makes others.
func TestCacheRevalidates(t *testing.T) {
	shop, origin := newShop(t, "ETag", `"1"`, "Cache-Control", "max-age=0")
	s := serve(t, "images {\n "+origin+"\n}")
	const path = "/a.png?tr=w-20,f-png"
	s.get(t, path).wantPixel(t, 5, 5, blue)
	shop.asked(t, "first", 1, 0, 0)
	s.get(t, path).wantPixel(t, 5, 5, blue)
	until(t, "the origin being asked", func() bool { return shop.unchanged.Load() > 0 })
	shop.asked(t, "stale", 0, 1, 0)

	shop.set(func() { shop.image = square(green); shop.header.Set("ETag", `"2"`) })
	s.get(t, path).wantPixel(t, 5, 5, blue)
	until(t, "the new image", func() bool { return s.get(t, path).at(t, 5, 5) == green })
	shop.set(func() { shop.status = http.StatusGone })
	until(t, "the end of the image", func() bool { return s.get(t, path).StatusCode == http.StatusNotFound })
}

// RFC 9111 section 5.2.2: what must not be used without asking is not, and what must not
// be kept neither.
func TestCacheAsksAgain(t *testing.T) {
	const path = "/a.png?tr=w-20,f-png"
	for _, tt := range []struct {
		name             string
		control          string
		etag             string
		whole, unchanged int32 // on the second request
	}{
		{"no-cache", "no-cache", `"1"`, 0, 1},
		{"no longer fresh, must revalidate", "max-age=0, must-revalidate", `"1"`, 0, 1},
		{"no longer fresh in shared caches", "s-maxage=0, max-age=60", `"1"`, 0, 1},
		{"without a validator", "no-cache", "", 1, 0},
		{"private", "private, max-age=60", `"1"`, 1, 0},
		{"not to be stored", "no-store, max-age=60", `"1"`, 1, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			shop, origin := newShop(t, "Cache-Control", tt.control)
			if tt.etag != "" {
				shop.header.Set("ETag", tt.etag)
			}
			s := serve(t, "images {\n "+origin+"\n}")
			s.get(t, path).wants(t, 200)
			shop.asked(t, "first", 1, 0, 0)
			s.get(t, path).wants(t, 200)
			shop.asked(t, "second", tt.whole, tt.unchanged, 0)
		})
	}
}

// What is sent as it is needs its bytes: one request, unless the client has them.
func TestCacheOfOriginals(t *testing.T) {
	shop, origin := newShop(t, "ETag", `"1"`, "Cache-Control", "no-cache")
	s := serve(t, "images {\n "+origin+"\n}")
	const path = "/a.png?tr=orig-true"
	first := s.get(t, path)
	first.wants(t, 200)
	shop.asked(t, "first", 1, 0, 0)
	s.get(t, path).wants(t, 200)
	shop.asked(t, "without a condition", 1, 0, 0)
	s.get(t, path, "If-None-Match", first.Header.Get("ETag")).wants(t, 304)
	shop.asked(t, "with a condition", 0, 1, 0)
}

// An origin that is down leaves what there is. A missing file is one request.
func TestCacheOfFailures(t *testing.T) {
	const path = "/a.png?tr=w-20,f-png"
	shop, origin := newShop(t, "ETag", `"1"`, "Cache-Control", "max-age=0")
	s := serve(t, "images {\n stale off\n "+origin+"\n}")
	s.get(t, path).wants(t, 200)
	shop.set(func() { shop.status = http.StatusBadGateway })
	shop.asked(t, "first", 1, 0, 0)
	for range 3 {
		s.get(t, path).wants(t, 200)
	}
	shop.asked(t, "an origin that is down", 0, 0, 1)
	s.get(t, "/b.png?tr=w-20").wants(t, 404)
	s.get(t, "/b.png?tr=w-30").wants(t, 404)
	shop.asked(t, "an image that was never there", 0, 0, 1)
	shop.set(func() { shop.status = http.StatusNotFound })
	for range 3 {
		s.get(t, "/c.png?tr=w-20").wants(t, 404)
	}
	shop.asked(t, "a file that does not exist", 0, 0, 1)
	s = serve(t, "images {\n stale_if_error off\n cache_not_found off\n stale off\n "+strings.Replace(origin, "allow_private", "max_redirects 1\n  allow_private", 1)+"\n}")
	s.get(t, "/c.png?tr=w-20").wants(t, 404)
	s.get(t, "/c.png?tr=w-20").wants(t, 404)
	shop.asked(t, "a file that does not exist, not remembered", 0, 0, 2)
	shop.set(func() { shop.status = 0 })
	s.get(t, "/d.png?tr=w-20").wants(t, 200)
	shop.set(func() { shop.status = http.StatusBadGateway })
	s.get(t, "/d.png?tr=w-20").wants(t, 404)
}

// What the handlers behind answer may be for one user. None of it reaches another.
func TestCacheOfNextKeepsUsersApart(t *testing.T) {
	const path = "/a.png?tr=w-20,f-png"
	for _, tt := range perUser {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, "images\nreverse_proxy "+blueThenGreen(t, tt.answer))
			s.get(t, path, tt.first...).wantPixel(t, 5, 5, blue)
			s.get(t, path).wantPixel(t, 5, 5, green)
		})
	}
}

// What handlers behind this one confirm is used; each request asks them.
func TestCacheOfNext(t *testing.T) {
	shop, _ := newShop(t, "ETag", `"1"`)
	server := httptest.NewServer(shop)
	t.Cleanup(server.Close)
	s := serve(t, "images\nreverse_proxy "+strings.TrimPrefix(server.URL, "http://"))
	const path = "/a.png?tr=w-20,f-png"
	s.get(t, path).wantPixel(t, 5, 5, blue)
	shop.asked(t, "first", 1, 0, 0)
	s.get(t, path).wants(t, 200, "Cache-Status", "caddy-images; fwd=stale; fwd-status=304; detail=memory")
	s.get(t, "/tr:w-20,f-png/a.png").wants(t, 200, "Cache-Status", "caddy-images; fwd=stale; fwd-status=304; detail=memory")
	shop.asked(t, "by each request", 0, 2, 0)
	shop.set(func() { shop.status = http.StatusForbidden })
	s.get(t, path).wants(t, 404)
	shop.set(func() { shop.status = http.StatusBadGateway })
	s.get(t, path).wants(t, 404) // an authentication that is down opens nothing
	shop.set(func() { shop.status = 0; shop.header.Set("Cache-Control", "public, max-age=60") })
	shop.asked(t, "refused", 0, 0, 2)
	s.get(t, path).wants(t, 200)
	s.get(t, path).wants(t, 200)
	shop.asked(t, "public", 0, 1, 0)
}

// Sites with equal settings and equal paths are not mixed up.
func TestCacheKeepsSitesApart(t *testing.T) {
	for name, handlers := range map[string]string{"fs": "images {\n  origin fs\n }", "next": "images\n file_server"} {
		t.Run(name, func(t *testing.T) {
			a, b := t.TempDir(), t.TempDir()
			when := time.Now().Add(-time.Hour)
			for dir, c := range map[string]color.NRGBA{a: blue, b: green} {
				file := filepath.Join(dir, "a.png")
				if err := os.WriteFile(file, square(c), 0o644); err != nil {
					t.Fatal(err)
				}
				if err := os.Chtimes(file, when, when); err != nil { // so that their ETags are equal
					t.Fatal(err)
				}
			}
			s := serve(t, "@b header X-Site b\n root "+a+"\n root @b "+b+"\n "+handlers)
			const path = "/a.png?tr=w-20,f-png"
			for range 2 {
				s.get(t, path).wantPixel(t, 5, 5, blue)
				s.get(t, path, "X-Site", "b").wantPixel(t, 5, 5, green)
			}
		})
	}
}

// Two originals that their origin calls the same version are two.
func TestCacheKeepsOriginalsApart(t *testing.T) {
	addr := backend(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"1"`)
		if r.URL.Path == "/a.png" {
			_, _ = w.Write(square(blue))
		} else {
			_, _ = w.Write(square(green))
		}
	})
	s := serve(t, "images {\n origin web http://"+addr+" {\n  allow_private 127.0.0.0/8\n }\n}")
	for range 2 {
		s.get(t, "/a.png?tr=w-20,f-png").wantPixel(t, 5, 5, blue)
		s.get(t, "/b.png?tr=w-20,f-png").wantPixel(t, 5, 5, green)
		s.get(t, "/a.png?tr=w-20,f-png,l-image,i-a.png,w-20,l-end").wantPixel(t, 5, 5, blue)
		s.get(t, "/a.png?tr=w-20,f-png,l-image,i-b.png,w-20,l-end").wantPixel(t, 5, 5, green)
	}
}

// A file that was replaced by one of the same size and time, as `cp -p` does, is noticed.
func TestCacheOfFiles(t *testing.T) {
	s := serve(t, "images {\n origin fs ROOT\n}")
	file := filepath.Join(s.root, "a.png")
	when := time.Now().Add(-time.Hour)
	write := func(c color.NRGBA) {
		next := file + ".next"
		if err := os.WriteFile(next, square(c), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(next, when, when); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(next, file); err != nil {
			t.Fatal(err)
		}
	}
	const path = "/a.png?tr=w-20,f-png"
	write(blue)
	s.get(t, path).wantPixel(t, 5, 5, blue)
	s.get(t, path).wantPixel(t, 5, 5, blue)
	write(green)
	s.get(t, path).wantPixel(t, 5, 5, green)
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	s.get(t, path).wants(t, 404)
}

// again loads another configuration at the same address.
func (s site) again(t *testing.T, directives string) {
	t.Helper()
	if err := load(t, s.config(portOf(t, s), directives)); err != nil {
		t.Fatal(err)
	}
}

// Access is decided on each request, also about what is there already.
func TestCacheOpensNothing(t *testing.T) {
	shop, origin := newShop(t, "ETag", `"1"`)
	open := "images {\n " + origin + "\n}"
	s := serve(t, open)
	const path = "/a.png?tr=w-20,f-png"
	s.get(t, path).wants(t, 200)
	keyed := func(more string) string {
		return "images {\n dialect imagekit {\n  private_key secret\n  " + more + "\n }\n " + origin + "\n}"
	}
	for name, closed := range map[string]string{
		"a rule":      "route {\n respond /a.png 403\n " + open + "\n}",
		"a signature": keyed("require_signature on"),
		"a size":      strings.Replace(open, "images {", "images {\n max_source_size 10", 1),
		"a limit":     strings.Replace(open, "images {", "images {\n max_dimension 19", 1),
		"named only":  "images {\n dialect imagekit {\n  named thumb w-10\n  restrict_unnamed\n }\n " + origin + "\n}",
	} {
		s.again(t, closed)
		if a := s.get(t, path); a.StatusCode == 200 {
			t.Errorf("%s: what it forbids is served, with Cache-Status %q", name, a.Header.Get("Cache-Status"))
		}
	}
	shop.whole.Store(0)
	s.again(t, open)
	s.get(t, path).wants(t, 200)
	shop.asked(t, "a reload loses nothing", 0, 0, 0)

	// The mark of a private original is part of what is remembered.
	shop.set(func() { shop.header.Set("Is-Private-File", "true") })
	s = serve(t, keyed(""))
	for range 2 {
		s.get(t, "/b.png?tr=w-20,f-png").wants(t, 401)
		s.get(t, signed("b.png?tr=w-20,f-png")).wants(t, 200)
	}
	shop.asked(t, "a private original", 2, 0, 0) // once to see that it is private, once to render it
}

// signed is a URL with a signature by the key "secret".
func signed(rel string) string { return "/" + sign("secret", rel, 0) }
