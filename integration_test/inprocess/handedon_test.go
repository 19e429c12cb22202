//go:build cgo

package inprocess_test

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/caddy-images/caddy-images/internal/miniotest"
)

// handedOn are files that are sent as they are.
func handedOn(t *testing.T, dir string) {
	t.Helper()
	writeOriginals(t, dir)
	photo := append([]byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00"), film(300_000)...)
	site{root: dir}.originals(t, map[string][]byte{
		"photo.jpg": photo,
		"paper.pdf": append([]byte("%PDF-1.4\n"), film(200_000)...),
		"clip.mp4":  film(3 << 20), // max_source_size is less
		"page.html": []byte("<!DOCTYPE html><title>page</title>" + strings.Repeat("<p>text</p>", 10_000)),
	})
	untilSettled(t, dir)
}

// parts are the bodies of a response by what they are parts of.
func (a answer) parts(t *testing.T) string {
	t.Helper()
	kind, parameters, err := mime.ParseMediaType(a.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/byteranges" || len(a.body) == 0 {
		return fmt.Sprintf("%s: %x", a.Header.Get("Content-Range"), a.body)
	}
	var all strings.Builder
	reader := multipart.NewReader(bytes.NewReader(a.body), parameters["boundary"])
	for {
		part, err := reader.NextPart()
		if err == io.EOF {
			return all.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&all, "%s %s: %x\n", part.Header.Get("Content-Type"), part.Header.Get("Content-Range"), body)
	}
}

// What is sent as it is, from each origin, is sent as by file_server: for HEAD, ranges and
// conditions.
func TestHandedOnAsByFileServer(t *testing.T) {
	dir := t.TempDir()
	handedOn(t, dir)
	s3 := miniotest.Start(t)
	s3.MakeBucket(t, "files")
	names := map[string]string{"photo.jpg": "image/jpeg", "paper.pdf": "application/pdf", "clip.mp4": "video/mp4", "page.html": "text/html; charset=utf-8"}
	for name, kind := range names {
		body, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		s3.Put(t, "files", name, body, http.Header{"Content-Type": {kind}})
	}
	t.Setenv("CADDY_IMAGES_S3_KEY", s3.AccessKey)
	t.Setenv("CADDY_IMAGES_S3_SECRET", s3.SecretKey)
	images := func(path, from, more string) string {
		return "handle_path /" + path + "/* {\n images {\n  max_source_size 1MiB\n  " + from + "\n  dialect imagekit {\n   optimize_plain off\n  }\n  " + more + "\n }\n}\n"
	}
	port := freePort(t)
	web := fmt.Sprintf("origin web http://127.0.0.1:%d/files {\n allow_private 127.0.0.0/8\n }", port)
	site := site{root: dir, log: filepath.Join(t.TempDir(), "log"), url: fmt.Sprintf("http://127.0.0.1:%d", port)}
	if err := load(t, site.config(port, "handle_path /files/* {\n root ROOT\n file_server\n}\n"+
		images("fs", "origin fs ROOT", "")+
		images("uncached", "origin fs ROOT", "cache off")+
		images("web", web, "")+
		images("s3", "origin s3 files {\n region "+miniotest.Region+"\n endpoint "+s3.URL+
			"\n path_style\n access_key {env.CADDY_IMAGES_S3_KEY}\n secret_key {env.CADDY_IMAGES_S3_SECRET}\n }", "")+
		images("chain", "origin fs "+t.TempDir()+"\n"+web, "")+
		images("originals", web, "originals 64MiB"),
	)); err != nil {
		t.Fatal(err)
	}
	for _, from := range []string{"fs", "uncached", "web", "s3", "chain", "originals"} {
		for name := range names {
			compareWithFileServer(t, site, "/"+from+"/"+name, "/files/"+name)
		}
	}
}

func compareWithFileServer(t *testing.T, s site, path, reference string) {
	t.Helper()
	last := func(a answer, name string) string { return a.Header.Get(name) }
	ours, theirs := s.ask(t, http.MethodHead, path), s.ask(t, http.MethodHead, reference)
	if last(ours, "ETag") == "" || last(ours, "Last-Modified") == "" {
		t.Errorf("%s: ETag %q, Last-Modified %q", path, last(ours, "ETag"), last(ours, "Last-Modified"))
	}
	long := "bytes=0-0" + strings.Repeat(",2-2", 5)
	for _, headers := range [][]string{
		nil,
		{"Range", "bytes=0-0"},
		{"Range", "bytes=0-"},
		{"Range", "bytes=1-4095"},
		{"Range", "bytes=4000-4200"},
		{"Range", "bytes=4096-"},
		{"Range", "bytes=-5"},
		{"Range", "bytes=-99999999"},
		{"Range", "bytes=99-99999999"},
		{"Range", "bytes=99999999-"},
		{"Range", "bytes=9-2"},
		{"Range", "pages=1-2"},
		{"Range", "bytes="},
		{"Range", "bytes=0-0,5000-5009"},
		{"Range", "bytes=5000-5009, 0-9 , -7"},
		{"Range", "bytes=0-0,99999999-"},
		{"Range", "bytes=0-,0-"}, // more than the file
		{"Range", long},
		{"Range", "bytes=5-9", "If-Range", "ETAG"},
		{"Range", "bytes=5-9,5000-5001", "If-Range", "ETAG"},
		{"Range", "bytes=5-9", "If-Range", "MODIFIED"},
		{"Range", "bytes=5-9", "If-Range", "BEFORE"},
		{"Range", "bytes=5-9", "If-Range", `"other"`},
		{"Range", "bytes=5-9", "If-Range", "W/ETAG"},
		{"Range", "bytes=5-9", "If-Range", "nonsense"},
		{"If-None-Match", "ETAG"},
		{"If-None-Match", "W/ETAG"},
		{"If-None-Match", `"a", ETAG`},
		{"If-None-Match", "*"},
		{"If-None-Match", `"other"`},
		{"If-None-Match", "ETAG", "Range", "bytes=5-9"},
		{"If-None-Match", `"other"`, "If-Modified-Since", "MODIFIED"},
		{"If-Modified-Since", "MODIFIED"},
		{"If-Modified-Since", "BEFORE"},
		{"If-Modified-Since", "nonsense"},
		{"If-Match", "ETAG"},
		{"If-Match", "W/ETAG"},
		{"If-Match", "*"},
		{"If-Match", `"other"`},
		{"If-Match", `"other"`, "Range", "bytes=5-9"},
		{"If-Match", "ETAG", "Range", "bytes=5-9"},
		{"If-Unmodified-Since", "MODIFIED"},
		{"If-Unmodified-Since", "BEFORE"},
		{"If-Unmodified-Since", "BEFORE", "Range", "bytes=5-9"},
	} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			with := func(head answer) (all []string) {
				modified, _ := http.ParseTime(last(head, "Last-Modified"))
				for _, value := range headers {
					value = strings.ReplaceAll(value, "ETAG", last(head, "ETag"))
					value = strings.ReplaceAll(value, "MODIFIED", last(head, "Last-Modified"))
					all = append(all, strings.ReplaceAll(value, "BEFORE", modified.Add(-time.Hour).Format(http.TimeFormat)))
				}
				return all
			}
			got, want := s.ask(t, method, path, with(ours)...), s.ask(t, method, reference, with(theirs)...)
			if got.StatusCode != want.StatusCode {
				t.Errorf("%s %s %q: status %d, of file_server %d", method, path, headers, got.StatusCode, want.StatusCode)
				continue
			}
			if got.StatusCode >= 400 {
				got.wants(t, want.StatusCode, "Content-Range", want.Header.Get("Content-Range"), "Cache-Control", "no-store")
				continue
			}
			if got.parts(t) != want.parts(t) {
				t.Errorf("%s %s %q: another body, of %d bytes: %s", method, path, headers, len(got.body), got.Header.Get("Content-Range"))
			}
			for _, name := range []string{"Accept-Ranges", "Content-Range"} {
				if got, want := got.Header.Get(name), want.Header.Get(name); got != want {
					t.Errorf("%s %s %q: %s is %q, of file_server %q", method, path, headers, name, got, want)
				}
			}
			kind, of := got.Header.Get("Content-Type"), want.Header.Get("Content-Type")
			if isMultipart := strings.HasPrefix(of, "multipart/"); !isMultipart && (kind != of || got.Header.Get("Content-Length") != want.Header.Get("Content-Length")) {
				t.Errorf("%s %s %q: %q of %s bytes, of file_server %q of %s", method, path, headers, kind, got.Header.Get("Content-Length"), of, want.Header.Get("Content-Length"))
			} else if isMultipart && !strings.HasPrefix(kind, "multipart/byteranges") {
				t.Errorf("%s %s %q: %q", method, path, headers, kind)
			}
			if got.StatusCode == 200 || got.StatusCode == 206 {
				got.wants(t, got.StatusCode, "X-Content-Type-Options", "nosniff", "ETag", last(ours, "ETag"), "Last-Modified", last(ours, "Last-Modified"))
			}
		}
	}
	disarmed := "none"
	if strings.HasSuffix(path, ".html") {
		disarmed = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
	}
	s.get(t, path).wants(t, 200, "Content-Security-Policy", disarmed)
	s.get(t, path+"?ik-attachment=true").wants(t, 200, "Content-Disposition", `attachment; filename="`+filepath.Base(path)+`"`)
}

