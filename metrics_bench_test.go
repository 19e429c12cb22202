package images

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/origin/next"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
)

// instant fetches and renders at once.
type instant struct{}

func (instant) Fetch(context.Context, origin.Request) (*origin.Source, error) {
	return &origin.Source{}, nil
}

func (instant) Render(context.Context, render.Job) (*render.Result, error) {
	return &render.Result{Format: transform.WebP}, nil
}

func (instant) Version() string { return "" }

// BenchmarkMetrics is what counting adds to a request: a fetch, a rendering with
// its wait, and an answer.
func BenchmarkMetrics(b *testing.B) {
	h := &Handler{Dialect: new(Dialect)}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	for name, counts := range map[string]bool{"without": false, "with": true} {
		b.Run(name, func(b *testing.B) {
			var from origin.Origin = instant{}
			var engine render.Engine = instant{}
			if counts {
				from, engine = counted(instant{}, next.Origin{}), countedEngine{instant{}}
			}
			b.ReportAllocs()
			for b.Loop() {
				w := &statusWriter{header: http.Header{}}
				_, _ = from.Fetch(b.Context(), origin.Request{})
				_, _ = engine.Render(b.Context(), render.Job{})
				if !counts {
					_ = answer{etag: `"x"`}.send(w, r, nil)
					continue
				}
				metrics.waiting.Observe(0)
				_ = h.send(w, r, answer{etag: `"x"`}, nil)
			}
		})
	}
}
