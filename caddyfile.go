package images

import (
	"slices"
	"strconv"
	"strings"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/caddyserver/caddy/v2/caddyconfig/httpcaddyfile"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	"github.com/dustin/go-humanize"

	"github.com/caddy-images/caddy-images/transform/imagekit"
)

func parseCaddyfile(helper httpcaddyfile.Helper) (caddyhttp.MiddlewareHandler, error) {
	h := new(Handler)
	return h, h.UnmarshalCaddyfile(helper.Dispenser)
}

// UnmarshalCaddyfile sets up the handler from Caddyfile tokens:
//
//	images [<matcher>] {
//		dialect         imagekit {
//			endpoint          <path>
//			private_key       <keys...>
//			require_signature off|remote|on
//			web_proxy         [<hosts...>]
//			named             <name> <transformation> [disabled]
//			restrict_unnamed
//		}
//		origin          <type> ... {
//			...
//		}
//		go_on           <failures...>
//		max_source_size <size>
//		max_svg_size    <size>
//		max_pixels      <count>
//		max_frames      <count>
//		max_dimension   <pixels>
//		isolation       off|processes|strict
//		workers         <count>
//		memory          <size>
//		queue_size      <count>
//		fetch_timeout   <duration>
//		render_timeout  <duration>
//		queue_timeout   <duration>
//		quality         [<format>] <1-100>
//		save_data
//		device_size     desktop|mobile <width>x<height>
//		formats         <formats...>
//		cache_control   origin|<value>
//		default_image   <path>
//		canonical       <url>
//	}
func (h *Handler) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next()
	if d.NextArg() {
		return d.ArgErr()
	}
	seen := make(map[string]bool)
	for d.NextBlock(0) {
		option := d.Val()
		if seen[option] && option != "origin" && option != "quality" && option != "device_size" {
			return d.Errf("%s is given twice", option)
		}
		seen[option] = true
		if err := h.unmarshalOption(d, option); err != nil {
			return err
		}
	}
	return nil
}

func (h *Handler) unmarshalOption(d *caddyfile.Dispenser, option string) error {
	switch option {
	case "dialect":
		return h.unmarshalDialect(d)
	case "origin":
		return h.unmarshalOrigin(d)
	case "go_on":
		return someArgs(d, &h.GoOn)
	case "max_source_size":
		return sizeArg(d, &h.MaxSourceSize)
	case "max_svg_size":
		return sizeArg(d, &h.MaxSVGSize)
	case "max_pixels":
		return countArg(d, &h.MaxPixels)
	case "max_frames":
		return countArg(d, &h.MaxFrames)
	case "max_dimension":
		return countArg(d, &h.MaxDimension)
	case "isolation":
		return oneOf(d, &h.Isolation, isolationOff, isolationProcesses, isolationStrict)
	case "workers":
		return countArg(d, &h.Workers)
	case "memory":
		return sizeArg(d, &h.Memory)
	case "queue_size":
		return countArg(d, &h.QueueSize)
	case "fetch_timeout":
		return durationArg(d, &h.FetchTimeout)
	case "render_timeout":
		return durationArg(d, &h.RenderTimeout)
	case "queue_timeout":
		return durationArg(d, &h.QueueTimeout)
	case "quality":
		return h.unmarshalQuality(d)
	case "save_data":
		h.SaveData = true
		return noArgs(d)
	case "device_size":
		return h.unmarshalDeviceSize(d)
	case "formats":
		return someArgs(d, &h.Formats)
	case "cache_control":
		return oneArg(d, &h.CacheControl)
	case "default_image":
		return oneArg(d, &h.DefaultImage)
	case "canonical":
		return oneArg(d, &h.Canonical)
	}
	return d.Errf("images has no option %q", option)
}

func (h *Handler) unmarshalDialect(d *caddyfile.Dispenser) error {
	var name string
	if err := oneArg(d, &name); err != nil {
		return err
	}
	if name != "imagekit" {
		return d.Errf("there is no dialect %q; there is imagekit", name)
	}
	h.Dialect = &Dialect{ImageKit: new(imagekit.Config)}
	seen := make(map[string]bool)
	for d.NextBlock(1) {
		option := d.Val()
		if seen[option] && option != "private_key" && option != "named" {
			return d.Errf("%s is given twice", option)
		}
		seen[option] = true
		if err := unmarshalImageKit(d, option, h.Dialect.ImageKit); err != nil {
			return err
		}
	}
	return nil
}

func unmarshalImageKit(d *caddyfile.Dispenser, option string, c *imagekit.Config) error {
	switch option {
	case "endpoint":
		return oneArg(d, &c.Endpoint)
	case "private_key":
		return moreArgs(d, &c.PrivateKeys)
	case "require_signature":
		return oneOf(d, &c.RequireSignature, imagekit.RequireOff, imagekit.RequireRemote, imagekit.RequireOn)
	case "web_proxy":
		c.WebProxy = &imagekit.WebProxy{Hosts: d.RemainingArgs()}
		return nil
	case "named":
		return unmarshalNamed(d, c)
	case "restrict_unnamed":
		c.RestrictUnnamed = true
		return noArgs(d)
	}
	return d.Errf("dialect imagekit has no option %q", option)
}

func unmarshalNamed(d *caddyfile.Dispenser, c *imagekit.Config) error {
	args := d.RemainingArgs()
	if len(args) < 2 || len(args) > 3 {
		return d.ArgErr()
	}
	name, disabled := args[0], len(args) == 3
	if disabled && args[2] != "disabled" {
		return d.Errf("named %s is followed by %q; it takes nothing more, or disabled", name, args[2])
	}
	if _, twice := c.Named[name]; twice {
		return d.Errf("named %s is given twice", name)
	}
	if c.Named == nil {
		c.Named = make(map[string]imagekit.Named)
	}
	c.Named[name] = imagekit.Named{Transformation: args[1], Disabled: disabled}
	return nil
}

