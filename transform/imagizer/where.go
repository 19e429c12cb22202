package imagizer

import (
	"regexp"
	"strings"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
)

// where is the place of the original as parameters name it; the zero value is
// the configured origins.
type where struct{ origin, hostname, sourceURL, bucket, region string }

// ref returns the original for an escaped path. belongs is the original's
// part of the query.
func (w where) ref(path, belongs string, takesURLs bool) (origin.Ref, error) {
	if err := w.check(); err != nil {
		return origin.Ref{}, err
	}
	switch {
	case strings.HasPrefix(strings.ToLower(w.sourceURL), "data:"):
		return origin.ParseDataURL(w.sourceURL)
	case w.sourceURL != "":
		return parameter("source_url", w.sourceURL, belongs)
	case w.origin != "" || w.hostname != "":
		return w.at(path, belongs)
	case w.bucket != "":
		ref, err := origin.ParseRef(path, belongs)
		ref.Server = origin.BucketServer + w.bucket
		if w.region != "" {
			ref.Server += "@" + w.region
		}
		return ref, err
	}
	if takesURLs {
		if ref, ok, err := origin.ParseURLPath(strings.TrimLeft(path, "/"), belongs); ok {
			return ref, err
		}
	}
	return origin.ParseRef(path, belongs)
}

// check refuses contradictory places.
func (w where) check() error {
	var said []string
	for _, p := range []struct{ name, value string }{
		{"origin", w.origin}, {"hostname", w.hostname}, {"source_url", w.sourceURL}, {"bucket", w.bucket},
	} {
		if p.value != "" {
			said = append(said, p.name)
		}
	}
	switch {
	case len(said) > 1:
		return errors.New(errors.BadTransform, "The URL has %s; it takes one of them", strings.Join(said, " and "))
	case w.region != "" && w.bucket == "":
		return errors.New(errors.BadTransform, "The URL has region without bucket")
	}
	return nil
}

// at returns a path at another server. The default scheme is https.
func (w where) at(path, belongs string) (origin.Ref, error) {
	name, value := "origin", w.origin
	if value == "" {
		name, value = "hostname", w.hostname
	}
	if !strings.Contains(value, "://") {
		value = "https://" + value
	}
	if strings.ContainsAny(value, "?#") {
		return origin.Ref{}, errors.New(errors.BadTransform, "%s is %s; it takes a host, or a URL without a query", name, errors.Quote(value))
	}
	return parameter(name, strings.TrimRight(value, "/")+"/"+strings.TrimLeft(path, "/"), belongs)
}

// parameter returns the Ref for a whole URL in a parameter.
func parameter(name, whole, belongs string) (origin.Ref, error) {
	whole, _, _ = strings.Cut(whole, "#")
	if belongs != "" {
		and := "?"
		if strings.Contains(whole, "?") {
			and = "&"
		}
		whole += and + belongs
	}
	ref, err := origin.ParseURL(whole)
	if err != nil {
		return origin.Ref{}, errors.New(errors.BadTransform, "%s is %s: %s", name, errors.Quote(whole), errors.From(err).Message)
	}
	return ref, nil
}

const (
	takesBucket = "3 to 63 lower-case letters, digits, hyphens and dots"
	takesRegion = "the name of a region, such as eu-central-1"
)

var (
	bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	regionName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	address    = regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+$`)
)

// isBucket follows Amazon's page "General purpose bucket naming rules".
func isBucket(name string) bool {
	return bucketName.MatchString(name) && !strings.Contains(name, "..") && !address.MatchString(name)
}

func readBucket(p *picture, v string) bool {
	p.where.bucket = v
	return isBucket(v)
}

func readRegion(p *picture, v string) bool {
	p.where.region = v
	return len(v) <= 32 && regionName.MatchString(v)
}