// A range that the client has a part of already, of an original that has no strong entity
// tag, is not sent: the rest may be of another version. Nor is it patched together here.
func TestHandedOnWithoutTags(t *testing.T) {
	body := film(300_000)
	for name, tag := range map[string]string{"none": "", "weak": `W/"v1"`} {
		t.Run(name, func(t *testing.T) {
			addr := backend(t, func(w http.ResponseWriter, r *http.Request) {
				if tag != "" {
					w.Header().Set("ETag", tag)
				}
				http.ServeContent(w, r, "a.bin", time.Unix(1e9, 0), bytes.NewReader(body))
			})
			s := serve(t, "images {\n "+fromWeb(addr)+"\n dialect imagizer\n}")
			plain := s.get(t, "/a.bin")
			want := tag
			if want == "" {
				want = "none"
			}
			plain.wants(t, 200, "ETag", want)
			for _, condition := range []string{plain.Header.Get("Last-Modified"), `W/"v1"`, `"v1"`} {
				a := s.get(t, "/a.bin", "Range", "bytes=5-9", "If-Range", condition)
				if a.wants(t, 200, "Content-Range", "none"); !bytes.Equal(a.body, body) {
					t.Errorf("%s: %d bytes", condition, len(a.body))
				}
			}
			s.get(t, "/a.bin", "Range", "bytes=5-9").wants(t, 206, "Content-Range", "bytes 5-9/300000")
			s.get(t, "/a.bin", "If-Modified-Since", plain.Header.Get("Last-Modified")).wants(t, 304)
		})
	}
}

