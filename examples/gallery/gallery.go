package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"mime"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// gallery is what there is to show, and where.
type gallery struct {
	caddy, docs, pictures, photos, out string
}

// figure is an example on one picture.
type figure struct {
	URL    string // without scheme and host
	File   string // beside the page
	Type   string
	Bytes  int
	Took   time.Duration
	Status int
	Error  string // the ik-error header
}

// chapter is what a dialect has to show.
type chapter struct {
	Dialect string
	Parts   []part

	shown, failed int
}

// part is a section of a dialect's page.
type part struct {
	Title    string
	Examples []example
}

type example struct {
	row
	Figures []figure
}

// mostPhotos bounds the pictures that each example is made of, beside the sample.
const mostPhotos = 3

// usual is the sample that an example is made of where its dialect names no other.
const usual = "spheres.jpg"

// make renders all examples and writes the page.
func (g gallery) make(ctx context.Context) (shown, failed int, err error) {
	photos, err := g.chosen()
	if err != nil {
		return 0, 0, err
	}
	if err := os.MkdirAll(g.out, 0o755); err != nil {
		return 0, 0, err
	}
	var chapters []chapter
	for _, d := range dialects {
		c, err := g.chapter(ctx, d, photos, shown)
		if err != nil {
			return shown, failed, err
		}
		chapters = append(chapters, c)
		shown += c.shown
		failed += c.failed
	}
	return shown, failed, writePage(filepath.Join(g.out, "index.html"), chapters)
}

// chapter renders the examples of a dialect. first is the number of its first picture.
func (g gallery) chapter(ctx context.Context, d dialect, photos []string, first int) (c chapter, err error) {
	c.Dialect = d.name
	sections, err := documented(filepath.Join(g.docs, d.page))
	if err != nil {
		return c, err
	}
	server, err := startCaddy(ctx, g.caddy, d, g.pictures, g.photos)
	if err != nil {
		return c, err
	}
	defer server.stop()
	for _, s := range sections {
		p := part{Title: s.Title}
		for _, r := range s.Rows {
			if slices.Contains(d.unseen, r.Name) {
				continue
			}
			e := example{row: r}
			for n, picture := range append([]string{d.sample(r.Name)}, photos...) {
				f, err := g.show(ctx, server.url, d.url(picture, r.Example), first+c.shown)
				if err != nil {
					return c, err
				}
				c.shown++
				// A picture of one's own may be too large for an example, or have one page.
				if n == 0 && f.Status != http.StatusOK {
					log.Printf("%s: %d %s", f.URL, f.Status, f.Error)
					c.failed++
				}
				e.Figures = append(e.Figures, f)
			}
			p.Examples = append(p.Examples, e)
		}
		c.Parts = append(c.Parts, p)
	}
	return c, nil
}

// chosen are the first of the pictures of one's own, with the prefix that the
// server has them at.
func (g gallery) chosen() ([]string, error) {
	if g.photos == "" {
		return nil, nil
	}
	entries, err := os.ReadDir(g.photos)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if slices.Contains([]string{".jpg", ".jpeg", ".png", ".webp"}, strings.ToLower(filepath.Ext(e.Name()))) && len(names) < mostPhotos {
			names = append(names, "photos/"+url.PathEscape(e.Name()))
		}
	}
	return names, nil
}

// show asks for an example of one picture, as a browser does on a screen of two
// pixels a point, and keeps the answer.
func (g gallery) show(ctx context.Context, server, target string, n int) (figure, error) {
	f := figure{URL: target}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, server+f.URL, nil)
	if err != nil {
		return f, err
	}
	request.Header.Set("Accept", "image/webp,*/*")
	request.Header.Set("Sec-CH-Width", "350")
	request.Header.Set("Sec-CH-DPR", "2")
	began := time.Now()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return f, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return f, fmt.Errorf("%s: %w", f.URL, err)
	}
	f.Took, f.Status, f.Error, f.Bytes = time.Since(began), response.StatusCode, response.Header.Get("ik-error"), len(body)
	if f.Type = response.Header.Get("Content-Type"); f.Status != http.StatusOK {
		return f, nil
	}
	_, extension, _ := strings.Cut(f.Type, "/")
	if kind, _, err := mime.ParseMediaType(f.Type); err != nil || !strings.HasPrefix(kind, "image/") {
		return f, fmt.Errorf("%s answers %q, which is no picture", f.URL, f.Type)
	}
	f.File = fmt.Sprintf("%03d.%s", n, strings.TrimSuffix(extension, "+xml"))
	return f, os.WriteFile(filepath.Join(g.out, f.File), body, 0o644)
}

// escape writes a transformation as one segment of a path.
func escape(tr string) string { return strings.ReplaceAll(url.PathEscape(tr), "%2C", ",") }
