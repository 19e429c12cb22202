package inprocess_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/caddy-images/caddy-images/internal/long"
)

// protections keep clients from all below a folder, each in its own way. PREFIX is
// what the client's path has before the folder at the place where they stand.
func protections(t *testing.T) []protection {
	t.Helper()
	deny := backend(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "" {
			w.WriteHeader(http.StatusForbidden)
		}
	})
	return []protection{
		{"auth", "basic_auth PREFIX/auth/* {\n who " + hash + "\n}", 401},
		{"forward", "forward_auth PREFIX/forward/* " + deny + " {\n uri /\n}", 403},
		{"error", "error PREFIX/error/* closed 403", 403},
		{"respond", "respond PREFIX/respond/* 403", 403},
		{"address", "@address {\n path PREFIX/address/*\n not remote_ip 192.0.2.0/24\n}\nrespond @address 403", 403},
	}
}

type protection struct {
	folder, directives string
	status             int // of what it keeps from the client
}

// mutations are the ways in which Caddy can change a path before the handler: what
// does so, what the client's path begins with for the file to be found, and what
// disappears from a path. Rules that stand before that do not see a plain path with
// it as that of the file either.
var mutations = []struct{ name, prefix, before, endpoint, loses string }{
	{"nothing", "", "", "", ""},
	{"handle_path", "/img", "handle_path", "", ""}, // a block, see below
	{"uri strip_prefix", "/img", "uri strip_prefix /img", "", ""},
	{"uri strip_suffix", "", "uri strip_suffix .webp", "", ""},
	{"uri replace", "", `uri replace ! ""`, "", "!"},
	{"uri path_regexp", "", `uri path_regexp [!] ""`, "", "!"},
	{"rewrite of a decoded capture", "/f", "@f path_regexp f ^/f(/.*)$\nrewrite @f {re.f.1}", "", "%25"},
	{"rewrite of the whole path", "", "rewrite {path}", "", "%25"},
	{"rewrite to the endpoint", "", "rewrite * /shop{uri}", "/shop", ""},
	{"try_files", "", "try_files {path} {path}.jpg", "", ""},
	{"try_files with a fallback", "", "try_files {path} /free.jpg", "", ""}, // which sends variants there, too
	{"map", "/m", "map {path} {to} {\n ~^/m(/.*)$ \"${1}\"\n default {path}\n}\nrewrite {to}", "", "%25"},
	{"nested routes", "/img", "route /img/* {\n route {\n  uri strip_prefix /img\n }\n}", "", ""},
}

// What the plain path of a file answers to a client, its variants answer too, however
// Caddy changes paths before the handler and wherever the URL names the file. What
// cannot be shown to be the same is refused.
func TestRulesHoldForEveryNameOfAFile(t *testing.T) {
	for _, m := range mutations {
		for _, place := range []string{"behind", "before"} {
			for _, dialect := range []string{"imagekit", "imagizer"} {
				t.Run(m.name+"/rules "+place+"/"+dialect, func(t *testing.T) {
					rules := protections(t)
					seen := m.endpoint // what the rules' paths begin with
					if place == "before" {
						seen = m.prefix
					}
					var all strings.Builder
					if place == "before" && m.prefix != "" {
						fmt.Fprintf(&all, "@outside not path %s/*\nrespond @outside 404\n", m.prefix)
					}
					for _, p := range rules {
						fmt.Fprintln(&all, strings.ReplaceAll(p.directives, "PREFIX", seen))
					}
					options := ""
					if m.endpoint != "" {
						options = "endpoint " + m.endpoint
					}
					if dialect == "imagizer" {
						options += "\n legacy_paths"
					}
					images := fmt.Sprintf("images {\n dialect %s {\n %s\n }\n origin fs ROOT\n}\n", dialect, options)
					var site string
					switch {
					case m.before == "handle_path" && place == "behind":
						site = "handle_path /img/* {\nroute {\n" + all.String() + images + "}\n}"
					case m.before == "handle_path":
						site = "route {\n" + all.String() + "handle_path /img/* {\n" + images + "}\n}"
					case place == "behind":
						site = "root ROOT\nroute {\n" + m.before + "\n" + all.String() + images + "}"
					default:
						site = "root ROOT\nroute {\n" + all.String() + m.before + "\n" + images + "}"
					}
					s := serve(t, site)
					s.addFile(t, "free/x.jpg", solidPNG(20, 20, color.NRGBA{R: 254, A: 255}))
					s.addFile(t, "free.jpg", solidPNG(40, 40, color.NRGBA{R: 254, A: 255}))
					for _, p := range rules {
						s.addFile(t, p.folder+"/x.jpg", solidPNG(20, 20, color.NRGBA{B: 254, A: 255}))
					}
					loses := ""
					if place == "before" {
						loses = m.loses
					}
					c := s.connect(t)
					if !strings.HasSuffix(m.name, "fallback") {
						testNames(t, c, dialect, m.prefix, rules)
					}
					if !long.Wanted() {
						rules = rules[:2] // how a rule refuses does not affect what it sees
					}
					testDisguises(t, s, dialect, m.prefix, loses, rules)
				})
			}
		}
	}
}

