package server

import (
	stderrors "errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
)

// Requests share a render only if nothing differs that decides about it: the variant, the
// bytes of each file, and every limit.
func TestRenderKey(t *testing.T) {
	of := func(hash uint64, size int64) *file {
		return &file{&origin.Source{Facts: &origin.Facts{Hash: hash}}, facts{size: size}}
	}
	made := func() *request {
		q := &request{Server: &Server{Config: Config{
			Site: "site", Limits: transform.Limits{MaxPixels: 1, MaxFrames: 2, MaxDimension: 3, MaxPDFSize: 4}, MaxSourceSize: 5, MaxCost: 6,
			QueueTimeout: 7, RenderTimeout: 8 * time.Second, BackendTimeout: 9 * time.Second,
		}}}
		q.asked.Ref = origin.Ref{Path: "a.jpg"}

		q.original, q.layers = of(10, 11), []*file{of(12, 13)}
		q.key = key{[]byte("version"), []byte("plan")}
		q.client.quality = render.Quality{JPEG: 14, WebP: 15, AVIF: 16}
		return q
	}
	base := made()
	same := base.renderKey(base.key)
	if again := made(); again.renderKey(again.key) != same || same == "" {
		t.Fatal("equal requests are told apart")
	}
	for name, change := range map[string]func(q *request){
		"key":             func(q *request) { q.key = key{[]byte("version"), []byte("other")} },
		"key's parts":     func(q *request) { q.key = key{[]byte("versionplan"), nil} },
		"site":            func(q *request) { q.Site = "another" },
		"ref":             func(q *request) { q.asked.Ref.Path = "b.jpg" },
		"default image":   func(q *request) { q.missing = stderrors.New("there is none") },
		"original":        func(q *request) { q.original.Facts.Hash++ },
		"original's size": func(q *request) { q.original.size++ },
		"layer":           func(q *request) { q.layers[0].Facts.Hash++ },
		"layers":          func(q *request) { q.layers = append(q.layers, q.layers[0]) },
		"ID":              func(q *request) { q.original.Kept.ID[3] = 1 },
		"pixels":          func(q *request) { q.Limits.MaxPixels++ },
		"frames":          func(q *request) { q.Limits.MaxFrames++ },
		"dimension":       func(q *request) { q.Limits.MaxDimension++ },
		"pdf":             func(q *request) { q.Limits.MaxPDFSize++ },
		"source size":     func(q *request) { q.MaxSourceSize++ },
		"cost":            func(q *request) { q.MaxCost++ },
		"damaged":         func(q *request) { q.DeliversDamaged = true },
		"queue timeout":   func(q *request) { q.QueueTimeout++ },
		"render timeout":  func(q *request) { q.RenderTimeout++ },
		"backend timeout": func(q *request) { q.BackendTimeout = time.Second },
		"quality":         func(q *request) { q.client.quality.WebP++ },
	} {
		q := made()
		if change(q); q.renderKey(q.key) == same {
			t.Errorf("%s makes no difference", name)
		}
	}
	posted := made()
	posted.sent = httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", nil)
	if k := posted.renderKey(posted.key); k != "" {
		t.Errorf("what was posted is shared as %s", k)
	}
}
