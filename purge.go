package images

import (
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/internal/engines"
	"github.com/caddy-images/caddy-images/origin"
)

// purged is the answer of DELETE /images/cache: how many there were.
type purged struct {
	// Fetches in flight that no request after this one shares.
	Fetches int `json:"fetches"`

	// Renders likewise. With a path there are none to count: a render is shared
	// by requests whose originals are equal byte by byte, wherever they are from.
	Renders int `json:"renders"`

	// Refused originals, which broke a worker and will be tried again. They are
	// known by their bytes and not by their path.
	Refused int `json:"refused"`
}

// purgeAll has the process forget all that it holds of originals.
func purgeAll(*http.Request) (any, error) {
	p := purged{Fetches: handlers.forget(func(origin.Request) bool { return true })}
	p.Renders, p.Refused = engines.Forget()
	return p, nil
}

// purgeOne has the process forget an original, which the path behind purgePath
// names as a Ref does, or which has the whole URL that stands there as one
// segment.
func purgeOne(r *http.Request) (any, error) {
	escaped := strings.TrimPrefix(r.URL.EscapedPath(), purgePath)
	ref, err := refToPurge(escaped, r.URL.RawQuery)
	if err != nil {
		return nil, apiError(http.StatusBadRequest, "%s", errors.From(err).Message)
	}
	if ref.Path == "" {
		return nil, apiError(http.StatusBadRequest, "no original is named behind %s; DELETE /images/cache purges all", purgePath)
	}
	return purged{Fetches: handlers.forget(func(asked origin.Request) bool { return purges(ref, asked.Ref) })}, nil
}

func refToPurge(escaped, query string) (origin.Ref, error) {
	whole, err := url.PathUnescape(escaped)
	if err != nil || !strings.Contains(whole, "://") {
		return origin.ParseRef(escaped, query)
	}
	place, isBucket := strings.CutPrefix(whole, origin.BucketServer)
	if !isBucket {
		return origin.ParseURL(whole)
	}
	bucket, path, _ := strings.Cut(place, "/")
	ref, err := origin.ParseRef(path, "")
	ref.Server = origin.BucketServer + bucket
	return ref, err
}

// purges reports whether the name of an original, as somebody wrote it, is
// one's that was asked for: with any query, and in any region, where it names
// none.
func purges(named, asked origin.Ref) bool {
	if bucket, region, ok := strings.Cut(asked.Server, "@"); ok && region != "" && !strings.Contains(named.Server, "@") {
		asked.Server = bucket
	}
	return asked.Server == named.Server && asked.Path == named.Path && (named.Query == "" || asked.Query == named.Query)
}

// handlers are those that serve.
var handlers handlerSet

type handlerSet struct {
	mu  sync.Mutex
	all map[*Handler]bool
}

func (s *handlerSet) add(h *Handler) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all == nil {
		s.all = make(map[*Handler]bool)
	}
	s.all[h] = true
}

func (s *handlerSet) remove(h *Handler) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.all, h)
}

func (s *handlerSet) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.all)
}

// forget has nobody share the fetches in flight that match any more.
func (s *handlerSet) forget(matches func(origin.Request) bool) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	forgotten := 0
	for h := range s.all {
		from := h.server.Origins
		for _, o := range []origin.Origin{from.Site, from.Signed, from.Listed, from.Buckets} {
			if sharing, ok := o.(origin.Sharing); ok {
				forgotten += sharing.Forget(matches)
			}
		}
	}
	return forgotten
}
