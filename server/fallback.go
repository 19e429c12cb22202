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

// shortly limits the freshness of a default image and of a variant of a
// damaged original: a better original may be there soon.
var shortly = httpcache.Policy{Public: true, MaxAge: httpcache.Seconds(60)}

// fetchDefault fetches the default image in place of a missing original.
// missing is the original's failure, which is kept if there is no default
// image either.
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
		if c := q.Log.Check(zap.DebugLevel, "The default image cannot be fetched"); c != nil {
			c.Write(zap.String("default_image", ref.Path), zap.Error(err))
		}
		return missing
	}
	q.original.close()
	q.original, q.missing = newFile(original, q.asked.Ref), missing
	return nil
}

// replaceMissing adapts the response to a default image in place of the
// original. If the handlers behind this one lack the original, the response
// varies by their headers too: another client may get the original.
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
