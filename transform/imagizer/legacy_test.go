package imagizer

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
)

func TestLegacyPaths(t *testing.T) {
	d := dialect(t, Config{Endpoint: "/s", LegacyPaths: true})
	for _, tt := range []struct{ path, file, segments, query string }{
		{"/300x200q90/c/x2/img.jpg", "img.jpg", "300x200q90 c x2", "width=300&height=200&quality=90&crop=fit&dpr=2"},
		{"/300x200/img.jpg", "img.jpg", "300x200", "width=300&height=200"},
		{"/300x/img.jpg", "img.jpg", "300x", "width=300"},
		{"/x200q90/img.jpg", "img.jpg", "x200q90", "height=200&quality=90"},
		{"/xq90/img.jpg", "img.jpg", "xq90", "quality=90"},
		{"/300x200/x1.5/a/img.jpg", "a/img.jpg", "300x200 x1.5", "width=300&height=200&dpr=1.5"},
		{"/300x200/c/img.jpg", "img.jpg", "300x200 c", "width=300&height=200&crop=fit"},
		{"/300x200/x2/c/img.jpg", "c/img.jpg", "300x200 x2", "width=300&height=200&dpr=2"},
		{"/300x200/r/img.jpg", "r/img.jpg", "300x200", "width=300&height=200"},
		{"/300x200/c", "c", "300x200", "width=300&height=200"},
		{"//300x200//c//img.jpg", "img.jpg", "300x200 c", "width=300&height=200&crop=fit"},
		{"/%3300x200/img.jpg", "img.jpg", "%3300x200", "width=300&height=200"},
		{"/v2/640x480q90/540/Y8t1Zr.png", "540/Y8t1Zr.png", "v2 640x480q90", "width=640&height=480&quality=90"},
		{"/v2/320xq70/r/922/uOeZAn.jpg", "922/uOeZAn.jpg", "v2 320xq70 r", "width=320&quality=70"},
		{"/v2/xq90/922/jccKMG.png", "922/jccKMG.png", "v2 xq90", "quality=90"},
		{"/v2/x/922/jccKMG.png", "922/jccKMG.png", "v2 x", ""},
		{"/v2/640x480/c/a.png", "c/a.png", "v2 640x480", "width=640&height=480"},
		{"/a/img923/746/jI3tjc.png", "img923/746/jI3tjc.png", "a", ""},
		// Files like any other.
		{"/img923/332/wM4EDt.png", "img923/332/wM4EDt.png", "", ""},
		{"/a/b/c.png", "a/b/c.png", "", ""},
		{"/a/img923", "a/img923", "", ""},
		{"/x/a.jpg", "x/a.jpg", "", ""},
		{"/v2/a.jpg", "v2/a.jpg", "", ""},
		{"/v2/x", "v2/x", "", ""},
		{"/300x200", "300x200", "", ""},
		{"/300x200/", "300x200/", "", ""},
		{"/300x200.jpg", "300x200.jpg", "", ""},
		{"/300X200/a.jpg", "300X200/a.jpg", "", ""},
		{"/300x200qq/a.jpg", "300x200qq/a.jpg", "", ""},
		{"/b/300x200/a.jpg", "b/300x200/a.jpg", "", ""},
		{"/", "", "", ""},
	} {
		got, ok, err := d.Parse("/s"+tt.path, "blur=7")
		plain, _, _ := d.Parse("/s/file", with("blur=7", tt.query))
		if !ok || err != nil && tt.file != "" || err == nil && got.Ref.Path != tt.file || err == nil && !reflect.DeepEqual(got.Plan, plain.Plan) {
			t.Errorf("%s names %q and asks for %+v, %v\nwant %q, %+v", tt.path, got.Ref.Path, got.Plan, err, tt.file, plain.Plan)
		}
		detour, ok := d.Detour("/s"+tt.path, "blur=7")
		want := transform.Detour{}
		if tt.segments != "" {
			want = transform.Detour{Taken: strings.Fields(tt.segments), Query: with("blur=7", tt.query)}
		}
		if ok != (tt.segments != "") || fmt.Sprint(detour) != fmt.Sprint(want) {
			t.Errorf("%s makes the detour %+v, want %+v", tt.path, detour, want)
		}
	}
	without := dialect(t, Config{})
	for _, path := range []string{"/300x200/a.jpg", "/v2/x/922/a.jpg", "/a/img1/b.jpg"} {
		if got, _, err := without.Parse(path, ""); err != nil || "/"+got.Ref.Path != path || !got.Plan.IsZero() {
			t.Errorf("without legacy_paths %s gives %+v, %v", path, got, err)
		}
		if _, ok := without.Detour(path, ""); ok {
			t.Errorf("without legacy_paths %s makes a detour", path)
		}
	}
}

// The path counts over the query.
func TestLegacyAndQuery(t *testing.T) {
	d := dialect(t, Config{LegacyPaths: true})
	got, _, err := d.Parse("/300x/a.jpg", "width=5&height=6")
	want, _ := planOf(t, "width=300&height=6")
	if err != nil || !reflect.DeepEqual(got.Plan, want) {
		t.Errorf("%+v, %v, want %+v", got.Plan, err, want)
	}
	original, _, err := d.Parse("/v2/x/922/a.jpg", "")
	if err != nil || !original.Plan.IsZero() {
		t.Errorf("%+v, %v", original, err)
	}
}

// A file whose own path is such a path, too, would be another file behind the
// detour.
func TestLegacyTwice(t *testing.T) {
	d := dialect(t, Config{LegacyPaths: true})
	for _, path := range []string{"/300x200/300x200/a.jpg", "/300x200/v2/x/a.jpg", "/v2/x/3x/b/a.jpg", "/300x200/a/img1/b.jpg", "/v2/300x/r/3x4/a"} {
		if r, ok, err := d.Parse(path, ""); !ok || !errors.Is(err, errors.BadTransform) || !strings.Contains(err.Error(), "The path has a size twice") {
			t.Errorf("%s gives %+v, %v", path, r, err)
		}
		if detour, ok := d.Detour(path, ""); ok {
			t.Errorf("%s makes the detour %+v", path, detour)
		}
	}
	if _, _, err := d.Parse("/0x200/a.jpg", ""); !errors.Is(err, errors.BadTransform) {
		t.Error(err)
	}
}

// An endpoint that looks like an old path would be taken for one.
func TestLegacyEndpoint(t *testing.T) {
	for endpoint, ok := range map[string]bool{"/img": true, "/ab": true, "/300": true, "/a": false, "/a/b": false, "/cdn/v2": false, "/x/300x200": false} {
		_, err := New(Config{Endpoint: endpoint, LegacyPaths: true})
		if (err == nil) != ok {
			t.Errorf("%s: %v", endpoint, err)
		}
		if _, err := New(Config{Endpoint: endpoint}); err != nil {
			t.Errorf("%s without old paths: %v", endpoint, err)
		}
	}
}
