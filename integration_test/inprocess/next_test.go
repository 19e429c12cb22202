package inprocess_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

func TestNextIsFileServer(t *testing.T) {
	s := serve(t, "root ROOT\nimages\nfile_server browse")
	s.get(t, "/tr:w-100/red.jpg").wantsSize(t, 100, 75)
	s.get(t, "/red.jpg?tr=w-100").wantsSize(t, 100, 75)
	s.get(t, "/tr:w-100/sub/a%20b.jpg").wantsSize(t, 100, 75)
	s.get(t, "/tr:w-100/unnamed").wantsSize(t, 100, 50)
	s.get(t, "/tr:w-100/no.jpg").wants(t, 404, "Ik-Error", "ENOENT - No file was found on this site at the specified path")
	if a := s.get(t, "/sub/"); !strings.Contains(string(a.body), "a b.jpg") {
		t.Error("a request that asks for nothing does not reach the file server")
	}
}

// What asks for nothing is the next handler's, header, conditions and all.
func TestNextIsLeftAloneWhenNothingIsAsked(t *testing.T) {
	s := serve(t, "root ROOT\nimages\nfile_server")
	content, err := os.ReadFile(filepath.Join(s.root, "red.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	a := s.get(t, "/red.jpg")
	a.wants(t, 200, "Cache-Control", "none", "X-Content-Type-Options", "none")
	if !bytes.Equal(a.body, content) {
		t.Error("the file is not passed on as it is")
	}
	s.get(t, "/red.jpg", "If-None-Match", a.Header.Get("Etag")).wants(t, 304)
	s.get(t, "/red.jpg", "Range", "bytes=0-9").wants(t, 206)
	s.get(t, "/no.jpg").wants(t, 404, "Ik-Error", "none")
	s.get(t, "/caf%E9.jpg").wants(t, 404, "Ik-Error", "none")
}

func TestNextPassesWhatIsNoImage(t *testing.T) {
	s := serve(t, "root ROOT\nimages\nroute {\nheader /red.jpg Cache-Control \"max-age=1, No-Transform\"\nfile_server\n}")
	for path, want := range map[string]string{
		"/tr:w-100/text.txt": "just text",
		"/tr:w-100/strange":  "no picture, and no extension to say what",
	} {
		a := s.get(t, path)
		a.wants(t, 200, "Ik-Error", "none")
		if string(a.body) != want {
			t.Errorf("%s: %q, want %q", path, a.body, want)
		}
	}
	a := s.get(t, "/tr:w-100/red.jpg")
	a.wantsSize(t, 400, 300) // RFC 9111 section 5.2.2.6
	a.wants(t, 200, "Content-Type", "image/jpeg", "Cache-Control", "max-age=1, No-Transform")
}

func TestNextIsAskedWithAPlainGet(t *testing.T) {
	s := serve(t, `vars greeting hello
images
respond "{method} {uri} {http.request.orig_uri.path} {header.Range}|{header.If-None-Match}|{header.Accept-Encoding} {vars.greeting}"`)
	a := s.ask(t, http.MethodHead, "/a%2Fb//c.jpg?x=1&tr=w-100&y=%20", "Range", "bytes=0-9", "If-None-Match", `"x"`, "Accept-Encoding", "gzip")
	a.wants(t, 200)
	// The text is not an image, so it is passed on; a GET shows it.
	a = s.get(t, "/a%2Fb//c.jpg?x=1&tr=w-100&y=%20", "Range", "bytes=0-9", "If-None-Match", `"x"`, "Accept-Encoding", "gzip")
	if want := "GET /a%2Fb//c.jpg?x=1&y=%20 /a/b//c.jpg ||identity hello"; string(a.body) != want {
		t.Errorf("the next handler saw %q, want %q", a.body, want)
	}
}

// What handlers before this one found out is known behind it too.
func TestNextKnowsPlaceholders(t *testing.T) {
	s := serve(t, `map {method} {answer} {
	default mapped
}
@named path_regexp name ^/(.*)$
vars @named seen yes
images
respond "{answer} {re.name.1} {path} {vars.seen}"`)
	if a := s.get(t, "/a.jpg?tr=w-100"); string(a.body) != "mapped a.jpg /a.jpg yes" {
		t.Errorf("the next handler knew %q", a.body)
	}
}

func TestNextKeepsTheEndpoint(t *testing.T) {
	s := serve(t, "images {\n dialect imagekit {\n  endpoint /shop\n }\n}\nroot ROOT\nhandle_path /shop/* {\n file_server\n}\nrespond \"other\"")
	s.get(t, "/shop/tr:w-100/red.jpg").wantsSize(t, 100, 75)
	s.get(t, "/shop/red.jpg").wantsSize(t, 400, 300)
	if a := s.get(t, "/shopping/tr:w-100/red.jpg"); string(a.body) != "other" {
		t.Errorf("a URL outside of the endpoint is not passed on: %q", a.body)
	}
}

// backend returns a real server behind reverse_proxy.
func backend(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

func TestNextIsReverseProxy(t *testing.T) {
	var picture bytes.Buffer
	dir := t.TempDir()
	writeOriginals(t, dir)
	content, err := os.ReadFile(filepath.Join(dir, "red.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	picture.Write(content)

	addr := backend(t, func(w http.ResponseWriter, r *http.Request) {
		if status, err := strconv.Atoi(strings.Trim(r.URL.Path, "/")); err == nil {
			w.Header().Set("Location", "/red.jpg")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, "an error page")
			return
		}
		w.Header().Set("Content-Type", "image/jpeg")
		w.Header().Set("X-Secret", "internal")
		w.Header().Set("ETag", `"v1"`)
		switch r.URL.Path {
		case "/short.jpg":
			w.Header().Set("Content-Length", strconv.Itoa(len(content)))
			_, _ = w.Write(content[:len(content)/2])
			panic(http.ErrAbortHandler)
		case "/abort.jpg":
			_, _ = w.Write(content[:len(content)/2])
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		case "/gzip.jpg":
			w.Header().Set("Content-Encoding", "gzip")
		case "/long.jpg":
			_, _ = w.Write(append(content, make([]byte, 1<<20)...))
			return
		case "/announced.jpg":
			w.Header().Set("Content-Length", "2000000")
			w.WriteHeader(200)
			return
		}
		_, _ = w.Write(content)
	})
	s := serve(t, "images {\n max_source_size 1MB\n}\nreverse_proxy "+addr)

	a := s.get(t, "/tr:w-100/red.jpg")
	a.wantsSize(t, 100, 75)
	a.wants(t, 200, "X-Secret", "none")
	if a.Header.Get("Etag") == `"v1"` {
		t.Error("the variant has the original's entity tag")
	}
	if a := s.get(t, "/red.jpg"); a.Header.Get("X-Secret") != "internal" {
		t.Error("a request that asks for nothing does not get the backend's answer as it is")
	}
	s.get(t, "/tr:w-100/gzip.jpg").wants(t, 200, "Content-Encoding", "gzip")
	tests := []struct {
		path, ikError string
		status        int
	}{
		{"404", "ENOENT - No file was found on this site at the specified path", 404},
		{"410", "ENOENT - No file was found on this site at the specified path", 404},
		{"401", "EACCES - This site denied access with status 401", 404},
		{"403", "EACCES - This site denied access with status 403", 404},
		{"400", "EINVAL - This site responded with status 400", 404},
		{"500", "UNIDENTIFIED - This site responded with status 500", 404},
		{"503", "UNIDENTIFIED - This site responded with status 503", 404},
		{"504", "UNIDENTIFIED - This site responded with status 504", 404},
		{"302", "UNIDENTIFIED - This site responded with status 302", 404},
		{"206", "UNIDENTIFIED - This site responded with status 206", 404},
		{"short.jpg", "UNIDENTIFIED - This site responded with status 502", 404},
		{"abort.jpg", "UNIDENTIFIED - This site's response is incomplete", 404},
		{"long.jpg", "ELIMIT - The original is larger than max_source_size, 977 KiB", 400},
		{"announced.jpg", "ELIMIT - The original is larger than max_source_size, 977 KiB", 400},
	}
	for _, tt := range tests {
		s.get(t, "/tr:w-100/"+tt.path).wants(t, tt.status, "Ik-Error", tt.ikError, "Location", "none", "Content-Type", "text/plain; charset=utf-8")
	}
}

func TestNextUnhandled(t *testing.T) {
	s := serve(t, "images\nroute /other {\n respond ok\n}")
	s.get(t, "/tr:w-100/red.jpg").wants(t, 404, "Ik-Error", "ENOENT - No file was found on this site at the specified path")
}

// An origin may come before what the site itself has.
func TestNextAfterAnotherOrigin(t *testing.T) {
	s := serve(t, "images {\n origin fs ROOT/sub\n origin next\n}\nroot ROOT\nfile_server")
	s.get(t, "/tr:w-100/a%20b.jpg").wantsSize(t, 100, 75)
	s.get(t, "/tr:w-50/red.jpg").wantsSize(t, 50, 38)
	s.get(t, "/tr:w-50/no.jpg").wants(t, 404, "Ik-Error", "ENOENT - No file was found at any origin at the specified path")
	s.get(t, "/tr:w-50/text.txt").wants(t, 200, "Ik-Error", "none")
}

// A file that is not an image goes out as it is, but not as the image of a
// page.
func TestNextHasNoPages(t *testing.T) {
	s := serve(t, "images\nroot ROOT\nfile_server")
	files := map[string]string{"a.css": "p {}", "noext": "text"} // of a type by name, and of none
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(s.root, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		s.get(t, "/"+name+"?tr=w-10").wants(t, 200, "Ik-Error", "none")
		for _, path := range []string{"/" + name + "/ik-thumbnail.jpg", "/tr:w-10/" + name + "/ik-thumbnail.jpg", "/" + name + "?tr=pg-2"} {
			s.get(t, path).wants(t, 400, "Ik-Error", "EBADMSG - There is no file with pages at this path that may be transformed; a PDF, TIFF, GIF or WebP has pages")
		}
	}
}

// What depends on who asks belongs to the one who asked (RFC 9111 section 4.1).
func TestNextVariesAsTheSiteDoes(t *testing.T) {
	const year = "public, max-age=31536000"
	tests := []struct{ said, vary, cacheControl string }{
		{"", "Accept", year},
		{"Accept-Encoding", "Accept", year},
		{"accept, X-Theme", "Accept, X-Theme", year},
		{"Cookie", "Accept, Cookie", "private, no-cache"},
		{"Origin, Authorization", "Accept, Origin, Authorization", "private, no-cache"},
		{"*", "*", "private, no-cache"},
	}
	for _, tt := range tests {
		t.Run(tt.said, func(t *testing.T) {
			s := serve(t, "images\nroute {\nheader Vary \""+tt.said+"\"\nroot ROOT\nfile_server\n}")
			a := s.get(t, "/tr:w-100/red.jpg")
			a.wants(t, 200, "Cache-Control", tt.cacheControl)
			if got := strings.Join(a.Header.Values("Vary"), ", "); got != tt.vary {
				t.Errorf("Vary is %q, want %q", got, tt.vary)
			}
		})
	}
}
