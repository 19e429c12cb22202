package images

import (
	"net"
	"net/http"
	"strconv"
	"sync/atomic"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
)

// sites counts handlers, so that each has a name of its own.
var sites atomic.Int64

func newSite() string { return strconv.FormatInt(sites.Add(1), 10) }

// sourceOf says where the original is from that a request names. Of what stands in for
// it only the site is known.
func (h *Handler) sourceOf(asked transform.Request, standsIn bool) render.Source {
	if standsIn {
		return render.Source{Site: h.site}
	}
	return render.Source{Site: h.site, Ref: asked.Ref}
}

// sentBy says who sent the original that came with a request.
func (h *Handler) sentBy(r *http.Request) render.Source {
	client, ok := caddyhttp.GetVar(r.Context(), caddyhttp.ClientIPVarKey).(string)
	if !ok || client == "" {
		client = r.RemoteAddr
		if host, _, err := net.SplitHostPort(client); err == nil {
			client = host
		}
	}
	return render.Source{Site: h.site, Ref: origin.Ref{Server: "client " + client}}
}
