package cache

import (
	"context"
	stderrors "errors"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
)

// OriginConfig is what an Origin is made of.
type OriginConfig struct {
	Store     *Store
	Freshness Freshness

	// Identity stands for the origin with all its settings: equal requests to origins
	// with equal identities are about the same original. It is never shown.
	Identity string

	// Stamp returns the Stamp of the version that there is, at next to no cost, so that
	// nothing is fresh unless it is still that: a file on a disk. Empty is no version.
	// It is nil for other origins.
	Stamp func(req origin.Request) string

	// Examine finds the Facts of what was fetched, which it may unpack.
	Examine func(ctx context.Context, s *origin.Source, req origin.Request) (*origin.Source, error)

	// Bind says on whose behalf a RequestBound origin is asked; nil for other origins.
	Bind func(ctx context.Context) Binding

	// Relevant is the request without what the origin's answer does not depend on; nil if
	// it depends on all of it.
	Relevant func(req origin.Request) origin.Request

	// TagHeader is the header of an origin's response whose words are the tags that an
	// original can be purged by; empty for Cache-Tag and Surrogate-Key.
	TagHeader string

	// Room is where bodies are counted.
	Room origin.Room

	// Timeout bounds a request to the origin that no client waits for.
	Timeout time.Duration
}

// Binding is what a RequestBound origin may answer by, beside the origin.Request.
type Binding struct {
	// Request identifies the request, apart from what the URL asks of the image: its
	// scheme, its host, and its path as received.
	Request string

	// Header is that of the client's request.
	Header http.Header

	// ForUser says that the request has credentials, so that nothing is kept of it.
	ForUser bool
}

// Origin is an origin whose originals are remembered. Sources that it returns to requests
// with FactsOnly may have no body.
type Origin struct {
	OriginConfig
	inner  origin.Origin // that keeps a record of each answer; equal requests share one
	number uint64        // of this one in the process, from 1
}

// origins counts the Origins of the process.
var origins atomic.Uint64

// NewOrigin returns an origin that remembers what from answers. Requests that are equal
// and in flight at the same time share one fetch.
func NewOrigin(from origin.Origin, c OriginConfig) origin.Origin {
	o := &Origin{OriginConfig: c, number: origins.Add(1)}
	if _, bound := from.(origin.RequestBound); bound {
		o.inner = origin.Coalesce(boundRecorder{recorder{from, o}}, c.Room)
		return boundOrigin{o}
	}
	o.inner = origin.Coalesce(recorder{from, o}, c.Room)
	return o
}

// boundOrigin is an Origin of a RequestBound one.
type boundOrigin struct{ *Origin }

// RequestBound implements origin.RequestBound.
func (boundOrigin) RequestBound() {}

// Forget implements origin.Sharing.
func (o *Origin) Forget(matches func(origin.Request) bool) int {
	if sharing, ok := o.inner.(origin.Sharing); ok {
		return sharing.Forget(matches)
	}
	return 0
}

// Fetch implements origin.Origin.
func (o *Origin) Fetch(ctx context.Context, req origin.Request) (*origin.Source, error) {
	factsOnly := req.FactsOnly
	req.FactsOnly = false
	if o.Relevant != nil {
		req = o.Relevant(req)
	}
	if o.Bind != nil {
		req.Stream = origin.Streaming{} // other handlers stream what they pass, and that alone
	}
	q := question{Origin: o, ctx: ctx, req: req, now: time.Now()}
	if o.Bind != nil {
		q.by = o.Bind(ctx)
	}
	if q.by.ForUser {
		return o.uncached(ctx, req)
	}
	if req.Stream.OrWhole && o.keepsBytes() {
		whole := req
		whole.Stream, whole.FactsOnly = origin.Streaming{}, factsOnly
		if s, err := o.Fetch(ctx, whole); !errors.Is(err, errors.Limit) {
			return s, err
		}
	}
	q.id = o.id(req, q.by)
	q.find()
	if q.found == nil {
		return q.ask("miss", origin.Known{}, false)
	}
	if q.found.failure != nil {
		o.Store.count.Lookup("original", "hit", "")
		copied := *q.found.failure
		return nil, &copied
	}
	switch {
	case factsOnly:
		return q.facts()
	case req.Stream.Wanted:
		return q.ask("miss", origin.Known{}, false)
	}
	return q.withBody()
}

