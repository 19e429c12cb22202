package inprocess_test

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
	s.get(t, "/sub/a%20b.jpg/ik-thumbnail.jpg?tr=pg-2").wants(t, 400, "Ik-Error", "EINVAL - Page 2 was requested; the original has 1 page")
}

// A rewrite before the handler may change how the path is encoded.
func TestRulesHoldWhereARewriteEncodesAnew(t *testing.T) {
	s := serve(t, "rewrite {path}\nhandle /sub/* {\n respond 403\n}\nhandle {\n images {\n  origin fs ROOT\n }\n}")
	for _, path := range []string{"/sub/x", "/tr:w-10/sub/a%20b.jpg", "/tr%3Aw-10/sub/a%20b.jpg", "/t%72:w%2D10/sub/a%20b.jpg"} {
		s.get(t, path).wants(t, 403)
	}
	s.get(t, "/tr%3Aw-10/red.jpg").wantsSize(t, 10, 8)
}

// The second pass goes by the original's own path, whatever the first went by.
func TestRoutesAreChosenByTheOriginalsPath(t *testing.T) {
	s := serve(t, `@sub path /sub/*
header @sub X-Pass sub
@variant path /tr:*
vars @variant who everybody
@everybody vars who everybody
header @everybody X-Pass everybody
handle /sub/* {
	images {
		origin fs ROOT
	}
}
handle {
	images {
		origin fs ROOT
	}
}`)
	s.get(t, "/tr:w-10/red.jpg").wants(t, 200)
	s.get(t, "/sub/a%20b.jpg?tr=w-10").wants(t, 200, "X-Pass", "sub")
	// Another handler may mean another file by the same path.
	s.get(t, "/tr:w-10/sub/a%20b.jpg").wants(t, 400, "Ik-Error", misled)
}

const (
	misled    = "EINVAL - Without its transformation the path leads to another original or another handler of this site; put the transformation into the query"
	unlocated = "EINVAL - The path was rewritten and its transformation is not in the URL that the client sent, so the access rules for the original cannot be checked; put the transformation into the query"
)

// What the routes set for the first path does not hold for the second: here the
// variants of a file would be shown to those who may not have it.
func TestSecondPassHasVariablesOfItsOwn(t *testing.T) {
	s := serve(t, `route {
	@jpeg path_regexp ext \.(jpg)$
	vars @jpeg open yes
	@closed not vars open yes
	respond @closed 403
	images {
		origin fs ROOT
	}
}`)
	s.get(t, "/half.png").wants(t, 403)
	s.get(t, "/half.png/ik-thumbnail.jpg").wants(t, 403)
	s.get(t, "/red.jpg/ik-thumbnail.jpg").wants(t, 200)
}

// The second pass is a request for the original's own path to whatever looks at the
// request as it was received, too.
func TestRulesForTheReceivedPathHold(t *testing.T) {
	s := serve(t, "route {\n @sub expression `{http.request.orig_uri.path}.startsWith(\"/sub/\")`\n respond @sub 403\n images {\n  origin fs ROOT\n }\n}")
	for _, path := range []string{"/sub/a%20b.jpg", "/tr:w-10/sub/a%20b.jpg", "/ik-seo/sub/a%20b/name.jpg"} {
		s.get(t, path).wants(t, 403)
	}
	s.get(t, "/tr:w-10/red.jpg").wants(t, 200)
}

// Error routes, logs and placeholders know of the second pass what they would know
// of the first.
func TestErrorsOfTheSecondPass(t *testing.T) {
	s := serve(t, "images {\n origin fs ROOT\n add_response_headers \"X-Added: 1\"\n}\nhandle_errors {\n respond \"{http.images.error.code} {http.request.orig_uri.path} {http.request.uri.path}\"\n}")
	a := s.get(t, "/tr:w-10/no.jpg")
	a.wants(t, 404, "X-Added", "1")
	if got, want := string(a.body), "ENOENT /tr:w-10/no.jpg /tr:w-10/no.jpg"; got != want {
		t.Errorf("the error route has %q, want %q", got, want)
	}
	if got := len(a.Header.Values("X-Added")); got != 1 {
		t.Errorf("X-Added is there %d times", got)
	}
	if got := len(s.get(t, "/tr:w-10/red.jpg").Header.Values("X-Added")); got != 1 {
		t.Errorf("X-Added is there %d times", got)
	}
}

// A path that a rewrite made has a transformation in it that the client's has not. It
// is not known which path the access rules are to be asked about.
func TestRewritesToATransformation(t *testing.T) {
	s := serve(t, "rewrite /thumb/* /tr:w-10/{http.request.uri.path.file}\nrewrite /small/* {path}?tr=w-10\nuri strip_prefix /small\nimages {\n origin fs ROOT\n}")
	s.get(t, "/thumb/red.jpg").wants(t, 400, "Ik-Error", unlocated)
	s.get(t, "/small/red.jpg").wantsSize(t, 10, 8)
	s.get(t, "/tr:w-20/red.jpg").wantsSize(t, 20, 15)
}