// What is to be transformed, or looked into, is never streamed: with ranges or without, and
// whatever its name says.
func TestWhatIsNotHandedOn(t *testing.T) {
	asked, ranges := atomic.Int64{}, atomic.Int64{}
	dir := t.TempDir()
	writeOriginals(t, dir)
	red := site{root: dir}
	long := strings.Replace(svg, "<svg", "<!--"+strings.Repeat("-", 8<<10)+" --><svg", 1)
	content, err := os.ReadFile(filepath.Join(dir, "red.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	located := append(bytes.Clone(content), bytes.Repeat([]byte{0}, 8<<10)...)
	red.originals(t, map[string][]byte{
		"red.jpg": located, "red": located, "red.zip": located, "red.pdf": located,
		"long.svg": []byte(long), "long.pdf": []byte(long), "large.svg": []byte(svg + strings.Repeat(" ", 2<<20)),
		"large.pdf": append([]byte("%PDF-1.4"), film(2<<20)...), "large": film(2 << 20), "large.jpg": append(content, film(2<<20)...),
	})
	addr := backend(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if r.Header.Get("Range") != "" {
			ranges.Add(1)
		}
		http.ServeFile(w, r, filepath.Join(dir, r.URL.Path))
	})
	s := serve(t, "images {\n max_source_size 1MiB\n cache off\n "+fromWeb(addr)+"\n}")
	for path, kind := range map[string]string{
		"/red.jpg": "image/webp", "/red": "image/webp", "/red.zip": "image/webp", "/red.pdf": "image/webp", "/tr:w-20/red.jpg": "image/webp",
		"/long.svg": "image/svg+xml", "/long.pdf": "image/svg+xml",
	} {
		a := s.get(t, path, "Accept", "image/webp")
		if a.wants(t, 200, "Content-Type", kind); kind == "image/svg+xml" {
			a.wants(t, 200, "Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox")
		}
		s.ask(t, http.MethodHead, path, "Accept", "image/webp").wants(t, 200, "Content-Type", kind)
	}
	before := asked.Load()
	s.get(t, "/red.jpg", "Range", "bytes=0-9").wants(t, 206)
	if asked.Load() != before+1 {
		t.Errorf("an image that is optimised is fetched %d times", asked.Load()-before)
	}
	tooLong := "ELIMIT - The original is larger than max_source_size, 1.0 MiB"
	s.get(t, "/large.svg").wants(t, 400, "Ik-Error", tooLong)
	s.get(t, "/large.jpg").wants(t, 400, "Ik-Error", tooLong)
	s.get(t, "/tr:w-5/large").wants(t, 400, "Ik-Error", tooLong)
	s.get(t, "/large.pdf").wants(t, 200, "Content-Type", "application/pdf")
	s.get(t, "/large").wants(t, 200, "Content-Length", itoa(2<<20)) // no image, which its name does not say
	s.get(t, "/large", "Range", "bytes=5-9").wants(t, 206)
	// With optimize_plain off an image is a file, too.
	s = serve(t, "images {\n max_source_size 1MiB\n cache off\n "+fromWeb(addr)+"\n dialect imagekit {\n  optimize_plain off\n }\n}")
	s.get(t, "/large.jpg").wants(t, 200, "Content-Type", "image/jpeg")
	s.get(t, "/long.svg").wants(t, 200, "Content-Type", "image/svg+xml")
	s.get(t, "/large.svg").wants(t, 400, "Ik-Error", "ELIMIT - The SVG has "+itoa(len(svg)+2<<20)+" bytes, more than max_svg_size, 1048576; another format, such as PNG, can be requested")
}

// max_file_size bounds what is sent as it is, known beforehand or not.
func TestMaxFileSize(t *testing.T) {
	addr := backend(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/long.bin" {
			http.ServeContent(w, r, "a.bin", time.Unix(1e9, 0), bytes.NewReader(film(200_001)))
			return
		}
		w.Header().Set("Content-Type", "application/octet-stream")
		for rest := film(map[string]int{"/endless.bin": 1 << 20, "/fits.bin": 200_000}[r.URL.Path]); len(rest) > 0; rest = rest[min(len(rest), 50_000):] {
			_, _ = w.Write(rest[:min(len(rest), 50_000)])
			w.(http.Flusher).Flush()
		}
	})
	s := serve(t, "images {\n max_file_size 200000\n "+fromWeb(addr)+"\n dialect imagizer\n}")
	const tooLong = "ELIMIT - The file is larger than max_file_size, 195 KiB"
	s.get(t, "/long.bin").wants(t, 400, "Ik-Error", tooLong)
	s.get(t, "/long.bin", "Range", "bytes=0-5").wants(t, 400, "Ik-Error", tooLong)
	s.ask(t, http.MethodHead, "/long.bin").wants(t, 400)
	if a := s.get(t, "/fits.bin"); a.StatusCode != 200 || len(a.body) != 200_000 {
		t.Errorf("status %d, %d bytes", a.StatusCode, len(a.body))
	}
	resp := s.open(t, "/endless.bin")
	if n, err := io.Copy(io.Discard, resp.Body); err == nil || n > 200_000 {
		t.Errorf("%d bytes, %v", n, err)
	}
	until(t, "it is logged", func() bool {
		for _, line := range s.logged(t) {
			if strings.Contains(fmt.Sprint(line), "larger than max_file_size") {
				return true
			}
		}
		return false
	})
}

