package inprocess_test

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	noOriginal = "EPERM - This site does not show originals; the URL needs a transformation"
	noFile     = "EPERM - This site does not show originals, and this SVG would be sent as it is; the URL needs a size or another format"
	noPassing  = "EPERM - This site does not show originals, and there is no image at this path that may be transformed"
)

// With allow_original_image_request off there is no way to a file's own bytes.
func TestOriginalsAreNotShown(t *testing.T) {
	files := map[string][]byte{}
	for name, tt := range map[string]struct {
		directives string
		isNext     bool
	}{
		"fs":   {directives: "images {\n allow_original_image_request off\n origin fs ROOT\n default_image /half.png\n}"},
		"next": {directives: "root ROOT\nimages {\n allow_original_image_request off\n default_image /half.png\n}\nroute {\n header /page.html Content-Type image/png\n header /sub/* Cache-Control no-transform\n file_server {\n  precompressed gzip\n }\n}", isNext: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, tt.directives)
			for _, file := range []string{"red.jpg", "icon.svg", "text.txt", "page.html", "sub/a b.jpg", "strange"} {
				content, err := os.ReadFile(filepath.Join(s.root, file))
				if err != nil {
					t.Fatal(err)
				}
				files[file] = content
			}
			etag := s.get(t, "/tr:w-10/red.jpg").Header.Get("Etag")
			for _, path := range []string{
				"/red.jpg", "/red.jpg?", "/red.jpg?tr=", "/tr:/red.jpg", "/tr:orig-true/red.jpg", "/red.jpg?tr=orig-true,w-10", "/red.jpg?x=1", "/red.jpg?v=1",
				"/red.jpg?ik-attachment=true", "/red.jpg?ik-attachment-filename=a.jpg", "/ik-seo/red/name.jpg", "/icon.svg", "/text.txt", "/page.html", "/strange", "/sub/a%20b.jpg",
				"/no.jpg", "/", "/sub/",
			} {
				for _, headers := range [][]string{nil, {"Range", "bytes=0-9"}, {"If-None-Match", "*"}, {"If-None-Match", etag}} {
					s.get(t, path, headers...).wants(t, 401, "Ik-Error", noOriginal, "Www-Authenticate", "none", "Cache-Control", "no-store", "Etag", "none")
				}
				s.ask(t, http.MethodHead, path).wants(t, 401, "Ik-Error", noOriginal)
				for _, method := range []string{http.MethodPost, http.MethodOptions, "PROPFIND"} {
					s.ask(t, method, path).wants(t, 405, "Allow", "GET, HEAD")
				}
			}
			for path, want := range map[string]string{
				"/tr:f-svg/icon.svg": noFile, "/tr:q-80/icon.svg": noFile, "/tr:f-auto/icon.svg": noFile, "/icon.svg?tr=w-auto": noFile,
				"/no.svg?tr=f-auto,di-icon.svg": noFile, // a default image is a file, too
			} {
				s.get(t, path).wants(t, 401, "Ik-Error", want)
			}
			for _, path := range []string{"/tr:w-10/text.txt", "/tr:w-10/strange", "/tr:w-10/sub/a%20b.jpg"} {
				switch {
				case tt.isNext:
					s.get(t, path).wants(t, 401, "Ik-Error", noPassing)
				case strings.HasSuffix(path, ".jpg"):
					s.get(t, path).wantsSize(t, 10, 8)
				default:
					s.get(t, path).wants(t, 400)
				}
			}
			// What a transformation makes is shown, and is not a file.
			s.get(t, "/tr:w-10/icon.svg").wants(t, 200, "Content-Type", "image/png")
			s.get(t, "/tr:w-10/no.jpg").wantsSize(t, 10, 5)
			s.get(t, "/tr:w-20,l-image,i-icon.svg,l-end/red.jpg").wantsSize(t, 20, 15)
			for _, path := range []string{"/tr:w-10/red.jpg", "/tr:q-100/red.jpg", "/red.jpg?tr=f-jpg", "/tr:w-400/red.jpg"} {
				a := s.get(t, path)
				a.wants(t, 200)
				for file, content := range files {
					if bytes.Equal(a.body, content) {
						t.Errorf("%s is %s, byte for byte", path, file)
					}
				}
			}
		})
	}
	on := serve(t, "images {\n allow_original_image_request on\n origin fs ROOT\n}")
	on.get(t, "/red.jpg").wants(t, 200)
}

// Other requests than for the dialect's URLs are none of it.
func TestOriginalsOutsideOfTheEndpoint(t *testing.T) {
	s := serve(t, "images {\n allow_original_image_request off\n origin fs ROOT\n dialect imagekit {\n  endpoint /img\n }\n}\nrespond other")
	if a := s.get(t, "/red.jpg"); string(a.body) != "other" {
		t.Errorf("%d %q", a.StatusCode, a.body)
	}
	s.get(t, "/img/red.jpg").wants(t, 401)
	s.get(t, "/img").wants(t, 401)
}
