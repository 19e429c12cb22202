package images

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/caddy-images/caddy-images/cache"
	_ "github.com/caddy-images/caddy-images/cache/disk" // the tier
	"github.com/caddy-images/caddy-images/cache/memory"
	_ "github.com/caddy-images/caddy-images/cache/s3" // the tier
	"github.com/caddy-images/caddy-images/internal/engines"
	"github.com/caddy-images/caddy-images/internal/metrics"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/origin/fs"
	"github.com/caddy-images/caddy-images/origin/next"
	"github.com/caddy-images/caddy-images/origin/s3"
	"github.com/caddy-images/caddy-images/origin/web"
	"github.com/caddy-images/caddy-images/server"
)

// Cache says what is kept of originals and variants, and for how long it is used.
type Cache struct {
	// Whether nothing is kept. Default: `false`
	Off bool `json:"off,omitempty"`

	// Where variants are kept, the fastest first. Handlers with the same tiers and the
	// same `originals` share what they keep, also across reloads. Default: `memory`,
	// with a sixteenth of the memory that Caddy may use, at least 67108864 (64 MiB).
	TiersRaw []json.RawMessage `json:"tiers,omitempty" caddy:"namespace=http.images.caches inline_key=type"`

	// How many bytes of fetched originals are kept in memory, so that another variant
	// of one fetches nothing; not those of `fs` and `next`. Default: 0.
	Originals int64 `json:"originals,omitempty"`

	// For how long an original is used before its origin is asked again, if the origin
	// says nothing about that. -1: until it is purged. Default: `1h`
	Fresh caddy.Duration `json:"fresh,omitempty"`

	// The longest that an origin may say. Default: a year.
	MaxFresh caddy.Duration `json:"max_fresh,omitempty"`

	// For how long an original that is no longer fresh is used while its origin is
	// asked. Negative: not at all. Default: `24h`
	Stale caddy.Duration `json:"stale,omitempty"`

	// For how long an original that is no longer fresh is used if its origin is down.
	// Negative: not at all. Default: `168h` (7 days)
	StaleIfError caddy.Duration `json:"stale_if_error,omitempty"`

	// For how long an origin is not asked again for a file that it does not have.
	// Negative: asked each time. Default: `10s`
	NotFound caddy.Duration `json:"not_found,omitempty"`

	// For how long an origin is not asked again for a file after another failure.
	// Negative: asked each time. Default: `5s`
	Failures caddy.Duration `json:"failures,omitempty"`
}

// forever is the value of Cache.Fresh for until it is purged.
const forever caddy.Duration = -1

func (c *Cache) setDefaults() {
	orDefault(&c.Fresh, caddy.Duration(time.Hour))
	orDefault(&c.MaxFresh, caddy.Duration(365*24*time.Hour))
	orDefault(&c.Stale, caddy.Duration(24*time.Hour))
	orDefault(&c.StaleIfError, caddy.Duration(7*24*time.Hour))
	orDefault(&c.NotFound, caddy.Duration(10*time.Second))
	orDefault(&c.Failures, caddy.Duration(5*time.Second))
}

func (c *Cache) validate() error {
	if c.Off && (len(c.TiersRaw) > 0 || c.Originals != 0) {
		return fmt.Errorf("cache is off, and has settings; it takes one or the other")
	}
	if c.Originals < 0 || c.Originals > 1<<50 {
		return fmt.Errorf("originals is %d; it takes a number of bytes", c.Originals)
	}
	const most = caddy.Duration(10 * 365 * 24 * time.Hour)
	for _, o := range []struct {
		name  string
		value caddy.Duration
	}{
		{"fresh", c.Fresh}, {"max_fresh", c.MaxFresh}, {"stale", c.Stale}, {"stale_if_error", c.StaleIfError},
		{"cache_not_found", c.NotFound}, {"cache_failures", c.Failures},
	} {
		if o.value > most {
			return fmt.Errorf("%s is %v; it takes at most %v", o.name, time.Duration(o.value), time.Duration(most))
		}
	}
	if c.Fresh < forever || c.MaxFresh < 0 {
		return fmt.Errorf("fresh and max_fresh take no negative durations")
	}
	return nil
}

func (c *Cache) freshness() cache.Freshness {
	f := cache.Freshness{
		Default:      time.Duration(c.Fresh),
		Max:          time.Duration(c.MaxFresh),
		Stale:        max(time.Duration(c.Stale), 0),
		StaleIfError: max(time.Duration(c.StaleIfError), 0),
		NotFound:     max(time.Duration(c.NotFound), 0),
		Failure:      max(time.Duration(c.Failures), 0),
	}
	if c.Fresh == forever {
		f.Default = cache.Forever
	}
	return f
}

// leastDefault is the smallest default of the tier memory.
const leastDefault = 64 << 20

// defaultCache returns the tier that there is if none is configured.
func defaultCache() *memory.Cache {
	return &memory.Cache{Size: max(engines.DefaultMemory()/8, leastDefault)}
}

// stores are those of the process.
var stores = caddy.NewUsagePool()

