package inprocess_test

import (
	"net/http"
	"strings"
	"testing"
)

// The names of these tests say which part of RFC 9110 (HTTP semantics) or RFC
// 9111 (caching) they are about.

func TestRFC9110_9_3_HeadIsGetWithoutBody(t *testing.T) {
	s := serve(t, "images {\n origin fs ROOT\n}")
	for _, path := range []string{"/red.jpg", "/tr:w-100/red.jpg", "/tr:q-101/red.jpg"} {
		get, head := s.get(t, path), s.ask(t, http.MethodHead, path)
		if len(head.body) != 0 {
			t.Errorf("HEAD %s has a body of %d bytes", path, len(head.body))
		}
		head.wants(t, get.StatusCode)
		for _, name := range []string{"Content-Type", "Content-Length", "Etag", "Cache-Control", "Vary", "Ik-Error"} {
			if get.Header.Get(name) != head.Header.Get(name) {
				t.Errorf("%s: %s is %q for GET and %q for HEAD", path, name, get.Header.Get(name), head.Header.Get(name))
			}
		}
	}
}

func TestRFC9110_9_1_OtherMethods(t *testing.T) {
	s := serve(t, "images {\n origin fs ROOT\n}")
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions} {
		a := s.ask(t, method, "/tr:w-100/red.jpg")
		a.wants(t, 405, "Allow", "GET, HEAD", "Ik-Error", "ENOTSUP - Images are read with GET or HEAD")
	}
	behind := serve(t, "images\nrespond \"{method} {path}\"")
	if a := behind.ask(t, http.MethodPost, "/tr:w-100/red.jpg"); string(a.body) != "POST /tr:w-100/red.jpg" {
		t.Errorf("a POST does not reach the next handler as it is: %q", a.body)
	}
}

func TestRFC9110_8_8_3_EntityTags(t *testing.T) {
	s := serve(t, "images {\n origin fs ROOT\n}")
	tag := func(path string, headers ...string) string {
		a := s.get(t, path, headers...)
		a.wants(t, 200)
		etag := a.Header.Get("Etag")
		if !strings.HasPrefix(etag, `"`) || len(etag) < 10 {
			t.Errorf("%s: %q is not a strong entity tag", path, etag)
		}
		return etag
	}
	first := tag("/tr:w-100/red.jpg")
	if again := tag("/red.jpg?tr=w-100,c-maintain_ratio"); again != first {
		t.Errorf("two URLs for one image have the tags %s and %s", first, again)
	}
	webp := []string{"Accept", "image/webp"}
	others := map[string]string{
		"the original": tag("/red.jpg"),
		"another size": tag("/tr:w-101/red.jpg"),
		"WebP":         tag("/tr:w-100/red.jpg", webp...),
	}
	for what, other := range others {
		if other == first {
			t.Errorf("%s has the same entity tag", what)
		}
	}
}

// An origin's tag that is none is not handed on.
func TestRFC9110_8_8_3_MalformedEntityTags(t *testing.T) {
	for said, handedOn := range map[string]bool{
		`"v1"`: true, `W/"v1"`: true, `""`: true,
		`v1`: false, `"v1`: false, `v1"`: false, `"v"1"`: false, `w/"v1"`: false, `"`: false,
	} {
		addr := backend(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("ETag", said)
			_, _ = w.Write([]byte("text"))
		})
		s := serve(t, "images {\n origin web http://"+addr+" {\n  allow_private 127.0.0.0/8\n }\n}")
		if got := s.get(t, "/file").Header.Get("Etag"); (got == said) != handedOn || !strings.HasSuffix(got, `"`) {
			t.Errorf("the origin's %s becomes %s", said, got)
		}
	}
}

func TestRFC9110_13_1_Conditions(t *testing.T) {
	s := serve(t, "images {\n origin fs ROOT\n}")
	const path = "/tr:w-100/red.jpg"
	etag := s.get(t, path).Header.Get("Etag")
	tests := []struct {
		name, header, value string
		status              int
	}{
		{"13.1.2 the same tag", "If-None-Match", etag, 304},
		{"13.1.2 in a list", "If-None-Match", `"other", ` + etag, 304},
		{"13.1.2 compared weakly", "If-None-Match", "W/" + etag, 304},
		{"13.1.2 any", "If-None-Match", "*", 304},
		{"13.1.2 another", "If-None-Match", `"other"`, 200},
		{"13.1.1 the same", "If-Match", etag, 200},
		{"13.1.1 another", "If-Match", `"other"`, 412},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := s.get(t, path, tt.header, tt.value)
			a.wants(t, tt.status)
			if tt.status != 200 && len(a.body) != 0 {
				t.Errorf("%d bytes of body", len(a.body))
			}
			if tt.status == 304 { // section 15.4.5: what a cache needs
				a.wants(t, 304, "Etag", etag, "Vary", "Accept", "Cache-Control", "public, max-age=31536000", "Content-Type", "none")
			}
		})
	}
	// A cache may keep any response that says for how long (RFC 9111, section
	// 3); one to a client's own condition would then be everybody's.
	for _, path := range []string{path, "/red.jpg", "/red.jpg?tr=orig-true"} {
		s.get(t, path, "If-Match", `"other"`).wants(t, 412, "Cache-Control", "no-store")
	}
	const file = "/red.jpg?tr=orig-true"
	original := s.get(t, file)
	s.get(t, file, "If-None-Match", original.Header.Get("Etag")).wants(t, 304)
	s.get(t, file, "If-Modified-Since", original.Header.Get("Last-Modified")).wants(t, 304)
}

