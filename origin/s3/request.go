package s3

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/minio/minio-go/v7/pkg/s3utils"
	"github.com/minio/minio-go/v7/pkg/signer"

	"github.com/caddy-images/caddy-images/origin"
)

// emptySHA256 is the hash of a request's empty body.
const emptySHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// request returns the signed GET for an original, or for a range of it if
// byteRange is not empty.
func (o *Origin) request(ctx context.Context, req origin.Request, byteRange string) (*http.Request, error) {
	asked := *o.base
	asked.Path += o.prefix + req.Ref.Name()
	// The signature covers this exact encoding.
	asked.RawPath = s3utils.EncodePath(asked.Path)
	r := &http.Request{
		Method: http.MethodGet,
		URL:    &asked,
		Header: http.Header{"User-Agent": {"caddy-images"}},
	}
	if byteRange != "" {
		r.Header.Set("Range", byteRange)
	}
	req.Known.SetConditions(r.Header)
	r = r.WithContext(ctx)
	if o.credentials == nil {
		return r, nil
	}
	keys, err := o.keys(ctx)
	if err != nil {
		return nil, err
	}
	r.Header.Set("X-Amz-Content-Sha256", emptySHA256)
	return signer.SignV4(*r, keys.AccessKeyID, keys.SecretAccessKey, keys.SessionToken, o.region), nil
}

// bucketURL returns the URL of the bucket.
func (o Origin) bucketURL() (*url.URL, error) {
	base, pathStyle, err := o.server()
	if err != nil {
		return nil, err
	}
	if pathStyle {
		base.Path = "/" + o.Bucket + "/"
	} else {
		base.Host = o.Bucket + "." + base.Host
		base.Path = "/"
	}
	return base, nil
}

// server returns the URL of the server, and whether the bucket is in the path
// of a URL instead of its host. Errors do not show the endpoint: it may
// contain a password.
func (o Origin) server() (base *url.URL, pathStyle bool, err error) {
	if err := s3utils.CheckValidBucketName(o.Bucket); err != nil {
		return nil, false, fmt.Errorf("bucket %q: %w", o.Bucket, err)
	}
	endpoint := o.Endpoint
	if endpoint == "" {
		endpoint = amazon(o.Region)
	}
	base, err = url.Parse(endpoint)
	if err != nil || base.Scheme != "http" && base.Scheme != "https" || base.Hostname() == "" {
		return nil, false, fmt.Errorf("endpoint must be a URL such as https://s3.example.net, with http or https")
	}
	if base.User != nil || strings.Trim(base.Path, "/") != "" || base.RawQuery != "" || base.ForceQuery || base.Fragment != "" {
		return nil, false, fmt.Errorf("endpoint must have a host only, such as https://s3.example.net")
	}
	base.Path, base.RawPath = "", ""
	return base, o.PathStyle || needsPathStyle(base, o.Bucket), nil
}

// amazon returns the endpoint of a region; those in China have another
// domain.
func amazon(region string) string {
	domain := ".amazonaws.com"
	if strings.HasPrefix(region, "cn-") {
		domain += ".cn"
	}
	return "https://s3." + region + domain
}

// needsPathStyle reports whether bucket and endpoint cannot form a host: an
// IP address has no subdomains, and no wildcard certificate covers a name
// with an additional dot.
func needsPathStyle(endpoint *url.URL, bucket string) bool {
	_, err := netip.ParseAddr(endpoint.Hostname())
	return err == nil || endpoint.Scheme == "https" && strings.Contains(bucket, ".")
}

// folder returns a prefix with exactly one trailing slash; "" for the whole
// bucket.
func folder(prefix string) string {
	if prefix = strings.Trim(prefix, "/"); prefix == "" {
		return ""
	}
	return prefix + "/"
}
