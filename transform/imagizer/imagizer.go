// Package imagizer implements the URLs of Imagizer: which original a URL
// names, and how its query transforms it.
//
// Parse is driven by one table of parameters. Parameters that Imagizer is not
// known to have are marked there as ours; unsupported ones are refused, never
// ignored silently; unknown names are ignored, as Imagizer does.
// docs/reference/imagizer.md is the user's view of it.
//
// Little of Imagizer is documented in public. Where it is not, the choice is
// ours, and docs/reference/imagizer.md marks it.
package imagizer

import (
	"net/http"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/endpoint"
)

// Config configures the Imagizer dialect.
type Config struct {
	// The path under which images are served, such as `/images`. It consists
	// of letters, digits, hyphens, underscores and slashes, begins with a
	// slash, and may end in one. The rest of an image's URL is the path of
	// the file. Other paths are not handled. Default: empty, which matches
	// every path.
	Endpoint string `json:"endpoint,omitempty"`

	// Whether URLs may name the origin of an original (`origin`, `hostname`,
	// `source_url`, `bucket`, or a whole URL as the path or for a layer):
	// `off`; `listed`, if it is in hosts_allowed or buckets_allowed; or
	// `any`, unless a list restricts it. Default: `listed`
	AllowDynamicOrigin string `json:"allow_dynamic_origin,omitempty"`

	// The hosts that URLs may name, such as `www.example.com`,
	// `*.example.com`, which stands for one or more labels in front, or
	// `www.example.com:8080`. The default port is the scheme's. Redirects are
	// restricted likewise. Default: none; with allow_dynamic_origin any, all.
	HostsAllowed []string `json:"hosts_allowed,omitempty"`

	// The S3 buckets that URLs may name. Default: none; with allow_dynamic_origin
	// any, all.
	BucketsAllowed []string `json:"buckets_allowed,omitempty"`

	// Whether an original, or the image of a layer, may be embedded in the
	// URL (RFC 2397, `data:image/png;base64,…`). Default: `false`
	AllowDataURLs bool `json:"allow_data_urls,omitempty"`

	// The only parameters allowed in URLs, by their plain names. An empty
	// list allows none, so that only originals are delivered. Default: not
	// set; all are allowed.
	ImageParamsAllowed *[]string `json:"image_params_allowed,omitempty"`

	// Rules for the values of parameters, by the parameters' plain names.
	// Default: none.
	ImageParamValidations map[string]Rule `json:"image_param_validations,omitempty"`

	// Whether the paths of Imagizer's early versions are understood:
	// `/300x200q90/c/x2/photo.jpg`, `/v2/640x480q90/540/photo.jpg`. Default:
	// `false`
	LegacyPaths bool `json:"legacy_paths,omitempty"`

	// Queries that URLs request by name, `preset=thumb`, such as
	// `width=200&height=200&crop=fit`. A name consists of letters, digits,
	// underscores and hyphens, and is case-sensitive. A preset is the
	// operator's, so image_params_allowed and image_param_validations do not
	// apply to its content. Default: none.
	Presets map[string]string `json:"presets,omitempty"`

	// The query parameters that belong to the original and are part of its
	// name, such as `v`. They are forwarded to web servers. Default: none;
	// unknown parameters are ignored.
	OriginQuery []string `json:"origin_query,omitempty"`

	// Whether width and height may enlarge an image if no crop asks for that
	// exact size; `upscale` in a URL allows it for one image. Default:
	// `false`
	Upscale bool `json:"upscale,omitempty"`
}

// Dialect reads URLs. It is immutable and safe for concurrent use.
type Dialect struct {
	endpoint    endpoint.Endpoint
	legacyPaths bool
	upscale     bool
	originQuery map[string]bool
	presets     map[string]values
	policy
	access
}

// New returns the dialect of a Config, or an error that names the wrong key
// and what it takes.
func New(c Config) (*Dialect, error) {
	d := &Dialect{legacyPaths: c.LegacyPaths, upscale: c.Upscale}
	var err error
	if d.endpoint, err = endpoint.Parse(c.Endpoint); err != nil {
		return nil, err
	}
	if err = d.checkLegacy(); err != nil {
		return nil, err
	}
	if d.access, err = c.access(); err != nil {
		return nil, err
	}
	if d.policy, err = c.policy(); err != nil {
		return nil, err
	}
	if d.originQuery, err = c.originQuery(); err != nil {
		return nil, err
	}
	d.presets, err = d.readPresets(c.Presets)
	return d, err
}

// Endpoint returns the path below which the dialect's URLs are, without a
// trailing slash.
func (d *Dialect) Endpoint() string { return string(d.endpoint) }

// Sender returns the value that identifies this server in requests to web
// servers, like Imagizer's, to distinguish them from a client's.
func (d *Dialect) Sender() string { return "imagizer" }

// MayShow refuses nothing: Imagizer has no private files.
func (d *Dialect) MayShow(http.Header, transform.Request) error { return nil }

// Area returns none: Imagizer has no areas of interest.
func (d *Dialect) Area(http.Header) (transform.Rect, error) { return transform.Rect{}, nil }
