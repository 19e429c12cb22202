package images

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/origin/web"
	"github.com/caddy-images/caddy-images/transform"
)

// dynamic is where files come from whose Ref names a server. Which those may be, is
// the dialect's matter.
type dynamic struct {
	web     origin.Origin // fetches whole URLs
	listed  origin.Origin // the same, for requests without a signature
	buckets origin.Origin // fetches from buckets of S3
}

// provisionDynamic sets up what fetches whole URLs, where the dialect takes any:
// the origin that is configured for it, or else one with its defaults.
func (h *Handler) provisionDynamic(ctx caddy.Context, configured origin.Dynamic) error {
	h.dynamic.web, h.dynamic.listed = closed{}, closed{}
	if !h.language.TakesURLs() {
		return nil
	}
	if configured == nil {
		module, err := ctx.LoadModuleByID("http.images.origins.dynamic", nil)
		if err != nil {
			return fmt.Errorf("loading origin dynamic: %w", err)
		}
		configured = module.(origin.Dynamic)
	}
	module := configured.(caddy.Module)
	h.dynamic.web = origin.Coalesce(counted(configured, module))
	h.dynamic.listed = origin.Coalesce(counted(configured.Within(h.language.Lists), module))
	return nil
}

// provisionBuckets takes the first origin that can fetch from other buckets than
// its own for those that URLs name.
func (h *Handler) provisionBuckets(modules []any) error {
	at := slices.IndexFunc(modules, func(module any) bool {
		_, ok := module.(origin.Buckets)
		return ok
	})
	if at >= 0 {
		h.dynamic.buckets = origin.Coalesce(counted(modules[at].(origin.Buckets).OtherBuckets(), modules[at].(caddy.Module)))
		return nil
	}
	h.dynamic.buckets = closed{}
	if c := h.Dialect.Imagizer; c != nil && len(c.BucketsAllowed) > 0 {
		return errBuckets
	}
	return nil
}

// originOf is where a file is fetched from. Without a signature a redirect does not
// lead to a host that one would be needed for.
func (h *Handler) originOf(ref origin.Ref, proof transform.Proof) origin.Origin {
	switch {
	case ref.Server == "":
		return h.origins
	case ref.Server == origin.DataServer:
		return inURL{}
	case strings.HasPrefix(ref.Server, origin.BucketServer):
		return h.dynamic.buckets
	case proof.Signed:
		return h.dynamic.web
	}
	return h.dynamic.listed
}

// checkLoop refuses a whole URL that was fetched by a whole URL: one that names
// this server again and again would keep a connection for each time.
func checkLoop(r *http.Request, asked transform.Request) error {
	if !strings.Contains(strings.Join(r.Header.Values("CDN-Loop"), ","), web.LoopID) {
		return nil
	}
	for _, ref := range append(asked.Plan.Refs(), asked.Ref) {
		if strings.HasPrefix(ref.Server, "http") {
			return errors.New(errors.BadTransform, "The URL names one that leads to an image server again")
		}
	}
	return nil
}

// inURL is the origin of files that are in the URL itself.
type inURL struct{}

// Fetch implements origin.Origin.
func (inURL) Fetch(_ context.Context, req origin.Request) (*origin.Source, error) {
	body, mediaType, ok := req.Ref.Data()
	if !ok || !isImage(body) { // what it says it is, anybody may say
		return nil, errors.New(errors.BadTransform, "The data URL has no picture in it")
	}
	if int64(len(body)) > req.MaxBytes {
		return nil, origin.TooLong(req.MaxBytes)
	}
	return &origin.Source{Body: body, ContentType: mediaType}, nil
}

// closed is the origin of what this server fetches from nowhere.
type closed struct{}

// Fetch implements origin.Origin.
func (closed) Fetch(context.Context, origin.Request) (*origin.Source, error) {
	return nil, errors.New(errors.Unauthorized, "The URL names a place that this server fetches nothing from")
}
