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

	"github.com/caddy-images/caddy-images/internal/engines"
	"github.com/caddy-images/caddy-images/internal/placed"
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
//			unsupported       refuse|ignore
//			optimize_plain    [on|off]
//			mistyped_queries  refuse|refuse_tr|ignore
//			image_params_allowed [<names...>]
//		}
//		dialect         imagizer {
//			endpoint             <path>
//			allow_dynamic_origin off|listed|any
//			hosts_allowed        <hosts...>
//			buckets_allowed      <buckets...>
//			allow_data_urls
//			image_params_allowed [<names...>]
//			image_param_validations {
//				<name> [min <number>] [max <number>] [step <number>] [regex <expression>] [enum <values...>]
//			}
//			legacy_paths
//			preset               <name> <query>
//			origin_query         <names...>
//			upscale
//			post {
//				token    <tokens...>
//				open
//				max_size <size>
//			}
//		}
//		origin          <type> ... {
//			...
//		}
//		go_on           <failures...>
//		origin_failures 404|502
//		max_source_size <size>
//		max_svg_size    <size>
//		max_file_size   <size>
//		max_pdf_size    <size>
//		max_pixels      <count>
//		max_frames      <count>
//		max_dimension   <pixels>
//		isolation       off|processes|strict
//		fonts           <path>
//		workers         <count>
//		memory          <size>
//		queue_size      <count>
//		fetch_timeout   <duration>
//		render_timeout  <duration>
//		max_cost        <duration>|off
//		queue_timeout   <duration>
//		backend_timeout <duration>
//		backend_connect_timeout <duration>
//		allow_original_image_request [on|off]
//		allow_animated_gifs [on|off]
//		add_response_headers <headers...>
//		quality         [<format>] <1-100>
//		save_data       [on|off]
//		metadata        strip|copyright|keep
//		color_profile   strip|keep
//		device_size     desktop|mobile <width>x<height>
//		formats         <formats...>
//		cache_control   origin|<value>
//		damaged         refuse|deliver
//		default_image   <path>
//		canonical       <url>
//		sizes           <widths...> [strict]
//		forward_query   <names...>|all|none
//		cache_tag       <header>
//		cache           off
//		cache           <type> ... {
//			...
//		}
//		originals       <size>
//		fresh           <duration>|forever
//		max_fresh       <duration>
//		stale           <duration>|off
//		stale_if_error  <duration>|off
//		cache_not_found <duration>|off
//		cache_failures  <duration>|off
//	}
func (h *Handler) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next()
	if d.NextArg() {
		return d.ArgErr()
	}
	seen, block := make(map[string]bool), placed.Begin[Handler](d)
	for d.NextBlock(0) {
		option, at := d.Val(), placed.At(d)
		if seen[option] && !slices.Contains([]string{"origin", "cache", "quality", "device_size", "add_response_headers"}, option) {
			return d.Errf("%s is already set", option)
		}
		seen[option] = true
		if err := h.unmarshalOption(d, option); err != nil {
			return err
		}
		block.Read(at, *h)
	}
	return block.Check(*h, checkRead)
}

func (h *Handler) unmarshalOption(d *caddyfile.Dispenser, option string) error {
	switch option {
	case "dialect":
		return h.unmarshalDialect(d)
	case "origin":
		return h.unmarshalOrigin(d)
	case "go_on":
		return someArgs(d, &h.GoOn)
	case "origin_failures":
		var status string
		err := oneOf(d, &status, "404", "502")
		h.OriginFailures, _ = strconv.Atoi(status)
		return err
	case "max_source_size":
		return sizeArg(d, &h.MaxSourceSize)
	case "max_svg_size":
		return sizeArg(d, &h.MaxSVGSize)
	case "max_file_size":
		return sizeArg(d, &h.MaxFileSize)
	case "max_pdf_size":
		return sizeArg(d, &h.MaxPDFSize)
	case "max_pixels":
		return countArg(d, &h.MaxPixels)
	case "max_frames":
		return countArg(d, &h.MaxFrames)
	case "max_dimension":
		return countArg(d, &h.MaxDimension)
	case "isolation":
		return oneOf(d, &h.Isolation, engines.Off, engines.Processes, engines.Strict)
	case "fonts":
		return oneArg(d, &h.Fonts)
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
	case "max_cost":
		return durationOrOffArg(d, &h.MaxCost)
	case "queue_timeout":
		return durationArg(d, &h.QueueTimeout)
	case "backend_timeout":
		return durationArg(d, &h.BackendTimeout)
	case "backend_connect_timeout":
		return durationArg(d, &h.BackendConnectTimeout)
	case "allow_original_image_request":
		return switchArg(d, func(on bool) { h.AllowOriginalImageRequest = &on })
	case "allow_animated_gifs":
		return switchArg(d, func(on bool) { h.AllowAnimatedGIFs = &on })
	case "add_response_headers":
		return moreArgs(d, &h.AddResponseHeaders)
	case "quality":
		return h.unmarshalQuality(d)
	case "save_data":
		return switchArg(d, func(on bool) { h.SaveData = on })
	case "metadata":
		return oneOf(d, &h.Metadata, keepNothing, keepCopyright, keepAll)
	case "color_profile":
		return oneOf(d, &h.ColorProfile, keepNothing, keepAll)
	case "device_size":
		return h.unmarshalDeviceSize(d)
	case "formats":
		return someArgs(d, &h.Formats)
	case "cache_control":
		return oneArg(d, &h.CacheControl)
	case "damaged":
		return oneOf(d, &h.Damaged, damagedRefuse, damagedDeliver)
	case "default_image":
		return oneArg(d, &h.DefaultImage)
	case "canonical":
		return oneArg(d, &h.Canonical)
	case "sizes":
		return h.unmarshalSizes(d)
	case "forward_query":
		return someArgs(d, &h.ForwardQuery)
	case "cache_tag":
		return oneArg(d, &h.CacheTag)
	}
	return h.unmarshalCache(d, option)
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
		return d.Errf("there is no origin %q; the origins are %s", name, strings.Join(known, ", "))
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
	if len(args) == 2 && args[0] == "jpg" {
		args[0] = "jpeg"
	}
	if len(args) == 2 {
		if !slices.Contains(formats, args[0]) {
			return d.Errf("quality has no format %q; the formats are %s", args[0], strings.Join(formats, ", "))
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
		return d.Errf("device_size has no device %q; the devices are desktop and mobile", device)
	}
	if *box != (Dimensions{}) {
		return d.Errf("device_size %s is already set", device)
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

// Interface guards
var _ caddyfile.Unmarshaler = (*Handler)(nil)