// A client that has the image costs no rendering, which an image that cannot
// be rendered shows.
func TestConditionsAreAnsweredBeforeRendering(t *testing.T) {
	s := serve(t, "images {\n origin fs ROOT\n}")
	s.get(t, "/tr:w-100/broken.jpg").wants(t, 400)
	s.get(t, "/tr:w-100/broken.jpg", "If-None-Match", "*").wants(t, 304)
}

func TestRFC9110_14_Ranges(t *testing.T) {
	s := serve(t, "images {\n origin fs ROOT\n}")
	for _, path := range []string{"/red.jpg", "/red.jpg?tr=orig-true", "/tr:w-100/red.jpg"} {
		whole := s.get(t, path)
		whole.wants(t, 200, "Accept-Ranges", "bytes")
		part := s.get(t, path, "Range", "bytes=2-5")
		part.wants(t, 206)
		if string(part.body) != string(whole.body[2:6]) {
			t.Errorf("%s: range is %x, want %x", path, part.body, whole.body[2:6])
		}
		s.get(t, path, "Range", "bytes=99999999-").wants(t, 416)
		s.get(t, path, "Range", "bytes=2-5", "If-Range", `"other"`).wants(t, 200)
		s.get(t, path, "Range", "bytes=2-5", "If-Range", whole.Header.Get("Etag")).wants(t, 206)
	}
}

func TestRFC9110_12_5_1_AcceptChoosesTheFormat(t *testing.T) {
	s := serve(t, "images {\n origin fs ROOT\n formats avif webp\n}")
	tests := []struct{ path, accept, contentType, vary string }{
		{"/tr:w-100/red.jpg", "", "image/jpeg", "Accept"},
		{"/tr:w-100/red.jpg", "*/*", "image/jpeg", "Accept"},
		{"/tr:w-100/red.jpg", "image/avif,image/webp,image/apng,*/*;q=0.8", "image/avif", "Accept"},
		{"/tr:w-100/red.jpg", "image/webp,image/avif;q=0.5", "image/webp", "Accept"},
		{"/tr:w-100/red.jpg", "image/avif;q=0,image/webp", "image/webp", "Accept"},
		{"/tr:w-100,f-auto/red.jpg", "image/webp", "image/webp", "Accept"},
		{"/tr:w-100,f-png/red.jpg", "image/webp", "image/png", "none"},
		{"/tr:w-100,f-png:if-iw_gt_399,f-auto,if-end/red.jpg", "image/webp", "image/webp", "Accept"},
		{"/tr:w-100,f-png:if-iw_gt_400,f-auto,if-end/red.jpg", "image/webp", "image/png", "Accept"},
		{"/tr:w-100,f-png:if-iw_gt_399,f-gif,if-end/red.jpg", "image/webp", "image/gif", "none"},
		{"/tr:w-100,cp-true/red.jpg", "image/avif,image/webp", "image/webp", "Accept"},
		{"/tr:w-100/half.png", "", "image/png", "Accept"},
		{"/red.jpg", "image/webp", "image/webp", "Accept"},
		{"/red.jpg?tr=orig-true", "image/webp", "image/jpeg", "none"},
	}
	for _, tt := range tests {
		t.Run(tt.path+" "+tt.accept, func(t *testing.T) {
			s.get(t, tt.path, "Accept", tt.accept).wants(t, 200, "Content-Type", tt.contentType, "Vary", tt.vary)
		})
	}
}

// Vary is appended to what handlers before this one vary by.
func TestRFC9110_12_5_5_VaryIsAppended(t *testing.T) {
	s := serve(t, "header Vary Origin\nimages {\n origin fs ROOT\n}")
	a := s.get(t, "/tr:w-100/red.jpg")
	if got := strings.Join(a.Header.Values("Vary"), ", "); got != "Origin, Accept" && got != "Accept, Origin" {
		t.Errorf("Vary is %q", got)
	}
}

func TestErrorsAreNotStored(t *testing.T) {
	s := serve(t, "images {\n origin fs ROOT\n}")
	for path, status := range map[string]int{
		"/tr:w-100/no.jpg": 404, "/no.jpg": 404, "/tr:w-x/red.jpg": 400, "/tr:w-100/broken.jpg": 400, "/tr:w-17000,h-10/red.jpg": 400,
	} {
		s.get(t, path).wants(t, status, "Cache-Control", "no-store", "Etag", "none", "Vary", "none")
	}
}

func TestNothingIsSniffedOrRun(t *testing.T) {
	s := serve(t, "images {\n origin fs ROOT\n}")
	const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
	for path, want := range map[string][]string{
		"/red.jpg":              {"image/jpeg", "none"},
		"/tr:w-10/red.jpg":      {"image/jpeg", "none"},
		"/icon.svg":             {"image/svg+xml", policy},
		"/tr:f-auto/icon.svg":   {"image/svg+xml", policy},
		"/tr:f-svg/icon.svg":    {"image/svg+xml", policy},
		"/tr:w-20/icon.svg":     {"image/png", "none"},
		"/tr:f-webp/icon.svg":   {"image/webp", "none"},
		"/page.html":            {"text/html; charset=utf-8", policy},
		"/tr:orig-true/red.jpg": {"image/jpeg", "none"},
	} {
		s.get(t, path).wants(t, 200, "X-Content-Type-Options", "nosniff", "Content-Type", want[0], "Content-Security-Policy", want[1])
	}
	if a := s.get(t, "/icon.svg"); string(a.body) != svg {
		t.Error("an SVG that nothing is asked of is not passed on as it is")
	}
}
