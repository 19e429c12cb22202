package server

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	"go.uber.org/zap"

	"github.com/caddy-images/caddy-images/internal/held"
	"github.com/caddy-images/caddy-images/internal/metrics"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/origin/next"
	"github.com/caddy-images/caddy-images/transform/imagekit"
	"github.com/caddy-images/caddy-images/transform/render"
)

// originFunc is an origin.
type originFunc func(context.Context) (*origin.Source, error)

func (f originFunc) Fetch(ctx context.Context, _ origin.Request) (*origin.Source, error) {
	return f(ctx)
}

// lent is an engine that lends itself and is never done.
type lent struct{}

func (lent) Borrow() (render.Engine, func(), error) { return lent{}, func() {}, nil }

func (lent) Version() string { return "" }

func (lent) Render(ctx context.Context, _ render.Job) (*render.Result, error) {
	<-ctx.Done()
	return nil, render.Stopped(ctx)
}

// patient is a server whose times are an hour, apart from backend_timeout.
func patient(t *testing.T, backendTimeout time.Duration, from origin.Origin) *Server {
	t.Helper()
	language, err := imagekit.New(imagekit.Config{})
	if err != nil {
		t.Fatal(err)
	}
	_, isNext := from.(next.Origin)
	return New(Config{
		Language: language, Engine: lent{}, Memory: held.New(1<<30, false), Origins: Origins{Site: from, AsksNext: isNext, OnlyNext: isNext},
		MaxSourceSize: 1 << 20, MaxSVGSize: 1 << 20, MaxFileSize: 1 << 20, ShowsOriginals: true,
		BackendTimeout: backendTimeout, FetchTimeout: time.Hour, RenderTimeout: time.Hour, QueueTimeout: time.Hour,
		Log: zap.NewNop(), Metrics: metrics.New(),
	})
}

// ask sends a request to a server before another handler, and gets the response and how
// long it took.
func ask(t *testing.T, s *Server, path string, behind caddyhttp.HandlerFunc) (*httptest.ResponseRecorder, time.Duration) {
	t.Helper()
	w := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	began := time.Now()
	if err := s.ServeHTTP(w, caddyhttp.PrepareRequest(r, caddy.NewReplacer(), w, new(caddyhttp.Server)), behind); err != nil {
		handled, ok := err.(caddyhttp.HandlerError)
		if !ok {
			t.Fatal(err)
		}
		w.Code = handled.StatusCode
	}
	return w, time.Since(began)
}

// The time of a fetch is part of backend_timeout.
func TestBackendTimeoutOfFetching(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := patient(t, time.Minute, originFunc(func(ctx context.Context) (*origin.Source, error) {
			<-ctx.Done()
			return nil, origin.GivenUp(ctx)
		}))
		w, took := ask(t, s, "/slow.jpg?tr=w-1", nil)
		if e := w.Header().Get("Ik-Error"); w.Code != http.StatusNotFound || !strings.HasPrefix(e, "ETIMEDOUT - ") || took != time.Minute {
			t.Errorf("%d %s after %s", w.Code, e, took)
		}
	})
}

// What the fetch took is not there for the rendering.
func TestBackendTimeoutIsForBoth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := patient(t, time.Minute, originFunc(func(context.Context) (*origin.Source, error) {
			time.Sleep(40 * time.Second)
			return &origin.Source{Body: []byte("\xff\xd8\xff\xe0")}, nil
		}))
		w, took := ask(t, s, "/slow.jpg?tr=w-1", nil)
		if e := w.Header().Get("Ik-Error"); w.Code != http.StatusGatewayTimeout || e != "ETIMEDOUT - The image could not be fetched and rendered within backend_timeout" || took != time.Minute {
			t.Errorf("%d %s after %s", w.Code, e, took)
		}
	})
}

// A download that the next handler answers with is no fetch.
func TestBackendTimeoutIsNotForDownloads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, took := ask(t, patient(t, time.Minute, next.Origin{}), "/film.mp4?tr=w-1", func(w http.ResponseWriter, r *http.Request) error {
			w.Header().Set("Content-Type", "video/mp4")
			_, _ = w.Write([]byte("begin"))
			select {
			case <-time.After(time.Hour):
				_, _ = w.Write([]byte("end"))
			case <-r.Context().Done():
			}
			return nil
		})
		if w.Body.String() != "beginend" || took != time.Hour {
			t.Errorf("%d %q after %s", w.Code, w.Body, took)
		}
	})
}

// The clock of a fetch does not run while the request waits for memory, however often.
func TestClockPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began, ended := time.Now(), make(chan time.Duration, 1)
		c := &clock{left: 10 * time.Second, ends: func() { ended <- time.Since(began) }}
		c.Resume()
		for range 3 {
			time.Sleep(2 * time.Second)
			c.Pause()
			c.Pause() // for another file of the request
			time.Sleep(time.Hour)
			c.Resume()
			time.Sleep(time.Hour)
			c.Resume()
		}
		if got := <-ended; got != 10*time.Second+6*time.Hour {
			t.Errorf("it ended after %v", got)
		}
	})
}
