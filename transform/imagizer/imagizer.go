// Package imagizer understands the URLs of Imagizer: which original a URL names,
// and what its query asks to be done to it.
//
// Parse is driven by one table of parameters. What Imagizer is not known to have
// is marked there as ours, and what is not supported is refused, never left out in
// silence; names that nobody knows are left out, as Imagizer does. The user's view
// of the same is docs/imagizer.md.
//
// Not much of Imagizer is documented in public. Where it is not, the choice is
// ours, and docs/imagizer.md says so.
package imagizer

import (
	"net/http"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/endpoint"
)

// Config is how the Imagizer dialect is set up.
type Config struct {
	// The path under which images are served, such as `/images`. It consists of
	// letters, digits, hyphens, underscores and slashes, begins with a slash, and
	// may end in one. What an image's URL has after it is the path of the file.
	// Requests for other paths are not handled. Default: empty, which is every
	// path.
	Endpoint string `json:"endpoint,omitempty"`

	// Whether URLs may say where their original is (`origin`, `hostname`,
	// `source_url`, `bucket`, a whole URL as the path or as that of a layer):
	// `off`, `listed`, if hosts_allowed or buckets_allowed has it, or `any`, where
	// only a list that is there restricts. Default: `listed`
	AllowDynamicOrigin string `json:"allow_dynamic_origin,omitempty"`

	// The hosts that URLs may name, such as `www.example.com`, `*.example.com`,
	// which is any number of labels in front but not none, or
	// `www.example.com:8080`. Without a port it is that of the scheme. It holds
	// for redirects, too. Default: none; with allow_dynamic_origin any, all.
	HostsAllowed []string `json:"hosts_allowed,omitempty"`

	// The S3 buckets that URLs may name. Default: none; with allow_dynamic_origin
	// any, all.
	BucketsAllowed []string `json:"buckets_allowed,omitempty"`

	// Whether an original, or the image of a layer, may be in the URL itself
	// (RFC 2397, `data:image/png;base64,…`). Default: `false`
	AllowDataURLs bool `json:"allow_data_urls,omitempty"`

	// The only parameters that URLs may have, by their plain names. An empty list
	// allows none, so that only originals are delivered. Default: not set, all.
	ImageParamsAllowed *[]string `json:"image_params_allowed,omitempty"`

	// Rules for the values of parameters, by the parameters' plain names.
	// Default: none.
	ImageParamValidations map[string]Rule `json:"image_param_validations,omitempty"`

	// Whether the paths of Imagizer's first years are understood:
	// `/300x200q90/c/x2/photo.jpg`, `/v2/640x480q90/540/photo.jpg`.
	// Default: `false`
	LegacyPaths bool `json:"legacy_paths,omitempty"`

	// Queries that URLs ask for by name, `preset=thumb`, such as
	// `width=200&height=200&crop=fit`. A name consists of letters, digits,
	// underscores and hyphens, and its case matters. What a preset asks for is
	// the operator's, so image_params_allowed and image_param_validations do not
	// look at it. Default: none.
	Presets map[string]string `json:"presets,omitempty"`

	// The query parameters that belong to the original and are part of its name,
	// such as `v`. They are sent on to web servers. Default: none; parameters that
	// are not known are left out.
	OriginQuery []string `json:"origin_query,omitempty"`

	// Whether width and height may make an image larger where no crop asks
	// for that very size; `upscale` in a URL says it for one image. Default:
	// `false`
	Upscale bool `json:"upscale,omitempty"`
}

// Dialect reads URLs. It never changes, and may be used by any number of
// goroutines.
type Dialect struct {
	endpoint    endpoint.Endpoint
	legacyPaths bool
	upscale     bool
	originQuery map[string]bool
	presets     map[string]values
	policy
	access
}

// New returns the dialect of a Config, or what is wrong with it. The error names
// the key and what it takes.
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
// slash at its end.
func (d *Dialect) Endpoint() string { return string(d.endpoint) }

// Sender returns what requests to web servers say of who sends them.
// Imagizer's do say so, and what it is there for is to tell them from a
// client's.
func (d *Dialect) Sender() string { return "imagizer" }

// MayShow has nothing to refuse: Imagizer knows no private files.
func (d *Dialect) MayShow(http.Header, transform.Request) error { return nil }

// Area is none: Imagizer keeps none with a file.
func (d *Dialect) Area(http.Header) (transform.Rect, error) { return transform.Rect{}, nil }
