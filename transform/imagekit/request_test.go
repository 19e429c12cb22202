package imagekit

import (
	stderrors "errors"
	"net/url"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
)

// refusal returns the text of an error that Parse may give, checked to be
// one.
func refusal(t testing.TB, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	e, ok := err.(*errors.Error)
	if !ok || e.Kind != errors.BadTransform && e.Kind != errors.Limit {
		t.Errorf("%v is not an error of a kind that Parse gives", err)
		return err.Error()
	}
	if e.Header() != e.Kind.Code()+" - "+e.Message {
		t.Errorf("%q does not fit into the header as it is", e.Message)
	}
	return behind.ReplaceAllString(e.Header(), "")
}

// behind is where an error is, for which there is TestPlacesOfErrors.
var behind = regexp.MustCompile(` \(character \d+\)$`)

// What is below an endpoint, see package endpoint; here only that the dialect asks it.
func TestEndpointOfURL(t *testing.T) {
	d, err := New(Config{Endpoint: "/id/shop"})
	if err != nil {
		t.Fatal(err)
	}
	if r, ours, err := d.Parse("/id/shop/tr:w-1/a.jpg", ""); !ours || r.Ref.Path != "a.jpg" || err != nil {
		t.Errorf("below the endpoint: %+v, %t, %v", r.Ref, ours, err)
	}
	if _, ours, err := d.Parse("/id/shopping/tr:w-1/a.jpg", ""); ours || err != nil {
		t.Errorf("beside the endpoint: %t, %v", ours, err)
	}
	// A path that is below the endpoint only for those who clean paths does not get to
	// them unseen.
	if _, ours, err := d.Parse("/x/../id/shop/a.jpg", ""); !ours || !stderrors.Is(err, origin.ErrPath) {
		t.Errorf("hidden below the endpoint: %t, %v", ours, err)
	}
}