// What is sent as it is costs its origin a request, and one for the rest of a range. A
// client that has it costs none while it is fresh, and one that says so afterwards.
func TestHandedOnIsRemembered(t *testing.T) {
	asked, missing := atomic.Int64{}, atomic.Int64{}
	addr := backend(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/missing.pdf" {
			missing.Add(1)
			http.NotFound(w, r)
			return
		}
		asked.Add(1)
		w.Header().Set("ETag", `"v1"`)
		http.ServeContent(w, r, "a.pdf", time.Unix(1e9, 0), bytes.NewReader(append([]byte("%PDF-1.4"), film(300_000)...)))
	})
	s := serve(t, "images {\n cache memory 64MiB\n "+fromWeb(addr)+"\n}")
	s.get(t, "/paper.pdf").wants(t, 200, "ETag", `"v1"`, "Cache-Status", "caddy-images; fwd=bypass")
	s.get(t, "/paper.pdf", "If-None-Match", `"v1"`).wants(t, 304, "ETag", `"v1"`)
	s.ask(t, http.MethodHead, "/paper.pdf", "If-None-Match", `"v1"`).wants(t, 304)
	if asked.Load() != 1 {
		t.Errorf("the origin was asked %d times", asked.Load())
	}
	a := s.get(t, "/paper.pdf", "If-None-Match", `"v2"`)
	if a.wants(t, 200, "ETag", `"v1"`); len(a.body) != 300_008 {
		t.Errorf("%d bytes", len(a.body))
	}
	for range 3 {
		s.get(t, "/missing.pdf").wants(t, 404)
	}
	if missing.Load() != 1 {
		t.Errorf("a missing file was asked for %d times", missing.Load())
	}
}

