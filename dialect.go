package images

import (
	"fmt"
	"maps"
	"slices"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-images/caddy-images/transform/imagekit"
)

// Dialect names the URL language that requests are read in.
type Dialect struct {
	// ImageKit's. It is the default.
	ImageKit *imagekit.Config `json:"imagekit,omitempty"`
}

// name is how the configuration calls the dialect.
func (*Dialect) name() string { return "imagekit" }

// provision returns the dialect, placeholders in its options replaced. What they
// stand for, such as a key, is not written back into the configuration.
func (d *Dialect) provision() (language, error) {
	if d.ImageKit == nil {
		d.ImageKit = new(imagekit.Config)
	}
	config := *d.ImageKit
	repl := caddy.NewReplacer()
	var err error
	if config.Endpoint, err = replaced(repl, "endpoint", config.Endpoint); err != nil {
		return nil, err
	}
	config.PrivateKeys = slices.Clone(config.PrivateKeys)
	for i, key := range config.PrivateKeys {
		if config.PrivateKeys[i], err = replaced(repl, "private_key", key); err != nil {
			return nil, err
		}
	}
	config.Named = maps.Clone(config.Named)
	for name, named := range config.Named {
		if named.Transformation, err = replaced(repl, "named "+name, named.Transformation); err != nil {
			return nil, err
		}
		config.Named[name] = named
	}
	return imagekit.New(config)
}

// replaced is the value of an option without placeholders. One that is unknown
// or empty is an error: a key that is not there must not become an empty key.
func replaced(repl *caddy.Replacer, option, value string) (string, error) {
	value, err := repl.ReplaceOrErr(value, true, true)
	if err != nil {
		return "", fmt.Errorf("%s: %w", option, err)
	}
	return value, nil
}