func TestFormsOfURL(t *testing.T) {
	w300 := plan{Steps: steps{{Resize: resize{Width: px(300)}}}}
	first := plan{Page: 1, Output: transform.Output{Format: transform.JPEG}}
	w300h200 := plan{Steps: steps{{Resize: resize{Width: px(300), Height: px(200)}}}}
	tests := []struct {
		path, query string
		ref         origin.Ref
		plan        plan
		versioned   bool
	}{
		{"/a.jpg", "", origin.Ref{Path: "a.jpg"}, plan{}, false},
		{"/tr:w-300/a.jpg", "", origin.Ref{Path: "a.jpg"}, w300, false},
		{"/tr%3Aw-300%2Ch-200/a.jpg", "", origin.Ref{Path: "a.jpg"}, w300h200, false},
		{"/tr%3aw-300/f/a%20b.jpg", "", origin.Ref{Path: "f/a%20b.jpg"}, w300, false},
		{"/tr:w-300//f//a.jpg", "", origin.Ref{Path: "f//a.jpg"}, w300, false},
		{"/tr:w-300/https://example.com/a.jpg", "", origin.Ref{Path: "https://example.com/a.jpg"}, w300, false},
		{"/a.jpg", "tr=w-300,h-200", origin.Ref{Path: "a.jpg"}, w300h200, false},
		{"/a.jpg", "tr=w-300%2Ch-200", origin.Ref{Path: "a.jpg"}, w300h200, false},
		{"/a.jpg", "tr=w-300%2ch-200&b=2&a=%31", origin.Ref{Path: "a.jpg", Query: "b=2&a=%31"}, w300h200, false},

		// Nothing asked for.
		{"/tr:/a.jpg", "", origin.Ref{Path: "a.jpg"}, plan{}, false},
		{"/a.jpg", "tr=", origin.Ref{Path: "a.jpg"}, plan{}, false},
		{"/a.jpg", "tr", origin.Ref{Path: "a.jpg"}, plan{}, false},
		{"/a.jpg", "tr=,:,", origin.Ref{Path: "a.jpg"}, plan{}, false},
		{"/a.jpg", "tr=w-300,:", origin.Ref{Path: "a.jpg"}, w300, false},

		// Names that only look like a transformation.
		{"/tr-w-300/a.jpg", "", origin.Ref{Path: "tr-w-300/a.jpg"}, plan{}, false},
		{"/TR:w-300/a.jpg", "", origin.Ref{Path: "TR:w-300/a.jpg"}, plan{}, false},
		{"/str:w-300/a.jpg", "", origin.Ref{Path: "str:w-300/a.jpg"}, plan{}, false},
		{"/a.jpg", "TR=x&xtr=1", origin.Ref{Path: "a.jpg", Query: "TR=x&xtr=1"}, plan{}, false},
		{"/ik-seo-guide.jpg", "", origin.Ref{Path: "ik-seo-guide.jpg"}, plan{}, false},
		{"/ik-thumbnail.jpg", "", origin.Ref{Path: "ik-thumbnail.jpg"}, plan{}, false},
		{"/a/ik-seo/b.jpg", "", origin.Ref{Path: "a/ik-seo/b.jpg"}, plan{}, false},

		// A page of a file.
		{"/f/a.gif/ik-thumbnail.jpg", "", origin.Ref{Path: "f/a.gif"}, first, false},
		{"/f/a.gif", "ik-thumbnail=true", origin.Ref{Path: "f/a.gif"}, first, false},
		{"/f/a.gif", "ik-thumbnail=false", origin.Ref{Path: "f/a.gif"}, plan{}, false},
		{"/a%20b/ik%2Dthumbnail.jpg", "v=", origin.Ref{Path: "a%20b", Query: "v="}, first, false},
		{"/a.gif/ik-thumbnail.jpg", "tr=orig-true,pg-7", origin.Ref{Path: "a.gif"}, first, false},
		{"/tr:pg-2/a.gif/ik-thumbnail.jpg", "", origin.Ref{Path: "a.gif"}, plan{Page: 2, Steps: steps{{}}, Output: transform.Output{Format: transform.JPEG}}, false},
		{"/a.gif/ik-thumbnail.jpg", "tr=pg-2:f-auto", origin.Ref{Path: "a.gif"}, plan{Page: 2, Steps: steps{{}, {}}}, false},
		{"/a.gif/ik-thumbnail.jpg", "tr=f-png", origin.Ref{Path: "a.gif"}, plan{Page: 1, Steps: steps{{}}, Output: transform.Output{Format: transform.PNG}}, false},
		{"/ik-seo/f/a/name.gif/ik-thumbnail.jpg", "", origin.Ref{Path: "f/a.gif"}, first, false},

		// The dialect's own query parameters are not the original's.
		{"/a.jpg", "ik-t=1&x=1&ik-s=2&y&ik-sdk-version=go-1", origin.Ref{Path: "a.jpg", Query: "x=1&y"}, plan{}, false},
		{"/a.jpg", "ik-sanitizeSvg=true", origin.Ref{Path: "a.jpg"}, plan{}, false},
		{"/a.jpg", "ik-attachment=false", origin.Ref{Path: "a.jpg"}, plan{}, false},
		{"/o/a.jpg", "alt=media&token=a%2Bb", origin.Ref{Path: "o/a.jpg", Query: "alt=media&token=a%2Bb"}, plan{}, false},

		// A name for search engines.
		{"/ik-seo/f/DSC1/eiffel-tower.jpg", "", origin.Ref{Path: "f/DSC1.jpg"}, plan{}, false},
		{"/ik-seo/DSC1/eiffel.tower.jpg", "tr=w-300", origin.Ref{Path: "DSC1.jpg"}, w300, false},
		{"/ik-seo/tr:w-300/f/a/name.jpg", "v=", origin.Ref{Path: "f/a.jpg", Query: "v="}, w300, false},
		{"/tr:w-300/ik-seo/f/a/name.jpg", "", origin.Ref{Path: "f/a.jpg"}, w300, false},
		{"/ik%2Dseo//f/a%20b/n%2Em.jpg", "", origin.Ref{Path: "f/a%20b.jpg"}, plan{}, false},
		{"/ik-seo/a.tar/name.gz", "", origin.Ref{Path: "a.tar.gz"}, plan{}, false},
		{"/ik-seo/ik-seo/name.jpg", "", origin.Ref{Path: "ik-seo.jpg"}, plan{}, false},

		// Versions are, for another version is another original.
		{"/a.jpg", "v=2", origin.Ref{Path: "a.jpg", Query: "v=2"}, plan{}, true},
		{"/a.jpg", "version=2.0&tr=w-300,h-200", origin.Ref{Path: "a.jpg", Query: "version=2.0"}, w300h200, true},
		{"/a.jpg", "updatedAt=1653775928", origin.Ref{Path: "a.jpg", Query: "updatedAt=1653775928"}, plan{}, true},
		{"/a.jpg", "ik-obj-version=x", origin.Ref{Path: "a.jpg", Query: "ik-obj-version=x"}, plan{}, true},
		{"/a.jpg", "v=", origin.Ref{Path: "a.jpg", Query: "v="}, plan{}, false},
		{"/a.jpg", "V=1", origin.Ref{Path: "a.jpg", Query: "V=1"}, plan{}, false},
	}
	for _, tt := range tests {
		r, ok, err := new(Dialect).Parse(tt.path, tt.query)
		want := transform.Request{Ref: tt.ref, Plan: tt.plan, Versioned: tt.versioned}
		if !ok || err != nil || !reflect.DeepEqual(r, want) {
			t.Errorf("%s?%s\ngives %+v, %v\nwant  %+v", tt.path, tt.query, r, err, want)
		}
	}
}

