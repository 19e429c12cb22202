package images

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/internal/placed"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform/imagekit"
	"github.com/caddy-images/caddy-images/transform/imagizer"
)

// These checks run again when the configuration is loaded, with placeholders
// replaced, by the same functions. Here an error can name the line. What
// depends on the machine, such as files, is not checked: `caddy adapt` may
// run elsewhere.

// checkRead checks a handler as a Caddyfile describes it.
func checkRead(h Handler) error {
	if h.Quality != nil {
		quality := *h.Quality // defaults are set in it
		h.Quality = &quality
	}
	if h.Dialect == nil {
		h.Dialect = new(Dialect)
	}
	if h.Cache != nil {
		kept := *h.Cache // likewise
		h.Cache = &kept
	}
	h.setDefaults()
	if err := h.Validate(); err != nil {
		return err
	}
	for _, name := range h.GoOn {
		if _, err := parseGoOn(name); err != nil {
			return err
		}
	}
	var language language
	var err error
	if c := h.Dialect.Imagizer; c != nil {
		if language, err = imagizer.New(knownImagizer(c.Config)); err != nil {
			return err
		}
		if c.Post != nil {
			post := *c.Post
			post.Tokens = placed.AllKnown(post.Tokens, "token")
			if _, err := post.provision(caddy.NewReplacer(), h.MaxSourceSize); err != nil {
				return err
			}
		}
	} else {
		c := imagekit.Config{}
		if h.Dialect.ImageKit != nil {
			c = *h.Dialect.ImageKit
		}
		if language, err = imagekit.New(knownImageKit(c)); err != nil {
			return err
		}
	}
	var added []string
	for _, line := range h.AddResponseHeaders {
		name, value, _ := strings.Cut(line, ":")
		if value != "" {
			line = name + ":" + placed.Known(value, "value")
		}
		added = append(added, line)
	}
	if _, err := parseAdded(added); err != nil {
		return err
	}
	if _, err := parseCanonical(placed.Known(h.Canonical, "https://www.example.com")); err != nil {
		return err
	}
	if _, err := parseDefaultImage(h.DefaultImage); err != nil {
		return err
	}
	return h.checkTypes(language)
}

// checkTypes checks the types of the origins.
func (h Handler) checkTypes(language language) error {
	var types []string
	for _, raw := range h.OriginsRaw {
		var o struct {
			Type string `json:"type"`
		}
		if err := json.Unmarshal(raw, &o); err != nil {
			return err
		}
		types = append(types, o.Type)
	}
	dynamics := 0
	for _, name := range types {
		switch name {
		case "dynamic":
			if dynamics++; dynamics > 1 || !language.TakesURLs() {
				return errDynamic
			}
		case "fs", "next", "s3", "web":
		default:
			return nil // a third-party origin may do anything
		}
	}
	if c := h.Dialect.Imagizer; c != nil && len(c.BucketsAllowed) > 0 && !slices.Contains(types, "s3") {
		return errBuckets
	}
	return nil
}

var (
	errDynamic = fmt.Errorf("origin dynamic fetches URLs that clients name; there may be one, and the dialect must take such URLs: web_proxy, or allow_dynamic_origin with hosts_allowed")
	errBuckets = fmt.Errorf("buckets_allowed needs an origin s3, whose keys fetch from these buckets")
)

// parseGoOn is origin.ParseGoOn with the option's name in its error.
func parseGoOn(name string) (kind errors.Kind, err error) {
	if kind, err = origin.ParseGoOn(name); err != nil {
		err = fmt.Errorf("go_on: %w", err)
	}
	return kind, err
}

// checkImageKit and checkImagizer check a dialect as a Caddyfile describes
// it.
func checkImageKit(c imagekit.Config) error {
	_, err := imagekit.New(knownImageKit(c))
	return err
}

func checkImagizer(c imagizer.Config) error {
	_, err := imagizer.New(knownImagizer(c))
	return err
}

// knownImageKit replaces placeholders, whose values are not known yet, by
// valid values.
func knownImageKit(c imagekit.Config) imagekit.Config {
	c.Endpoint = placed.Known(c.Endpoint, "")
	c.PrivateKeys = placed.AllKnown(c.PrivateKeys, "key")
	c.Named = maps.Clone(c.Named)
	for name, named := range c.Named {
		named.Transformation = placed.Known(named.Transformation, "w-1")
		c.Named[name] = named
	}
	return c
}

func knownImagizer(c imagizer.Config) imagizer.Config {
	c.Endpoint = placed.Known(c.Endpoint, "")
	c.HostsAllowed = placed.AllKnown(c.HostsAllowed, "www.example.com")
	c.BucketsAllowed = placed.AllKnown(c.BucketsAllowed, "photos")
	c.Presets = maps.Clone(c.Presets)
	for name, query := range c.Presets {
		c.Presets[name] = placed.Known(query, "width=1")
	}
	return c
}
