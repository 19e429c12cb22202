package s3

import (
	"context"
	stderrors "errors"
	"strings"
	"sync"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
)

// OtherBuckets implements origin.Buckets. The keys, or the role, are those of this
// origin, as are its endpoint and its times; its prefix is not, since it is a folder
// of its own bucket.
func (o *Origin) OtherBuckets() origin.Origin {
	return &buckets{origin: o, regions: make(map[string]string)}
}

// buckets are those that Refs name, as s3://bucket or s3://bucket@region.
type buckets struct {
	origin *Origin

	mu      sync.Mutex
	regions map[string]string // of buckets that are not in the origin's own
}

// Fetch implements origin.Origin. Where the Ref has no region, a bucket is asked in
// the origin's own first; S3 says then which one it is in, which needs no
// permission, and that is remembered.
func (b *buckets) Fetch(ctx context.Context, req origin.Request) (*origin.Source, error) {
	bucket, region, isKnown := strings.Cut(strings.TrimPrefix(req.Ref.Server, origin.BucketServer), "@")
	if isKnown {
		return b.fetch(ctx, bucket, region, req)
	}
	region = b.region(bucket)
	source, err := b.fetch(ctx, bucket, region, req)
	if other, ok := stderrors.AsType[*elsewhere](err); ok && other.region != region {
		b.remember(bucket, other.region)
		return b.fetch(ctx, bucket, other.region, req)
	}
	return source, err
}

func (b *buckets) fetch(ctx context.Context, bucket, region string, req origin.Request) (*origin.Source, error) {
	config := *b.origin.config
	config.Bucket, config.Region = bucket, region
	base, err := config.bucketURL()
	if err != nil {
		return nil, errors.New(errors.BadTransform, "The URL has a name of a bucket that is none").Because(err)
	}
	other := *b.origin
	other.base, other.prefix, other.region = base, "", region
	return other.Fetch(ctx, req)
}

// mostRegions bounds what is remembered; clients name the buckets.
const mostRegions = 1000

func (b *buckets) region(bucket string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if region, ok := b.regions[bucket]; ok {
		return region
	}
	return b.origin.region
}

func (b *buckets) remember(bucket, region string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.regions) >= mostRegions {
		clear(b.regions)
	}
	b.regions[bucket] = region
}

// elsewhere is the cause of a refusal that says in which region the bucket is.
type elsewhere struct {
	error
	region string
}

// isRegion reports whether a text looks like the name of a region. One
// becomes part of the name of a host.
func isRegion(text string) bool {
	return text != "" && len(text) <= 32 && strings.Trim(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// Interface guard
var _ origin.Buckets = (*Origin)(nil)