// keepsBytes reports whether the bytes of the originals are kept, apart from what is made
// of them.
func (o *Origin) keepsBytes() bool {
	return o.Store.originals != nil && o.Bind == nil && o.Stamp == nil
}

// SizeOf implements origin.Sized.
func (o *Origin) SizeOf(ctx context.Context, req origin.Request) (int64, bool) {
	if o.Relevant != nil {
		req = o.Relevant(req)
	}
	var by Binding
	if o.Bind != nil {
		by = o.Bind(ctx)
	}
	id := o.id(req, by)
	r, ok := o.Store.records.GetIfPresent(id)
	if ok && r.vary != nil {
		r, ok = o.Store.records.GetIfPresent(varied(id, r.vary, by.Header))
	}
	if !ok || r.source == nil || r.source.Facts == nil || r.source.Facts.Size < 0 {
		return 0, false
	}
	return r.source.Facts.Size, true
}

// uncached asks for what is never kept.
func (o *Origin) uncached(ctx context.Context, req origin.Request) (*origin.Source, error) {
	return o.inner.Fetch(context.WithValue(ctx, keepsNothingKey{}, true), req)
}

type keepsNothingKey struct{}

// question is one request to an Origin.
type question struct {
	*Origin
	ctx context.Context
	req origin.Request
	by  Binding
	id  ID
	now time.Time

	found  *record // what is known and may be used; nil for nothing
	isSoft bool    // it was purged softly since
	life   lifetime
	age    time.Duration
}

// find looks for a record.
func (q *question) find() {
	about := Subject{Ref: q.req.Ref}
	hard, soft := q.Store.rules.match(about)
	q.req.Sequence = max(q.req.Sequence, hard)
	var r *record
	q.id, r = q.known(q.ctx, q.id, about, q.by)
	if r == nil {
		return
	}
	if tags := r.subject().Tags; len(tags) > 0 {
		about.Tags = tags
		hard, soft = q.Store.rules.match(about)
	}
	switch {
	case r.sequence < max(hard, q.req.Sequence):
		q.Store.forget(q.id)
		q.req.Sequence = max(q.req.Sequence, hard)
		return
	case r.failure != nil && (q.now.After(r.retry) || r.sequence < soft || r.age(q.now) == Forever):
		return
	}
	q.found, q.isSoft = r, r.sequence < soft
	if r.failure != nil {
		return
	}
	q.req.Size = r.source.Facts.Size
	q.life = q.Freshness.lifetimeOf(r.said, r.source.ForRequest)
	q.age = r.age(q.now)
}

// known returns what is known of an original, and the ID that this is known under if the
// original depends on headers of the request.
func (o *Origin) known(ctx context.Context, id ID, about Subject, by Binding) (ID, *record) {
	r := o.record(ctx, id, about)
	if r != nil && r.vary != nil {
		id = varied(id, r.vary, by.Header)
		r = o.record(ctx, id, about)
	}
	return id, r
}

// record returns the record with an ID; nil for none. What handlers behind this one have
// said holds for these handlers only: others, also those of an earlier configuration, may
// answer the same request by another image, and call that the same version.
func (o *Origin) record(ctx context.Context, id ID, about Subject) *record {
	if o.Bind == nil {
		return o.Store.record(ctx, id, about)
	}
	if r, ok := o.Store.records.GetIfPresent(id); ok && r.by == o.number {
		return r
	}
	return nil
}

