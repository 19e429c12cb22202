package images

import (
	"fmt"
	"slices"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/origin/fs"
	"github.com/caddy-images/caddy-images/origin/next"
	"github.com/caddy-images/caddy-images/origin/s3"
	"github.com/caddy-images/caddy-images/origin/web"
)

// givesAway tells whether a module is of the origins that come with the handler: they
// keep nothing of a Source. What others keep nobody knows, and whoever forgot would
// show one client's picture to another, so the memory of theirs is not used again.
func givesAway(module any) bool {
	switch module.(type) {
	case *fs.Origin, *s3.Origin, *web.Origin, *web.Dynamic, next.Origin, *next.Origin:
		return true
	}
	return false
}

// provisionOrigins loads the origins that are configured.
func (h *Handler) provisionOrigins(ctx caddy.Context) error {
	var goOn []errors.Kind
	for _, name := range h.GoOn {
		kind, err := parseGoOn(name)
		if err != nil {
			return err
		}
		goOn = append(goOn, kind)
	}
	var origins []origin.Origin
	var dynamic origin.Dynamic
	var modules []any
	if len(h.OriginsRaw) > 0 {
		loaded, err := ctx.LoadModule(h, "OriginsRaw")
		if err != nil {
			return fmt.Errorf("loading origins: %w", err)
		}
		modules = loaded.([]any)
		for _, module := range modules {
			if d, ok := module.(origin.Dynamic); ok {
				if dynamic != nil || !h.language.TakesURLs() {
					return errDynamic
				}
				dynamic = d
				continue
			}
			o, ok := module.(origin.Origin)
			if !ok {
				return fmt.Errorf("%T is no origin", module)
			}
			origins = append(origins, origin.Coalesce(counted(o, module.(caddy.Module))))
		}
	}
	if len(origins) == 0 {
		origins = []origin.Origin{counted(next.Origin{}, next.Origin{})}
	}
	if err := h.provisionDynamic(ctx, dynamic); err != nil {
		return err
	}
	if err := h.provisionBuckets(modules); err != nil {
		return err
	}
	_, h.transformsNext = origins[0].(origin.RequestBound)
	h.transformsNext = h.transformsNext && len(origins) == 1
	h.asksNext = slices.ContainsFunc(origins, func(o origin.Origin) bool {
		_, bound := o.(origin.RequestBound)
		return bound
	})
	h.origins = origin.Chain{Origins: origins, GoOn: goOn}
	return nil
}
