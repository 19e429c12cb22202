package server

import (
	"context"
	stderrors "errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
)

// readFile returns a file whose memory could be used again.
func readFile(t *testing.T, body string) *file {
	t.Helper()
	source, err := origin.Read(strings.NewReader(body), -1, 100)
	if err != nil {
		t.Fatal(err)
	}
	return newFile(source, origin.Ref{})
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

// Memory is given up once an image is drawn. It is not if the job failed, for an
// engine may go on reading, as for others who share the job, nor if the file itself
// is what is sent.
func TestWhatIsRecycled(t *testing.T) {
	const svg = `<svg xmlns="http://www.w3.org/2000/svg"/>`
	for _, tt := range []struct {
		name, body string
		err        error
		recycled   bool
	}{
		{"drawn", "a picture", nil, true},
		{"failed", "an image", stderrors.New("the client left"), false},
		{"sent as it is", svg, nil, false},
	} {
		q := &request{
			Server: new(Server), ctx: t.Context(), engine: ending{err: tt.err},
			r:        httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil),
			original: readFile(t, tt.body), layers: []*file{readFile(t, "a layer")},
		}
		made, err := q.render()
		if err != tt.err {
			t.Errorf("%s: %v", tt.name, err)
		}
		if tt.body == svg && string(made.body) != svg {
			t.Errorf("%s: %q", tt.name, made.body)
		}
		if (q.original.Body == nil) != tt.recycled || (q.layers[0].Body == nil) != tt.recycled {
			t.Errorf("%s: the original is %q then, the layer %q", tt.name, q.original.Body, q.layers[0].Body)
		}
	}
}
