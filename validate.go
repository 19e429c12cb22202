package images

import (
	"cmp"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/caddyserver/caddy/v2"
	"golang.org/x/net/http/httpguts"

	"github.com/caddy-images/caddy-images/internal/engines"
	"github.com/caddy-images/caddy-images/transform"
)

// Values of the options metadata and color_profile.
const (
	keepNothing   = "strip"
	keepCopyright = "copyright"
	keepAll       = "keep"
)

// Values of the option damaged.
const (
	damagedRefuse  = "refuse"
	damagedDeliver = "deliver"
)

// Validate implements caddy.Validator. It refuses invalid options and changes
// nothing.
func (h *Handler) Validate() error {
	if err := checkForwardQuery(h.ForwardQuery); err != nil {
		return err
	}
	if err := h.Sizes.check(); err != nil {
		return err
	}
	if h.CacheTag != "" && !isTagHeader(h.CacheTag) {
		return fmt.Errorf("cache_tag is %q; it takes the name of a header that caches read tags from, such as Cache-Tag, Surrogate-Key or X-Cache-Tags", h.CacheTag)
	}
	for _, o := range []struct {
		name  string
		value int64
		most  int64
	}{
		{"max_source_size", h.MaxSourceSize, 1 << 30},
		{"max_svg_size", h.MaxSVGSize, 1 << 30},
		{"max_file_size", h.MaxFileSize, 1 << 50},
		{"max_pdf_size", h.MaxPDFSize, 1 << 30},
		{"max_pixels", h.MaxPixels, 10_000_000_000},
		{"max_frames", int64(h.MaxFrames), 100_000},
		{"max_dimension", int64(h.MaxDimension), 65535},
		{"workers", int64(h.Workers), 1024},
		{"queue_size", int64(h.QueueSize), 1_000_000},
		{"fetch_timeout", int64(h.FetchTimeout), int64(time.Hour)},
		{"render_timeout", int64(h.RenderTimeout), int64(time.Hour)},
		{"queue_timeout", int64(h.QueueTimeout), int64(time.Hour)},
		{"backend_timeout", int64(h.BackendTimeout), int64(time.Hour)},
		{"backend_connect_timeout", int64(h.BackendConnectTimeout), int64(time.Hour)},
		{"quality of jpeg", int64(h.Quality.JPEG), 100},
		{"quality of webp", int64(h.Quality.WebP), 100},
		{"quality of avif", int64(h.Quality.AVIF), 100},
	} {
		if isUnset := o.value == 0 && strings.HasPrefix(o.name, "backend_"); isUnset {
			continue
		}
		if o.value < 1 || o.value > o.most {
			least, most := any(1), any(o.most)
			value := any(o.value)
			if strings.HasSuffix(o.name, "_timeout") {
				least, most, value = time.Duration(1), time.Duration(o.most), time.Duration(o.value)
			}
			return fmt.Errorf("%s is %v; it takes %v to %v", o.name, value, least, most)
		}
	}
	if most := caddy.Duration(time.Hour); h.MaxCost > most {
		return fmt.Errorf("max_cost is %v; it takes at most %v", time.Duration(h.MaxCost), time.Duration(most))
	}
	if err := h.Cache.validate(); err != nil {
		return err
	}
	switch {
	case h.OriginFailures == 0:
	case h.Dialect.Imagizer != nil:
		return fmt.Errorf("origin_failures is for ImageKit's dialect; Imagizer's has its own statuses")
	case h.OriginFailures != http.StatusNotFound && h.OriginFailures != http.StatusBadGateway:
		return fmt.Errorf("origin_failures is %d; it takes 404 or 502", h.OriginFailures)
	}
	if h.Memory < engines.LeastMemory || h.Memory > engines.MostMemory {
		return fmt.Errorf("memory is %d; it takes %d (32 MiB) to %d", h.Memory, int64(engines.LeastMemory), int64(engines.MostMemory))
	}
	if !slices.Contains([]string{engines.Off, engines.Processes, engines.Strict}, h.Isolation) {
		return fmt.Errorf("isolation is %q; it takes off, processes and strict", h.Isolation)
	}
	if !slices.Contains([]string{damagedRefuse, damagedDeliver}, h.Damaged) {
		return fmt.Errorf("damaged is %q; it takes refuse and deliver", h.Damaged)
	}
	if err := h.checkFonts(); err != nil {
		return err
	}
	if !slices.Contains([]string{"", keepNothing, keepCopyright, keepAll}, h.Metadata) {
		return fmt.Errorf("metadata is %q; it takes strip, copyright and keep", h.Metadata)
	}
	if !slices.Contains([]string{"", keepNothing, keepAll}, h.ColorProfile) {
		return fmt.Errorf("color_profile is %q; it takes strip and keep", h.ColorProfile)
	}
	for i, name := range h.Formats {
		if f, ok := transform.ParseFormat(name); !ok || f != transform.AVIF && f != transform.WebP {
			return fmt.Errorf("formats has %q; it takes avif and webp", name)
		}
		if slices.Contains(h.Formats[:i], name) {
			return fmt.Errorf("formats has %q twice", name)
		}
	}
	if h.DeviceSize != nil {
		if err := cmp.Or(h.DeviceSize.Desktop.check("desktop"), h.DeviceSize.Mobile.check("mobile")); err != nil {
			return err
		}
	}
	return checkCacheControl(h.CacheControl)
}

// checkFonts checks the path of the fonts directory. Workers can read
// everything below it.
func (h *Handler) checkFonts() error {
	if h.Fonts == "" {
		return nil
	}
	if clean := filepath.Clean(h.Fonts); !filepath.IsAbs(clean) || clean == filepath.Dir(clean) {
		return fmt.Errorf("fonts is %q; it takes the absolute path of a directory with fonts, below the root directory", h.Fonts)
	}
	if h.Isolation == engines.Off {
		return fmt.Errorf("fonts needs worker processes, and isolation is off")
	}
	return nil
}

// findFonts checks that the directory can be read.
func (h *Handler) findFonts() error {
	if h.Fonts == "" {
		return nil
	}
	if info, err := os.Stat(h.Fonts); err != nil || !info.IsDir() {
		return fmt.Errorf("fonts is %q, which is not a readable directory", h.Fonts)
	}
	return nil
}

// isTagHeader reports whether a header may have cache tags: its name says so, and no other
// header is overwritten.
func isTagHeader(name string) bool {
	lower := strings.ToLower(name)
	return httpguts.ValidHeaderFieldName(name) && (strings.Contains(lower, "tag") || strings.HasSuffix(lower, "-key") || strings.HasSuffix(lower, "-keys")) && lower != "etag"
}

// checkCacheControl refuses a value that caches would not understand.
func checkCacheControl(value string) error {
	if value == "" || value == "origin" {
		return nil
	}
	for d := range strings.SplitSeq(value, ",") {
		name, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(d)), "=")
		if name == "" || strings.ContainsFunc(name, func(r rune) bool { return (r < 'a' || r > 'z') && r != '-' }) {
			return fmt.Errorf("cache_control is %q; it takes `origin` or a value such as \"public, max-age=3600\"", value)
		}
	}
	return nil
}

func (d Dimensions) check(name string) error {
	if d != (Dimensions{}) && (d.Width < 1 || d.Width > 65535 || d.Height < 1 || d.Height > 65535) {
		return fmt.Errorf("device_size of %s is %dx%d; it takes 1x1 to 65535x65535", name, d.Width, d.Height)
	}
	return nil
}