// provisionCache finds the store of the handler, or makes it; nil if nothing is kept.
func (h *Handler) provisionCache(ctx caddy.Context) (*cache.Store, error) {
	if h.Cache.Off {
		return nil, nil
	}
	var guests []cache.Guest
	if len(h.Cache.TiersRaw) > 0 {
		loaded, err := ctx.LoadModule(h.Cache, "TiersRaw")
		if err != nil {
			return nil, fmt.Errorf("loading caches: %w", err)
		}
		for _, module := range loaded.([]any) {
			guest, ok := module.(cache.Guest)
			if !ok {
				return nil, fmt.Errorf("%T is not a cache", module)
			}
			guests = append(guests, guest)
		}
	} else {
		guests = []cache.Guest{defaultCache()}
	}
	var key strings.Builder
	records := int64(leastRecords)
	for _, g := range guests {
		fmt.Fprintf(&key, "%q ", g.Settings())
		if m, ok := g.(*memory.Cache); ok {
			records = max(records, m.Size/8)
		}
	}
	fmt.Fprint(&key, h.Cache.Originals)
	sum := sha256.Sum256([]byte(key.String())) // settings have secrets
	shared, _, err := stores.LoadOrNew(sum, func() (caddy.Destructor, error) {
		return cache.New(cache.Config{
			Guests: guests, Records: records, Originals: h.Cache.Originals,
			Log: caddy.Log().Named("http.images.cache"), Count: metrics.Process.Cache(),
		})
	})
	if err != nil {
		return nil, err
	}
	h.storeKey = &sum
	return shared.(*cache.Store), nil
}

// leastRecords is how much memory there is at least for what is known of originals.
const leastRecords = 8 << 20

// kept returns an origin whose originals are remembered in the handler's store.
func (h *Handler) kept(o origin.Origin, module any, about ...string) origin.Origin {
	room := origin.Room{Bodies: h.lease.Memory().Bodies, Timeout: time.Duration(h.QueueTimeout)}
	if h.store == nil {
		return origin.Coalesce(server.Examining(o), room)
	}
	c := cache.OriginConfig{
		Store:     h.store,
		Freshness: h.Cache.freshness(),
		Identity:  identity(module, about...),
		Examine:   server.Examine,
		Room:      room,
		Timeout:   time.Duration(h.FetchTimeout),
	}
	switch module := module.(type) {
	case *fs.Origin:
		c.Stamp, c.Relevant = module.Stamp, inDirectory
	case *web.Origin:
		c.Relevant = withoutRoot
		if !module.ForwardHost {
			c.Relevant = onlyRef
		}
	case *web.Dynamic:
		c.Relevant = onlyRef
	case *s3.Origin:
		c.Relevant = inBucket
	case next.Origin, *next.Origin:
		c.Identity = identity(h, about...)
		c.Bind = bindNext
	default:
		if isRequestBound(o) {
			// It is not known what its answers depend on.
			return origin.Coalesce(server.Examining(o), room)
		}
	}
	return cache.NewOrigin(o, c)
}

// What originals of remote origins and of directories do not depend on makes no others of
// them: a client may send any Host to a site that takes all.

func inDirectory(req origin.Request) origin.Request {
	req.Host, req.Ref.Query = "", ""
	return req
}

func inBucket(req origin.Request) origin.Request {
	req = onlyRef(req)
	req.Ref.Query = ""
	return req
}

func withoutRoot(req origin.Request) origin.Request {
	req.Root = ""
	return req
}

func onlyRef(req origin.Request) origin.Request {
	req.Host, req.Root = "", ""
	return req
}

// identity identifies a module by all its settings, placeholders replaced. It
// is only hashed.
func identity(module any, about ...string) string {
	text, err := json.Marshal(module)
	if err != nil { // a module that cannot be written is like no other
		text = fmt.Appendf(nil, "%p", module)
	}
	return fmt.Sprintf("%T %s %q", module, caddy.NewReplacer().ReplaceKnown(string(text), ""), about)
}

// bindNext says what the answers of the handlers behind this one depend on.
func bindNext(ctx context.Context) cache.Binding {
	call, ok := next.CallOf(ctx)
	if !ok {
		return cache.Binding{ForUser: true}
	}
	r := call.Request
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	about := []string{scheme, strings.ToLower(r.Host), call.Prefix, receivedPath(r)}
	if s, ok := r.Context().Value(caddyhttp.ServerCtxKey).(*caddyhttp.Server); ok {
		about = append(about, s.Listen...) // a client may send one site the host of another
	}
	return cache.Binding{
		Request: fmt.Sprintf("%q", about),
		Header:  r.Header,
		ForUser: server.IsAuthenticated(r) || hasCredentials(r),
	}
}

// receivedPath returns the path before any rewrite. After a detour that is
// the original's: the transformation in the client's path does not matter
// here.
func receivedPath(r *http.Request) string {
	if received, ok := r.Context().Value(caddyhttp.OriginalRequestCtxKey).(http.Request); ok && received.URL != nil {
		return received.URL.EscapedPath()
	}
	return r.URL.EscapedPath()
}

// hasCredentials reports whether a request says who sends it in a way that handlers may
// act on without a word in their responses.
func hasCredentials(r *http.Request) bool {
	return r.TLS != nil && len(r.TLS.PeerCertificates) > 0 ||
		slices.ContainsFunc([]string{"Authorization", "Proxy-Authorization"}, func(name string) bool { return r.Header.Get(name) != "" })
}
