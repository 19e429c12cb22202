package images_test

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"
)

// hash is that of the password "secret".
const hash = "$2a$04$BWegpZ.npRbSoc553LlWWOjS.saPIHiEcnexVY10AF5srWHOyF7FO"

// What protects an original protects its variants, in whichever form the URL
// asks for them and wherever the original is.
func TestRulesForAPathHoldForItsVariants(t *testing.T) {
	const auth = "basic_auth /private/* {\n who " + hash + "\n}\n"
	for name, directives := range map[string]string{
		"next":   auth + "root ROOT\nimages\nfile_server",
		"origin": auth + "images {\n origin fs ROOT\n}",
		"prefix": "basic_auth /media/private/* {\n who " + hash + "\n}\nhandle_path /media/* {\n images {\n  origin fs ROOT\n }\n}",
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, directives)
			prefix := ""
			if name == "prefix" {
				prefix = "/media"
			}
			if err := os.Rename(filepath.Join(s.root, "sub"), filepath.Join(s.root, "private")); err != nil {
				t.Fatal(err)
			}
			for _, path := range []string{
				"/private/a%20b.jpg",
				"/private/a%20b.jpg?tr=w-10",
				"/tr:w-10/private/a%20b.jpg",
				"/tr:orig-true/private/a%20b.jpg",
				"/tr:/private/a%20b.jpg",
				"/tr%3Aw-10/private/a%20b.jpg",
				"/%74r:w-10/private/a%20b.jpg",
				"/tr:w-10//private/a%20b.jpg",
				"/tr:w-10/%70rivate/a%20b.jpg",
				"/tr:w-10/private%2Fa%20b.jpg",
				"/tr:w-10/private/a%20b.jpg?x=1",
				"/ik-seo/private/a%20b/name.jpg",
				"/private/a%20b.jpg/ik-thumbnail.jpg",
				"/tr:w-10/private/a%20b.jpg/ik-thumbnail.jpg",
				"/ik-seo/private/a%20b/name.jpg/ik-thumbnail.jpg",
				"/ik-seo/tr:w-10/private/a%20b/name.jpg",
				"/ik-seo//tr:w-10/private/a%20b/name.jpg",
				"/tr:w-10///ik-seo//private/a%20b/name.jpg",
			} {
				for _, method := range []string{http.MethodGet, http.MethodHead} {
					s.ask(t, method, prefix+path).wants(t, 401, "Ik-Error", "none")
				}
			}
			// Without its first ik-seo it is a path that no rule is for.
			for _, path := range []string{"/ik-seo/ik-seo/private/a%20b/x/y.jpg?tr=w-10", "/ik-seo/tr:w-10/ik-seo/private/a%20b/x/y.jpg"} {
				if a := s.get(t, prefix+path); a.StatusCode == 200 {
					t.Errorf("%s is shown", path)
				}
			}
			s.get(t, prefix+"/tr:w-10/red.jpg").wantsSize(t, 10, 8)
			s.get(t, prefix+"/tr:w-10/private/a%20b.jpg", "Authorization", "Basic d2hvOnNlY3JldA==").
				wants(t, 200, "Cache-Control", "private, no-cache")
		})
	}
}

// The paths of Imagizer's first years have sizes in them.
func TestRulesForAPathHoldForOldPaths(t *testing.T) {
	s := serve(t, "basic_auth /img1/* {\n who "+hash+"\n}\nimages {\n dialect imagizer {\n  legacy_paths\n }\n origin fs ROOT\n}")
	if err := os.Rename(filepath.Join(s.root, "sub"), filepath.Join(s.root, "img1")); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{
		"/img1/a%20b.jpg", "/a/img1/a%20b.jpg", "/%61/%69mg1/a%20b.jpg", "/a//img1/a%20b.jpg",
		"/20x10/img1/a%20b.jpg", "/20x10q50/c/x2/img1/a%20b.jpg", "/20x10//c///x2//img1/a%20b.jpg", "/2%30x10/%63/img1/a%20b.jpg",
		"/v2/20x/img1/a%20b.jpg", "/v2//xq70/r//img1/a%20b.jpg", "/v2/x/img1/a%20b.jpg", "//v2/x/img1/a%20b.jpg",
	} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			s.ask(t, method, path).wants(t, 401, "Ik-Error", "none")
		}
		s.get(t, path, "Authorization", "Basic d2hvOnNlY3JldA==").wants(t, 200, "Cache-Control", "private, no-cache")
	}
	s.get(t, "/20x10/c/red.jpg").wantsSize(t, 20, 10)
	s.get(t, "/20x10/20x10/img1/a%20b.jpg").wants(t, 400, "Ik-Error", "EINVAL - The path has a size twice; it takes one")
}

