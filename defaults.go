package images

import (
	"runtime"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-images/caddy-images/internal/engines"
	"github.com/caddy-images/caddy-images/transform"
)

const (
	defaultMaxSourceSize = 40 << 20
	defaultMaxSVGSize    = 1 << 20
	defaultMaxFileSize   = 10 << 30
)

// setDefaults fills in the options that are not set.
func (h *Handler) setDefaults() {
	if h.Dialect == nil {
		h.Dialect = new(Dialect)
	}
	if h.Quality == nil {
		h.Quality = new(Quality)
	}
	orDefault(&h.MaxSourceSize, defaultMaxSourceSize)
	orDefault(&h.MaxSVGSize, defaultMaxSVGSize)
	orDefault(&h.MaxFileSize, defaultMaxFileSize)
	orDefault(&h.MaxPDFSize, transform.DefaultMaxPDFSize)
	orDefault(&h.MaxPixels, transform.DefaultMaxPixels)
	orDefault(&h.MaxFrames, transform.DefaultMaxFrames)
	orDefault(&h.MaxDimension, transform.DefaultMaxDimension)
	orDefault(&h.Isolation, engines.DefaultIsolation())
	orDefault(&h.Damaged, damagedRefuse)
	orDefault(&h.Workers, runtime.GOMAXPROCS(0))
	orDefault(&h.Memory, engines.DefaultMemory())
	orDefault(&h.QueueSize, 512)
	orDefault(&h.FetchTimeout, caddy.Duration(30*time.Second))
	orDefault(&h.RenderTimeout, caddy.Duration(30*time.Second))
	orDefault(&h.MaxCost, caddy.Duration(20*time.Second))
	orDefault(&h.QueueTimeout, caddy.Duration(10*time.Second))
	orDefault(&h.AllowOriginalImageRequest, new(true))
	d := h.Dialect.defaults()
	orDefault(&h.AllowAnimatedGIFs, &d.animations)
	orDefault(&h.BackendTimeout, caddy.Duration(d.backendTimeout))
	orDefault(&h.BackendConnectTimeout, caddy.Duration(d.backendConnectTimeout))
	orDefault(&h.Quality.JPEG, d.quality.JPEG)
	orDefault(&h.Quality.WebP, d.quality.WebP)
	orDefault(&h.Quality.AVIF, d.quality.AVIF)
	if h.Cache == nil {
		h.Cache = new(Cache)
	}
	h.Cache.setDefaults()
	if len(h.Formats) == 0 {
		h.Formats = []string{transform.WebP.String()}
	}
}

func orDefault[T comparable](v *T, usual T) {
	if *v == *new(T) {
		*v = usual
	}
}