// What a query rewrite does to the client's query, it does once.
func TestRewritesOfTheQueryHappenOnce(t *testing.T) {
	var asked []string
	addr := backend(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.RequestURI())
		http.ServeFile(w, r, "testdata/none")
	})
	s := serve(t, "uri query +x 1\nimages\nreverse_proxy "+addr)
	s.get(t, "/tr:w-10/red.jpg?y=2")
	if len(asked) != 1 || asked[0] != "/red.jpg?x=1&y=2" {
		t.Errorf("the site was asked for %q", asked)
	}
}

// Where the second pass does not come back to the handler, what another one has at
// the original's path is not what the URL asks for.
func TestSecondPassThatIsAnsweredByAnotherHandler(t *testing.T) {
	for name, tt := range map[string]struct {
		directives string
		status     int
	}{
		"a file":        {"root ROOT\n@variants path /tr:* /ik-seo/*\nimages @variants {\n origin fs ROOT\n}\nfile_server", 400},
		"nothing":       {"@variants path /tr:* /ik-seo/*\nimages @variants {\n origin fs ROOT\n}", 400},
		"a redirection": {"@variants path /tr:* /ik-seo/*\nimages @variants {\n origin fs ROOT\n}\nredir /red.jpg /other.jpg", 302},
		"an error":      {"@variants path /tr:* /ik-seo/*\nimages @variants {\n origin fs ROOT\n}\nrespond 418", 418},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, tt.directives)
			for _, path := range []string{"/tr:w-10/red.jpg", "/ik-seo/red/name.jpg"} {
				if name == "a redirection" {
					s.raw(t, path).wants(t, tt.status)
				} else {
					s.get(t, path).wants(t, tt.status)
				}
			}
		})
	}
}

// A handler behind another has passes of its own.
func TestHandlersBehindOneAnother(t *testing.T) {
	s := serve(t, "route {\n respond /sub/* 403\n images {\n  dialect imagizer {\n   legacy_paths\n  }\n }\n images {\n  origin fs ROOT\n }\n}")
	s.get(t, "/20x10/c/red.jpg").wantsSize(t, 20, 10)
	s.get(t, "/tr:w-10/red.jpg").wantsSize(t, 10, 8)
	s.get(t, "/red.jpg?tr=w-10,l-image,i-half.png,l-end").wantsSize(t, 10, 8)
	s.get(t, "/tr:w-10,l-image,i-sub@@a%20b.jpg,l-end/red.jpg").wants(t, 403)
	for _, path := range []string{"/20x10/c/sub/a%20b.jpg", "/tr:w-10/sub/a%20b.jpg", "/20x10/c/tr:w-10/sub/a%20b.jpg", "/tr:w-10/20x10/sub/a%20b.jpg"} {
		if a := s.get(t, path); a.StatusCode < 400 {
			t.Errorf("%s is answered with %d", path, a.StatusCode)
		}
	}
}

// Forms of a path that Caddy's matchers take for the same one are, or are refused.
func TestMatchersSeeTheSamePath(t *testing.T) {
	s := serve(t, "basic_auth /private/* {\n who "+hash+"\n}\nimages {\n origin fs ROOT\n}")
	s.addFile(t, "private/x.jpg", logo)
	for target, want := range map[string]int{
		"//private/x.jpg": 401, "/private//x.jpg": 401, "/%2Fprivate/x.jpg": 401, "/private%2Fx.jpg": 401, "/PRIVATE/x.jpg": 401, "/%70rivate/x.jpg": 401,
		"/./private/x.jpg": 401, "/private/./x.jpg": 401, "/x/../private/x.jpg": 401, "/%2e/private/x.jpg": 401, "/x/%2e%2e/private/x.jpg": 401,
		"/private/../red.jpg": 400, "/./red.jpg": 400, // this handler takes no dots, whatever they lead to
		"//red.jpg": 200, "/red.jpg/": 404, "/red%2Ejpg": 200,
	} {
		s.raw(t, target).wants(t, want)
		s.raw(t, target+"?tr=w-10").wants(t, want)
	}
}

func TestPathAndQueryAreOnePicture(t *testing.T) {
	s := serve(t, "root ROOT\nimages\nfile_server")
	etag := s.get(t, "/red.jpg?x=1&tr=w-10,bg-red:rt-90").Header.Get("Etag")
	s.get(t, "/tr:w-10,bg-red:rt-90/red.jpg?x=1").wants(t, 200, "Etag", etag)
	s.get(t, "/tr:orig-true/red.jpg").wantsSize(t, 400, 300)
}
