package server

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/caddy-images/caddy-images/internal/metrics"
	"github.com/caddy-images/caddy-images/origin"
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

// BenchmarkMetrics is what counting adds to a request: a fetch, a render, and a response.
func BenchmarkMetrics(b *testing.B) {
	set := metrics.New()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	for name, counts := range map[string]bool{"without": false, "with": true} {
		b.Run(name, func(b *testing.B) {
			var from origin.Origin = instant{}
			var engine render.Engine = instant{}
			if counts {
				from, engine = set.Origin(instant{}, "next"), set.Engine(instant{})
			}
			b.ReportAllocs()
			for b.Loop() {
				q := &request{
					Server: &Server{Config: Config{Metrics: set}},
					w:      &statusWriter{header: http.Header{}}, r: r, response: response{etag: `"x"`},
				}
				_, _ = from.Fetch(b.Context(), origin.Request{})
				_, _ = engine.Render(b.Context(), render.Job{})
				if counts {
					_ = q.send(nil)
				} else {
					q.response.sendContent(q.w, r, bytes.NewReader(nil))
				}
			}
		})
	}
}