// What customers of ImageKit write beside what it documents: a transformation further
// on in the path, and several of them.
func TestTransformationsInOtherPlaces(t *testing.T) {
	for _, tt := range []struct{ path, query, same string }{
		{"/f/tr:w-300/a.jpg", "", "w-300"},
		{"/f/tr%3Aw-300/a.jpg", "", "w-300"},
		{"/f/tr:w-300//a.jpg", "", "w-300"},
		{"/f/a.jpg/tr:w-300", "", "w-300"},
		{"/f/a.jpg/tr:w-300/", "", "w-300"},
		{"/f/tr:/a.jpg", "", ""},
		{"/ik-seo/f/tr:w-300/a/n.jpg", "", "w-300"},
		{"/ik-seo/f/a/n.jpg/tr:w-300", "", "w-300"},
		{"/f/a.jpg", "tr=w-300&tr=h-200", "w-300:h-200"},
		{"/f/a.jpg", "tr=w-300&tr=&tr=h-200", "w-300:h-200"},
		{"/tr:w-300/f/a.jpg", "tr=h-200", "w-300:h-200"},
		{"/f/tr:w-300/a.jpg", "tr=h-200&tr=rt-90", "w-300:h-200:rt-90"},
		{"/tr:/f/a.jpg", "tr=h-200", "h-200"},
	} {
		got, _, err := new(Dialect).Parse(tt.path, tt.query)
		want, _, err2 := new(Dialect).Parse("/f/a.jpg", "tr="+tt.same)
		if err != nil || err2 != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s?%s gives %+v (%v), want that of %s", tt.path, tt.query, got, err, tt.same)
		}
	}
}

