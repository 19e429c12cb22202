package inprocess_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDefaultImage(t *testing.T) {
	s := serve(t, "images {\n origin fs ROOT\n canonical https://www.example.com\n}")
	const missing = "ENOENT - No file was found on disk at the specified path"
	a := s.get(t, "/no.jpg?tr=w-20,di-half.png&ik-attachment=true", "Accept", "image/webp")
	a.wants(t, 200, "Ik-Error", "none", "Cache-Control", "public, max-age=60", "Link", "none", "Vary", "Accept", "Content-Type", "image/webp",
		"Content-Disposition", `attachment; filename="no.webp"`)
	for path, size := range map[string][2]int{
		"/no.jpg?tr=di-half.png":                {200, 100},
		"/no.jpg?tr=w-20:di-half.png":           {20, 10},
		"/tr:w-20,di-@@half.png/sub/no.jpg?v=1": {20, 10},
		"/tr:w-20,di-sub@@a%20b.jpg/no.jpg":     {20, 15},
		"/ik-seo/tr:w-20,di-half.png/no/x.jpg":  {20, 10},
	} {
		a := s.get(t, path)
		a.wants(t, 200, "Cache-Control", "public, max-age=60")
		a.wantsSize(t, size[0], size[1])
	}

	// It is another image than the original, and what it is called by is not
	// part of that.
	etag := s.get(t, "/no.jpg?tr=w-20,di-half.png").Header.Get("Etag")
	s.get(t, "/half.png?tr=w-20").wants(t, 200, "Etag", etag, "Cache-Control", "public, max-age=31536000")
	s.get(t, "/no.jpg?tr=w-20,di-half.png", "If-None-Match", etag).wants(t, 304, "Cache-Control", "public, max-age=60")
	s.get(t, "/red.jpg?tr=w-20,di-half.png").wants(t, 200, "Etag", s.get(t, "/red.jpg?tr=w-20").Header.Get("Etag"), "Cache-Control", "public, max-age=31536000")
	s.get(t, "/red.jpg?tr=w-20,di-no.png").wantsSize(t, 20, 15)

	// Where there is none either, the failure is that of the original.
	for _, path := range []string{"/no.jpg?tr=w-20,di-no.png", "/no.jpg?tr=w-20,di-", "/no.jpg?tr=w-20", "/no.jpg?tr=orig-true,di-half.png", "/no.jpg"} {
		s.get(t, path).wants(t, 404, "Ik-Error", missing, "Cache-Control", "no-store")
	}
	// What is there and no image is not missing.
	s.get(t, "/broken.jpg?tr=w-20,di-half.png").wants(t, 400)
	s.get(t, "/no.jpg?tr=w-20,di-text.txt").wants(t, 400, "Ik-Error", "EBADMSG - The original is not an image in a format that can be read: JPEG, PNG, WebP, GIF, AVIF, HEIC, TIFF, SVG")
	s.get(t, "/no.jpg?tr=di-f@@..@@half.png").wants(t, 400, "Ik-Error", `EINVAL - di is "f@@..@@half.png"; it takes the path of a file, with @@ for a slash (character 1)`)
}

// Only "there is no such file" is answered with a default image.
func TestDefaultImageIsForMissingFiles(t *testing.T) {
	picture, err := os.ReadFile(filepath.Join(serve(t, "images").root, "half.png"))
	if err != nil {
		t.Fatal(err)
	}
	addr := backend(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/403":
			w.WriteHeader(403)
		case "/410":
			w.WriteHeader(410)
		case "/500":
			w.WriteHeader(500)
		default:
			_, _ = w.Write(picture)
		}
	})
	s := serve(t, "images {\n origin web http://"+addr+" {\n  allow_private 127.0.0.0/8\n }\n}")
	for path, status := range map[string]int{"/410": 200, "/403": 404, "/500": 404} {
		s.get(t, path+"?tr=w-20,di-default.png").wants(t, status)
	}
}

