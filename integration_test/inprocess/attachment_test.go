package inprocess_test

import (
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAttachments(t *testing.T) {
	s := serve(t, "images {\n origin fs ROOT\n}")
	long := strings.Repeat("é", 150) // 300 bytes
	tests := []struct{ path, accept, want string }{
		{"/red.jpg", "", "none"},
		{"/red.jpg?ik-attachment=false", "", "none"},
		{"/red.jpg?ik-attachment=true", "", `attachment; filename="red.jpg"`},
		{"/red.jpg?ik-attachment-filename=photo", "", `attachment; filename="photo.jpg"`},

		// The extension is that of what is delivered.
		{"/red.jpg?tr=w-10&ik-attachment=true", "image/webp", `attachment; filename="red.webp"`},
		{"/tr:w-10/red.jpg?ik-attachment=true", "", `attachment; filename="red.jpg"`},
		{"/tr:f-png/red.jpg?ik-attachment-filename=photo", "", `attachment; filename="photo.png"`},
		{"/tr:f-png/red.jpg?ik-attachment-filename=photo.JPEG", "", `attachment; filename="photo.png"`},
		{"/tr:f-jpg/half.png?ik-attachment-filename=photo.JPEG", "", `attachment; filename="photo.JPEG"`},
		{"/red.jpg?ik-attachment-filename=v1.2", "", `attachment; filename="v1.2.jpg"`},
		{"/unnamed?ik-attachment=true", "", `attachment; filename="unnamed.png"`},
		{"/ik-seo/red/a-red-square.jpg?ik-attachment=true", "", `attachment; filename="red.jpg"`},

		// Other files.
		{"/text.txt?ik-attachment=true", "", `attachment; filename="text.txt"`},
		{"/text.txt?ik-attachment-filename=notes", "", `attachment; filename="notes.txt"`},
		{"/text.txt?ik-attachment-filename=notes.TXT", "", `attachment; filename="notes.TXT"`},
		{"/strange?ik-attachment-filename=notes.md", "", `attachment; filename="notes.md"`},

		// Names that no header and no file system takes as they are.
		{"/sub/a%20b.jpg?ik-attachment=true", "", `attachment; filename="a b.jpg"`},
		{"/red.jpg?ik-attachment-filename=a%0D%0ASet-Cookie:%20x", "", `attachment; filename="aSet-Cookie_ x.jpg"`},
		{"/red.jpg?ik-attachment-filename=%22;x=%22y%5C", "", `attachment; filename="_;x=_y_.jpg"`},
		{"/red.jpg?ik-attachment-filename=../../etc/passwd", "", `attachment; filename="_.._etc_passwd.jpg"`},
		{"/red.jpg?ik-attachment-filename=..", "", `attachment; filename="red.jpg"`},
		{"/red.jpg?ik-attachment-filename=50%25", "", `attachment; filename="50_.jpg"; filename*=UTF-8''50%25.jpg`},
		{"/red.jpg?ik-attachment-filename=na%C3%AFve+%E2%82%AC", "", `attachment; filename="na_ve _.jpg"; filename*=UTF-8''na%C3%AFve%20%E2%82%AC.jpg`},
		{"/red.jpg?ik-attachment-filename=%E2%80%AEgpj.exe", "", `attachment; filename="gpj.exe.jpg"`},
		{"/red.jpg?ik-attachment-filename=" + long, "", `attachment; filename="` + strings.Repeat("_", 100) + `.jpg"; filename*=UTF-8''` + strings.Repeat("%C3%A9", 100) + ".jpg"},
	}
	for _, tt := range tests {
		a := s.get(t, tt.path, "Accept", tt.accept)
		a.wants(t, 200, "Content-Disposition", tt.want)
		if tt.want == "none" {
			continue
		}
		if kind, _, err := mime.ParseMediaType(a.Header.Get("Content-Disposition")); kind != "attachment" || err != nil {
			t.Errorf("%s: %q is %q, %v", tt.path, a.Header.Get("Content-Disposition"), kind, err)
		}
	}
	s.get(t, "/no.jpg?ik-attachment=true").wants(t, 404, "Content-Disposition", "none")
	s.get(t, "/tr:w-9/broken.jpg?ik-attachment=true").wants(t, 400, "Content-Disposition", "none")
	s.ask(t, http.MethodHead, "/red.jpg?ik-attachment=true").wants(t, 200, "Content-Disposition", `attachment; filename="red.jpg"`)
}

// What the next handler has can be saved too, be it an image or not.
func TestAttachmentsOfNext(t *testing.T) {
	s := serve(t, "root ROOT\nimages\nfile_server")
	s.get(t, "/red.jpg?ik-attachment=true").wants(t, 200, "Content-Disposition", `attachment; filename="red.jpg"`, "Content-Type", "image/jpeg")
	a := s.get(t, "/text.txt?ik-attachment-filename=notes")
	a.wants(t, 200, "Content-Disposition", `attachment; filename="notes.txt"`)
	if string(a.body) != "just text" {
		t.Errorf("the file is %q", a.body)
	}
	s.get(t, "/no.jpg?ik-attachment=true").wants(t, 404, "Content-Disposition", "none")
	s.get(t, "/red.jpg").wants(t, 200, "Content-Disposition", "none")
}

// The name for search engines names the same image, protected as the file
// itself is.
func TestNamesForSearchEngines(t *testing.T) {
	for name, directives := range map[string]string{
		"next":   "basic_auth /private/* {\n who " + hash + "\n}\nroot ROOT\nimages\nfile_server",
		"origin": "basic_auth /private/* {\n who " + hash + "\n}\nimages {\n origin fs ROOT\n}",
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, directives)
			if err := os.Rename(filepath.Join(s.root, "sub"), filepath.Join(s.root, "private")); err != nil {
				t.Fatal(err)
			}
			plain := s.get(t, "/red.jpg")
			seo := s.get(t, "/ik-seo/red/a-red-square.jpg")
			seo.wants(t, 200, "Etag", plain.Header.Get("Etag"), "Content-Type", "image/jpeg")
			for _, path := range []string{"/ik-seo/tr:w-10/red/x.jpg", "/tr:w-10/ik-seo/red/x.jpg", "/ik-seo/red/x.jpg?tr=w-10", "/ik%2Dseo//tr:w-10//red/x.jpg?a=b"} {
				s.get(t, path).wantsSize(t, 10, 8)
			}
			s.get(t, "/ik-seo/red/x.png").wants(t, 404)
			for _, path := range []string{
				"/ik-seo/private/a%20b/x.jpg", "/ik-seo/tr:w-10/private/a%20b/x.jpg", "/tr:w-10/ik-seo/private/a%20b/x.jpg",
				"/ik-seo/private%2Fa%20b/x.jpg", "/ik%2dseo/%70rivate/a%20b/x.jpg?tr=w-10",
			} {
				s.get(t, path).wants(t, 401, "Ik-Error", "none")
			}
			s.get(t, "/ik-seo/private/a%20b/x.jpg", "Authorization", "Basic d2hvOnNlY3JldA==").wants(t, 200)
		})
	}
}

func TestWebServersHearWhoAsks(t *testing.T) {
	var from []string
	addr := backend(t, func(w http.ResponseWriter, r *http.Request) {
		from = append(from, r.Header.Get("X-Req-From")+" "+r.URL.RequestURI())
		_, _ = w.Write([]byte("text"))
	})
	s := serve(t, "images {\n origin web http://"+addr+"/base {\n  allow_private 127.0.0.0/8\n }\n}")
	s.get(t, "/a.txt").wants(t, 200)
	// What is not the dialect's own goes to the web server, versions included.
	s.get(t, "/a.txt?alt=media&ik-t=1&tr=orig-true&token=a%2Fb&ik-obj-version=x3&ik-s=2&ik-attachment=true&updatedAt=7").wants(t, 200)
	want := "imagekit /base/a.txt|imagekit /base/a.txt?alt=media&token=a%2Fb&ik-obj-version=x3&updatedAt=7"
	if got := strings.Join(from, "|"); got != want {
		t.Errorf("the web server was asked %s, want %s", got, want)
	}
}
