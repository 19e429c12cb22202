package images

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	"go.uber.org/zap"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
)

// shortly is the Cache-Control of a default image: the original may be there soon.
const shortly = "public, max-age=60"

// fetchDefault asks the origins for the default image of an original that is not
// there. missing is the failure that said so; it stays the failure where there is
// no default image either.
func (h *Handler) fetchDefault(ctx context.Context, w http.ResponseWriter, r *http.Request, nextHandler caddyhttp.Handler, asked transform.Request, missing error) (*origin.Source, error) {
	ref := asked.Plan.Default
	switch {
	case errors.From(missing).Kind != errors.NotFound || asked.Plan.IsZero():
		return nil, missing
	case ref == origin.Ref{}:
		ref = h.defaultImage
	case h.checkReach(ctx, r, asked, ref) != nil:
		return nil, missing
	}
	if ref == (origin.Ref{}) {
		return nil, missing
	}
	other := asked
	other.Ref = ref
	original, err := h.fetch(ctx, w, r, nextHandler, other)
	if err == nil || isAnswered(err) {
		return original, err
	}
	if c := h.logger.Check(zap.DebugLevel, "The default image cannot be had"); c != nil {
		c.Write(zap.String("default_image", ref.Path), zap.Error(err))
	}
	return nil, missing
}

// standIn makes the answer one with a default image.
func (a *answer) standIn() {
	a.link = ""
	forbids := func(name string) bool { return name == "no-store" || name == "no-cache" || name == "private" }
	if !slices.ContainsFunc(directives(a.cacheControl), forbids) {
		a.cacheControl = shortly
	}
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
