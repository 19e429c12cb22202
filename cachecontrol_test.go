package images_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// rule is a row of the table in docs/reference/http.md.
type rule struct {
	origin, says string
	want         [3]string // by default, with a configured value, with `origin`
}

var codeSpan = regexp.MustCompile("`([^`]*)`")

func cachingRules(t *testing.T) (rules []rule) {
	t.Helper()
	for line := range strings.Lines(section(t, readPage(t, "docs/reference/http.md"), "Cache-Control")) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 5 || strings.HasPrefix(line, "| Origin") || strings.HasPrefix(line, "|--") {
			continue
		}
		r := rule{origin: strings.Trim(cells[0], " `"), says: strings.TrimSpace(cells[1])}
		for i, cell := range cells[2:] {
			r.want[i] = strings.Trim(cell, " `")
		}
		rules = append(rules, r)
	}
	if len(rules) < 30 {
		t.Fatalf("the table has %d rows", len(rules))
	}
	return rules
}

// headers returns those that the origin answers with, and the rest of the
// request.
func (r rule) headers() (origin http.Header, query string, request []string) {
	origin = make(http.Header)
	for _, m := range codeSpan.FindAllStringSubmatch(r.says, -1) {
		name, value, _ := strings.Cut(m[1], ": ")
		switch {
		case strings.HasPrefix(m[1], "?"):
			query = "&" + m[1][1:]
		case name == "Authorization":
			request = []string{name, value}
		case value == "<in an hour>":
			origin.Add(name, time.Now().Add(time.Hour).UTC().Format(http.TimeFormat))
		default:
			origin.Add(name, value)
		}
	}
	return origin, query, request
}

// Every row of the table in docs/reference/http.md is true, of an original and of the file of a
// layer, of what is drawn and of a file as it is.
func TestRFC9111_5_2_2_Inherited(t *testing.T) {
	rules := cachingRules(t)
	dir := t.TempDir()
	writeOriginals(t, dir)
	picture, err := os.ReadFile(filepath.Join(dir, "half.png"))
	if err != nil {
		t.Fatal(err)
	}
	addr := backend(t, func(w http.ResponseWriter, r *http.Request) {
		var n int
		if _, err := fmt.Sscanf(r.URL.Path, "/%d.png", &n); err == nil {
			header, _, _ := rules[n].headers()
			for name, values := range header {
				w.Header()[name] = values
			}
		}
		w.Header().Set("Content-Type", "image/png")
		_, _ = w.Write(picture)
	})
	for origin, directives := range map[string]string{
		"next":   "images {\nCONTROL\n}\nreverse_proxy " + addr,
		"others": "images {\nCONTROL\norigin web http://" + addr + " {\n allow_private 127.0.0.0/8\n}\n}",
	} {
		for column, option := range []string{"", `cache_control "public, max-age=600"`, "cache_control origin"} {
			s := serve(t, strings.ReplaceAll(directives, "CONTROL", option))
			for n, r := range rules {
				if r.origin != "any" && r.origin != origin {
					continue
				}
				_, query, request := r.headers()
				urls := []string{fmt.Sprintf("/%d.png?tr=w-10%s", n, query)}
				if column == 0 && query == "" {
					urls = append(urls, fmt.Sprintf("/plain.png?tr=l-image,i-%d.png,w-5,l-end,w-10", n))
				}
				if column == 0 {
					urls = append(urls, fmt.Sprintf("/%d.png?ik-attachment=true%s", n, query))
				}
				for _, url := range urls {
					got := strings.Join(s.get(t, url, request...).Header.Values("Cache-Control"), " + ")
					want := strings.ReplaceAll(r.want[column], "none", "")
					if strings.HasPrefix(want, "max-age=3600") { // less what the request took
						var left int
						if _, err := fmt.Sscanf(got, "max-age=%d", &left); err != nil || left < 3000 || left > 3600 {
							t.Errorf("%s, %q: %s is %q, want %q", origin, option, r.says, got, want)
						}
						continue
					}
					if strings.Contains(url, "l-image") { // of the other file, which says nothing, nothing loosens
						want = strings.TrimSuffix(strings.TrimPrefix(want, "public, "), ", immutable")
						got = strings.TrimPrefix(got, "public, ")
					}
					if got != want {
						t.Errorf("%s, %q, %s: %s is %q, want %q", origin, option, url, r.says, got, want)
					}
				}
			}
		}
	}
}

// What handlers before this one say binds as well: their headers go out with the image.
func TestCacheControlOfTheSite(t *testing.T) {
	for _, tt := range []struct{ site, options, want, kept string }{
		{"header Cache-Control no-store", "", "no-store", "no-store"},
		{"header Cache-Control \"private, max-age=60\"", "", "private, no-cache", "no-store"},
		{"header Cache-Control no-cache", "cache_control \"public, max-age=600\"", "no-cache", "no-store"},
		{"header Cache-Control \"public, max-age=60\"", "", "public, max-age=60", "no-store"},
		{"header Cache-Control max-age=60", "cache_control origin", "max-age=60", "no-store"},
		{"header Set-Cookie session=secret", "", "private, no-cache", "no-store"},
		{"header Set-Cookie session=secret", "cache_control origin", "private, no-cache", "no-store"},
		{"header Vary Cookie", "", "private, no-cache", "no-store"},
		{"header Vary Origin", "", "public, max-age=31536000", "max-age=60"},
	} {
		s := serve(t, tt.site+"\nimages {\n dialect imagizer\n origin fs ROOT\n "+tt.options+"\n}")
		for _, path := range []string{"/red.jpg?width=10", "/red.jpg", "/red.jpg?meta=true"} {
			a := s.get(t, path)
			a.wants(t, 200, "Cache-Control", tt.want)
			s.get(t, path, "If-None-Match", a.Header.Get("Etag")).wants(t, 304, "Cache-Control", tt.want)
		}
		s.get(t, "/no.jpg").wants(t, 404, "Cache-Control", tt.kept)
		s.get(t, "/red.jpg?width=x").wants(t, 400, "Cache-Control", tt.kept)
	}
}

// Who was let in by name gets a response for one user, also where the header by which
// that was found out is gone.
func TestRFC9111_3_5_AuthenticatedUsers(t *testing.T) {
	s := serve(t, "basic_auth /sub/* {\n who "+hash+"\n}\nrequest_header -Authorization\nimages {\n origin fs ROOT\n}")
	s.get(t, "/sub/a%20b.jpg?tr=w-10", "Authorization", "Basic d2hvOnNlY3JldA==").wants(t, 200, "Cache-Control", "private, no-cache")
	s.get(t, "/red.jpg?tr=w-10").wants(t, 200, "Cache-Control", "public, max-age=31536000")
}
