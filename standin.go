package images

import (
	"context"
	stderrors "errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	"go.uber.org/zap"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/internal/httpcache"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/origin/next"
	"github.com/caddy-images/caddy-images/transform"
)

// shortly is how long a default image, and what is made of a damaged original, is fresh
// at most: the original, or a better one, may be there soon.
var shortly = httpcache.Policy{Public: true, MaxAge: httpcache.Seconds(60)}

// fetchDefault asks the origins for the default image of an original that is not
// there. missing is the failure that said so; it stays the failure where there is
// no default image either.
func (h *Handler) fetchDefault(ctx context.Context, w http.ResponseWriter, r *http.Request, nextHandler caddyhttp.Handler, asked transform.Request, missing error) (*origin.Source, error) {
	if errors.From(missing).Kind != errors.NotFound || asked.Plan.IsZero() {
		return nil, missing
	}
	ref, by := h.defaultImage, &arrival{ctx, r, nextHandler}
	if own := asked.Plan.Default; own != (origin.Ref{}) {
		ctx, cancel := h.fetching(ctx)
		defer cancel()
		var err error
		if by, err = h.reach(ctx, r, nextHandler, asked, own); err != nil {
			return nil, missing
		}
		ref = own
	}
	if ref == (origin.Ref{}) {
		return nil, missing
	}
	other := asked
	other.Ref = ref
	original, err := h.fetch(by.ctx, w, by.r, by.next, other)
	if err == nil || isAnswered(err) {
		return original, err
	}
	if c := h.logger.Check(zap.DebugLevel, "The default image cannot be had"); c != nil {
		c.Write(zap.String("default_image", ref.Path), zap.Error(err))
	}
	return nil, missing
}

// standIn makes the answer one with a default image, in place of an original that
// missing says is not there. Where the handlers behind this one said so, the answer
// depends on what they said, too: another client may have the original.
func (a *answer) standIn(missing error, now time.Time) {
	a.link = ""
	policies := []httpcache.Policy{shortly}
	if a.cacheControl != "" {
		policies = append(policies, httpcache.Parse(a.cacheControl))
	}
	if refusal, ok := stderrors.AsType[*next.Refusal](missing); ok {
		a.vary = append(a.vary, next.Vary(refusal.Header)...)
		absence := policyOf(&origin.Source{
			CacheControl: strings.Join(refusal.Header.Values("Cache-Control"), ", "),
			Header:       refusal.Header,
			ForRequest:   true,
		}, true, now)
		if absence != (httpcache.Policy{}) {
			policies = append(policies, absence)
		}
	}
	a.cacheControl = httpcache.Strictest(policies...).String()
}

// parseDefaultImage reads the path of a default image, not escaped; an empty one
// is none.
func parseDefaultImage(path string) (origin.Ref, error) {
	ref, err := origin.ParseRef((&url.URL{Path: path}).EscapedPath(), "")
	if err != nil {
		return origin.Ref{}, fmt.Errorf("default_image is %q; it takes the path of a file, such as /default.jpg", path)
	}
	return ref, nil
}
