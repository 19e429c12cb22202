package inprocess_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Other files than images are delivered as they are.
func TestOtherFiles(t *testing.T) {
	s := serve(t, "images {\n origin fs ROOT\n max_source_size 2000\n}")
	for name, contentType := range map[string]string{
		"style.css": "text/css; charset=utf-8", "script.js": "text/javascript; charset=utf-8", "paper.pdf": "application/pdf",
		"data.json": "application/json", "strange": "application/octet-stream",
	} {
		content := strings.Repeat(name+"\n", 40)
		if err := os.WriteFile(filepath.Join(s.root, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		a := s.get(t, "/"+name)
		a.wants(t, 200, "Content-Type", contentType, "X-Content-Type-Options", "nosniff", "Accept-Ranges", "bytes")
		if string(a.body) != content {
			t.Errorf("%s has %d bytes, want %d", name, len(a.body), len(content))
		}
		s.get(t, "/"+name, "If-None-Match", a.Header.Get("Etag")).wants(t, 304)
		if part := s.get(t, "/"+name, "Range", "bytes=1-3"); part.StatusCode != 206 || string(part.body) != content[1:4] {
			t.Errorf("%s: a range is %d %q", name, part.StatusCode, part.body)
		}
		s.get(t, "/tr:w-10/"+name).wants(t, 400, "Ik-Error", "EBADMSG - The original is not an image in a format that can be read: JPEG, PNG, WebP, GIF, AVIF, HEIC, TIFF, SVG")
		s.get(t, "/tr:orig-true/"+name).wants(t, 200, "Content-Type", contentType)
	}
	if err := os.WriteFile(filepath.Join(s.root, "large.css"), make([]byte, 2001), 0o644); err != nil {
		t.Fatal(err)
	}
	s.get(t, "/large.css").wants(t, 400, "Ik-Error", "ELIMIT - The original is larger than max_source_size, 2.0 KiB")
}

// An origin that says only that a file has bytes says nothing.
func TestTypesByExtension(t *testing.T) {
	for said, want := range map[string]string{
		"application/octet-stream": "text/css; charset=utf-8", "binary/octet-stream": "text/css; charset=utf-8", "": "text/css; charset=utf-8", "text/x-mine": "text/x-mine",
	} {
		addr := backend(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Type"] = []string{said}
			_, _ = w.Write([]byte("p {}"))
		})
		s := serve(t, "images {\n origin web http://"+addr+" {\n  allow_private 127.0.0.0/8\n }\n}")
		s.get(t, "/a/style.css?x=.png").wants(t, 200, "Content-Type", want)
	}
}

// Caddy's own means for compression and for other sites' scripts work with it.
func TestOtherFilesAreCompressedByCaddy(t *testing.T) {
	s := serve(t, "encode gzip\nheader Access-Control-Allow-Origin *\nimages {\n origin fs ROOT\n}")
	if err := os.WriteFile(filepath.Join(s.root, "style.css"), []byte(strings.Repeat("p {}\n", 400)), 0o644); err != nil {
		t.Fatal(err)
	}
	s.get(t, "/style.css", "Accept-Encoding", "gzip").wants(t, 200, "Content-Encoding", "gzip", "Access-Control-Allow-Origin", "*")
	s.get(t, "/red.jpg", "Accept-Encoding", "gzip").wants(t, 200, "Content-Encoding", "none", "Access-Control-Allow-Origin", "*")
}

func TestLargeSVG(t *testing.T) {
	s := serve(t, "images {\n origin fs ROOT\n}")
	write := func(name string, size int) {
		t.Helper()
		content := strings.Replace(svg, "<script>", "<!--"+strings.Repeat("x", size-len(svg)-7)+"--><script>", 1)
		if len(content) != size {
			t.Fatalf("%d bytes, want %d", len(content), size)
		}
		if err := os.WriteFile(filepath.Join(s.root, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("largest.svg", 1<<20)
	write("larger.svg", 1<<20+1)
	for _, path := range []string{"/%s.svg", "/tr:f-auto/%s.svg", "/tr:f-svg/%s.svg", "/tr:orig-true/%s.svg"} {
		s.get(t, fmt.Sprintf(path, "largest")).wants(t, 200, "Content-Type", "image/svg+xml")
		s.get(t, fmt.Sprintf(path, "larger")).wants(t, 400, "Content-Type", "text/plain; charset=utf-8",
			"Ik-Error", "ELIMIT - The SVG has 1048577 bytes, more than max_svg_size, 1048576; another format, such as PNG, can be requested")
	}
	s.get(t, "/tr:f-png/larger.svg").wants(t, 200, "Content-Type", "image/png")
	s.get(t, "/tr:w-10/larger.svg").wants(t, 200, "Content-Type", "image/png")
}

func TestCanonicalLink(t *testing.T) {
	t.Setenv("CADDY_IMAGES_SITE", "www.example.com")
	s := serve(t, "header Link \"</a.css>; rel=preload\"\nimages {\n origin fs ROOT\n canonical https://{env.CADDY_IMAGES_SITE}/media/\n dialect imagekit {\n  endpoint /shop\n }\n}")
	for path, want := range map[string]string{
		"/shop/red.jpg":                     "red.jpg",
		"/shop/tr:w-10/red.jpg?x=1":         "red.jpg",
		"/shop/ik-seo/red/name.jpg":         "red.jpg",
		"/shop/red.jpg?tr=w-10":             "red.jpg",
		"/shop/sub/a%20b.jpg?tr=w-10&v=1":   "sub/a%20b.jpg",
		"/shop/text.txt?ik-attachment=true": "text.txt",
	} {
		a := s.get(t, path)
		a.wants(t, 200)
		if got := strings.Join(a.Header.Values("Link"), ", "); got != "</a.css>; rel=preload, <https://www.example.com/media/"+want+">; rel=\"canonical\"" {
			t.Errorf("%s: Link is %s", path, got)
		}
	}
	for _, path := range []string{"/shop/no.jpg", "/shop/tr:w-x/red.jpg"} {
		if got := s.get(t, path).Header.Values("Link"); len(got) != 1 {
			t.Errorf("%s: Link is %q", path, got)
		}
	}
	plain := serve(t, "images {\n origin fs ROOT\n}")
	plain.get(t, "/red.jpg").wants(t, 200, "Link", "none")
}
