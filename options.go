package images

import (
	"crypto/sha256"
	"encoding/json"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-images/caddy-images/cache"
	"github.com/caddy-images/caddy-images/internal/engines"
	"github.com/caddy-images/caddy-images/server"
)

// Handler serves images. It fetches the original that a URL names from its
// origins, renders what the URL asks for, and sends the image.
//
// Every error response has the header `ik-error: CODE - message`. Error
// routes (`handle_errors`) run as usual and can use two placeholders:
//
// Placeholder | Description
// ------------|------------
// `{http.images.error.code}` | The code of the `ik-error` header, such as ENOENT
// `{http.images.error.message}` | Its message
type Handler struct {
	// The URL language of requests. Default: ImageKit's, without an endpoint.
	Dialect *Dialect `json:"dialect,omitempty"`

	// Where originals come from, asked in this order. Default: `next`, the
	// handlers behind this one. With it, requests without a transformation
	// and responses that are not images pass untouched.
	OriginsRaw []json.RawMessage `json:"origins,omitempty" caddy:"namespace=http.images.origins inline_key=type"`

	// The failures of an origin, besides `not_found`, after which the next
	// origin is asked: `access_denied`, `bad_request`, `failed`, `timeout`,
	// `refused`, `unresolved`. Default: none.
	GoOn []string `json:"go_on,omitempty"`

	// The status for an origin that is down (refused or broken connections,
	// DNS, TLS, timeouts, 5xx). `404`: as with ImageKit, the same as for a
	// missing file. `502`: 502, or 504 for a timeout, so that caches may
	// serve stale content and alerts see the failure. Not for Imagizer's
	// dialect, which has its own statuses. Default: 404.
	OriginFailures int `json:"origin_failures,omitempty"`

	// The largest original that is held in memory, to be rendered or looked
	// into, in bytes. Default: 41943040 (40 MiB).
	MaxSourceSize int64 `json:"max_source_size,omitempty"`

	// The largest SVG that is sent as SVG, in bytes. One that is rendered is
	// limited by MaxSourceSize only. Default: 1048576 (1 MiB), as with
	// ImageKit.
	MaxSVGSize int64 `json:"max_svg_size,omitempty"`

	// The largest file that is sent as it is, in bytes: an original without a
	// transformation, a video. It is streamed, so MaxSourceSize does not limit
	// it. Default: 10737418240 (10 GiB).
	MaxFileSize int64 `json:"max_file_size,omitempty"`

	// The largest PDF that is rendered, in bytes. Default: 5242880 (5 MiB),
	// as with ImageKit.
	MaxPDFSize int64 `json:"max_pdf_size,omitempty"`

	// The most pixels of an original or a result: width times height times
	// frames. Default: 100000000.
	MaxPixels int64 `json:"max_pixels,omitempty"`

	// The most frames of an animation. Default: 500.
	MaxFrames int `json:"max_frames,omitempty"`

	// The largest width and height of a result, in pixels. An image that the
	// URL does not resize may be larger. Default: 16383, the limit of WebP.
	MaxDimension int `json:"max_dimension,omitempty"`

	// Where originals are decoded. `processes`: in worker processes that have
	// given up all rights they do not need, as far as the system allows;
	// anything it lacks is logged. `strict`: the same, and a system that
	// lacks anything fails the configuration. `off`: in Caddy's own process,
	// where an image that crashes a codec crashes Caddy. Default: `processes`
	// on Linux, `off` elsewhere.
	Isolation string `json:"isolation,omitempty"`

	// The absolute path of a directory with fonts for text, which are found
	// by family name, besides the installed ones. Workers can read everything
	// in it. It needs worker processes. Default: none.
	Fonts string `json:"fonts,omitempty"`

	// How many images are rendered at a time, each by its own worker.
	// Handlers with the same `isolation`, `workers` and `memory` share
	// workers. Default: the number of processors that Caddy may use.
	Workers int `json:"workers,omitempty"`

	// How much memory requests may take, in bytes: a quarter for files of
	// originals, layers and posts, an eighth for results being sent, the rest
	// for rendering. The need of an image is estimated before it is decoded. A
	// request waits until there is room, up to `queue_timeout`, and is refused
	// if it needs more than there is of a part. Handlers with the same
	// `memory`, `queue_size`, `workers` and `isolation` share it. At least
	// 33554432 (32 MiB). Default: half of the memory of Caddy's control
	// group, or of the machine.
	Memory int64 `json:"memory,omitempty"`

	// How many requests may wait to be rendered. Further ones get 503 at
	// once. Default: 512.
	QueueSize int `json:"queue_size,omitempty"`

	// How long fetching an original may take, over all origins. Default: 30s.
	FetchTimeout caddy.Duration `json:"fetch_timeout,omitempty"`

	// How long rendering may take. Default: 30s.
	RenderTimeout caddy.Duration `json:"render_timeout,omitempty"`

	// How much processor time rendering may take, as estimated before the
	// original is decoded. More is refused. Encoding AVIF does not count,
	// since RenderTimeout limits the size of AVIFs. Negative: no limit.
	// Default: 20s.
	MaxCost caddy.Duration `json:"max_cost,omitempty"`

	// How long a request may wait to be rendered before it gets 503. Default:
	// 10s.
	QueueTimeout caddy.Duration `json:"queue_timeout,omitempty"`

	// How long fetching and rendering may take together, from the arrival of
	// the request. Default: no limit besides FetchTimeout, QueueTimeout and
	// RenderTimeout; 20s with Imagizer's dialect.
	BackendTimeout caddy.Duration `json:"backend_timeout,omitempty"`

	// How long an origin may take to accept a connection, unless its own
	// `dial_timeout` is shorter. Default: that; 3s with
	// Imagizer's dialect.
	BackendConnectTimeout caddy.Duration `json:"backend_connect_timeout,omitempty"`

	// Whether originals are sent: for URLs without a transformation, and as
	// they are if they are not images or are SVGs that need no rendering.
	// Otherwise these get 401. Default: `true`
	AllowOriginalImageRequest *bool `json:"allow_original_image_request,omitempty"`

	// Whether variants of animations are animated. Otherwise they show the
	// first frame. Originals are sent as they are. Default: `true`; `false`
	// with Imagizer's dialect.
	AllowAnimatedGIFs *bool `json:"allow_animated_gifs,omitempty"`

	// Headers for all responses to URLs of the dialect, errors included, such
	// as `Access-Control-Allow-Origin: *`. Default: none.
	AddResponseHeaders []string `json:"add_response_headers,omitempty"`

	// The quality, 1 to 100, if the URL has none.
	Quality *Quality `json:"quality,omitempty"`

	// Whether a client that sends `Save-Data: on` gets three quarters of the
	// quality if the URL has none. Default: false.
	SaveData bool `json:"save_data,omitempty"`

	// Which metadata (EXIF, XMP, IPTC) variants keep if the URL does not say.
	// `strip`: none. `copyright`: creator, owner and terms of use. `keep`:
	// all that is still true of the variant, including places. Default:
	// `strip`.
	Metadata string `json:"metadata,omitempty"`

	// Whether variants keep the original's colours and colour profile,
	// `keep`, or are converted to sRGB without a profile, `strip`, if the URL
	// does not say. With `keep` AVIF is used only if the URL asks for it.
	// Default: `strip`, or `keep` if all metadata is kept.
	ColorProfile string `json:"color_profile,omitempty"`

	// The largest size of an image if the URL has a transformation with
	// neither width nor height. Default: none.
	DeviceSize *DeviceSize `json:"device_size,omitempty"`

	// The formats to choose from for clients that accept them, in order of
	// preference: `avif` and `webp`. JPEG, PNG and GIF need no mention.
	// Default: `webp`. AVIF files are smaller still and cost several times as
	// much to encode: an image with more than 500000 pixels for each second
	// of render_timeout is written in the next format, and as AVIF only if
	// the URL asks for it.
	Formats []string `json:"formats,omitempty"`

	// The Cache-Control of responses that are not errors. `origin` forwards
	// that of the origin. Default: a year, and `immutable` for URLs with a
	// version. An origin's `private` and `no-store` are always kept.
	CacheControl string `json:"cache_control,omitempty"`

	// What is done with an original that lacks rows, frames or scans.
	// `refuse`: an error. `deliver`: the rest is rendered, if the decoder
	// can, and the response is fresh for a minute. Default: `refuse`.
	Damaged string `json:"damaged,omitempty"`

	// The path of the image that is sent instead of a missing original, if
	// the URL has a transformation and no default image of its own (`di`). It
	// is fetched from the same origins. Default: none.
	DefaultImage string `json:"default_image,omitempty"`

	// Which parameters of the URL's query, beside those of the dialect, reach
	// `web` and `next`: names, `all` or `none`. Parameters that do not reach
	// them make no other original and no other variant. The query of a whole
	// URL belongs to its name and is not affected; `fs` and `s3` ignore
	// queries. Default: `all`.
	ForwardQuery []string `json:"forward_query,omitempty"`

	// The header of responses that names the original and the files of its
	// layers, each by the name that it is purged by, so that a CDN can be purged
	// by it: `Cache-Tag` or `Surrogate-Key`. Default: no such header.
	CacheTag string `json:"cache_tag,omitempty"`

	// The widths that images are rendered in. Others become the next larger
	// one, or are refused. Default: any width.
	Sizes *Sizes `json:"sizes,omitempty"`

	// The public base URL of originals, such as `https://www.example.com`.
	// Successful responses then have `Link: <…>; rel="canonical"` with the
	// original's path below it, so that search engines count an image and its
	// variants as one. Default: no such header.
	Canonical string `json:"canonical,omitempty"`

	// What is kept of originals and variants.
	Cache *Cache `json:"cache,omitempty"`

	server   *server.Server
	store    *cache.Store       // nil for none
	storeKey *[sha256.Size]byte // of the store in the pool; nil for none
	lease    *engines.Lease     // of the engine; nil before Provision
}

// Quality is the quality, 1 to 100, of variants whose URL has none.
type Quality struct {
	// Default: 80. With Imagizer's dialect all three are 90.
	JPEG int `json:"jpeg,omitempty"`

	// Default: 77, similar to a JPEG of quality 80.
	WebP int `json:"webp,omitempty"`

	// Default: 63, similar to a JPEG of quality 80.
	AVIF int `json:"avif,omitempty"`
}

// DeviceSize limits the size of images by kind of device.
type DeviceSize struct {
	// For clients that are not phones. Default: any size.
	Desktop Dimensions `json:"desktop,omitzero"`

	// For phones: clients that send `Sec-CH-UA-Mobile: ?1` or, without that
	// header, have `Mobi` in their User-Agent. Default: any size.
	Mobile Dimensions `json:"mobile,omitzero"`
}

// Dimensions is a box in pixels that images are scaled down to fit into.
type Dimensions struct {
	// 1 to 65535.
	Width int `json:"width"`

	// 1 to 65535.
	Height int `json:"height"`
}
