package origin

import (
	"testing"

	"github.com/caddy-images/caddy-images/errors"
)

func TestParseDataURL(t *testing.T) {
	for whole, want := range map[string]struct{ path, body, mediaType string }{
		"data:image/png;base64,AQID/w==":        {"image/png;base64,AQID/w==", "\x01\x02\x03\xff", "image/png"},
		"DATA:Image/PNG;BASE64,AQID_w":          {"image/png;base64,AQID/w==", "\x01\x02\x03\xff", "image/png"},
		"data:image/png;base64,AQID%2Fw%3D%3D":  {"image/png;base64,AQID/w==", "\x01\x02\x03\xff", "image/png"},
		"data:image/png;base64,+/+/":            {"image/png;base64,+/+/", "\xfb\xff\xbf", "image/png"},
		"data:image/png;base64, / /":            {"image/png;base64,+/+/", "\xfb\xff\xbf", "image/png"},
		"data:image/svg+xml;charset=utf8,%3Csv": {"image/svg+xml;base64,PHN2", "<sv", "image/svg+xml"},
	} {
		ref, err := ParseDataURL(whole)
		if err != nil || ref != (Ref{Server: "data:", Path: want.path}) {
			t.Errorf("%s gives %+v, %v", whole, ref, err)
		}
		if body, mediaType, ok := ref.Data(); !ok || string(body) != want.body || mediaType != want.mediaType {
			t.Errorf("%s has %q, %s, %t", whole, body, mediaType, ok)
		}
	}
	for _, whole := range []string{"", "data:", "data:,", "data:image/png", "data:image/png,", "data:text/html,<p>", "data:;base64,AQID", "data:image/png;base64,AQI*", "data:image/png,%zz", "https://example.com/a,b"} {
		if ref, err := ParseDataURL(whole); !errors.Is(err, errors.BadTransform) {
			t.Errorf("%q gives %+v, %v", whole, ref, err)
		}
	}
	if _, _, ok := (Ref{Path: "image/png;base64,AQID"}).Data(); ok {
		t.Error("a file of an origin is taken for data")
	}
}

// FuzzParseDataURL: what is parsed has an image, and is parsed again as
// itself.
func FuzzParseDataURL(f *testing.F) {
	f.Add("data:image/png;base64,AQID_w")
	f.Add("data:image/svg+xml;charset=utf8,%3Csvg/%3E")
	f.Fuzz(func(t *testing.T, whole string) {
		ref, err := ParseDataURL(whole)
		if err != nil {
			return
		}
		if body, mediaType, ok := ref.Data(); !ok || len(body) == 0 || mediaType == "" {
			t.Fatalf("%q gives %+v, which has %q, %q", whole, ref, mediaType, body)
		}
		if again, err := ParseDataURL(ref.Server + ref.Path); err != nil || again != ref {
			t.Fatalf("%q gives %+v, and that %+v, %v", whole, ref, again, err)
		}
	})
}