func TestRefusedURLs(t *testing.T) {
	long := strings.Repeat("w-300,", maxLength/6)
	tests := []struct{ path, query, want string }{
		{"/tr:w-1/tr:h-1/a.jpg", "", "EINVAL - The path has a second tr:, or one in the URL of another server; it takes one before that"},
		{"/tr:w-1/f/tr:h-1/a.jpg", "", "EINVAL - The path has a second tr:, or one in the URL of another server; it takes one before that"},
		{"/f/tr:w-1/a.jpg/tr:h-1", "", "EINVAL - The path has a second tr:, or one in the URL of another server; it takes one before that"},
		{"/https://www.example.com/tr:w-1/a.jpg", "", "EINVAL - The path has a second tr:, or one in the URL of another server; it takes one before that"},
		{"/tr:w-1", "", "EINVAL - The URL names no file to transform"},
		{"/tr:w-1/", "", "EINVAL - The URL names no file to transform"},
		{"/tr:", "", "EINVAL - The URL names no file to transform"},
		{"/", "tr=w-1", "EINVAL - The URL names no file to transform"},
		{"/tr:w-%zz/a.jpg", "", "EINVAL - The URL has a malformed percent-encoding; % must be followed by two hex digits"},
		{"/a%2.jpg", "", "EINVAL - The URL has a malformed percent-encoding; % must be followed by two hex digits"},
		{"/a.jpg", "tr=w-%", "EINVAL - The URL has a malformed percent-encoding; % must be followed by two hex digits"},
		{"/tr:w-%FF/a.jpg", "", "EINVAL - The transformation is not percent-encoded UTF-8"},
		{"/a.jpg", "tr=w-%FF", "EINVAL - The transformation is not percent-encoded UTF-8"},
		{"/ik-seo/ik-seo/f/a/b/c.jpg", "", "EINVAL - The path has ik-seo twice; it takes one"},
		{"/ik-seo/tr:w-1/ik%2Dseo/f/a/b/c.jpg", "", "EINVAL - The path has ik-seo twice; it takes one"},
		{"/tr:w-1/../a.jpg", "", `EINVAL - The path has a ".." segment`},
		{"/tr:w-1%2Fa.jpg", "", `EINVAL - w is "1/a.jpg"; it takes pixels, or a part of the original's width between 0 and 1, or an expression`},

		{"/a.jpg", "tr=" + long + "h-300", "ELIMIT - The transformation has 8195 bytes, more than 8192"},
		{"/a.jpg", "tr=" + strings.Repeat("w-9:", maxSteps) + "w-9", "ELIMIT - The transformation has more than 32 steps, including those in its blocks"},

		{"/ik-seo/", "", `EINVAL - ik-seo is followed by ""; it takes the path without extension, a slash, and a name with the extension`},
		{"/ik-seo/name.jpg", "", `EINVAL - ik-seo is followed by "name.jpg"; it takes the path without extension, a slash, and a name with the extension`},
		{"/ik-seo/a/name", "", `EINVAL - ik-seo is followed by "a/name"; it takes the path without extension, a slash, and a name with the extension`},
		{"/ik-seo/a.b/name", "", `EINVAL - ik-seo is followed by "a.b/name"; it takes the path without extension, a slash, and a name with the extension`},
		{"/ik-seo/a/.jpg", "", `EINVAL - ik-seo is followed by "a/.jpg"; it takes the path without extension, a slash, and a name with the extension`},
		{"/ik-seo/a/name.", "", `EINVAL - ik-seo is followed by "a/name."; it takes the path without extension, a slash, and a name with the extension`},
		{"/ik-seo/a//name.jpg", "", `EINVAL - ik-seo is followed by "a//name.jpg"; it takes the path without extension, a slash, and a name with the extension`},
		{"/ik-seo/tr:w-1/name.jpg", "", `EINVAL - ik-seo is followed by "name.jpg"; it takes the path without extension, a slash, and a name with the extension`},
		{"/ik-seo/../a/name.jpg", "", `EINVAL - The path has a ".." segment`},
		{"/a.gif/ik-thumbnail.jpg/ik-thumbnail.jpg", "", "EINVAL - The path has ik-thumbnail.jpg before its end; it takes one, after the file"},
		{"/a.gif/ik%2Dthumbnail.jpg/b", "", "EINVAL - The path has ik-thumbnail.jpg before its end; it takes one, after the file"},
		{"/ik-seo/a/ik-thumbnail.jpg", "", `EINVAL - ik-seo is followed by "a"; it takes the path without extension, a slash, and a name with the extension`},
		{"/a.gif", "ik-thumbnail=1", `EINVAL - ik-thumbnail is "1"; it takes true or false`},
		{"/a/ik-video.mp4", "", "EINVAL - ik-video.mp4 is not supported: videos are not transformed"},
		{"/a/ik-video.mp4/ik-thumbnail.jpg", "", "EINVAL - ik-video.mp4 is not supported: videos are not transformed"},
		{"/a.gif/ik-gif-video.mp4", "", "EINVAL - ik-gif-video.mp4 is not supported: videos are not transformed"},
		{"/a.mp4/ik-master.m3u8", "", "EINVAL - ik-master.m3u8 is not supported: videos are not transformed"},
		{"/a.mp4/ik-master.mpd", "", "EINVAL - ik-master.mpd is not supported: videos are not transformed"},
		{"/ik-genimg-prompt-cat/a.jpg", "", "EINVAL - ik-genimg is not supported: it needs an AI service"},
		{"/a.jpg", "ik-attachment=1", `EINVAL - ik-attachment is "1"; it takes true or false`},
		{"/a.jpg", "ik-attachment", "EINVAL - ik-attachment has no value; it takes true or false"},
		{"/a.jpg", "ik-attachment-filename=%", "EINVAL - The URL has a malformed percent-encoding; % must be followed by two hex digits"},
		{"/a.jpg", "ik-attachment-filename=%FF", "EINVAL - ik-attachment-filename is not percent-encoded UTF-8"},
		{"/a.jpg", "ik-sanitizeSvg=false", `EINVAL - ik-sanitizeSvg is "false"; it takes true, since SVGs are always sanitised`},
	}
	for _, tt := range tests {
		r, ok, err := new(Dialect).Parse(tt.path, tt.query)
		if got := refusal(t, err); !ok || got != tt.want || !reflect.DeepEqual(r, transform.Request{}) {
			t.Errorf("%s?%.40s\ngives %t, %+v, %s\nwant  %s", tt.path, tt.query, ok, r, got, tt.want)
		}
	}
}