// With room for originals, what fits is kept there.
func TestHandedOnFromOriginals(t *testing.T) {
	asked := atomic.Int64{}
	addr := backend(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		w.Header().Set("ETag", `"v1"`)
		size := 100_000
		if r.URL.Path == "/large.pdf" {
			size = 2 << 20
		}
		http.ServeContent(w, r, "a.pdf", time.Unix(1e9, 0), bytes.NewReader(append([]byte("%PDF-1.4"), film(size)...)))
	})
	s := serve(t, "images {\n max_source_size 1MiB\n originals 64MiB\n "+fromWeb(addr)+"\n}")
	for _, headers := range [][]string{nil, {"Range", "bytes=5-9"}, nil} {
		a := s.get(t, "/paper.pdf", headers...)
		if a.StatusCode >= 300 {
			t.Errorf("status %d", a.StatusCode)
		}
	}
	if asked.Load() != 1 {
		t.Errorf("the origin was asked %d times", asked.Load())
	}
	if a := s.get(t, "/large.pdf"); a.StatusCode != 200 || len(a.body) != 2<<20+8 {
		t.Errorf("status %d, %d bytes", a.StatusCode, len(a.body))
	}
}

// A file that becomes shorter while it is sent is not taken for a whole one.
func TestHandedOnFileThatShrinks(t *testing.T) {
	const size = 256 << 20 // more than what connections buffer
	s := serve(t, "images {\n origin fs ROOT\n}")
	name := filepath.Join(s.root, "large.pdf")
	s.originals(t, map[string][]byte{"large.pdf": []byte("%PDF-1.4")})
	if err := os.Truncate(name, size); err != nil { // it is sparse
		t.Fatal(err)
	}
	resp := s.open(t, "/large.pdf")
	if _, err := io.ReadFull(resp.Body, make([]byte, 1000)); err != nil || resp.ContentLength != size {
		t.Fatal(resp.ContentLength, err)
	}
	if err := os.Truncate(name, 1<<20); err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(io.Discard, resp.Body); err == nil || n >= size-1000 {
		t.Errorf("%d bytes, %v", n, err)
	}
}

