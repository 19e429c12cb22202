package images

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/caddy-images/caddy-images/cache"
	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/internal/engines"
	"github.com/caddy-images/caddy-images/origin"
)

// purged is the response to DELETE /images/cache.
type purged struct {
	// Originals that are known and match, and their Variants in memory. What else there
	// is on disk or in a bucket is not used any more and goes when it is met.
	Originals int `json:"originals"`
	Variants  int `json:"variants"`

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

// purgeAll forgets everything that the process remembers of originals or,
// with the query `tag`, everything with that tag. With `soft` it may be used
// once more while its origin is asked.
func purgeAll(r *http.Request) (any, error) {
	query, err := purgeQuery(r)
	if err != nil {
		return nil, err
	}
	rule := cache.Rule{Kind: cache.PurgeAll, Soft: query.soft}
	if query.tag != "" {
		rule.Kind, rule.Value = cache.PurgeTag, query.tag
	}
	p, err := purgeStores(r.Context(), rule)
	if err != nil || rule.Kind != cache.PurgeAll || rule.Soft {
		return p, err
	}
	p.Fetches = handlers.forget(func(origin.Request) bool { return true })
	p.Renders, p.Refused = engines.Forget()
	return p, nil
}

// purgeOne forgets one original. The path after purgePath names it as a Ref
// does, or is a whole URL in one segment. A `*` at the end matches any rest.
func purgeOne(r *http.Request) (any, error) {
	query, err := purgeQuery(r)
	if err != nil {
		return nil, err
	}
	if query.tag != "" {
		return nil, apiError(http.StatusBadRequest, "a tag is purged by DELETE /images/cache?tag=%s", url.QueryEscape(query.tag))
	}
	escaped := strings.TrimPrefix(r.URL.EscapedPath(), purgePath)
	escaped, isPrefix := strings.CutSuffix(escaped, "*")
	ref, err := refToPurge(escaped, "")
	if err != nil {
		return nil, apiError(http.StatusBadRequest, "%s", errors.From(err).Message)
	}
	if ref.Path == "" && !isPrefix {
		return nil, apiError(http.StatusBadRequest, "there is no path after %s; DELETE /images/cache purges all", purgePath)
	}
	name := cache.Name(ref)
	rules := rulesOf(ref, isPrefix)
	for i := range rules {
		rules[i].Soft = query.soft
	}
	p, err := purgeStores(r.Context(), rules...)
	p.Fetches = handlers.forget(func(asked origin.Request) bool {
		return purges(ref, asked.Ref) || isPrefix && strings.HasPrefix(cache.Name(asked.Ref), name)
	})
	return p, err
}

// purgeStores purges in all stores. An error says that the purge is in force but may not
// survive a crash.
func purgeStores(ctx context.Context, rules ...cache.Rule) (p purged, err error) {
	for _, store := range openStores() {
		for _, rule := range rules {
			done, failure := store.Purge(ctx, rule)
			p.Originals += done.Originals
			p.Variants += done.Variants
			if failure != nil {
				err = apiError(http.StatusInternalServerError, "the purge is in force, and will not survive a restart: %w", failure)
			}
		}
	}
	return p, err
}

type purgeOptions struct {
	soft bool
	tag  string
}

// purgeQuery reads the query of a purge.
func purgeQuery(r *http.Request) (o purgeOptions, err error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return o, apiError(http.StatusBadRequest, "the query is malformed")
	}
	for name, values := range query {
		switch {
		case name == "soft" && (values[0] == "" || values[0] == "true"):
			o.soft = true
		case name == "tag" && len(values) == 1 && values[0] != "":
			o.tag = values[0]
		default:
			return o, apiError(http.StatusBadRequest, "a purge has no query %s=%s; it takes soft and tag=<tag>", name, values[0])
		}
	}
	return o, nil
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

// purges reports whether an original is the named one: with any query, and in any region
// if none is named.
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

// list returns the handlers, in no order.
func (s *handlerSet) list() []*Handler {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Keys(s.all))
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
