package cache

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/caddy-images/caddy-images/internal/held"
	"github.com/caddy-images/caddy-images/origin"
)

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
	if err != nil {
		return nil, err
	}
	examined, err := o.Examine(ctx, s, req)
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

// boundRecorder is a recorder of a RequestBound origin.
type boundRecorder struct{ recorder }

// RequestBound implements origin.RequestBound.
func (boundRecorder) RequestBound() {}

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
	kept := *s.Uncounted()
	kept.Body, kept.Stream, kept.Kept.Validated = nil, nil, now
	kept.Header = dated(s.Header, s.Header, now)
	kept.Header.Del("Set-Cookie")
	r := newRecord(&kept, now, began)
	r.about, r.by = about, k.o.number
	var body []byte
	if k.o.keepsBytes() && !req.Stream.Wanted {
		body = held.OnHeap(s.Body)
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
