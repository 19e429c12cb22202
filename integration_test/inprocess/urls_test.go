//go:build cgo

package inprocess_test

import (
	"bytes"
	"crypto/sha256"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/transform/header"
)

// update has tests write what they find into testdata, for people to review.
var update = flag.Bool("update", false, "write the expectations in testdata anew")

const separator = "\n----------\n"

// TestURLs asks the sites of testdata/urls for what follows the line: a path and query, and
// after two spaces a header of the request. Below each is what the response is: its status,
// its media type and the size of its picture, or the error; a number for its entity tag,
// which URLs of one variant share; Cache-Control, Vary, and what other headers it has.
// A cache changes none of it.
func TestURLs(t *testing.T) {
	files, err := filepath.Glob("testdata/urls/*.urls")
	if err != nil || len(files) == 0 {
		t.Fatalf("no URLs: %v", err)
	}
	// Entity tags of files that are sent as they are depend on when these were written.
	photos := t.TempDir()
	writeOriginals(t, photos)
	writePhotos(t, photos)
	untilSettled(t, photos)
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		directives, text, ok := strings.Cut(string(content), separator)
		if !ok {
			t.Fatalf("%s has no line %q", file, strings.TrimSpace(separator))
		}
		of := strings.ReplaceAll(directives, "ROOT", photos)
		name := strings.TrimSuffix(filepath.Base(file), ".urls")
		t.Run(name+" cached", func(t *testing.T) {
			s := serve(t, of)
			for _, when := range []string{"not yet cached", "cached"} {
				if got := s.summaries(t, text); got != text && !*update {
					t.Errorf("%s, %s:\n%s", file, when, diff(text, got))
				}
			}
		})
		t.Run(name, func(t *testing.T) {
			s := serve(t, strings.Replace(of, "\nimages {\n", "\nimages {\n\tcache off\n", 1))
			got := s.summaries(t, text)
			if *update {
				if err := os.WriteFile(file, []byte(directives+separator+got), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if got != text {
				t.Errorf("%s:\n%s", file, diff(text, got))
			}
		})
	}
}

// summaries are the requests of a text, each with what it is answered with.
func (s site) summaries(t *testing.T, text string) string {
	t.Helper()
	responses := responses{tags: make(map[string]int), bodies: make(map[string][sha256.Size]byte)}
	var b strings.Builder
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "\t") {
			continue // what it was answered with
		}
		b.WriteString(line)
		if !strings.HasPrefix(line, "/") {
			continue
		}
		path, header, _ := strings.Cut(strings.TrimSpace(line), "  ")
		var headers []string
		if name, value, ok := strings.Cut(header, ": "); ok {
			headers = []string{name, value}
		}
		b.WriteString("\t" + responses.summary(t, s.get(t, path, headers...)) + "\n")
	}
	return b.String()
}

// diff has the lines that differ, each after the request it is about.
func diff(want, got string) string {
	answers := func(text string) (requests []string, of map[string][]string) {
		of = make(map[string][]string)
		for line := range strings.Lines(text) {
			if strings.HasPrefix(line, "/") {
				requests = append(requests, line)
			} else if strings.HasPrefix(line, "\t") && len(requests) > 0 {
				last := requests[len(requests)-1]
				of[last] = append(of[last], line)
			}
		}
		return requests, of
	}
	var b strings.Builder
	requests, are := answers(got)
	_, were := answers(want)
	for _, r := range requests {
		if !slices.Equal(are[r], were[r]) {
			fmt.Fprintf(&b, "%s is%swant%s", r, strings.Join(are[r], ""), strings.Join(were[r], ""))
		}
	}
	return b.String()
}

// responses are those of a site: their entity tags in the order of their appearance, and
// the bodies that these stand for.
type responses struct {
	tags   map[string]int
	bodies map[string][sha256.Size]byte
}

// summary is a line about a response: all that does not depend on the time, on the port,
// on the version of libvips or on what is cached.
func (r responses) summary(t *testing.T, a answer) string {
	t.Helper()
	status := fmt.Sprint(a.StatusCode)
	if message := a.Header.Get("Ik-Error"); message != "" {
		status += " " + message
	} else if kind := a.Header.Get("Content-Type"); kind != "" {
		status += " " + kind
	}
	if h, ok := header.Read(a.body); ok && strings.HasPrefix(a.Header.Get("Content-Type"), "image/") {
		status += fmt.Sprintf(" %dx%d", h.Width, h.Height)
		if h.Frames > 1 {
			status += fmt.Sprintf("x%d", h.Frames)
		}
	}
	if tag := a.Header.Get("Etag"); tag != "" {
		if r.tags[tag] == 0 {
			r.tags[tag] = len(r.tags) + 1
		}
		status += fmt.Sprintf(" #%d", r.tags[tag])
		if body := sha256.Sum256(a.body); a.StatusCode == http.StatusOK {
			if known, ok := r.bodies[tag]; ok && known != body {
				t.Errorf("%s: another body has the same entity tag", a.Request.URL)
			}
			r.bodies[tag] = body
		}
	}
	parts := []string{status}
	elsewhere := []string{"Accept-Ranges", "Age", "Cache-Status", "Connection", "Content-Length", "Content-Range", "Content-Type", "Date", "Etag", "Ik-Error", "Last-Modified", "Server"}
	var names []string
	for name := range a.Header {
		if !slices.Contains(elsewhere, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		parts = append(parts, name+": "+strings.Join(a.Header[name], ", "))
	}
	return strings.Join(parts, " | ")
}

// writePhotos writes photo.jpg (400x300), framed.png (140x100 with a margin of 20) and
// animation.gif (60x40, 3 frames), beside what writeOriginals writes.
func writePhotos(t *testing.T, dir string) {
	t.Helper()
	photo := image.NewRGBA(image.Rect(0, 0, 400, 300))
	for y := range 300 {
		for x := range 400 {
			photo.Set(x, y, color.RGBA{uint8(x * 255 / 400), uint8(y * 255 / 300), uint8((x/20 + y/20) % 2 * 200), 255})
		}
	}
	framed := image.NewRGBA(image.Rect(0, 0, 140, 100))
	for y := range 100 {
		for x := range 140 {
			framed.Set(x, y, color.White)
			if x >= 20 && x < 120 && y >= 20 && y < 80 {
				framed.Set(x, y, color.RGBA{R: 200, B: uint8(x), A: 255})
			}
		}
	}
	palette := color.Palette{color.White, color.RGBA{R: 255, A: 255}}
	var animation gif.GIF
	for n := range 3 {
		frame := image.NewPaletted(image.Rect(0, 0, 60, 40), palette)
		for x := n * 20; x < n*20+20; x++ {
			frame.SetColorIndex(x, 20, 1)
		}
		animation.Image, animation.Delay = append(animation.Image, frame), append(animation.Delay, 10)
	}
	half, err := os.ReadFile(filepath.Join(dir, "half.png"))
	if err != nil {
		t.Fatal(err)
	}
	var asJPEG, asPNG, asGIF bytes.Buffer
	if err := jpeg.Encode(&asJPEG, photo, &jpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(&asPNG, framed); err != nil {
		t.Fatal(err)
	}
	if err := gif.EncodeAll(&asGIF, &animation); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"photo.jpg": asJPEG.Bytes(), "framed.png": asPNG.Bytes(), "animation.gif": asGIF.Bytes(), "logo.png": half} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
