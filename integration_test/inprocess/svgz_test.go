package inprocess_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// drawing is an SVG of 100x50, and what is drawn of it at 200 is 200x100.
const drawing = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50"><rect width="100%" height="100%" fill="#3366cc"/></svg>`

func gzipped(t *testing.T, file []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(file); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A compressed SVG is what is in it: drawn, inspected, as a layer, a default image and a
// posted file, from each origin.
func TestCompressedSVG(t *testing.T) {
	files := map[string][]byte{
		"a.svgz":    gzipped(t, []byte(drawing)),
		"cut.svgz":  gzipped(t, []byte(drawing))[:100],
		"bomb.svgz": gzipped(t, []byte(drawing+strings.Repeat(" ", 2<<20))),
		"red.svgz":  gzipped(t, []byte("no picture")),
		"text.gz":   gzipped(t, []byte("hello")),
	}
	// As Apache has it, by AddEncoding, and as an uploader of S3's.
	encoded := backend(t, func(w http.ResponseWriter, r *http.Request) {
		body, ok := files[strings.TrimPrefix(r.URL.Path, "/")]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "image/svg+xml")
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("ETag", `"v1"`)
		_, _ = w.Write(body)
	})
	for name, tt := range map[string]struct {
		directives string
		tag        bool // the origin's is known
		isNext     bool
	}{
		"fs":            {directives: "images {\n max_source_size 1MiB\n origin fs ROOT\n}"},
		"next":          {directives: "root ROOT\nimages {\n max_source_size 1MiB\n}\nfile_server", isNext: true},
		"web":           {directives: "images {\n max_source_size 1MiB\n origin web http://" + encoded + " {\n  allow_private 127.0.0.1\n }\n}", tag: true},
		"reverse_proxy": {directives: "images {\n max_source_size 1MiB\n}\nreverse_proxy " + encoded, isNext: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, tt.directives)
			for name, file := range files {
				if err := os.WriteFile(filepath.Join(s.root, name), file, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			a := s.get(t, "/tr:w-200,f-png/a.svgz")
			a.wants(t, 200, "Content-Type", "image/png")
			a.wantsSize(t, 200, 100)
			s.get(t, "/tr:w-200,f-png,di-a.svgz/no.png").wantsSize(t, 200, 100)
			s.get(t, "/tr:w-200,f-png:l-image,i-a.svgz,w-100,l-end/a.svgz").wantsSize(t, 200, 100)
			s.get(t, "/tr:f-svg/a.svgz").wants(t, 200, "Content-Type", "image/svg+xml", "Content-Encoding", "none")
			if got := s.get(t, "/tr:f-svg/a.svgz"); string(got.body) != drawing {
				t.Errorf("%q", got.body)
			}
			s.get(t, "/tr:w-200/cut.svgz").wants(t, map[bool]int{true: 404, false: 400}[strings.Contains(tt.directives, encoded)])
			s.get(t, "/tr:w-200/bomb.svgz").wants(t, 400, "Ik-Error", "ELIMIT - The original is larger than max_source_size, 1.0 MiB")
			if tt.isNext {
				return // what is not transformed is the site's own
			}
			plain := s.get(t, "/a.svgz")
			plain.wants(t, 200, "Content-Type", "image/svg+xml", "Content-Encoding", "none", "Content-Length", strconv.Itoa(len(drawing)))
			tag := plain.Header.Get("Etag")
			if string(plain.body) != drawing || tag == "" || tt.tag && tag != `"v1-decoded"` {
				t.Errorf("%q, ETag %s", plain.body, tag)
			}
			s.ask(t, http.MethodHead, "/a.svgz").wants(t, 200, "Content-Length", strconv.Itoa(len(drawing)), "Etag", tag)
			s.get(t, "/a.svgz", "If-None-Match", tag).wants(t, 304)
			if part := s.get(t, "/a.svgz", "Range", "bytes=1-3", "If-Range", tag, "Accept-Encoding", "gzip"); part.StatusCode != 206 || string(part.body) != "svg" {
				t.Errorf("%d %q", part.StatusCode, part.body)
			}
			s.get(t, "/a.svgz?ik-attachment=true").wants(t, 200, "Content-Disposition", `attachment; filename="a.svg"`)
			if tt.tag {
				return
			}
			s.get(t, "/tr:w-200/text.gz").wants(t, 400, "Ik-Error", "EBADMSG - The original is compressed with gzip and does not contain an SVG")
			if got := s.get(t, "/text.gz"); !bytes.Equal(got.body, files["text.gz"]) || strings.Contains(got.Header.Get("Etag"), "decoded") {
				t.Errorf("a file that is not an image is %q", got.body)
			}
		})
	}
}

func TestCompressedSVGIsPosted(t *testing.T) {
	s, _ := servePost(t, "")
	s.sendForm(t, "/img/", gzipped(t, []byte(drawing)), "width", "20", "format", "png").wantsSize(t, 20, 10)
	s.sendForm(t, "/img/", gzipped(t, []byte("hello"))).wants(t, 400, "Ik-Error", "EBADMSG - The file is compressed with gzip and does not contain an SVG")
	bomb := gzipped(t, []byte(drawing+strings.Repeat(" ", 200<<10)))
	s.sendForm(t, "/img/", bomb, "width", "20").wants(t, 400, "Ik-Error", "ELIMIT - The file is larger than post max_size, 100 KiB")
}

func TestCompressedSVGInURL(t *testing.T) {
	s := serve(t, "images {\n dialect imagizer {\n  allow_data_urls\n }\n origin fs ROOT\n}")
	data := base64.RawURLEncoding.EncodeToString(gzipped(t, []byte(drawing)))
	s.get(t, "/?width=20&format=png&source_url=data:image/svg%2bxml;base64,"+data).wantsSize(t, 20, 10)
}
