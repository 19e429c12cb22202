package server

import (
	"encoding/binary"
	"fmt"
	"time"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	"go.uber.org/zap"

	"github.com/caddy-images/caddy-images/cache"
	"github.com/caddy-images/caddy-images/server/reroute"
)

// reducedFor is how long a variant is kept that was made with reduced effort. After that the
// next request has it made again.
const reducedFor = time.Minute

// beginCache notes what was purged before the request.
func (q *request) beginCache() {
	if q.Cache == nil || q.sent != nil {
		return
	}
	q.sequence = q.Cache.Sequence()
	q.purgedBefore = q.Cache.Required(cache.Subject{Path: reroute.Received(q.r)})
}

// sendKnown sends the response if it takes no more than what is remembered: the client has
// it already, or the cache has the variant.
func (q *request) sendKnown() (sent bool, err error) {
	plain := q.asked.Plan.IsZero()
	switch {
	case plain && q.hasBytes():
		return false, nil
	case q.sent == nil && q.response.isKnownTo(q.r):
		q.noteHit("")
		q.release()
		return true, q.send(nil)
	case plain || !q.isStorable():
		return false, nil
	}
	kept, tier, ok := q.Cache.Variant(q.ctx, q.cacheKey(), q.required())
	if !ok {
		return false, nil
	}
	defer kept.Body.Close()
	if kept.Reduced > 0 && time.Since(kept.Made).Abs() > reducedFor { // the clock may have been set
		return false, nil
	}
	q.noteHit(tier)
	q.release()
	return true, q.deliver(variant{contentType: kept.ContentType, width: kept.Width, reduced: kept.Reduced, damaged: kept.Damaged}, kept.Body)
}

// isStorable reports whether what the request asks for may be kept for others.
func (q *request) isStorable() bool {
	if q.Cache == nil || q.sent != nil {
		return false
	}
	for _, f := range q.files() {
		if f.Kept.ID == (cache.ID{}) || !f.Kept.Storable || f.Stream != nil {
			return false
		}
	}
	return true
}

// files returns the original and the files of layers.
func (q *request) files() []*file { return append([]*file{q.original}, q.layers...) }

// keep keeps a variant that was rendered.
func (q *request) keep(v variant) {
	if v.isOriginal || !q.isStorable() {
		return
	}
	kept := cache.Variant{ContentType: v.contentType, Width: v.width, Reduced: v.reduced, Damaged: v.damaged, Made: time.Now()}
	if q.Cache.Keep(q.cacheKey(), kept, v.body, q.sequence, q.required()) {
		q.response.cacheStatus += "; stored"
	}
}

// cacheKey returns the key of the variant: that of its entity tag, and what
// else must be equal so that nothing is bypassed or mixed up. Files are told
// apart by what they are of, and not only by what their origins call their
// versions.
func (q *request) cacheKey() cache.Key {
	parts := q.key[:len(q.key):cap(q.key)]
	for _, f := range q.files() {
		parts = append(parts, f.Kept.ID[:], binary.BigEndian.AppendUint64(nil, f.Facts.Hash))
	}
	return cache.KeyOf(q.original.Kept.ID, append(parts, q.limitsKey)...)
}

// required returns the sequence of the latest purge of something that the
// response is made of.
func (q *request) required() uint64 {
	all := q.purgedBefore
	subject := cache.Subject{Path: reroute.Received(q.r), Ref: q.asked.Ref, Tags: q.original.Kept.Tags}
	all = max(all, q.Cache.Required(subject))
	refs := q.asked.Plan.Refs()
	for i, f := range q.layers {
		all = max(all, q.Cache.Required(cache.Subject{Ref: refs[i], Tags: f.Kept.Tags}))
	}
	return all
}

// noteHit says in the response and in the access log that the cache had it. tier is where
// the variant was; empty if none was needed.
func (q *request) noteHit(tier string) {
	if q.Cache == nil || q.sent != nil {
		return
	}
	ttl, asked, changed := cache.Forever, false, false
	for _, f := range q.files() {
		switch {
		case f.Kept.ID == (cache.ID{}):
		case f.Kept.Validated.IsZero():
			asked = true
			changed = changed || !f.Unchanged
		default:
			ttl = min(ttl, f.Kept.Fresh)
		}
	}
	status, log := "caddy-images; hit", "hit"
	switch {
	case changed:
		status, log = "caddy-images; fwd=miss; fwd-status=200", "revalidated"
	case asked:
		status, log = "caddy-images; fwd=stale; fwd-status=304", "revalidated"
	case ttl < 0:
		log = "stale"
	}
	if !asked && ttl != cache.Forever {
		status += fmt.Sprintf("; ttl=%d", int64(ttl.Round(time.Second)/time.Second))
	}
	if tier != "" {
		status += "; detail=" + tier
	}
	q.response.cacheStatus = status
	q.logCache(log)
}

// noteMiss says so of a response that was rendered or fetched.
func (q *request) noteMiss() {
	if q.Cache == nil || q.sent != nil {
		return
	}
	if q.asked.Plan.IsZero() && !q.original.Kept.Validated.IsZero() {
		q.noteHit("originals")
		return
	}
	result := "miss"
	if !q.isStorable() {
		result = "bypass"
	}
	q.response.cacheStatus = "caddy-images; fwd=" + result
	q.logCache(result)
}

// logCache adds the field to the line of the access log.
func (q *request) logCache(result string) {
	if fields, ok := q.r.Context().Value(caddyhttp.ExtraLogFieldsCtxKey).(*caddyhttp.ExtraLogFields); ok {
		fields.Set(zap.String("cache", result))
	}
}
