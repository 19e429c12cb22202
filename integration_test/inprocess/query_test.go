//go:build cgo

package inprocess_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
)

// What of a query does not reach the origin makes no other original.
func TestForwardQuery(t *testing.T) {
	for _, tt := range []struct {
		option string
		asked  []string // queries that the origin sees of v=1&x=1, v=1&x=2, x=3&v=2, and none
	}{
		{"", []string{"v=1&x=1", "v=1&x=2", "x=3&v=2", ""}},
		{"forward_query all", []string{"v=1&x=1", "v=1&x=2", "x=3&v=2", ""}},
		{"forward_query v", []string{"v=1", "v=2", ""}},
		{"forward_query none", []string{""}},
	} {
		for name, origins := range map[string]string{
			"web":  "images {\n OPTION\n origin web http://ADDRESS {\n  allow_private 127.0.0.0/8\n }\n}",
			"next": "images {\n OPTION\n}\nreverse_proxy ADDRESS",
		} {
			t.Run(tt.option+" "+name, func(t *testing.T) {
				var mu sync.Mutex
				var asked []string
				file := picture(t)
				addr := backend(t, func(w http.ResponseWriter, r *http.Request) {
					mu.Lock()
					asked = append(asked, r.URL.RawQuery)
					mu.Unlock()
					w.Header().Set("Content-Type", "image/jpeg")
					w.Header().Set("Cache-Control", "public, max-age=1000")
					_, _ = w.Write(file)
				})
				s := serve(t, strings.NewReplacer("OPTION", tt.option, "ADDRESS", addr).Replace(origins))
				for _, query := range []string{"&v=1&x=1", "&v=1&x=2", "&x=3&v=2", ""} {
					for range 2 {
						s.get(t, "/a.jpg?tr=w-20"+query).wants(t, 200)
					}
				}
				mu.Lock()
				defer mu.Unlock()
				if !slices.Equal(asked, tt.asked) {
					t.Errorf("asked with %q, want %q", asked, tt.asked)
				}
			})
		}
	}
}

// A query makes no other file of a directory.
func TestQueryOfFiles(t *testing.T) {
	s, admin := administered(t, "images {\n origin fs ROOT\n}")
	for i := range 5 {
		s.get(t, fmt.Sprintf("/tr:w-20/red.jpg?x=%d", i)).wants(t, 200)
	}
	for _, c := range admin.stats(t).Caches {
		for _, tier := range c.Tiers {
			if tier.Entries > 1 {
				t.Errorf("%s has %d entries", tier.Name, tier.Entries)
			}
		}
	}
}

// A response names its files for a CDN, also one that has no body, and errors do not.
func TestCacheTag(t *testing.T) {
	_, from := newShop(t, "ETag", `"1"`, "Surrogate-Key", "lakes alps")
	s := serve(t, "images {\n cache_tag Cache-Tag\n "+from+"\n}")
	const url, tags = "/tr:w-20,l-image,i-logo.png,w-5,l-end/folder/a%2Cb.png", "/folder/a%2Cb.png,/logo.png,lakes,alps"
	for range 2 {
		a := s.get(t, url)
		a.wants(t, 200, "Cache-Tag", tags)
		s.get(t, url, "If-None-Match", a.Header.Get("Etag")).wants(t, 304, "Cache-Tag", tags)
	}
	s.get(t, "/a.png").wants(t, 200, "Cache-Tag", "/a.png,lakes,alps")
	s.get(t, "/tr:w-nothing/a.png").wants(t, 400, "Cache-Tag", "none")
	s = serve(t, "images {\n "+from+"\n}")
	s.get(t, "/tr:w-20/a.png").wants(t, 200, "Cache-Tag", "none", "Surrogate-Key", "none")
}
