package images

import (
	"context"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/origin/next"
	"github.com/caddy-images/caddy-images/origin/web"
)

// readBody returns an original whose memory could be used again.
func readBody(t *testing.T, body string) *origin.Source {
	t.Helper()
	source, err := origin.Read(strings.NewReader(body), -1, 100)
	if err != nil {
		t.Fatal(err)
	}
	return source
}

// keeping is an origin that keeps what it gives, in spite of its contract.
type keeping struct {
	source *origin.Source
	*web.Origin
}

func (k keeping) Fetch(context.Context, origin.Request) (*origin.Source, error) { return k.source, nil }

type keepingBound struct{ keeping }

func (keepingBound) RequestBound() {}

// The memory of another module's originals is not used again, whatever it keeps, also if
// it is made of one of ours.
func TestStrangeOriginsAreNotRecycled(t *testing.T) {
	strange := keeping{readBody(t, "a picture"), new(web.Origin)}
	for _, o := range []origin.Origin{
		origin.Coalesce(counted(strange, strange)),
		origin.Coalesce(counted(keepingBound{strange}, strange)),
	} {
		for range 2 {
			source, err := o.Fetch(t.Context(), origin.Request{})
			if err != nil || string(source.Body) != "a picture" {
				t.Fatalf("%T gives %q, %v", o, source.Body, err)
			}
			source.Recycle()
		}
	}
	ours := counted(keeping{source: readBody(t, "a picture")}, next.Origin{})
	source, _ := ours.Fetch(t.Context(), origin.Request{})
	if source.Recycle(); source.Body != nil {
		t.Error("what our own origins give is not recycled")
	}
	for _, info := range caddy.GetModules("http.images.origins") {
		if module := info.New(); !keepsNothing(module) {
			t.Errorf("%T is not among the origins whose memory is used again", module)
		}
	}
}
