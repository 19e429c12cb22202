// Package imagekit understands the URLs of ImageKit.io: which original a URL
// names, and what it asks to be done to it.
//
// Parse reads a URL into an origin.Ref and a transform.Plan, Print writes a Plan
// down as the value of `tr`. Both are driven by one table of parameters, which
// also says what is not supported: nothing that a URL asks for is left out in
// silence. The user's view of the same is docs/imagekit.md.
//
// Sources are the pages of ImageKit's documentation, named where a rule
// surprises. Where they are silent the choice is ours, and docs/imagekit.md says
// so.
package imagekit

import (
	"fmt"

	"github.com/caddy-images/caddy-images/transform/endpoint"
)

// Config is how the ImageKit dialect is set up.
type Config struct {
	// The URL endpoint: the path under which images are served, such as `/shop`.
	// It consists of letters, digits, hyphens, underscores and slashes, begins
	// with a slash, and may end in one. What an image's URL has after it is the
	// transformation and the path of the file. Requests for other paths are not
	// handled. Default: empty, which is every path.
	Endpoint string `json:"endpoint,omitempty"`

	// The private keys that URLs are signed with (`ik-s`). With several, each of
	// them is good, so that keys can be changed one after the other. A URL that
	// has a signature must have a right one, also where none is required.
	// Without a key signatures are not looked at. Default: none.
	PrivateKeys []string `json:"private_keys,omitempty"`

	// Which URLs must be signed: `off`, none but those that WebProxy tells,
	// `remote`, all that name an original by its whole URL, or `on`, all below the
	// endpoint, also those that would go to the next handler. Default: `off`.
	RequireSignature string `json:"require_signature,omitempty"`

	// Whether the path may be the whole URL of an original,
	// `/tr:w-300/https://www.example.com/a.jpg`. Such a URL must be signed, or its
	// host be listed here. Default: not set, and it is a path like any other.
	WebProxy *WebProxy `json:"web_proxy,omitempty"`

	// Transformations that URLs ask for by name, `n-thumbnail`. A name consists
	// of letters, digits and underscores, and its case matters. Default: none.
	Named map[string]Named `json:"named,omitempty"`

	// What becomes of parameters that ImageKit has and that are not supported: effects
	// that need AI, focus on objects and faces, and those of videos. `refuse`: 400.
	// `ignore`: they are left out, focus on an object is that on what draws attention,
	// and a video is delivered as it is; the response has the header Ik-Warning and is
	// kept for an hour at most. What may hide something is refused all the same.
	// Default: `refuse`
	Unsupported string `json:"unsupported,omitempty"`

	// Whether the URL of an image without a transformation gives the image as
	// `tr=f-auto` does, in the best format that the client takes, and never
	// with more bytes than the original has. `orig-true` gives the original.
	// Default: `true` where there is another origin than the handlers behind
	// this one.
	OptimizePlain *bool `json:"optimize_plain,omitempty"`

	// What becomes of queries that look like a transformation and are none. `refuse`:
	// they are 400, and the error says what is right. `refuse_tr`: those with a
	// misplaced tr are (`?tr:w-300`, `?tr=w-300?tr=h-200`), others (`?w=300`) belong to
	// the original. `ignore`: all do. Default: `refuse` where all originals come from
	// `fs` and `s3`, which look at no query, `refuse_tr` with other origins, and `ignore`
	// where one is `next`.
	MistypedQueries MistypedQueries `json:"mistyped_queries,omitempty"`

	// Whether every transformation must be a named one. Default: `false`
	RestrictUnnamed bool `json:"restrict_unnamed,omitempty"`

	// The only parameters that transformations in URLs may have: `w`, `f`, `e` for
	// all effects, or `e-grayscale` for one. An empty list allows none. What named
	// transformations stand for is not looked at, but `n` is a parameter. Default:
	// not set, all.
	ImageParamsAllowed *[]string `json:"image_params_allowed,omitempty"`
}

// notName reports whether a character is none of those that names have.
func notName(r rune) bool {
	return r != '_' && !('0' <= r && r <= '9') && !('a' <= r && r <= 'z') && !('A' <= r && r <= 'Z')
}

// Dialect reads URLs. It never changes, and may be used by any number of
// goroutines.
type Dialect struct {
	endpoint endpoint.Endpoint
	access

	names           map[string]named
	restrictUnnamed bool
	allowed         allowed

	ignoresUnsupported bool
	mistyped           MistypedQueries
}

// New returns the dialect of a Config, or what is wrong with it.
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
		return nil, fmt.Errorf("restrict_unnamed takes named transformations only, and there is none")
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
// slash at its end.
func (d *Dialect) Endpoint() string { return string(d.endpoint) }

// Sender returns what ImageKit's requests to web servers say of who sends
// them, in the header x-req-from (ImageKit, "Web server origin").
func (d *Dialect) Sender() string { return "imagekit" }
