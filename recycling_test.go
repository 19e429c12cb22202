package images

import (
	"context"
	stderrors "errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/origin/next"
	"github.com/caddy-images/caddy-images/origin/web"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
)

// readBody is an original whose memory could be used again.
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

// Memory of a strange origin's is not used again, whatever it keeps, nor where it is
// made of one of ours.
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
		if module := info.New(); !givesAway(module) {
			t.Errorf("%T is not among the origins whose memory is used again", module)
		}
	}
}

// ending is an engine whose jobs end so.
type ending struct {
	render.Engine
	err error
}

func (e ending) Render(context.Context, render.Job) (*render.Result, error) {
	if e.err != nil {
		return nil, e.err
	}
	return &render.Result{Format: transform.WebP, Body: []byte("drawn")}, nil
}

// Memory is given up once a picture is drawn. It is not where the job failed, for an
// engine may go on reading, as for others who share the job, nor where the file itself
// is what is sent.
func TestWhatIsRecycled(t *testing.T) {
	h := new(Handler)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	const svg = `<svg xmlns="http://www.w3.org/2000/svg"/>`
	for _, tt := range []struct {
		name, body string
		err        error
		recycled   bool
	}{
		{"drawn", "a picture", nil, true},
		{"failed", "a picture", stderrors.New("the client left"), false},
		{"sent as it is", svg, nil, false},
	} {
		original, layer := readBody(t, tt.body), readBody(t, "a layer")
		made, err := h.render(t.Context(), r, ending{err: tt.err}, tailored{}, original, []*origin.Source{layer}, nil)
		if err != tt.err {
			t.Errorf("%s: %v", tt.name, err)
		}
		if tt.body == svg && string(made.body) != svg {
			t.Errorf("%s: %q", tt.name, made.body)
		}
		if (original.Body == nil) != tt.recycled || (layer.Body == nil) != tt.recycled {
			t.Errorf("%s: the original is %q then, the layer %q", tt.name, original.Body, layer.Body)
		}
	}
}
