package images

import (
	"encoding/json"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-images/caddy-images/internal/engines"
	"github.com/caddy-images/caddy-images/server"
)

// Handler serves images. It fetches the original that a URL names from its
// origins, renders what the URL asks for, and answers with the image.
//
// Every error answer has the header `ik-error: CODE - message`. Error routes
// (`handle_errors`) run as usual and can use two placeholders:
//
// Placeholder | Description
// ------------|------------
// `{http.images.error.code}` | The code of the `ik-error` header, such as ENOENT
// `{http.images.error.message}` | Its message
type Handler struct {
	// The URL language that requests are read in. Default: ImageKit's, with no
	// endpoint.
	Dialect *Dialect `json:"dialect,omitempty"`

	// Where originals are, asked in this order. Default: `next`, the handlers
	// behind this one; then requests that ask for nothing, and answers that are
	// no images, pass untouched.
	OriginsRaw []json.RawMessage `json:"origins,omitempty" caddy:"namespace=http.images.origins inline_key=type"`

	// The failures of an origin, beside `not_found`, after which the next one
	// is asked: `access_denied`, `bad_request`, `failed`, `timeout`, `refused`,
	// `unresolved`. Default: none.
	GoOn []string `json:"go_on,omitempty"`

	// The status of an origin that is down (refused or broken connections, DNS, TLS,
	// timeouts, 5xx). 404: as ImageKit has it, like that of a file that is not there.
	// 502: 502, or 504 for a timeout, so that caches may answer with what they have, and
	// alerts see it. It is not for Imagizer's dialect, which has statuses of its own.
	// Default: 404.
	OriginFailures int `json:"origin_failures,omitempty"`

	// The largest original that is read, in bytes. Default: 41943040 (40 MiB).
	MaxSourceSize int64 `json:"max_source_size,omitempty"`

	// The largest SVG that is delivered as SVG, in bytes; one that is drawn is
	// bounded by MaxSourceSize only. Default: 1048576 (1 MiB), as with ImageKit.
	MaxSVGSize int64 `json:"max_svg_size,omitempty"`

	// The largest PDF of which a page is drawn, in bytes. Default: 5242880 (5 MiB),
	// as with ImageKit.
	MaxPDFSize int64 `json:"max_pdf_size,omitempty"`

	// The most pixels that an original, or a result, may have: width times
	// height times frames. Default: 100000000.
	MaxPixels int64 `json:"max_pixels,omitempty"`

	// The most frames that an animation may have. Default: 500.
	MaxFrames int `json:"max_frames,omitempty"`

	// The largest width and height of a result, in pixels. An image whose size the URL
	// leaves as it is may be larger. Default: 16383, the most that a WebP can have.
	MaxDimension int `json:"max_dimension,omitempty"`

	// Where originals are opened. `processes`: in worker processes, which
	// gave up the rights that drawing does not need, as far as the system has
	// means for that; what it lacks is logged. `strict`: the same, and a
	// system that lacks something refuses the configuration. `off`: in
	// Caddy's own process, where an image that crashes a codec ends Caddy.
	// Default: `processes` on Linux, `off` elsewhere.
	Isolation string `json:"isolation,omitempty"`

	// A directory with fonts, which texts find by the names of their families,
	// beside those that are installed. Its absolute path; workers can read all that
	// is in it. It needs them. Default: none.
	Fonts string `json:"fonts,omitempty"`

	// How many images are rendered at a time, each by a worker. Handlers with
	// the same `isolation`, `workers` and `memory` share them. Default: the
	// processors that Caddy may use.
	Workers int `json:"workers,omitempty"`

	// How much memory rendering may take, in bytes. What an image will take
	// is estimated before it is opened; one for which there is no room waits.
	// One that would take more than all of it is refused. Handlers with the
	// same `memory`, `queue_size`, `workers` and `isolation` share it. At
	// least 33554432 (32 MiB). Default: half of what Caddy's control group
	// allows, or of what the machine has.
	Memory int64 `json:"memory,omitempty"`

	// How many requests may wait for their turn to render. One more is answered
	// 503 at once. Default: 512.
	QueueSize int `json:"queue_size,omitempty"`

	// How long fetching an original may take, over all origins. Default: 30s.
	FetchTimeout caddy.Duration `json:"fetch_timeout,omitempty"`

	// How long rendering may take. Default: 30s.
	RenderTimeout caddy.Duration `json:"render_timeout,omitempty"`

	// How much processor time rendering may take, as estimated before the original
	// is decoded; more is refused. What encoding AVIF takes is not part of it, since
	// RenderTimeout bounds the size of an AVIF. Negative: any. Default: 20s.
	MaxCost caddy.Duration `json:"max_cost,omitempty"`

	// How long a request may wait for its turn to render, before it is
	// answered 503. Default: 10s.
	QueueTimeout caddy.Duration `json:"queue_timeout,omitempty"`

	// How long fetching and rendering may take together, from the moment at which
	// the request is there. Default: none beside FetchTimeout, QueueTimeout and
	// RenderTimeout; 20s with Imagizer's dialect.
	BackendTimeout caddy.Duration `json:"backend_timeout,omitempty"`

	// How long an origin may take to accept a connection, where its own
	// `dial_timeout` is not shorter. Default: that; 3s with Imagizer's dialect.
	BackendConnectTimeout caddy.Duration `json:"backend_connect_timeout,omitempty"`

	// Whether a URL without a transformation is answered with the original,
	// and a file that is no image, or an SVG that nothing is drawn of,
	// delivered as it is. If not, they are 401. Default: `true`
	AllowOriginalImageRequest *bool `json:"allow_original_image_request,omitempty"`

	// Whether what is made of an animation moves. If not, it is made of its first
	// frame. Originals stay as they are. Default: `true`; `false` with Imagizer's
	// dialect.
	AllowAnimatedGIFs *bool `json:"allow_animated_gifs,omitempty"`

	// Headers for all answers to URLs of the dialect, errors included, such as
	// `Access-Control-Allow-Origin: *`. Default: none.
	AddResponseHeaders []string `json:"add_response_headers,omitempty"`

	// The quality, 1 to 100, for URLs that name none.
	Quality *Quality `json:"quality,omitempty"`

	// Whether a client that sends `Save-Data: on` gets three quarters of the
	// quality, where the URL names none. Default: false.
	SaveData bool `json:"save_data,omitempty"`

	// What variants keep of what an original's file says beside its image, as
	// EXIF, XMP and IPTC, where the URL says nothing about it. `strip`:
	// nothing. `copyright`: who made the image, whose it is, and what others
	// may do with it. `keep`: all that is true of the variant as well, places
	// included. Default: `strip`.
	Metadata string `json:"metadata,omitempty"`

	// Whether variants have the original's colours and colour profile, `keep`, or are
	// converted to sRGB and have none, `strip`, where the URL says nothing about it. The
	// format AVIF is then not chosen, only obeyed. Default: `strip`, but where all
	// metadata is kept the profile is, too.
	ColorProfile string `json:"color_profile,omitempty"`

	// The largest sizes of images whose URL has a transformation with neither
	// width nor height. Default: none.
	DeviceSize *DeviceSize `json:"device_size,omitempty"`

	// The formats that may be chosen for a client that says it takes them,
	// the best first, out of `avif` and `webp`. JPEG, PNG and GIF, which
	// every client takes, need no mention. Default: `webp`. AVIF files are
	// smaller still and cost several times as much to make: an image with
	// more than 500000 pixels for each second of render_timeout is written in
	// the next format, and as AVIF only where the URL says so.
	Formats []string `json:"formats,omitempty"`

	// The Cache-Control of answers that are not errors. `origin` hands on what
	// the origin says. Default: a year, and `immutable` for URLs that carry a
	// version. An origin's `private` and `no-store` are always kept.
	CacheControl string `json:"cache_control,omitempty"`

	// What becomes of an original that lacks rows, frames or scans. `refuse`: an error.
	// `deliver`: what is there of it is drawn, where its decoder can, and the answer is
	// fresh for a minute. Default: `refuse`.
	Damaged string `json:"damaged,omitempty"`

	// The path of the image that is delivered in place of an original that is
	// not there, by URLs that have a transformation and name no other (`di`).
	// It is fetched from the same origins. Default: none.
	DefaultImage string `json:"default_image,omitempty"`

	// Where originals have an address of their own, such as
	// `https://www.example.com`: good answers then have `Link: <…>;
	// rel="canonical"` with the original's path below it, so that search
	// engines count an image and its variants as one. Default: no such
	// header.
	Canonical string `json:"canonical,omitempty"`

	server *server.Server
	lease  *engines.Lease // of the engine; nil until there is one
}

// Quality is the quality, 1 to 100, of variants whose URL names none.
type Quality struct {
	// Default: 80; 90 with Imagizer's dialect, as for the others.
	JPEG int `json:"jpeg,omitempty"`

	// Default: 77, which looks like a JPEG of quality 80.
	WebP int `json:"webp,omitempty"`

	// Default: 63, which looks like a JPEG of quality 80.
	AVIF int `json:"avif,omitempty"`
}

// DeviceSize is how large images may be on a kind of device.
type DeviceSize struct {
	// Of clients that are not on a phone. Default: any size.
	Desktop Dimensions `json:"desktop,omitzero"`

	// Of clients on a phone: those that send `Sec-CH-UA-Mobile: ?1` or, without
	// that header, have `Mobi` in their User-Agent. Default: any size.
	Mobile Dimensions `json:"mobile,omitzero"`
}

// Dimensions are of a box in pixels that an image is scaled down into.
type Dimensions struct {
	// 1 to 65535.
	Width int `json:"width"`

	// 1 to 65535.
	Height int `json:"height"`
}
