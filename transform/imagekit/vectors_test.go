package imagekit

import (
	"bytes"
	"encoding/json"
	"net/url"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/transform"
)

// vector is a URL that ImageKit's SDKs or documentation have.
type vector struct {
	Source, Test, Endpoint, URL, Tr string
	PrivateKey                      string `json:"private_key"` // of those that are signed
}

func vectors(t testing.TB) []vector {
	t.Helper()
	text, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Vectors []vector }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	for i, v := range file.Vectors {
		if v.Tr != "" {
			file.Vectors[i].URL = "https://example.com/photo.jpg?tr=" + v.Tr
		}
	}
	return file.Vectors
}

// notDone are the reasons for which a vector is refused, with how many are. A
// vector belongs to every reason whose url matches; its error must be that of
// one of them. Whatever matches none must parse.
var notDone = []struct {
	reason       string
	url, message string // regular expressions, for the decoded URL and the error
	vectors      int
}{
	{"video", `/ik-(video|gif-video|master)\.|[,:=]f-(mp4|webm)|[,:=]l-(video|subtitles),|[,:=]sr-`, `videos are not transformed`, 15},
	{"AI", `[,:=](e-(bgremove|removedotbg|dropshadow)|bg-genfill)`, `needs an AI service`, 8},
	{"removed overlay syntax", `[,:=](oi|ote?|otf|obg)-`, `^EINVAL - o\w+ was removed from ImageKit in 2023`, 54},
	{"slash in a value in the path", `/tr:[^/]*,i-/`, `"l-image" has no l-end; a slash in a value is written @@`, 1},
	{"layers of a PSD", `[,:=]pg-(\d[_-]|name-)`, `pg is ".*": ` + ofPSD, 4},
	{"face and object focus", `[,:=]fo-(face|car|cat|dog)`, `fo-(face|car|cat|dog) is not supported yet: it needs a detector of (faces|objects)`, 11},
	{"undocumented parameter", `[,:=](rndm_trnsf|undefined-transform|rotate)-`, `"(rndm_trnsf|undefined|rotate)" is not a parameter`, 4},
}

// vectorsNamed are the names of the vectors.
var vectorsNamed = map[string]Named{
	"media_library_thumbnail": {Transformation: "w-100,h-100"},
	"blur_thumbnail":          {Transformation: "tr:w-300,h-200,bl-10"},
	"video_thumbnail":         {Transformation: "w-100"},
}

// The vectors that parse, and those where the SDK makes no URL.
const (
	vectorsParsed = 296
	vectorsEmpty  = 4
)

func TestVectors(t *testing.T) {
	counts := make([]int, len(notDone))
	parsed, empty, compared := 0, 0, map[string]bool{}
	for _, v := range vectors(t) {
		if v.URL == "" {
			empty++
			continue
		}
		u, err := url.Parse(v.URL)
		if err != nil {
			t.Fatal(err)
		}
		d, err := New(Config{Endpoint: v.Endpoint, Named: vectorsNamed})
		if err != nil {
			t.Fatal(err)
		}
		r, ok, err := d.Parse(u.EscapedPath(), u.RawQuery)
		reasons, refused := reasons(t, v, err)
		switch {
		case !ok:
			t.Errorf("%s is not below its endpoint, %s", v.URL, v.Endpoint)
		case reasons > 0 && refused < 0:
			t.Errorf("%s\nmatches %d reasons to be refused, gives %v", v.URL, reasons, err)
		case reasons > 0:
			counts[refused]++
		case err != nil:
			t.Errorf("%s\n%v", v.URL, err)
		default:
			parsed++
			checkVector(t, v, u, r)
			if want, ok := plans[v.URL]; ok {
				compared[v.URL] = true
				if !reflect.DeepEqual(r.Plan, want) {
					t.Errorf("%s\ngives %+v\nwant  %+v", v.URL, r.Plan, want)
				}
			}
		}
	}
	for i, n := range notDone {
		if counts[i] != n.vectors {
			t.Errorf("%d vectors are refused for %s, want %d", counts[i], n.reason, n.vectors)
		}
	}
	if parsed != vectorsParsed || empty != vectorsEmpty {
		t.Errorf("%d vectors are parsed, %d have no URL; want %d and %d", parsed, empty, vectorsParsed, vectorsEmpty)
	}
	for u := range plans {
		if !compared[u] {
			t.Errorf("%s has a plan written here and is not a vector that parses", u)
		}
	}
}

// reasons counts why a vector should be refused, and finds the reason for which
// it was; -1 is none.
func reasons(t *testing.T, v vector, err error) (count, refused int) {
	t.Helper()
	refused = -1
	if strings.Contains(v.URL, "orig-true") {
		return 0, refused
	}
	plain, unescapeErr := url.QueryUnescape(v.URL)
	if unescapeErr != nil {
		t.Fatal(unescapeErr)
	}
	for i, n := range notDone {
		if !regexp.MustCompile(n.url).MatchString(plain) {
			continue
		}
		count++
		if refused < 0 && err != nil && regexp.MustCompile(n.message).MatchString(err.Error()) {
			refused = i
		}
	}
	return count, refused
}

var trSegment = regexp.MustCompile(`^tr:[^/]*/`)

// checkVector checks what can be known of a parsed vector without parsing it.
func checkVector(t *testing.T, v vector, u *url.URL, r transform.Request) {
	t.Helper()
	want := strings.TrimPrefix(u.EscapedPath(), v.Endpoint)
	want, err := url.PathUnescape(trSegment.ReplaceAllString(strings.TrimPrefix(want, "/"), ""))
	if err != nil {
		t.Fatal(err)
	}
	want = strings.TrimSuffix(want, "/"+thumbnail)
	if got := r.Ref.Name(); got != want {
		t.Errorf("%s\nnames the original %q, want %q", v.URL, got, want)
	}
	for _, own := range []string{"tr=", "ik-s=", "ik-t="} {
		if strings.Contains(r.Ref.Query, own) {
			t.Errorf("%s\nleaves %q in the query of the original", v.URL, r.Ref.Query)
		}
	}
	if asks := strings.Contains(v.URL, "tr:") || strings.Contains(v.URL, "tr="); asks == r.Plan.IsZero() && !strings.Contains(v.URL, "orig-true") {
		t.Errorf("%s\ngives %+v", v.URL, r.Plan)
	}
	checkRoundTrip(t, r.Plan)
}

// checkRoundTrip parses what Print makes of a plan, in the path and in the
// query of a URL.
func checkRoundTrip(t *testing.T, p transform.Plan) {
	t.Helper()
	tr := Print(p)
	urls := [][2]string{
		{"/tr:" + url.PathEscape(tr) + "/photo.jpg", ""},
		{"/photo.jpg", "tr=" + url.QueryEscape(tr)},
	}
	if p.Default.Path == "" { // only the name of a file needs an encoding
		urls = append(urls, [2]string{"/tr:" + tr + "/photo.jpg", ""}, [2]string{"/photo.jpg", "tr=" + tr})
	}
	for _, u := range urls {
		again, ok, err := new(Dialect).Parse(u[0], u[1])
		if !ok || err != nil {
			t.Errorf("%+v\nprints as %s, which gives %v", p, tr, err)
		} else if got, want := again.Plan.Key(), p.Key(); !bytes.Equal(got, want) || again.Plan.Default != p.Default {
			t.Errorf("%+v\nprints as %s, with the key %s, want %s", p, tr, got, want)
		}
	}
}
