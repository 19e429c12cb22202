// Package images is a Caddy HTTP handler that turns a site into an image
// server: it fetches an original, renders the variant that the URL asks for,
// and sends it. It understands the URLs of two commercial image CDNs.
//
// The package has what Caddy sees: modules, their options and their
// Caddyfile. Package server has the HTTP part.
package images

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/httpcaddyfile"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/caddy-images/caddy-images/internal/engines"
	"github.com/caddy-images/caddy-images/internal/metrics"
	"github.com/caddy-images/caddy-images/server"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
)

func init() {
	caddy.RegisterModule(Handler{})
	httpcaddyfile.RegisterHandlerDirective("images", parseCaddyfile)
	// After authentication, rewrites and encode; before all handlers that
	// respond.
	httpcaddyfile.RegisterDirectiveOrder("images", httpcaddyfile.Before, "invoke")
}

// CaddyModule returns the Caddy module information.
func (Handler) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  "http.handlers.images",
		New: func() caddy.Module { return new(Handler) },
	}
}

// ServeHTTP implements caddyhttp.MiddlewareHandler. See server.Server.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request, next caddyhttp.Handler) error {
	return h.server.ServeHTTP(w, r, next)
}

// Provision implements caddy.Provisioner. It dials nothing and starts nothing.
func (h *Handler) Provision(ctx caddy.Context) error {
	h.setDefaults()
	// Caddy validates only after provisioning, and the rest of Provision
	// needs valid options.
	if err := h.Validate(); err != nil {
		return err
	}
	if err := h.findFonts(); err != nil {
		return err
	}
	settings := engines.Settings{Isolation: h.Isolation, Workers: h.Workers, Memory: h.Memory, Fonts: h.Fonts}
	lease, err := engines.Acquire(engines.QueueSettings{Settings: settings, Size: h.QueueSize}, metrics.Process)
	if err != nil {
		return err
	}
	h.lease = lease
	config, err := h.serverConfig(ctx)
	if err != nil {
		return err
	}
	config.Engine, config.Memory = h.lease, h.lease.Memory()
	h.server = server.New(config)
	if len(ctx.Modules()) > 0 { // otherwise the first request starts the engine
		app, err := ctx.App("images")
		if err != nil {
			return fmt.Errorf("loading the app of the images handlers: %w", err)
		}
		app.(*App).add(h.lease, h.store)
	}
	handlers.add(h)
	return nil
}

// Cleanup implements caddy.CleanerUpper.
func (h *Handler) Cleanup() error {
	handlers.remove(h)
	if h.storeKey != nil {
		if _, err := stores.Delete(*h.storeKey); err != nil {
			return errors.Join(err, h.lease.Release())
		}
	}
	return h.lease.Release()
}

// serverConfig returns the configuration of the server, except for its
// engine.
func (h *Handler) serverConfig(ctx caddy.Context) (c server.Config, err error) {
	c = server.Config{
		Dialect: h.Dialect.forServer(h.OriginFailures),
		Site:    strconv.FormatInt(sites.Add(1), 10),

		Limits:        transform.Limits{MaxPixels: h.MaxPixels, MaxFrames: h.MaxFrames, MaxDimension: h.MaxDimension, MaxPDFSize: h.MaxPDFSize},
		MaxSourceSize: h.MaxSourceSize,
		MaxSVGSize:    h.MaxSVGSize,
		MaxFileSize:   h.MaxFileSize,

		FetchTimeout:   time.Duration(h.FetchTimeout),
		RenderTimeout:  time.Duration(h.RenderTimeout),
		QueueTimeout:   time.Duration(h.QueueTimeout),
		BackendTimeout: time.Duration(h.BackendTimeout),
		ConnectTimeout: time.Duration(h.BackendConnectTimeout),
		MaxCost:        time.Duration(h.MaxCost),

		Quality: render.Quality(*h.Quality),
		Keeps: transform.Output{
			Metadata:  h.Metadata == keepAll,
			Copyright: h.Metadata == keepCopyright,
			Profile:   h.ColorProfile == keepAll,
			NoProfile: h.ColorProfile == keepNothing,
		},
		SaveData: h.SaveData,
		Sizes:    h.Sizes.ready(),

		ShowsOriginals:  *h.AllowOriginalImageRequest,
		OptimizesPlain:  h.Dialect.optimizes(h.originTypes()),
		AllowsAnimation: *h.AllowAnimatedGIFs,
		DeliversDamaged: h.Damaged == damagedDeliver,

		CacheControl: h.CacheControl,
		ForwardQuery: h.forwardQuery(),
		CacheTag:     server.CacheTag{Header: h.CacheTag},
		Log:          ctx.Logger(),
		Metrics:      metrics.Process,
	}
	for _, name := range h.Formats {
		f, _ := transform.ParseFormat(name)
		c.Formats = append(c.Formats, f)
	}
	if d := h.DeviceSize; d != nil {
		c.DeviceSize = server.DeviceSize{Desktop: transform.Size(d.Desktop), Mobile: transform.Size(d.Mobile)}
	}
	language, err := h.Dialect.provision(h.originTypes())
	if err != nil {
		return c, err
	}
	c.Language = language
	if h.Dialect.Imagizer != nil {
		if c.Post, err = h.Dialect.Imagizer.Post.provision(caddy.NewReplacer(), h.MaxSourceSize); err != nil {
			return c, err
		}
	}
	if c.ResponseHeaders, err = parseAdded(h.AddResponseHeaders); err != nil {
		return c, err
	}
	if c.Canonical, err = parseCanonical(h.Canonical); err != nil {
		return c, err
	}
	if c.DefaultImage, err = parseDefaultImage(h.DefaultImage); err != nil {
		return c, err
	}
	if h.store, err = h.provisionCache(ctx); err != nil {
		return c, err
	}
	c.Cache = h.store
	c.Origins, err = h.provisionOrigins(ctx, language)
	return c, err
}

// sites counts servers, to give each a unique name.
var sites atomic.Int64

// Interface guards
var (
	_ caddy.Provisioner           = (*Handler)(nil)
	_ caddy.Validator             = (*Handler)(nil)
	_ caddy.CleanerUpper          = (*Handler)(nil)
	_ caddyhttp.MiddlewareHandler = (*Handler)(nil)
)
