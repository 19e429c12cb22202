package images

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/internal/held"
	"github.com/caddy-images/caddy-images/internal/metrics"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/origin/fs"
	"github.com/caddy-images/caddy-images/origin/next"
	"github.com/caddy-images/caddy-images/origin/s3"
	"github.com/caddy-images/caddy-images/origin/web"
	"github.com/caddy-images/caddy-images/server"
)

// provisionOrigins loads the configured origins.
func (h *Handler) provisionOrigins(ctx caddy.Context, l language) (from server.Origins, err error) {
	var goOn []errors.Kind
	for _, name := range h.GoOn {
		kind, err := parseGoOn(name)
		if err != nil {
			return from, err
		}
		goOn = append(goOn, kind)
	}
	var origins []origin.Origin
	var dynamic origin.Dynamic
	var modules []any
	if len(h.OriginsRaw) > 0 {
		loaded, err := ctx.LoadModule(h, "OriginsRaw")
		if err != nil {
			return from, fmt.Errorf("loading origins: %w", err)
		}
		modules = loaded.([]any)
		for _, module := range modules {
			if d, ok := module.(origin.Dynamic); ok {
				if dynamic != nil || !l.TakesURLs() {
					return from, errDynamic
				}
				dynamic = d
				continue
			}
			o, ok := module.(origin.Origin)
			if !ok {
				return from, fmt.Errorf("%T is not an origin", module)
			}
			origins = append(origins, h.kept(counted(o, module.(caddy.Module)), module))
		}
	}
	if len(origins) == 0 {
		origins = []origin.Origin{h.kept(counted(next.Origin{}, next.Origin{}), next.Origin{})}
	}
	if from.Signed, from.Listed, err = h.wholeURLs(ctx, l, dynamic); err != nil {
		return from, err
	}
	if from.Buckets, err = h.otherBuckets(modules); err != nil {
		return from, err
	}
	from.AsksNext = slices.ContainsFunc(origins, isRequestBound)
	from.OnlyNext = from.AsksNext && len(origins) == 1
	from.Site = origin.Chain{Origins: origins, GoOn: goOn}
	return from, nil
}

func isRequestBound(o origin.Origin) bool {
	_, bound := o.(origin.RequestBound)
	return bound
}

// wholeURLs returns the origins of whole URLs with and without a signature,
// if the dialect takes such URLs: the configured one, or one with defaults.
func (h *Handler) wholeURLs(ctx caddy.Context, l language, configured origin.Dynamic) (signed, listed origin.Origin, err error) {
	if !l.TakesURLs() {
		return closed{}, closed{}, nil
	}
	if configured == nil {
		module, err := ctx.LoadModuleByID("http.images.origins.dynamic", nil)
		if err != nil {
			return nil, nil, fmt.Errorf("loading origin dynamic: %w", err)
		}
		configured = module.(origin.Dynamic)
	}
	module := configured.(caddy.Module)
	return h.kept(counted(configured, module), module, "signed"), h.kept(counted(configured.Within(l.Lists), module), module, "listed", identity(h.Dialect)), nil
}

// otherBuckets returns the first origin that can fetch from other buckets
// than its own, for buckets that URLs name.
func (h *Handler) otherBuckets(modules []any) (origin.Origin, error) {
	at := slices.IndexFunc(modules, func(module any) bool {
		_, ok := module.(origin.Buckets)
		return ok
	})
	if at >= 0 {
		return h.kept(counted(modules[at].(origin.Buckets).OtherBuckets(), modules[at].(caddy.Module)), modules[at], "other buckets"), nil
	}
	if c := h.Dialect.Imagizer; c != nil && len(c.BucketsAllowed) > 0 {
		return nil, errBuckets
	}
	return closed{}, nil
}

// closed is the origin for URLs that may not be fetched.
type closed struct{}

// Fetch implements origin.Origin.
func (closed) Fetch(context.Context, origin.Request) (*origin.Source, error) {
	return nil, errors.New(errors.Unauthorized, "The URL names an origin that this server does not fetch from")
}

// counted returns the origin with its fetches counted under the module's
// name. Bodies of a module that may keep them stay on the heap.
func counted(o origin.Origin, module caddy.Module) origin.Origin {
	if !keepsNothing(module) {
		o = onHeap(o)
	}
	return metrics.Process.Origin(o, module.CaddyModule().ID.Name())
}

// keepsNothing reports whether the module is one of ours, which never keep a
// Source. A third-party module might, and the memory of a large body goes when the last
// request has closed it.
func keepsNothing(module any) bool {
	switch module.(type) {
	case *fs.Origin, *s3.Origin, *web.Origin, *web.Dynamic, next.Origin, *next.Origin:
		return true
	}
	return false
}

// onHeap returns an origin whose bodies are on the heap.
func onHeap(o origin.Origin) origin.Origin {
	if isRequestBound(o) {
		return heapBound{heap{o}}
	}
	return heap{o}
}

type heap struct{ origin.Origin }

// Fetch implements origin.Origin.
func (h heap) Fetch(ctx context.Context, req origin.Request) (*origin.Source, error) {
	held.MeterOf(ctx).StayOnHeap()
	return h.Origin.Fetch(ctx, req)
}

type heapBound struct{ heap }

// RequestBound implements origin.RequestBound.
func (heapBound) RequestBound() {}

// originTypes returns the types of the configured origins, in order, except
// those that fetch whole URLs only.
func (h *Handler) originTypes() []string {
	var types []string
	for _, raw := range h.OriginsRaw {
		var o struct {
			Type string `json:"type"`
		}
		if err := json.Unmarshal(raw, &o); err == nil && o.Type != "dynamic" { // anything but an object is refused when it is loaded
			types = append(types, o.Type)
		}
	}
	if types == nil {
		return []string{"next"}
	}
	return types
}
