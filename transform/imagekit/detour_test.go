package imagekit

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/caddy-images/caddy-images/transform"
)

func TestDetour(t *testing.T) {
	detour := func(tail, plain, query string, segments ...string) transform.Detour {
		return transform.Detour{Taken: segments, Tail: tail, Plain: plain, Query: query}
	}
	tests := []struct {
		endpoint, path, query string
		want                  transform.Detour
	}{
		{"", "/tr:w-300/a.jpg", "", detour("", "", "tr=w-300", "tr:w-300")},
		{"", "/tr%3Aw-300%2Ch-2/a.jpg", "x=1&y", detour("", "", "tr=w-300%2Ch-2&x=1&y", "tr%3Aw-300%2Ch-2")},
		{"/shop", "/shop/tr:w-1,bg-red:rt-90/a.jpg", "", detour("", "", "tr=w-1%2Cbg-red%3Art-90", "tr:w-1,bg-red:rt-90")},
		{"", "/tr:/a.jpg", "", detour("", "", "tr=", "tr:")},
		{"", "/ik-seo/a/name.jpg", "x=1", detour("/name.jpg", ".jpg", "x=1", "ik-seo")},
		{"/shop", "/shop/ik-seo/tr:w-1/f/a/n%20m.jpg", "", detour("/n%20m.jpg", ".jpg", "tr=w-1", "ik-seo", "tr:w-1")},
		{"", "/tr:w-1/ik%2Dseo/a/name.jpg", "", detour("/name.jpg", ".jpg", "tr=w-1", "tr:w-1", "ik%2Dseo")},
		{"", "/f/a.gif/ik-thumbnail.jpg", "tr=pg-2", detour("/ik-thumbnail.jpg", "", "tr=pg-2&ik-thumbnail=true", []string{}...)},
		{"/shop", "/shop/tr:pg-2/a.gif/ik%2Dthumbnail.jpg", "", detour("/ik%2Dthumbnail.jpg", "", "tr=pg-2&ik-thumbnail=true", "tr:pg-2")},
		{"", "/ik-seo/a/n.gif/ik-thumbnail.jpg", "", detour("/n.gif/ik-thumbnail.jpg", ".gif", "ik-thumbnail=true", "ik-seo")},
		{"", "/f/tr:w-1/a.jpg", "", detour("", "", "tr=w-1", "tr:w-1")},
		{"", "/f/a.jpg/tr:w-1", "x", detour("", "", "tr=w-1&x", "tr:w-1")},
		{"", "/f/tr%3Aw-1//a.gif/ik-thumbnail.jpg", "", detour("/ik-thumbnail.jpg", "", "tr=w-1&ik-thumbnail=true", "tr%3Aw-1")},
		{"", "/ik-seo/f/tr:w-1/a/n.jpg", "", detour("/n.jpg", ".jpg", "tr=w-1", "ik-seo", "tr:w-1")},
		{"", "/ik-seo/f/a/n.jpg/tr:w-1", "", detour("/n.jpg", ".jpg", "tr=w-1", "ik-seo", "tr:w-1")},
		{"", "/tr:w-1/a.jpg", "x&tr=h-2", detour("", "", "tr=w-1&x&tr=h-2", "tr:w-1")},
		{"", "/a.jpg", "tr=w-300", transform.Detour{}},
		{"", "/a/ik-seo/b.jpg", "", transform.Detour{}},
		{"/shop", "/tr:w-300/a.jpg", "", transform.Detour{}},
		{"/shop", "/ik-seo/a/name.jpg", "", transform.Detour{}},
	}
	for _, tt := range tests {
		d, err := New(Config{Endpoint: tt.endpoint})
		if err != nil {
			t.Fatal(err)
		}
		got, ok := d.Detour(tt.path, tt.query)
		if ok != !reflect.DeepEqual(tt.want, transform.Detour{}) || fmt.Sprint(got) != fmt.Sprint(tt.want) {
			t.Errorf("Detour(%q, %q) = %+v, %v", tt.path, tt.query, got, ok)
		}
	}
}

// The query asks for what the path asked for, whatever characters that takes.
func TestDetourAsksForTheSame(t *testing.T) {
	d, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, tr := range []string{"w-300,h-200:rt-N40", "b-5_FF0000,e-usm-2-2-0.8-0.024", "w%2D300", "orig-true", "ar-4_3,w-20"} {
		for _, path := range []string{"/tr:" + tr + "/a%20b.jpg", "/ik-seo/tr:" + tr + "/a%20b/name.jpg", "/tr:" + tr + "/a%20b.jpg/ik-thumbnail.jpg"} {
			inPath, _, err := d.Parse(path, "v=2")
			if err != nil {
				t.Fatal(err)
			}
			detour, _ := d.Detour(path, "v=2")
			inQuery, _, err := d.Parse("/a%20b.jpg", detour.Query)
			if err != nil || !reflect.DeepEqual(inPath, inQuery) {
				t.Errorf("%s: %+v in the path, %+v in the query %q (%v)", path, inPath, inQuery, detour.Query, err)
			}
		}
	}
}