func TestPlusInQueryIsASpace(t *testing.T) {
	q, err := parseQuery("tr=i-a+b%2Bc")
	if err != nil || q.tr != "i-a b+c" {
		t.Errorf("gives %q, %v", q.tr, err)
	}
	p, err := parsePath("tr:i-a+b%20c/x.jpg")
	if err != nil || p.tr != "i-a+b c" {
		t.Errorf("gives %q, %v", p.tr, err)
	}
}

// A message may be shown on an operator's page of HTML.
func TestMessagesHaveNoMarkup(t *testing.T) {
	for _, tr := range []string{"w-<script>", "<b>-1", "l-<i>", "if-&lt;,w-1,l-end", "w-iw_add_<u>"} {
		_, _, err := new(Dialect).Parse("/a.jpg", "tr="+url.QueryEscape(tr))
		if message := refusal(t, err); message == "" || strings.ContainsAny(message, "<>&") {
			t.Errorf("%s: %q", tr, message)
		}
	}
}

func TestAttachments(t *testing.T) {
	tests := []struct {
		query      string
		attachment bool
		filename   string
	}{
		{"", false, ""},
		{"ik-attachment=true", true, ""},
		{"ik-attachment=false", false, ""},
		{"ik-attachment=true&ik-attachment-filename=a+b%2Fc%C3%A9", true, "a b/cé"},
		{"ik-attachment-filename=b&ik-attachment=true", true, "b"},
		{"ik-attachment-filename=b", true, "b"},
		{"ik-attachment-filename=", false, ""},
		{"ik-attachment-filename=b&ik-attachment=false", false, ""},
	}
	for _, tt := range tests {
		r, _, err := new(Dialect).Parse("/a.jpg", tt.query)
		if err != nil || r.Attachment != tt.attachment || r.Filename != tt.filename || r.Ref.Query != "" {
			t.Errorf("%s gives %+v, %v", tt.query, r, err)
		}
	}
}
