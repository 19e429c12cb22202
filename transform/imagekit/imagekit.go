// Package imagekit implements the URLs of ImageKit.io: which original a URL
// names, and how to transform it.
//
// Parse reads a URL into an origin.Ref and a transform.Plan, Print writes a
// Plan as the value of `tr`. Both are driven by one table of parameters,
// which also lists what is not supported: nothing in a URL is ignored
// silently. docs/reference/imagekit.md is the user's view of it.
//
// The sources are the pages of ImageKit's documentation, cited where a rule
// is surprising. Where they are silent the choice is ours, and
// docs/reference/imagekit.md marks it.
package imagekit

import (
	"fmt"

	"github.com/caddy-images/caddy-images/transform/endpoint"
)

// Config configures the ImageKit dialect.
type Config struct {
	// The URL endpoint: the path under which images are served, such as
	// `/shop`. It consists of letters, digits, hyphens, underscores and
	// slashes, begins with a slash, and may end in one. The rest of an
	// image's URL is the transformation and the path of the file. Other paths
	// are not handled. Default: empty, which matches every path.
	Endpoint string `json:"endpoint,omitempty"`

	// The private keys for signatures of URLs (`ik-s`). Any of them is
	// accepted, so that keys can be rotated. A signature in a URL must be
	// valid even if none is required. Without a key, signatures are ignored.
	// Default: none.
	PrivateKeys []string `json:"private_keys,omitempty"`

	// Which URLs must be signed: `off`, only those that WebProxy says;
	// `remote`, all that name an original by its whole URL; `on`, all below
	// the endpoint, including those for the next handler. Default: `off`.
	RequireSignature string `json:"require_signature,omitempty"`

	// Whether the path may be the whole URL of an original,
	// `/tr:w-300/https://www.example.com/a.jpg`. Such a URL must be signed,
	// or its host be listed here. Default: not set; it is an ordinary path.
	WebProxy *WebProxy `json:"web_proxy,omitempty"`

	// Transformations that URLs request by name, `n-thumbnail`. A name
	// consists of letters, digits and underscores, and is case-sensitive.
	// Default: none.
	Named map[string]Named `json:"named,omitempty"`

	// What to do with ImageKit's parameters that are not supported: AI
	// effects, focus on objects and faces, and video parameters. `refuse`:
	// 400. `ignore`: they are ignored, focus on an object becomes focus on
	// the most salient part, and a video is sent as it is; the response has
	// the header Ik-Warning and is fresh for at most an hour. A parameter
	// that may hide something is always refused. Default: `refuse`
	Unsupported string `json:"unsupported,omitempty"`

	// Whether a URL without a transformation gives the image as `tr=f-auto`
	// does, in the best format that the client accepts, and never with more
	// bytes than the original. `orig-true` gives the original. Default:
	// `true` if there is an origin other than the handlers behind this one.
	OptimizePlain *bool `json:"optimize_plain,omitempty"`

	// What to do with queries that look like a transformation and are not
	// one. `refuse`: 400 with a correction. `refuse_tr`: only a misplaced tr
	// is refused (`?tr:w-300`, `?tr=w-300?tr=h-200`); others (`?w=300`)
	// belong to the original. `ignore`: all belong to the original. Default:
	// `refuse` if all origins are `fs` or `s3`, which ignore queries;
	// `ignore` if one is `next`; otherwise `refuse_tr`.
	MistypedQueries MistypedQueries `json:"mistyped_queries,omitempty"`

	// Whether every transformation must be a named one. Default: `false`
	RestrictUnnamed bool `json:"restrict_unnamed,omitempty"`

	// The only parameters allowed in URLs: `w`, `f`, `e` for all effects, or
	// `e-grayscale` for one. An empty list allows none. The content of named
	// transformations is not checked, and `n` itself is a parameter. Default:
	// not set; all are allowed.
	ImageParamsAllowed *[]string `json:"image_params_allowed,omitempty"`
}

// notName reports whether a character cannot be in a name.
func notName(r rune) bool {
	return r != '_' && !('0' <= r && r <= '9') && !('a' <= r && r <= 'z') && !('A' <= r && r <= 'Z')
}

// Dialect reads URLs. It is immutable and safe for concurrent use.
type Dialect struct {
	endpoint endpoint.Endpoint
	access

	names           map[string]named
	restrictUnnamed bool
	allowed         allowed

	ignoresUnsupported bool
	mistyped           MistypedQueries

	read remembered
}

// New returns the dialect of a Config, or an error about the Config.
func New(c Config) (*Dialect, error) {
	below, err := endpoint.Parse(c.Endpoint)
	if err != nil {
		return nil, err
	}
	access, err := c.access()
	if err != nil {
		return nil, err
	}
	ignores, err := c.ignoresUnsupported()
	if err != nil {
		return nil, err
	}
	if err := c.checkMistyped(); err != nil {
		return nil, err
	}
	names, err := c.names(ignores)
	if err != nil {
		return nil, err
	}
	if c.RestrictUnnamed && len(names) == 0 {
		return nil, fmt.Errorf("restrict_unnamed needs named transformations")
	}
	allowed, err := c.allowed()
	if err != nil {
		return nil, err
	}
	return &Dialect{
		endpoint: below, access: access, names: names, restrictUnnamed: c.RestrictUnnamed, allowed: allowed,
		ignoresUnsupported: ignores, mistyped: c.MistypedQueries,
	}, nil
}

// Endpoint returns the path below which the dialect's URLs are, without a
// trailing slash.
func (d *Dialect) Endpoint() string { return string(d.endpoint) }

// Sender returns the value of x-req-from in ImageKit's requests to web
// servers (ImageKit, "Web server origin").
func (d *Dialect) Sender() string { return "imagekit" }
