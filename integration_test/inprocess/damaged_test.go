//go:build cgo

package inprocess_test

import (
	"bytes"
	"image"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What is made of a damaged original is an error, or what is there of it for a minute.
func TestDamagedOriginals(t *testing.T) {
	refuse := serve(t, "images {\n origin fs ROOT\n}")
	for _, path := range []string{"/tr:w-100/broken.jpg", "/tr:w-100,f-png/ended.jpg", "/red.jpg?tr=l-image,i-ended.jpg,l-end"} {
		ended(t, refuse)
		a := refuse.get(t, path)
		a.wants(t, 400, "Cache-Control", "no-store")
		if !strings.Contains(a.Header.Get("Ik-Error"), "The original is damaged or truncated: it lacks data: scan 1 has ") {
			t.Errorf("%s: %s", path, a.Header.Get("Ik-Error"))
		}
	}
	s := metered(t, "images {\n origin fs ROOT\n damaged deliver\n}")
	ended(t, s)
	for _, path := range []string{"/tr:w-100/broken.jpg", "/tr:w-100,f-png/ended.jpg", "/red.jpg?tr=w-100:l-image,i-ended.jpg,w-10,l-end", "/no.jpg?tr=w-100,di-broken.jpg"} {
		before := s.readings(t)
		a := s.get(t, path)
		a.wants(t, 200, "Cache-Control", "public, max-age=60", "Ik-Error", "none")
		a.wantsSize(t, 100, 75)
		if n := s.readings(t)["damaged_total"] - before["damaged_total"]; n != 1 {
			t.Errorf("%s counts %v times as damaged", path, n)
		}
		s.get(t, path, "If-None-Match", a.Header.Get("Etag")).wants(t, 304, "Cache-Control", "public, max-age=60", "Etag", a.Header.Get("Etag"))
	}
	// A year is for what lacks nothing, and its entity tag is another.
	whole := s.get(t, "/tr:w-100/red.jpg")
	whole.wants(t, 200, "Cache-Control", "public, max-age=31536000")
	s.get(t, "/tr:w-100/red.jpg", "If-None-Match", whole.Header.Get("Etag")).wants(t, 304, "Cache-Control", "public, max-age=31536000")
	// What is delivered as it is, is not looked at; what no decoder gives a part of stays
	// an error.
	s.get(t, "/broken.jpg?tr=orig-true").wants(t, 200, "Cache-Control", "public, max-age=31536000")
	s.get(t, "/tr:w-10/text.txt").wants(t, 400)
}

// ended puts ended.jpg into the root of a site: half of red.jpg with an end mark behind it.
func ended(t *testing.T, s site) {
	t.Helper()
	half, err := os.ReadFile(filepath.Join(s.root, "broken.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.root, "ended.jpg"), append(half, 0xff, 0xd9), 0o644); err != nil {
		t.Fatal(err)
	}
}

// A stricter Cache-Control stays, a longer one does not.
func TestCacheControlOfDamagedOriginals(t *testing.T) {
	for said, want := range map[string]string{
		"private":                                "private, no-cache",
		"no-store":                               "no-store",
		"max-age=5":                              "max-age=5",
		"public, max-age=86400, s-maxage=864000": "public, max-age=60, s-maxage=60",
		"public, max-age=600, immutable":         "public, max-age=60",
		"max-age=600, stale-while-revalidate=864000": "max-age=60",
	} {
		broken, err := os.ReadFile(filepath.Join(serve(t, "images").root, "broken.jpg"))
		if err != nil {
			t.Fatal(err)
		}
		addr := backend(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Cache-Control", said)
			w.Header().Set("Content-Type", "image/jpeg")
			_, _ = w.Write(broken)
		})
		s := serve(t, "images {\n damaged deliver\n}\nreverse_proxy "+addr)
		s.get(t, "/tr:w-10/a.jpg").wants(t, 200, "Cache-Control", want)
	}
}

// Imagizer's dialect has the same rule.
func TestDamagedOriginalsOfImagizer(t *testing.T) {
	for option, want := range map[string]struct {
		status int
		cached string
	}{"": {400, "no-store"}, "damaged refuse": {400, "no-store"}, "damaged deliver": {200, "public, max-age=60"}} {
		s := serve(t, "images {\n dialect imagizer\n origin fs ROOT\n "+option+"\n}")
		s.get(t, "/broken.jpg?width=10").wants(t, want.status, "Cache-Control", want.cached)
		s.get(t, "/broken.jpg?meta=true").wants(t, 200)
	}
}

// An APNG is the image for viewers without animation, and says so.
func TestAnimatedPNG(t *testing.T) {
	s := serve(t, "images {\n dialect imagizer\n origin fs ROOT\n allow_animated_gifs\n}")
	file, err := os.ReadFile(filepath.Join(s.root, "half.png"))
	if err != nil {
		t.Fatal(err)
	}
	// acTL: three frames, for ever; and the checksum of that.
	control := []byte("\x00\x00\x00\x08acTL\x00\x00\x00\x03\x00\x00\x00\x00\xd0\xaf\x5c\x2f")
	file = bytes.Join([][]byte{file[:33], control, file[33:]}, nil)
	if err := os.WriteFile(filepath.Join(s.root, "moving.png"), file, 0o644); err != nil {
		t.Fatal(err)
	}
	a := s.get(t, "/moving.png?width=100&format=gif")
	a.wants(t, 200)
	a.wantsSize(t, 100, 50)
	if frames := bytes.Count(a.body, []byte("\x21\xf9\x04")); frames > 1 {
		t.Errorf("%d frames", frames)
	}
	if meta := s.get(t, "/moving.png?meta=true"); strings.Contains(string(meta.body), `"frames"`) {
		t.Errorf("its metadata is %s", meta.body)
	}
	if _, _, err := image.DecodeConfig(bytes.NewReader(s.get(t, "/moving.png").body)); err != nil {
		t.Error(err)
	}
}
