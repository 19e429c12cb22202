package s3

import (
	"context"
	stderrors "errors"
	"strings"
	"sync"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
)

// OtherBuckets implements origin.Buckets. Credentials, endpoint and timeouts
// are those of this origin; its prefix is not, as it is a folder of its own
// bucket.
func (o *Origin) OtherBuckets() origin.Origin {
	return &buckets{origin: o, regions: make(map[string]string)}
}

// buckets fetches from the buckets that Refs name, as s3://bucket or
// s3://bucket@region.
type buckets struct {
	origin *Origin

	mu      sync.Mutex
	regions map[string]string // of buckets outside of the origin's region
}

// Fetch implements origin.Origin. If the Ref has no region, the origin's own
// is tried first; S3 then names the right one, even without permissions, and
// that is remembered.
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
		return nil, errors.New(errors.BadTransform, "The URL has an invalid bucket name").Because(err)
	}
	other := *b.origin
	other.base, other.prefix, other.region = base, "", region
	return other.Fetch(ctx, req)
}

// mostRegions limits the remembered regions, since clients name the buckets.
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

// elsewhere is the cause of a refusal that names the bucket's region.
type elsewhere struct {
	error
	region string
}

// isRegion reports whether a text looks like the name of a region. It becomes
// part of a host name.
func isRegion(text string) bool {
	return text != "" && len(text) <= 32 && strings.Trim(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// Interface guard
var _ origin.Buckets = (*Origin)(nil)
