package s3

import (
	"bytes"
	"context"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"github.com/caddy-images/caddy-images/cache"
	"github.com/caddy-images/caddy-images/cache/internal/breaker"
	"github.com/caddy-images/caddy-images/cache/internal/packed"
)

const (
	// mostBytes is the size of the largest entry that is kept: it is read into memory.
	mostBytes = 64 << 20

	// changeTimeout limits a change, which no client waits for.
	changeTimeout = 10 * time.Second

	failures     = 5 // in a row, until the bucket is left alone
	firstPause   = time.Second
	longestPause = time.Minute
)

// Tier keeps entries in a bucket.
type Tier struct {
	bucket        bucket
	readTimeout   time.Duration
	reads, writes *breaker.Breaker
	broken        atomic.Int64
}

func newTier(b bucket, name string, readTimeout time.Duration, log *zap.Logger) *Tier {
	newBreaker := func(what string) *breaker.Breaker {
		return &breaker.Breaker{
			Failures: failures, First: firstPause, Longest: longestPause, Jitter: true, Now: time.Now,
			Opened: func(err error) {
				log.Warn("The bucket of the cache cannot be "+what+"; images are served without it, and it is tried again later", zap.String("bucket", name), zap.Error(err))
			},
			Closed: func() {
				log.Info("The bucket of the cache can be "+what+" again", zap.String("bucket", name))
			},
		}
	}
	return &Tier{bucket: b, readTimeout: readTimeout, reads: newBreaker("read"), writes: newBreaker("written to")}
}

// objects is how the names of what is kept of an original begin.
func objects(original cache.ID) string { return original.String() + "/" }

func object(key cache.Key) string { return objects(key.Original) + key.Entry.String() }

// Get implements cache.Tier.
func (t *Tier) Get(ctx context.Context, key cache.Key) (*cache.Entry, error) {
	if err := t.reads.Allow(); err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, t.readTimeout)
	defer cancel()
	content, err := t.bucket.get(limited, object(key), mostBytes)
	if ctx.Err() != nil { // the client has gone, which says nothing of the bucket
		return nil, ctx.Err()
	}
	if err := t.reads.Note(err); err != nil || content == nil {
		return nil, err
	}
	end, err := whole(content, key)
	if err != nil {
		t.broken.Add(1)
		return nil, nil
	}
	return &cache.Entry{Meta: end.Meta, Body: cache.Bytes(content[:end.Body:end.Body]), Sequence: end.Sequence}, nil
}

// whole checks an entry.
func whole(content []byte, key cache.Key) (packed.End, error) {
	r := bytes.NewReader(content)
	end, err := packed.ReadEnd(r, int64(len(content)))
	if err == nil && end.Key != key {
		err = packed.ErrDamaged
	}
	if err == nil {
		err = end.Verify(r)
	}
	return end, err
}

// Put implements cache.Tier. What is larger than 64 MiB is not kept.
func (t *Tier) Put(ctx context.Context, key cache.Key, meta, body []byte, sequence uint64) error {
	if len(meta) > cache.MaxMeta || packed.Size(meta, body) > mostBytes {
		return nil
	}
	return t.change(ctx, func(ctx context.Context) error {
		return t.bucket.put(ctx, object(key), body, packed.AppendEnd(nil, key, meta, body, sequence))
	})
}

// change changes something in the bucket.
func (t *Tier) change(ctx context.Context, do func(ctx context.Context) error) error {
	if err := t.writes.Allow(); err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, changeTimeout)
	defer cancel()
	err := do(limited)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return t.writes.Note(err)
}

// Delete implements cache.Tier.
func (t *Tier) Delete(ctx context.Context, key cache.Key) error {
	if key.Entry != (cache.ID{}) {
		return t.change(ctx, func(ctx context.Context) error { return t.bucket.remove(ctx, object(key)) })
	}
	return t.change(ctx, func(ctx context.Context) error {
		for name, err := range t.bucket.list(ctx, objects(key.Original)) {
			if err != nil {
				return err
			}
			if err := t.bucket.remove(ctx, name); err != nil {
				return err
			}
		}
		return nil
	})
}

// DeleteAll implements cache.Tier. It does nothing: what is older is not used, and the
// bucket's lifecycle rules remove it.
func (t *Tier) DeleteAll(context.Context, uint64) error { return nil }

// Usage implements cache.Tier. How much the bucket holds is not known.
func (t *Tier) Usage() cache.Usage {
	return cache.Usage{Name: "s3", Broken: t.broken.Load(), Failing: t.reads.IsOpen() || t.writes.IsOpen()}
}

// Close implements cache.Tier.
func (t *Tier) Close() error {
	t.bucket.close()
	return nil
}

// Interface guards
var (
	_ cache.Tier   = (*Tier)(nil)
	_ cache.Ledger = (*Tier)(nil)
)
