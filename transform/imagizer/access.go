package imagizer

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
)

// Values of Config.AllowDynamicOrigin.
const (
	DynamicOff    = "off"
	DynamicListed = "listed"
	DynamicAny    = "any"
)

// access is which originals URLs may name besides those of the configured
// origins.
type access struct {
	dynamic  string
	hosts    origin.Hosts
	buckets  []string
	dataURLs bool
}

// access checks and reads a Config.
func (c Config) access() (access, error) {
	a := access{dynamic: c.AllowDynamicOrigin, dataURLs: c.AllowDataURLs, buckets: c.BucketsAllowed}
	if a.dynamic == "" {
		a.dynamic = DynamicListed
	}
	if !slices.Contains([]string{DynamicOff, DynamicListed, DynamicAny}, a.dynamic) {
		return access{}, fmt.Errorf("allow_dynamic_origin is %q; it takes off, listed or any", a.dynamic)
	}
	if a.dynamic == DynamicOff && len(c.HostsAllowed)+len(c.BucketsAllowed) > 0 {
		return access{}, fmt.Errorf("allow_dynamic_origin is off, which contradicts hosts_allowed and buckets_allowed")
	}
	var err error
	if a.hosts, err = origin.ParseHosts(c.HostsAllowed); err != nil {
		return access{}, fmt.Errorf("hosts_allowed has %w", err)
	}
	for _, bucket := range a.buckets {
		if !isBucket(bucket) {
			return access{}, fmt.Errorf("buckets_allowed has %q; it takes names of buckets, %s", bucket, takesBucket)
		}
	}
	return a, nil
}

// Admit decides whether a request may be served: whether URLs may name the
// places of its original and of everything drawn on it. Imagizer has no
// signatures, so there is no proof.
//
// The error is an *errors.Error of kind errors.Unauthorized.
func (d *Dialect) Admit(_, _ string, asked transform.Request, _ time.Time) (transform.Proof, error) {
	for _, ref := range append([]origin.Ref{asked.Ref}, asked.Plan.Refs()...) {
		if err := d.mayFetch(ref); err != nil {
			return transform.Proof{}, err
		}
	}
	return transform.Proof{}, nil
}

// TakesURLs reports whether URLs may name an original by its whole URL.
func (d *Dialect) TakesURLs() bool {
	return d.dynamic == DynamicAny || d.dynamic == DynamicListed && len(d.hosts) > 0
}

// Lists reports whether URLs may name originals of a server, in the form of
// origin.Ref.
func (d *Dialect) Lists(server string) bool {
	place, isS3 := strings.CutPrefix(server, origin.BucketServer)
	switch {
	case server == origin.DataServer:
		return d.dataURLs
	case isS3:
		bucket, _, _ := strings.Cut(place, "@")
		return slices.Contains(d.buckets, bucket) || d.dynamic == DynamicAny && len(d.buckets) == 0
	}
	return d.hosts.Has(server) || d.dynamic == DynamicAny && len(d.hosts) == 0
}

// mayFetch decides whether a file may be fetched.
func (d *Dialect) mayFetch(ref origin.Ref) error {
	switch {
	case ref.Server == "" || d.Lists(ref.Server):
		return nil
	case ref.Server == origin.DataServer:
		return errors.New(errors.Unauthorized, "The URL contains an image (data:), which this server does not allow (allow_data_urls)")
	case d.dynamic == DynamicOff:
		return errors.New(errors.Unauthorized, "The URL names the origin of its original, which this server does not allow (allow_dynamic_origin)")
	case strings.HasPrefix(ref.Server, origin.BucketServer):
		return errors.New(errors.Unauthorized, "The URL names the bucket %s, which this server does not allow (buckets_allowed)", errors.Quote(ref.Server))
	}
	return errors.New(errors.Unauthorized, "The URL names a file of %s, which this server does not allow (hosts_allowed)", errors.Quote(ref.Server))
}
