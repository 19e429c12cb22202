package server

import (
	stderrors "errors"
	"time"

	"go.uber.org/zap"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/internal/httpcache"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/origin/next"
	"github.com/caddy-images/caddy-images/server/reroute"
)

// shortly bounds the freshness of a default image, and of what is made of a damaged
// original: the original, or a better one, may be there soon.
var shortly = httpcache.Policy{Public: true, MaxAge: httpcache.Seconds(60)}

// fetchDefault fetches the default image of an original that does not exist. missing is
// the failure that said so; it stays the failure if there is no default image either.
func (q *request) fetchDefault(missing error) error {
	if errors.From(missing).Kind != errors.NotFound || q.asked.Plan.IsZero() {
		return missing
	}
	ref, by := q.DefaultImage, &reroute.Arrival{Ctx: q.ctx, Request: q.r, Next: q.next}
	if own := q.asked.Plan.Default; own != (origin.Ref{}) {
		ctx, cancel := q.fetching(q.ctx)
		defer cancel()
		var err error
		if by, err = q.reach(ctx, own); err != nil {
			return missing
		}
		ref = own
	}
	if ref == (origin.Ref{}) {
		return missing
	}
	asked := q.asked
	asked.Ref = ref
	original, err := q.fetch(by, asked)
	switch {
	case isAnswered(err):
		return err
	case err != nil:
		if c := q.Log.Check(zap.DebugLevel, "The default image cannot be had"); c != nil {
			c.Write(zap.String("default_image", ref.Path), zap.Error(err))
		}
		return missing
	}
	q.original, q.missing = newFile(original, q.asked.Ref), missing
	return nil
}

// replaceMissing makes the response one with a default image, in place of an original
// that does not exist. If the handlers behind this one said so, the response depends on
// what they said, too: another client may have the original.
func (a *response) replaceMissing(missing error, now time.Time) {
	a.link, a.age = "", -1
	policies := []httpcache.Policy{shortly}
	if a.cacheControl != "" {
		policies = append(policies, httpcache.Parse(a.cacheControl))
	}
	if refusal, ok := stderrors.AsType[*next.Refusal](missing); ok {
		a.vary = append(a.vary, next.Vary(refusal.Header)...)
		if absence := policyOfHeader(refusal.Header, now); absence != (httpcache.Policy{}) {
			policies = append(policies, absence)
		}
	}
	a.cacheControl = httpcache.Strictest(policies...).String()
}