func (h *Handler) unmarshalOrigin(d *caddyfile.Dispenser) error {
	if !d.NextArg() {
		return d.ArgErr()
	}
	name := d.Val()
	const namespace = "http.images.origins"
	if _, err := caddy.GetModule(namespace + "." + name); err != nil {
		var known []string
		for _, m := range caddy.GetModules(namespace) {
			known = append(known, m.ID.Name())
		}
		return d.Errf("there is no origin %q; there are %s", name, strings.Join(known, ", "))
	}
	module, err := caddyfile.UnmarshalModule(d, namespace+"."+name)
	if err != nil {
		return err
	}
	h.OriginsRaw = append(h.OriginsRaw, caddyconfig.JSONModuleObject(module, "type", name, nil))
	return nil
}

// unmarshalQuality reads `quality 75`, for all formats, or `quality avif 50`.
func (h *Handler) unmarshalQuality(d *caddyfile.Dispenser) error {
	args := d.RemainingArgs()
	if len(args) == 0 || len(args) > 2 {
		return d.ArgErr()
	}
	n, err := strconv.Atoi(args[len(args)-1])
	if err != nil || n < 1 || n > 100 {
		return d.Errf("quality is %q; it takes 1 to 100", args[len(args)-1])
	}
	if h.Quality == nil {
		h.Quality = new(Quality)
	}
	formats := []string{"jpeg", "webp", "avif"}
	if len(args) == 2 {
		if !slices.Contains(formats, args[0]) {
			return d.Errf("quality has no format %q; there are %s", args[0], strings.Join(formats, ", "))
		}
		formats = args[:1]
	}
	for _, f := range formats {
		switch f {
		case "jpeg":
			h.Quality.JPEG = n
		case "webp":
			h.Quality.WebP = n
		case "avif":
			h.Quality.AVIF = n
		}
	}
	return nil
}

// unmarshalDeviceSize reads `device_size mobile 1080x1920`.
func (h *Handler) unmarshalDeviceSize(d *caddyfile.Dispenser) error {
	var device, size string
	if !d.AllArgs(&device, &size) {
		return d.ArgErr()
	}
	if h.DeviceSize == nil {
		h.DeviceSize = new(DeviceSize)
	}
	box := map[string]*Dimensions{"desktop": &h.DeviceSize.Desktop, "mobile": &h.DeviceSize.Mobile}[device]
	if box == nil {
		return d.Errf("device_size has no device %q; there are desktop, mobile", device)
	}
	if *box != (Dimensions{}) {
		return d.Errf("device_size %s is given twice", device)
	}
	width, height, _ := strings.Cut(size, "x")
	var errs [2]error
	box.Width, errs[0] = strconv.Atoi(width)
	box.Height, errs[1] = strconv.Atoi(height)
	if errs[0] != nil || errs[1] != nil || box.check(device) != nil || *box == (Dimensions{}) {
		return d.Errf("device_size %s is %q; it takes width and height from 1 to 65535, such as 1080x1920", device, size)
	}
	return nil
}

func noArgs(d *caddyfile.Dispenser) error {
	if d.NextArg() {
		return d.ArgErr()
	}
	return nil
}

func oneArg(d *caddyfile.Dispenser, to *string) error {
	if !d.Args(to) || d.NextArg() {
		return d.ArgErr()
	}
	return nil
}

func oneOf(d *caddyfile.Dispenser, to *string, words ...string) error {
	option := d.Val()
	if err := oneArg(d, to); err != nil {
		return err
	}
	if !slices.Contains(words, *to) {
		return d.Errf("%s is %q; it takes %s", option, *to, strings.Join(words, ", "))
	}
	return nil
}

func someArgs(d *caddyfile.Dispenser, to *[]string) error {
	if *to = d.RemainingArgs(); len(*to) == 0 {
		return d.ArgErr()
	}
	return nil
}

// moreArgs is for an option that can be given several times.
func moreArgs(d *caddyfile.Dispenser, to *[]string) error {
	var args []string
	if err := someArgs(d, &args); err != nil {
		return err
	}
	*to = append(*to, args...)
	return nil
}

func durationArg(d *caddyfile.Dispenser, to *caddy.Duration) error {
	var text string
	if err := oneArg(d, &text); err != nil {
		return err
	}
	v, err := caddy.ParseDuration(text)
	if err != nil || v <= 0 {
		return d.Errf("%q is no time span; one looks like 10s or 1m30s", text)
	}
	*to = caddy.Duration(v)
	return nil
}

func sizeArg(d *caddyfile.Dispenser, to *int64) error {
	var text string
	if err := oneArg(d, &text); err != nil {
		return err
	}
	v, err := humanize.ParseBytes(text)
	if err != nil || v == 0 || int64(v) < 0 {
		return d.Errf("%q is no size; one looks like 40MiB or 1000000", text)
	}
	*to = int64(v)
	return nil
}

func countArg[T int | int64](d *caddyfile.Dispenser, to *T) error {
	var text string
	if err := oneArg(d, &text); err != nil {
		return err
	}
	v, err := strconv.ParseInt(text, 10, 64)
	if err != nil || v < 1 {
		return d.Errf("%q is no count; it takes a whole number from 1", text)
	}
	*to = T(v)
	return nil
}

// Interface guards
var _ caddyfile.Unmarshaler = (*Handler)(nil)
