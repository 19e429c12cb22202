package server

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
)

func TestTagOf(t *testing.T) {
	long := strings.Repeat("a", 2000)
	for _, tt := range []struct {
		ref  origin.Ref
		want string
	}{
		{origin.Ref{Path: "photos/lake.jpg"}, "/photos/lake.jpg"},
		{origin.Ref{Path: "photos/lake.jpg", Query: "v=2"}, "/photos/lake.jpg"},
		{origin.Ref{Path: "a,b%20c.jpg"}, "/a%2Cb%20c.jpg"},
		{origin.Ref{Server: "https://cdn.example.com", Path: "a.jpg"}, "https://cdn.example.com/a.jpg"},
		{origin.Ref{Server: origin.DataServer, Path: "image/png;base64,AAAA"}, ""},
		{origin.Ref{Path: "\u00e4.jpg"}, "sha256-"},
		{origin.Ref{Path: long}, "sha256-"},
	} {
		got := tagOf(tt.ref)
		if got != tt.want && (tt.want != "sha256-" || !strings.HasPrefix(got, tt.want) || len(got) != 7+43) {
			t.Errorf("%+v is %q, want %q", tt.ref, got, tt.want)
		}
	}
}

// Each file is named once, ours before those of the origins, as many as there is room for.
func TestCacheTags(t *testing.T) {
	layer := func(path string) transform.Layer { return transform.Layer{Image: origin.Ref{Path: path}} }
	q := &request{Server: &Server{Config: Config{CacheTag: CacheTag{"Cache-Tag"}}}}
	q.asked.Ref = origin.Ref{Path: "a.jpg"}
	q.asked.Plan.Steps = []transform.Step{{Layers: []transform.Layer{layer("logo.png"), layer("a.jpg"), layer("logo.png")}}}
	of := func(tags ...string) *file { return &file{&origin.Source{Kept: origin.Kept{Tags: tags}}, facts{}} }
	q.original, q.layers = of("lakes", "alps"), []*file{of("lakes"), of()}
	if got, want := q.cacheTags(), "/a.jpg,/logo.png,lakes,alps"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	q.CacheTag.Header = "surrogate-key"
	if got, want := q.cacheTags(), "/a.jpg /logo.png lakes alps"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	q.original = of(strings.Repeat("x", 10_000), strings.Repeat("y", 10_000), "z")
	if got := q.cacheTags(); len(got) > mostOfTags || !strings.HasSuffix(got, "x") {
		t.Errorf("%d bytes of tags, that end with %q", len(got), got[len(got)-5:])
	}
	q.sent = httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", nil)
	if got := q.cacheTags(); got != "" {
		t.Errorf("what was posted has the tags %q", got)
	}
	q.sent, q.CacheTag.Header = nil, ""
	if got := q.cacheTags(); got != "" {
		t.Errorf("without the option there is %q", got)
	}
}
