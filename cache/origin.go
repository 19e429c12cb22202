package cache

import (
	"context"
	stderrors "errors"
	"net/http"
	"slices"
	"strings"
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
	Examine func(s *origin.Source, req origin.Request) (*origin.Source, error)

	// Bind says on whose behalf a RequestBound origin is asked; nil for other origins.
	Bind func(ctx context.Context) Binding

	// Relevant is the request without what the origin's answer does not depend on; nil if
	// it depends on all of it.
	Relevant func(req origin.Request) origin.Request

	// TagHeader is the header of an origin's response whose words are the tags that an
	// original can be purged by; empty for Cache-Tag and Surrogate-Key.
	TagHeader string

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
		o.inner = recorder{from, o}
		return boundOrigin{o}
	}
	o.inner = origin.Coalesce(recorder{from, o})
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
	q := question{Origin: o, ctx: ctx, req: req, now: time.Now()}
	if o.Bind != nil {
		q.by = o.Bind(ctx)
	}
	if req.Stream.Wanted || q.by.ForUser {
		return o.uncached(ctx, req)
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
	if !factsOnly {
		return q.withBody()
	}
	return q.facts()
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
		_, err := q.inner.Fetch(ctx, req)
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

// recorder is an origin of which each answer is examined and recorded, once for all who
// share it.
type recorder struct {
	from origin.Origin
	o    *Origin
}

// Fetch implements origin.Origin.
func (k recorder) Fetch(ctx context.Context, req origin.Request) (*origin.Source, error) {
	o := k.o
	keepsNothing, _ := ctx.Value(keepsNothingKey{}).(bool)
	var by Binding
	if o.Bind != nil {
		by = o.Bind(ctx)
	}
	id := o.id(req, by)
	began, now := o.Store.Sequence(), time.Now()
	s, err := k.from.Fetch(ctx, req)
	if err == nil && s.Unchanged {
		if again, ok := k.refreshed(ctx, id, by, req, s, began, now); ok {
			return again, nil
		}
		req.Known = origin.Known{}
		began, now = o.Store.Sequence(), time.Now()
		s, err = k.from.Fetch(ctx, req)
	}
	if err != nil || s.Stream != nil {
		return s, err
	}
	examined, err := o.Examine(s, req)
	if err != nil {
		s.Close()
		return nil, err
	}
	said := newRecord(examined, now, began).said
	examined.Kept = origin.Kept{ID: id, Storable: !keepsNothing && isStorable(examined, said), Tags: o.tags(examined.Header)}
	if !keepsNothing { // else what is kept for others stays
		k.record(id, by, req, examined, now, began)
	}
	return examined, nil
}

// refreshed is the original that an origin has said is unchanged, with what it said now of
// it. It is false if the record has gone, or is of another version.
func (k recorder) refreshed(ctx context.Context, id ID, by Binding, req origin.Request, s *origin.Source, began uint64, now time.Time) (*origin.Source, bool) {
	store := k.o.Store
	about := Subject{Ref: req.Ref}
	id, old := k.o.known(ctx, id, about, by)
	if old == nil || old.source == nil || old.source.Known() != req.Known || !k.confirms(s, old.source) {
		return nil, false
	}
	fresh := *old.source
	if s.Header != nil { // RFC 9111 section 3.2
		fresh.Header = old.source.Header.Clone()
		if fresh.Header == nil {
			fresh.Header = make(http.Header)
		}
		for name, values := range s.Header {
			if !isOfContent(name) {
				fresh.Header[name] = values
			}
		}
		if s.CacheControl != "" {
			fresh.CacheControl = s.CacheControl
		}
	}
	if slices.Contains(directivesOf(s.Header), "no-transform") {
		return nil, false
	}
	fresh.Header = dated(fresh.Header, s.Header, now)
	r := newRecord(&fresh, now, began)
	fresh.Kept = origin.Kept{ID: id, Storable: isStorable(&fresh, r.said), Validated: now, Tags: k.o.tags(fresh.Header)}
	if !fresh.Kept.Storable {
		store.forget(id)
		return nil, false
	}
	r.about, r.by = about, k.o.number
	// What is asked about by each request is not written anew each time.
	store.keep(id, r, nil, k.o.Bind == nil && k.o.Freshness.lifetimeOf(r.said, fresh.ForRequest).fresh > 0)
	answer := fresh
	answer.Unchanged, answer.Kept.Validated = true, time.Time{}
	return &answer, true
}

// confirms reports whether what an origin has said is unchanged is the version that is
// known (RFC 9111 section 4.3.4). An older image is "not modified" since a newer one: one
// user's since another's.
func (k recorder) confirms(said, known *origin.Source) bool {
	isBound := k.o.Bind != nil
	if isBound && len(said.Vary) > 0 && !slices.Equal(said.Vary, known.Vary) {
		return false
	}
	switch asked := known.Known(); {
	case asked.ETag != "":
		return said.ETag == "" || strings.TrimPrefix(said.ETag, "W/") == strings.TrimPrefix(asked.ETag, "W/")
	case asked.LastModified != "":
		return said.LastModified.IsZero() && !isBound || said.LastModified.Equal(known.LastModified)
	}
	return true // by its Stamp
}

// record keeps the record of an original.
func (k recorder) record(id ID, by Binding, req origin.Request, s *origin.Source, now time.Time, began uint64) {
	store := k.o.Store
	about := Subject{Ref: req.Ref}
	if k.o.Bind != nil && len(s.Vary) > 0 {
		s.Kept.ID = varied(id, s.Vary, by.Header)
	}
	if !s.Kept.Storable || k.o.Bind != nil && s.Facts.Format == "" {
		// Handlers behind this one get what is no image through to the client, and must
		// be asked for it each time.
		store.forget(id)
		store.forget(s.Kept.ID)
		return
	}
	if s.Kept.ID != id {
		store.records.Set(id, &record{vary: s.Vary, sequence: began, validated: now, about: about, by: k.o.number})
	}
	kept := *s.Shared()
	kept.Body, kept.Kept.Validated = nil, now
	kept.Header = dated(s.Header, s.Header, now)
	kept.Header.Del("Set-Cookie")
	r := newRecord(&kept, now, began)
	r.about, r.by = about, k.o.number
	var body []byte
	if store.originals != nil && k.o.Bind == nil && k.o.Stamp == nil {
		*s = *s.Shared() // the bytes are the cache's as well
		body = s.Body
	}
	store.keep(ID(s.Kept.ID), r, body, k.o.Bind == nil)
}

// dated is a header with the time when it was received, from which ages are counted, if
// the origin said none.
func dated(header, received http.Header, now time.Time) http.Header {
	header = header.Clone()
	if header == nil {
		header = make(http.Header)
	}
	if _, err := http.ParseTime(received.Get("Date")); err != nil {
		header.Set("Date", now.UTC().Format(http.TimeFormat))
	}
	return header
}

// isOfContent reports whether a field of a 304 is about a body that it does not have.
func isOfContent(name string) bool {
	return strings.HasPrefix(name, "Content-") || name == "Transfer-Encoding" || name == "Connection" || name == "Set-Cookie"
}

func directivesOf(header http.Header) []string {
	directives := strings.FieldsFunc(strings.ToLower(strings.Join(header.Values("Cache-Control"), ",")), func(r rune) bool { return r == ',' || r == ' ' })
	return directives
}

// maxTags bounds the tags of an original.
const maxTags = 100

// tags are the names in the origin's response that an original can be purged by.
func (o *Origin) tags(header http.Header) []string {
	names := []string{o.TagHeader}
	if o.TagHeader == "" {
		names = []string{"Cache-Tag", "Surrogate-Key"}
	}
	var tags []string
	for _, name := range names {
		for _, line := range header.Values(name) {
			tags = append(tags, strings.FieldsFunc(line, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })...)
		}
	}
	return tags[:min(len(tags), maxTags)]
}