// What is private is not streamed to whoever may not see it, and not kept for others.
func TestHandedOnThatIsPrivate(t *testing.T) {
	paper := append([]byte("%PDF-1.4"), film(100_000)...)
	addr := backend(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"v1"`)
		w.Header().Set(r.URL.Query().Get("name"), r.URL.Query().Get("value"))
		http.ServeContent(w, r, "a.pdf", time.Unix(1e9, 0), bytes.NewReader(paper))
	})
	s := serve(t, "images {\n "+fromWeb(addr)+"\n}")
	const private = "/paper.pdf?name=Is-Private-File&value=true"
	for _, headers := range [][]string{nil, {"Range", "bytes=0-9"}, {"If-None-Match", `"v1"`}, {"If-Match", `"v2"`}} {
		a := s.get(t, private, headers...)
		if a.wants(t, 401, "ETag", "none", "Content-Range", "none"); bytes.Contains(a.body, []byte("%PDF")) {
			t.Errorf("%q: %d bytes", headers, len(a.body))
		}
	}
	s.ask(t, http.MethodHead, private).wants(t, 401, "ETag", "none")
	for _, value := range []string{"private", "no-store"} {
		s.get(t, "/paper.pdf?name=Cache-Control&value="+value).wants(t, 200, "Cache-Control", map[string]string{"private": "private, no-cache", "no-store": "no-store"}[value])
	}
}

// The request by which it is found out behind a response that there is another version ends
// with its first bytes.
func TestHandedOnIsRevalidated(t *testing.T) {
	var asked atomic.Int64
	ended := make(chan struct{})
	paper := append([]byte("%PDF-1.4"), film(100_000)...)
	addr := backend(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", itoa(len(paper)))
		n := asked.Add(1)
		w.Header().Set("ETag", fmt.Sprintf(`"v%d"`, n))
		if n != 2 {
			_, _ = w.Write(paper)
			return
		}
		_, _ = w.Write(paper[:5000])
		w.(http.Flusher).Flush()
		<-r.Context().Done()
		close(ended)
	})
	s := serve(t, "images {\n fresh 1ms\n stale 1d\n "+strings.Replace(fromWeb(addr), "allow_private", "timeout 1h\n  allow_private", 1)+"\n}")
	s.get(t, "/paper.pdf").wants(t, 200, "ETag", `"v1"`)
	until(t, "the origin is asked again", func() bool {
		s.get(t, "/paper.pdf", "If-None-Match", `"v1"`)
		return asked.Load() > 1
	})
	select {
	case <-ended:
	case <-time.After(patience):
		t.Error("the fetch goes on")
	}
}

// A client that reads no more is not the origin's failure, and ends the fetch.
func TestHandedOnToWhoStalls(t *testing.T) {
	const size = 256 << 20 // more than what connections buffer
	fetching, ended := make(chan struct{}), make(chan struct{})
	addr := backend(t, func(w http.ResponseWriter, r *http.Request) {
		defer close(ended)
		w.Header().Set("Content-Length", itoa(size))
		w.Header().Set("Content-Type", "application/pdf")
		close(fetching)
		for piece := make([]byte, 1<<20); r.Context().Err() == nil; {
			_, _ = w.Write(piece)
		}
	})
	for name, from := range map[string]string{"fs": "origin fs ROOT", "web": fromWeb(addr)} {
		t.Run(name, func(t *testing.T) {
			port := freePort(t)
			s := site{root: t.TempDir(), log: filepath.Join(t.TempDir(), "log"), url: "http://127.0.0.1:" + itoa(port)}
			config := s.config(port, "images {\n "+from+"\n}")
			config = strings.Replace(config, "admin off\n", "admin off\nservers {\n timeouts {\n write_idle 300ms\n }\n}\n", 1)
			if err := load(t, config); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(s.root, "large.pdf")
			s.originals(t, map[string][]byte{"large.pdf": []byte("%PDF-1.4")})
			if err := os.Truncate(file, size); err != nil { // it is sparse
				t.Fatal(err)
			}
			resp := s.open(t, "/large.pdf")
			if _, err := io.ReadFull(resp.Body, make([]byte, 1000)); err != nil {
				t.Fatal(err)
			}
			if name == "fs" {
				wantsClosed(t, file)
			} else {
				<-fetching
				<-ended
			}
			if n, err := io.Copy(io.Discard, resp.Body); err == nil || n >= size-1000 {
				t.Errorf("%d bytes, %v", n, err)
			}
			for _, line := range s.logged(t) {
				if strings.Contains(fmt.Sprint(line), "ended early") {
					t.Errorf("the origin is blamed: %v", line)
				}
			}
		})
	}
}