// testNames asks for free and protected files by URLs as clients write them.
func testNames(t *testing.T, c *connection, dialect, prefix string, rules []protection) {
	names, others := namesOf[dialect], othersOf[dialect]
	for _, name := range append(slices.Clone(names), others...) {
		c.get(t, prefix+named(name, "free")).wants(t, 200) // or the others would say nothing
	}
	for _, p := range rules {
		c.get(t, prefix+"/"+p.folder+"/x.jpg").wants(t, p.status)
		for _, name := range names {
			c.get(t, prefix+named(name, p.folder)).wants(t, p.status)
		}
		for _, name := range others {
			want := 403
			if strings.Contains(name, "di-") {
				want = 404 // as if the default image were not there
			}
			c.get(t, prefix+named(name, p.folder)).wants(t, want)
		}
	}
	// Who may have the file has its variants.
	const who = "Basic d2hvOnNlY3JldA=="
	folders := []string{"auth", "forward"}
	if !long.Wanted() {
		folders = folders[:1]
	}
	for _, folder := range folders {
		for _, name := range append(slices.Clone(names), others...) {
			c.site.get(t, prefix+named(name, folder), "Authorization", who).wants(t, 200)
		}
	}
}

// testDisguises asks for protected files by URLs that a rule might not understand, by
// several clients at the same time.
func testDisguises(t *testing.T, s site, dialect, prefix, loses string, rules []protection) {
	names, others := namesOf[dialect], othersOf[dialect]
	var targets []string
	for _, p := range rules {
		for _, name := range append(slices.Clone(names), others...) {
			for _, target := range disguised(prefix, named(name, p.folder)) {
				if loses != "" && (strings.Contains(target, loses) || loses == "!" && strings.Contains(target, "%21")) {
					continue
				}
				targets = append(targets, target)
			}
		}
		for _, name := range repeated[dialect] {
			for _, slash := range []string{"/", "%2F", "//"} {
				targets = append(targets, prefix+slash+named(name, p.folder)[1:])
			}
		}
	}
	var clients sync.WaitGroup
	for part := range slices.Chunk(targets, len(targets)/4+1) {
		c := s.connect(t)
		clients.Go(func() {
			for _, target := range part {
				c.get(t, target).wantsNoBlue(t)
			}
		})
	}
	clients.Wait()
}

// wantsNoBlue checks that the response shows nothing of a protected image.
func (a answer) wantsNoBlue(t *testing.T) {
	t.Helper()
	picture, _, err := image.Decode(bytes.NewReader(a.body))
	if a.StatusCode >= 400 || err != nil {
		return
	}
	for y := range picture.Bounds().Dy() {
		for x := range picture.Bounds().Dx() {
			if _, _, blue, _ := picture.At(x, y).RGBA(); blue > 0x4000 {
				t.Errorf("%s shows a protected file", a.Request.URL)
				return
			}
		}
	}
}

// namesOf are the ways in which a URL names an original. {d} is its folder, {e}
// its path in Base64.
var namesOf = map[string][]string{
	"imagekit": {
		"/{d}/x.jpg?tr=w-10",
		"/tr:w-10/{d}/x.jpg",
		"/tr:orig-true/{d}/x.jpg",
		"/ik-seo/{d}/x/n.jpg",
		"/ik-seo/tr:w-10/{d}/x/n.jpg",
		"/{d}/x.jpg/ik-thumbnail.jpg",
		"/tr:w-10/{d}/x.jpg/ik-thumbnail.jpg",
		"/{d}/tr:w-10/x.jpg",
		"/{d}/x.jpg/tr:w-10",
		"/ik-seo/{d}/tr:w-10/x/n.jpg",
		"/{d}/x.jpg/tr:w-10/ik-thumbnail.jpg",
		"/tr:w-10/{d}/x.jpg?tr=rt-90",
	},
	"imagizer": {
		"/{d}/x.jpg?width=10",
		"/300x/{d}/x.jpg",
		"/300x200/c/{d}/x.jpg",
		"/v2/x/{d}/x.jpg",
	},
}

