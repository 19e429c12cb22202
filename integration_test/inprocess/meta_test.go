package inprocess_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// withEXIF returns a JPEG of 40x20 pixels whose EXIF says that a viewer sees
// it turned by a quarter, and who made it.
func withEXIF(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, 40, 20)), nil); err != nil {
		t.Fatal(err)
	}
	// TIFF, little-endian: two entries, Make (ASCII, 4 bytes in place), Orientation (SHORT).
	tiff := "II*\x00\x08\x00\x00\x00\x02\x00" +
		"\x0f\x01\x02\x00\x04\x00\x00\x00Me!\x00" +
		"\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00" + "\x00\x00\x00\x00"
	segment := "Exif\x00\x00" + tiff
	length := len(segment) + 2
	return []byte(string(b.Bytes()[:2]) + "\xff\xe1" + string([]byte{byte(length >> 8), byte(length)}) + segment + string(b.Bytes()[2:]))
}

func TestMeta(t *testing.T) {
	s := serve(t, "images {\n dialect imagizer {\n  post {\n   token s3cret-token\n  }\n }\n origin fs ROOT\n}")
	picture := withEXIF(t)
	for name, content := range map[string][]byte{"me.jpg": picture, "blink.gif": blinking(t)} {
		if err := os.WriteFile(filepath.Join(s.root, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want := fmt.Sprintf(`{"fileSize":%d,"width":20,"height":40,"fileType":"jpeg","mimeType":"image/jpeg","hasAlpha":false,"colorSpace":"srgb",`+
		`"exif":{"Make":"Me!","Orientation":6},"faces":[],"icc":{},"jpeg":{"colorspace":2,"sampling-factor":"2x2,1x1,1x1"}}`, len(picture))
	a := s.get(t, "/me.jpg?meta=true")
	a.wants(t, 200, "Content-Type", "application/json", "Cache-Control", "public, max-age=31536000", "X-Content-Type-Options", "nosniff")
	if got := strings.TrimSpace(string(a.body)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	etag := a.Header.Get("Etag")
	for _, path := range []string{"/me.jpg?meta=true", "/me.jpg?meta", "/me.jpg?meta=true&width=10&crop=fit", "/me.jpg?meta64=dHJ1ZQ"} {
		other := s.get(t, path)
		other.wants(t, 200, "Etag", etag)
		s.get(t, path, "If-None-Match", etag).wants(t, 304, "Etag", etag)
		if head := s.ask(t, http.MethodHead, path); len(head.body) > 0 || head.Header.Get("Content-Length") != fmt.Sprint(len(a.body)) {
			t.Errorf("HEAD %s: %d bytes, %v", path, len(head.body), head.Header)
		}
	}
	if tag := s.get(t, "/me.jpg").Header.Get("Etag"); tag == etag {
		t.Error("the original has the same entity tag")
	}
	sent := s.sendForm(t, "/", picture, "meta", "true")
	sent.wants(t, 200, "Content-Type", "application/json", "Cache-Control", "no-store", "Etag", "none")
	if !bytes.Equal(sent.body, a.body) {
		t.Errorf("sent, it has %s", sent.body)
	}
	for path, fields := range map[string]map[string]any{
		"/half.png?meta=true":  {"width": 200.0, "height": 100.0, "fileType": "png", "hasAlpha": true, "jpeg": nil, "frames": nil},
		"/blink.gif?meta=true": {"width": 8.0, "height": 8.0, "fileType": "gif", "mimeType": "image/gif", "frames": 3.0},
		"/icon.svg?meta=true":  {"width": 40.0, "height": 30.0, "fileType": "svg", "mimeType": "image/svg+xml"},
	} {
		a := s.get(t, path)
		a.wants(t, 200, "Content-Type", "application/json")
		var got map[string]any
		if err := json.Unmarshal(a.body, &got); err != nil {
			t.Fatal(err)
		}
		for field, want := range fields {
			if got[field] != want {
				t.Errorf("%s: %s is %v, want %v", path, field, got[field], want)
			}
		}
		if got["server"] != nil || strings.Contains(string(a.body), "127.0.0.1") {
			t.Errorf("%s tells the server: %s", path, a.body)
		}
	}
	for path, status := range map[string]int{"/no.jpg?meta=true": 404, "/text.txt?meta=true": 400, "/strange?meta=true": 400, "/me.jpg?meta=true&face=true": 400, "/?meta=true": 400, "/me.jpg?meta=maybe": 400} {
		s.get(t, path).wants(t, status)
	}
	s.get(t, "/me.jpg?meta=false").wants(t, 200, "Content-Type", "image/jpeg")
}

// What restricts other requests restricts these, and there is nothing else than
// metadata for who asks for it.
func TestMetaIsUnderTheSameRules(t *testing.T) {
	s := serve(t, "images {\n dialect imagizer {\n  image_params_allowed width\n }\n origin fs ROOT\n}")
	s.get(t, "/red.jpg?meta=true").wants(t, 401)
	s = serve(t, "images {\n max_pixels 1000\n dialect imagizer\n origin fs ROOT\n}")
	s.get(t, "/red.jpg?meta=true").wants(t, 400, "Ik-Error", "ELIMIT - The original has 120000 pixels, more than max_pixels, 1000")
	s = serve(t, "images {\n default_image /red.jpg\n dialect imagizer\n origin fs ROOT\n}")
	s.get(t, "/no.jpg?meta=true&width=10").wants(t, 404)
	s = serve(t, "images {\n allow_original_image_request off\n dialect imagizer\n origin fs ROOT\n}")
	s.get(t, "/red.jpg?meta=true").wants(t, 200, "Content-Type", "application/json")

	s = serve(t, "root ROOT\nimages {\n dialect imagizer\n}\nroute {\n header /sub/* Cache-Control no-transform\n file_server\n}")
	s.get(t, "/red.jpg?meta=true").wants(t, 200, "Content-Type", "application/json")
	for _, path := range []string{"/text.txt?meta=true", "/page.html?meta=true", "/sub/a%20b.jpg?meta=true"} {
		a := s.get(t, path)
		a.wants(t, 400)
		if !strings.HasPrefix(a.Header.Get("Ik-Error"), "EBADMSG - There is no image or PDF at this path") {
			t.Errorf("%s: %s", path, a.Header.Get("Ik-Error"))
		}
	}
}