func TestDefaultImageOfTheServer(t *testing.T) {
	s := serve(t, "images {\n origin fs ROOT\n default_image /half.png\n}")
	s.get(t, "/tr:w-20/no.jpg").wantsSize(t, 20, 10)
	s.get(t, "/tr:w-20,di-/no.jpg").wantsSize(t, 20, 10)
	s.get(t, "/tr:w-20,di-red.jpg/no.jpg").wantsSize(t, 20, 15)
	s.get(t, "/tr:w-20/red.jpg").wantsSize(t, 20, 15)
	s.get(t, "/no.css").wants(t, 404)
	s.get(t, "/no.jpg?tr=orig-true").wants(t, 404)
}

func TestDefaultImageOfNext(t *testing.T) {
	s := serve(t, "root ROOT\nimages {\n cache_control \"private, no-cache\"\n dialect imagekit {\n  endpoint /shop\n }\n}\nhandle_path /shop/* {\n file_server\n}")
	a := s.get(t, "/shop/tr:w-20,di-half.png/no.jpg")
	a.wants(t, 200, "Cache-Control", "private, no-cache")
	a.wantsSize(t, 20, 10)
	s.get(t, "/shop/tr:w-20,di-no.png/no.jpg").wants(t, 404)
}

func TestCacheControlOfDefaultImages(t *testing.T) {
	for option, want := range map[string]string{
		"":                                  "public, max-age=60",
		"cache_control origin":              "public, max-age=60",
		`cache_control "public, max-age=9"`: "public, max-age=9",
		`cache_control no-store`:            "no-store",
		`cache_control no-cache`:            "no-cache",
	} {
		s := serve(t, "images {\n origin fs ROOT\n "+option+"\n}")
		s.get(t, "/no.jpg?tr=w-20,di-half.png&v=2").wants(t, 200, "Cache-Control", want)
		if option == "" {
			s.get(t, "/no.jpg?tr=w-20,di-half.png", "Authorization", "Basic eDp5").wants(t, 200, "Cache-Control", "private, no-cache")
		}
	}
}

// A default image is no way around what protects an image.
func TestRulesHoldForDefaultImages(t *testing.T) {
	const auth = "basic_auth /private/* {\n who " + hash + "\n}\n"
	for name, tt := range map[string]struct{ prefix, directives string }{
		"origin":    {"", auth + "images {\n origin fs ROOT\n}"},
		"next":      {"", auth + "root ROOT\nimages\nfile_server"},
		"prefix":    {"/media", "basic_auth /media/private/* {\n who " + hash + "\n}\nhandle_path /media/* {\n images {\n  origin fs ROOT\n }\n}"},
		"rewrite":   {"", auth + "route {\n rewrite * /shop{uri}\n images {\n  dialect imagekit {\n   endpoint /shop\n  }\n  origin fs ROOT\n }\n}"},
		"handle":    {"", "handle /private/* {\n respond 403\n}\nhandle {\n images {\n  origin fs ROOT\n }\n}"},
		"elsewhere": {"", "handle /private/* {\n " + auth + "\n images {\n  origin fs ROOT/none\n }\n}\nhandle {\n images {\n  origin fs ROOT\n }\n}"},
		"endpoint":  {"/shop", "basic_auth /shop/private/* {\n who " + hash + "\n}\nimages {\n dialect imagekit {\n  endpoint /shop\n }\n origin fs ROOT\n}"},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, tt.directives)
			if err := os.Rename(filepath.Join(s.root, "sub"), filepath.Join(s.root, "private")); err != nil {
				t.Fatal(err)
			}
			for _, path := range []string{
				"/no.jpg?tr=w-20,di-private@@a%20b.jpg",
				"/tr:w-20,di-private@@a%20b.jpg/no.jpg",
				"/tr:w-20,d%69-private@@a%20b.jpg/f/no.jpg",
				"/no.jpg?tr=w-20%2C%64i-private%2Fa+b.jpg",
				"/no.jpg?x=%zz&tr=w-20,d%69-private@@a%20b.jpg",
				"/ik-seo/tr:w-20,di-private@@a%20b.jpg/f/no/x.jpg",
			} {
				s.get(t, tt.prefix+path).wants(t, 404, "Www-Authenticate", "none")
			}
			for _, path := range []string{"/no.jpg?tr=w-20,di-half.png", "/tr:w-20,di-half.png/f/no.jpg"} {
				s.get(t, tt.prefix+path).wantsSize(t, 20, 10)
			}
			if name != "handle" && name != "elsewhere" {
				a := s.get(t, tt.prefix+"/no.jpg?tr=w-20,di-private@@a%20b.jpg", "Authorization", "Basic d2hvOnNlY3JldA==")
				a.wants(t, 200, "Cache-Control", "private, no-cache")
				a.wantsSize(t, 20, 15)
			}
		})
	}
}