// othersOf are the ways in which it names another file.
var othersOf = map[string][]string{
	"imagekit": {
		"/free.jpg?tr=l-image,i-{d}@@x.jpg,l-end",
		"/free.jpg?tr=l-image,ie-{e},l-end",
		"/free.jpg?tr=l-image,i-free.jpg,l-image,i-{d}@@x.jpg,l-end,l-end",
		"/tr:l-image,i-{d}@@x.jpg,l-end,w-9/free.jpg",
		"/ik-seo/tr:l-image,i-{d}@@x.jpg,l-end/free/n.jpg",
		"/free/tr:l-image,i-{d}@@x.jpg,l-end/x.jpg",
		"/free/x.jpg/tr:l-image,i-{d}@@x.jpg,l-end",
		"/free.jpg/ik-thumbnail.jpg?tr=l-image,i-{d}@@x.jpg,l-end",
		"/nope.jpg?tr=w-9,di-{d}@@x.jpg",
		"/tr:w-9,di-{d}@@x.jpg/nope.jpg",
	},
	"imagizer": {
		"/free.jpg?mark=/{d}/x.jpg",
		"/free.jpg?mark64={e}",
		"/300x/free.jpg?mark=/{d}/x.jpg",
		"/free.jpg?layers=" + `%5B%7B%22url%22:%22/{d}/x.jpg%22%7D%5D`,
		"/free.jpg?mark=/free.jpg%3Fmark%3D/{d}/x.jpg",
	},
}

// repeated have a transformation where another one is found first.
var repeated = map[string][]string{
	"imagekit": {
		"/ik-seo/{d}/ik-seo/x/a/n.jpg",
		"/ik-seo/ik-seo/{d}/x/y/n.jpg",
		"/{d}/ik-seo/x/n.jpg",
		"/tr:w-10/tr:w-10/{d}/x.jpg",
		"/tr:w-10/{d}/tr:w-10/x.jpg",
		"/{d}/tr:w-10/tr:w-10/x.jpg",
		"/tr:w-10/ik-seo/{d}/ik-seo/x/a/n.jpg",
		"/{d}/x.jpg/tr:w-10/tr:w-10",
		"/tr:w-10/ik-seo/{d}/tr:w-10/x/n.jpg",
		"/{d}/x.jpg/ik-thumbnail.jpg/ik-thumbnail.jpg",
		"/ik-thumbnail.jpg/{d}/x.jpg/ik-thumbnail.jpg",
	},
	"imagizer": {
		"/300x/300x/{d}/x.jpg",
		"/300x/{d}/300x/x.jpg",
		"/a/img1/a/img1/{d}/x.jpg",
		"/v2/x/v2/x/{d}/x.jpg",
	},
}

func named(name, folder string) string {
	encoded := base64.RawURLEncoding.EncodeToString([]byte("/" + folder + "/x.jpg"))
	return strings.NewReplacer("{d}", folder, "{e}", encoded).Replace(name)
}

// disguised are other spellings of a URL. Some of them a rewrite turns back into it.
func disguised(prefix, target string) []string {
	path, query, hasQuery := strings.Cut(target, "?")
	with := func(path string) string {
		if hasQuery {
			return path + "?" + query
		}
		return path
	}
	var spellings []string
	add := func(path string) { spellings = append(spellings, with(path)) }
	inside := path[1:]
	add(prefix + "%2F" + inside)
	add(prefix + "%252F" + inside)
	add(prefix + "//" + inside)
	add(prefix + "/./" + inside)
	add(prefix + "/x/../" + inside)
	add("/" + prefix + "/" + inside)
	add(prefix + "/" + inside + ".webp")
	add(prefix + "/" + inside + "%2Ewebp")
	for _, at := range []int{1, 2, len(inside) / 2} {
		add(prefix + "/" + inside[:at] + "!" + inside[at:])
		add(prefix + "/" + inside[:at] + "%21" + inside[at:])
	}
	first, rest, _ := strings.Cut(inside, "/")
	all := func(format string) (encoded string) {
		for _, c := range []byte(first) {
			encoded += fmt.Sprintf(format, c)
		}
		return encoded
	}
	add(prefix + "/" + all("%%%02X") + "/" + rest)
	add(prefix + "/" + all("%%25%02X") + "/" + rest)
	add(prefix + "/" + strings.ReplaceAll(inside, ":", "%3A"))
	add(prefix + "/" + strings.ReplaceAll(inside, ":", "%253A"))
	add(prefix + "/" + strings.ReplaceAll(inside, "/", "%2F"))
	add(prefix + "/" + strings.ReplaceAll(inside, "/", "%252F"))
	add(prefix + "/" + strings.ReplaceAll(inside, "/", "//"))
	add(prefix + "/" + url.PathEscape(inside))
	return slices.DeleteFunc(spellings, func(s string) bool { return s == prefix+target })
}
