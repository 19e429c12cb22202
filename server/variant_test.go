package server

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/caddy-images/caddy-images/internal/held"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
)

// heldFile returns a file that takes memory of bodies.
func heldFile(t *testing.T, bodies *held.Bodies, body string) *file {
	t.Helper()
	room := origin.Room{Bodies: bodies, Timeout: time.Second}
	source, err := origin.Coalesce(whole(body), room).Fetch(t.Context(), origin.Request{MaxBytes: 100})
	if err != nil {
		t.Fatal(err)
	}
	return newFile(source, origin.Ref{})
}

// whole is an origin whose originals are this text.
type whole string

func (w whole) Fetch(ctx context.Context, req origin.Request) (*origin.Source, error) {
	return origin.Read(ctx, strings.NewReader(string(w)), int64(len(w)), req.MaxBytes)
}

// ending is an engine whose jobs end at once.
type ending struct{ render.Engine }

func (ending) Render(context.Context, render.Job) (*render.Result, error) {
	return &render.Result{Format: transform.WebP, Body: []byte("drawn")}, nil
}

// Files are given up once an image is drawn and there is room for it. They are kept
// until then, and while the file itself is what is sent.
func TestWhatIsReleased(t *testing.T) {
	const svg = `<svg xmlns="http://www.w3.org/2000/svg"/>`
	for _, tt := range []struct {
		name, body string
		held       bool // when it is sent
	}{
		{"drawn", "a picture", false},
		{"sent as it is", svg, true},
	} {
		memory := held.New(1<<20, false)
		q := &request{
			Server: &Server{Config: Config{Memory: memory, QueueTimeout: time.Second}}, ctx: t.Context(), engine: ending{},
			r:        httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil),
			original: heldFile(t, memory.Bodies, tt.body), layers: []*file{heldFile(t, memory.Bodies, "a layer")},
		}
		before := memory.Bodies.State().Bytes
		made, err := q.render()
		if err != nil {
			t.Fatal(err)
		}
		if got := memory.Bodies.State().Bytes; got != before || before == 0 {
			t.Errorf("%s: %d bytes are held before there is room for the result, want %d", tt.name, got, before)
		}
		release, err := q.holdResult(made)
		if err != nil {
			t.Fatal(err)
		}
		if got := memory.Bodies.State().Bytes; (got > 0) != tt.held {
			t.Errorf("%s: %d bytes of files are held while it is sent", tt.name, got)
		}
		if got := memory.Results.State().Bytes; (got > 0) == tt.held {
			t.Errorf("%s: %d bytes of results are held while it is sent", tt.name, got)
		}
		release()
		q.release()
		if files, results := memory.Bodies.State().Bytes, memory.Results.State().Bytes; files+results != 0 {
			t.Errorf("%s: %d and %d bytes are held in the end", tt.name, files, results)
		}
	}
}