// facts answers a request that may do without the body.
func (q *question) facts() (*origin.Source, error) {
	r := q.found
	switch {
	case q.Stamp != nil:
		if r.source.Stamp != "" && !q.isSoft && q.Stamp(q.req) == r.source.Stamp {
			s := q.hit("hit", Forever)
			s.Kept.Validated = q.now
			return s, nil
		}
		return q.ask("revalidated", r.source.Known(), true)
	case !q.isSoft && q.age < q.life.fresh:
		return q.hit("hit", q.life.fresh-q.age), nil
	case q.Bind == nil && q.age < q.life.stale && (!q.isSoft || q.life.stale > q.life.fresh):
		q.inBackground()
		return q.hit("stale", min(q.life.fresh-q.age, -time.Second)), nil
	case q.now.Before(r.retry) && q.age < q.life.error:
		return q.hit("stale", min(q.life.fresh-q.age, -time.Second)), nil
	}
	return q.ask("revalidated", r.source.Known(), true)
}

// withBody answers a request that needs the body: by the bytes that are kept, if they need
// no asking.
func (q *question) withBody() (*origin.Source, error) {
	body, ok := q.Store.bytes(q.id, q.found.source.Facts)
	if !ok {
		return q.ask("miss", origin.Known{}, false)
	}
	s, err := q.facts()
	if err == nil && s.Body == nil {
		if s.Facts.Hash != q.found.source.Facts.Hash {
			s.Close()
			return q.ask("miss", origin.Known{}, false) // it has just changed
		}
		s.Body = body
	}
	return s, err
}

// hit is the original by its record.
func (q *question) hit(result string, fresh time.Duration) *origin.Source {
	q.Store.count.Lookup("original", result, "")
	s := *q.found.source
	s.Kept.Fresh = fresh
	if q.life.fresh == Forever && fresh > 0 {
		s.Kept.Fresh = Forever
	}
	return &s
}

// inBackground asks whether the original has changed, behind the response.
func (q *question) inBackground() {
	if q.now.Before(q.found.retry) {
		return
	}
	req, known := q.req, q.found.source.Known()
	q.Store.revalidate(q.id, q.Timeout, func(ctx context.Context) {
		req.Known = known
		s, err := q.inner.Fetch(ctx, req)
		s.Close()
		q.noteFailure(ctx, err)
	})
}

// ask asks the origin. If that is down, what is known is the answer, where the facts are
// enough.
func (q *question) ask(result string, known origin.Known, factsOnly bool) (*origin.Source, error) {
	q.req.Known = known
	s, err := q.inner.Fetch(q.ctx, q.req)
	switch {
	case err == nil:
		if !s.Unchanged {
			result = "miss"
		}
		q.Store.count.Lookup("original", result, "")
		return s, nil
	case factsOnly && isDown(errors.From(err)) && q.age < q.life.error:
		q.noteFailure(q.ctx, err)
		return q.hit("stale", min(q.life.fresh-q.age, -time.Second)), nil
	}
	if _, ok := stderrors.AsType[*errors.Error](err); ok { // else the response went past us
		q.noteFailure(q.ctx, err)
		q.Store.count.Lookup("original", "miss", "")
	}
	return nil, err
}

// noteFailure remembers that the origin cannot be asked for a while. A failure that is
// about the original takes the place of its record. Handlers behind this one answer each
// request anew.
func (q *question) noteFailure(ctx context.Context, err error) {
	if err == nil || q.Bind != nil || ctx.Err() != nil {
		return
	}
	e := errors.From(err)
	wait, isOrigins := q.Freshness.keptFor(e)
	if !isOrigins {
		return
	}
	r := record{failure: e, about: Subject{Ref: q.req.Ref}, validated: q.now, sequence: q.req.Sequence}
	if q.found != nil {
		if isDown(e) && q.age < q.life.error {
			r = *q.found
		} else {
			q.Store.forget(q.id)
		}
	}
	if wait <= 0 || q.Stamp != nil { // looking for a file costs nothing
		return
	}
	r.retry = time.Now().Add(wait)
	q.Store.records.Set(q.id, &r)
}
