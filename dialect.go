package images

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/server"
	"github.com/caddy-images/caddy-images/transform/imagekit"
	"github.com/caddy-images/caddy-images/transform/imagizer"
)

// Dialect selects the URL language of requests. Exactly one is set.
type Dialect struct {
	// ImageKit's URLs. This is the default.
	ImageKit *imagekit.Config `json:"imagekit,omitempty"`

	// Imagizer's URLs.
	Imagizer *Imagizer `json:"imagizer,omitempty"`
}

// Imagizer configures the Imagizer dialect.
type Imagizer struct {
	imagizer.Config

	// Whether images may be posted to be processed, and by whom. Default: no.
	Post *Post `json:"post,omitempty"`
}

// name returns the dialect's name in the configuration.
func (d *Dialect) name() string {
	if d.Imagizer != nil {
		return "imagizer"
	}
	return "imagekit"
}

// defaults are the values of options whose default depends on the dialect.
type defaults struct {
	quality                               Quality
	animations                            bool          // whether variants of animations are animated
	backendTimeout, backendConnectTimeout time.Duration // 0 for none
}

func (d *Dialect) defaults() defaults {
	if d.Imagizer == nil {
		return defaults{quality: Quality{JPEG: 80, WebP: 77, AVIF: 63}, animations: true}
	}
	return defaults{
		quality:               Quality{JPEG: 90, WebP: 90, AVIF: 90},
		backendTimeout:        20 * time.Second,
		backendConnectTimeout: 3 * time.Second,
	}
}

// forServer returns the server's view of the dialect. originFailures is the
// option of that name.
func (d *Dialect) forServer(originFailures int) server.Dialect {
	if d.Imagizer != nil {
		return server.Dialect{Name: d.name(), Statuses: errors.Imagizer, KeepsErrors: true}
	}
	s := server.Dialect{
		Name:               d.name(),
		Statuses:           errors.ImageKit,
		IgnoresUnsupported: d.ImageKit != nil && d.ImageKit.Unsupported == imagekit.UnsupportedIgnore,
	}
	if originFailures == http.StatusBadGateway {
		s.Statuses = errors.ImageKitOutages
	}
	return s
}

// language is a dialect, ready to read URLs.
type language interface {
	server.Language

	// TakesURLs reports whether a URL may name its original by a whole URL,
	// and Lists whether those of listed servers need no signature.
	TakesURLs() bool
	Lists(server string) bool
}

// provision returns the dialect with placeholders in its options replaced.
// The values, such as keys, are not written back into the configuration.
// origins are the types of the site's origins.
func (d *Dialect) provision(origins []string) (language, error) {
	repl := caddy.NewReplacer()
	switch {
	case d.ImageKit != nil && d.Imagizer != nil:
		return nil, fmt.Errorf("dialect has both imagekit and imagizer; it takes one of them")
	case d.Imagizer != nil:
		config, err := imagizerConfig(repl, d.Imagizer.Config)
		if err != nil {
			return nil, err
		}
		return imagizer.New(config)
	case d.ImageKit == nil:
		d.ImageKit = new(imagekit.Config)
	}
	config, err := imagekitConfig(repl, *d.ImageKit)
	if err != nil {
		return nil, err
	}
	if config.MistypedQueries == "" {
		config.MistypedQueries = usualMistyped(origins)
	}
	return imagekit.New(config)
}

// usualMistyped returns which queries that look like a transformation are
// refused if the configuration does not say. Only queries that can mean
// nothing else on the site are: the handlers behind this one may take any
// query, and web servers get the parameters that are not the dialect's.
func usualMistyped(origins []string) imagekit.MistypedQueries {
	usual := imagekit.RefuseMistyped
	for _, name := range origins {
		switch name {
		case "fs", "s3":
		case "next":
			return imagekit.IgnoreMistyped
		default:
			usual = imagekit.RefuseMistypedTr
		}
	}
	return usual
}

func imagekitConfig(repl *caddy.Replacer, config imagekit.Config) (_ imagekit.Config, err error) {
	if config.Endpoint, err = replaced(repl, "endpoint", config.Endpoint); err != nil {
		return config, err
	}
	if config.PrivateKeys, err = allReplaced(repl, "private_key", config.PrivateKeys); err != nil {
		return config, err
	}
	config.Named = maps.Clone(config.Named)
	for name, named := range config.Named {
		if named.Transformation, err = replaced(repl, "named "+name, named.Transformation); err != nil {
			return config, err
		}
		config.Named[name] = named
	}
	return config, nil
}

func imagizerConfig(repl *caddy.Replacer, config imagizer.Config) (_ imagizer.Config, err error) {
	if config.Endpoint, err = replaced(repl, "endpoint", config.Endpoint); err != nil {
		return config, err
	}
	if config.HostsAllowed, err = allReplaced(repl, "hosts_allowed", config.HostsAllowed); err != nil {
		return config, err
	}
	if config.BucketsAllowed, err = allReplaced(repl, "buckets_allowed", config.BucketsAllowed); err != nil {
		return config, err
	}
	config.Presets = maps.Clone(config.Presets)
	for name, query := range config.Presets {
		if config.Presets[name], err = replaced(repl, "preset "+name, query); err != nil {
			return config, err
		}
	}
	return config, nil
}

// replaced returns the value of an option with placeholders replaced. An
// unknown or empty one is an error: a missing key must not become an empty
// key.
func replaced(repl *caddy.Replacer, option, value string) (string, error) {
	value, err := repl.ReplaceOrErr(value, true, true)
	if err != nil {
		return "", fmt.Errorf("%s: %w", option, err)
	}
	return value, nil
}

func allReplaced(repl *caddy.Replacer, option string, values []string) (_ []string, err error) {
	values = slices.Clone(values)
	for i, value := range values {
		if values[i], err = replaced(repl, option, value); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// optimizes reports whether URLs without a transformation give an optimised
// image, as with ImageKit. With the handlers behind this one as the origin
// such URLs have always passed untouched, so there the configuration must ask
// for it.
func (d *Dialect) optimizes(origins []string) bool {
	switch {
	case d.Imagizer != nil:
		return false
	case d.ImageKit != nil && d.ImageKit.OptimizePlain != nil:
		return *d.ImageKit.OptimizePlain
	}
	return !slices.Equal(origins, []string{"next"})
}
