package images

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/origin/web"
	"github.com/caddy-images/caddy-images/transform"
)

// provisionDynamic sets up what fetches whole URLs, where the dialect takes any:
// the origin that is configured for it, or else one with its defaults.
func (h *Handler) provisionDynamic(ctx caddy.Context, dynamic origin.Dynamic) error {
	if !h.language.TakesURLs() {
		return nil
	}
	if dynamic == nil {
		module, err := ctx.LoadModuleByID("http.images.origins.dynamic", nil)
		if err != nil {
			return fmt.Errorf("loading origin dynamic: %w", err)
		}
		dynamic = module.(origin.Dynamic)
	}
	h.dynamic = origin.Coalesce(counted(dynamic, dynamic.(caddy.Module)))
	h.dynamicListed = origin.Coalesce(counted(dynamic.Within(h.language.Lists), dynamic.(caddy.Module)))
	return nil
}

// originsOf are those that may have the original. Without a signature a redirect
// does not lead to a host that one would be needed for.
func (h *Handler) originsOf(asked transform.Request) origin.Origin {
	switch {
	case asked.Ref.Server == "":
		return h.origins
	case asked.Proof.Signed:
		return h.dynamic
	}
	return h.dynamicListed
}

// checkLoop refuses a whole URL that was fetched by a whole URL: one that names
// this server again and again would keep a connection for each time.
func checkLoop(r *http.Request, asked transform.Request) error {
	if asked.Ref.Server != "" && strings.Contains(strings.Join(r.Header.Values("CDN-Loop"), ","), web.LoopID) {
		return errors.New(errors.BadTransform, "The URL names one that leads to an image server again")
	}
	return nil
}
