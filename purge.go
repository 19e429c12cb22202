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

// purged is the response to DELETE /images/cache.
type purged struct {
	// Fetches in flight that later requests will not share.
	Fetches int `json:"fetches"`

	// Renders likewise. They are not counted for a single path: requests
	// share a render if their originals are equal byte by byte, wherever
	// those come from.
	Renders int `json:"renders"`

	// Originals that had broken a worker and will be tried again. They are
	// known by their bytes, not by their path.
	Refused int `json:"refused"`
}

// purgeAll forgets everything that the process remembers of originals.
func purgeAll(*http.Request) (any, error) {
	p := purged{Fetches: handlers.forget(func(origin.Request) bool { return true })}
	p.Renders, p.Refused = engines.Forget()
	return p, nil
}

// purgeOne forgets one original. The path after purgePath names it as a Ref
// does, or is a whole URL in one segment.
func purgeOne(r *http.Request) (any, error) {
	escaped := strings.TrimPrefix(r.URL.EscapedPath(), purgePath)
	ref, err := refToPurge(escaped, r.URL.RawQuery)
	if err != nil {
		return nil, apiError(http.StatusBadRequest, "%s", errors.From(err).Message)
	}
	if ref.Path == "" {
		return nil, apiError(http.StatusBadRequest, "there is no path after %s; DELETE /images/cache purges all", purgePath)
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

// purges reports whether a purge of the named original affects the one asked
// for. Without a query or a region the name matches any.
func purges(named, asked origin.Ref) bool {
	if bucket, region, ok := strings.Cut(asked.Server, "@"); ok && region != "" && !strings.Contains(named.Server, "@") {
		asked.Server = bucket
	}
	return asked.Server == named.Server && asked.Path == named.Path && (named.Query == "" || asked.Query == named.Query)
}

// handlers are the provisioned handlers.
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

// forget detaches the matching fetches in flight from later requests.
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