// An operator may name an image that clients may not have, by a named
// transformation; a rewrite alone shows nothing that its client may not have.
func TestRewritesToADefaultImage(t *testing.T) {
	const directives = "route {\n respond /sub/* 403\n rewrite /thumb/* /{http.request.uri.path.file}?tr=%s\n images {\n  dialect imagekit {\n   named thumb \"w-20,di-sub@@a b.jpg\"\n  }\n  origin fs ROOT\n }\n}"
	s := serve(t, fmt.Sprintf(directives, "n-thumb"))
	s.get(t, "/thumb/no.jpg").wantsSize(t, 20, 15)
	s.get(t, "/thumb/half.png").wantsSize(t, 20, 10)
	s.get(t, "/no.jpg?tr=w-20,di-sub@@a%20b.jpg").wants(t, 404)
	s = serve(t, fmt.Sprintf(directives, "w-20,di-sub@@a%20b.jpg"))
	s.get(t, "/thumb/no.jpg").wants(t, 404)
	s.get(t, "/thumb/half.png").wantsSize(t, 20, 10)
}

// A default image replaces an original that the handlers behind this one
// lack, and is kept no longer than that: another client may have the
// original.
func TestDefaultImagesInheritFromTheAbsence(t *testing.T) {
	dir := t.TempDir()
	writeOriginals(t, dir)
	picture, err := os.ReadFile(filepath.Join(dir, "half.png"))
	if err != nil {
		t.Fatal(err)
	}
	var header http.Header
	addr := backend(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "half") {
			w.Header().Set("Cache-Control", "public, max-age=600")
			_, _ = w.Write(picture)
			return
		}
		for name, values := range header {
			w.Header()[name] = values
		}
		http.NotFound(w, r)
	})
	for name, directives := range map[string]string{
		"by status":  "images\nreverse_proxy " + addr,
		"by error":   "images\nreverse_proxy " + addr + " {\n @missing status 404\n handle_response @missing {\n  copy_response_headers\n  error 404\n }\n}",
		"in a chain": "images {\n origin fs ROOT/sub\n origin next\n}\nreverse_proxy " + addr,
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, directives)
			for _, tt := range []struct {
				said       http.Header
				want, vary string
			}{
				{nil, "public, max-age=60", "Accept"},
				{http.Header{"Cache-Control": {"max-age=5"}}, "max-age=5", "Accept"},
				{http.Header{"Cache-Control": {"max-age=500"}}, "max-age=60", "Accept"},
				{http.Header{"Cache-Control": {"private"}}, "private, no-cache", "Accept"},
				{http.Header{"Cache-Control": {"no-store"}}, "no-store", "Accept"},
				{http.Header{"Expires": {"0"}}, "max-age=0", "Accept"},
				{http.Header{"Set-Cookie": {"a=b"}}, "private, no-cache", "Accept"},
				{http.Header{"Vary": {"Cookie"}}, "private, no-cache", "Accept, Cookie"},
				{http.Header{"Vary": {"X-Theme, Accept-Encoding"}}, "public, max-age=60", "Accept, X-Theme"},
			} {
				header = tt.said
				s.get(t, "/no.jpg?tr=w-20,di-half.png").wants(t, 200, "Cache-Control", tt.want, "Vary", tt.vary, "Set-Cookie", "none")
			}
		})
	}
}