// A rule for a file's own path, and not only for a folder, holds for its pages.
func TestRulesForAFileHoldForItsPages(t *testing.T) {
	s := serve(t, "handle /red.jpg {\n respond 403\n}\nhandle {\n images {\n  origin fs ROOT\n }\n}")
	for _, path := range []string{"/red.jpg", "/red.jpg/ik-thumbnail.jpg", "/red.jpg/ik%2Dthumbnail.jpg", "//red.jpg/ik-thumbnail.jpg?tr=pg-1", "/tr:w-10/red.jpg/ik-thumbnail.jpg"} {
		s.get(t, path).wants(t, 403)
	}
	s.get(t, "/tr:w-10/sub/a%20b.jpg/ik-thumbnail.jpg").wants(t, 200, "Content-Type", "image/jpeg")
	s.get(t, "/sub/a%20b.jpg/ik-thumbnail.jpg?tr=pg-2").wants(t, 400, "Ik-Error", "EINVAL - Page 2 is asked for; the original has 1 page")
}

// A rewrite before the handler may change how the path is encoded.
func TestRulesHoldWhereARewriteEncodesAnew(t *testing.T) {
	s := serve(t, "rewrite {path}\nhandle /sub/* {\n respond 403\n}\nhandle {\n images {\n  origin fs ROOT\n }\n}")
	for _, path := range []string{"/sub/x", "/tr:w-10/sub/a%20b.jpg", "/tr%3Aw-10/sub/a%20b.jpg", "/t%72:w%2D10/sub/a%20b.jpg"} {
		s.get(t, path).wants(t, 403)
	}
	s.get(t, "/tr%3Aw-10/red.jpg").wantsSize(t, 10, 8)
}

// The second way through the routes may be another than the first.
func TestRoutesAreChosenByTheOriginalsPath(t *testing.T) {
	s := serve(t, `handle /sub/* {
	header X-Way sub
	images {
		origin fs ROOT
	}
}
handle {
	images {
		origin fs ROOT
	}
}`)
	s.get(t, "/tr:w-10/red.jpg").wants(t, 200, "X-Way", "none")
	s.get(t, "/tr:w-10/sub/a%20b.jpg").wants(t, 200, "X-Way", "sub")
	s.get(t, "/sub/a%20b.jpg?tr=w-10").wants(t, 200, "X-Way", "sub")
}

// A path that a rewrite made is what the operator wants it to be.
func TestRewritesToATransformation(t *testing.T) {
	s := serve(t, "rewrite /thumb/* /tr:w-10/{http.request.uri.path.file}\nimages {\n origin fs ROOT\n}")
	s.get(t, "/thumb/red.jpg").wantsSize(t, 10, 8)
	s.get(t, "/tr:w-20/red.jpg").wantsSize(t, 20, 15)
}

func TestPathAndQueryAreOnePicture(t *testing.T) {
	s := serve(t, "root ROOT\nimages\nfile_server")
	etag := s.get(t, "/red.jpg?x=1&tr=w-10,bg-red:rt-90").Header.Get("Etag")
	s.get(t, "/tr:w-10,bg-red:rt-90/red.jpg?x=1").wants(t, 200, "Etag", etag)
	s.get(t, "/tr:orig-true/red.jpg").wantsSize(t, 400, 300)
}
