package held

import (
	"context"
	stderrors "errors"
	"math"
	"sync/atomic"
	"time"

	"github.com/dustin/go-humanize"

	"github.com/caddy-images/caddy-images/errors"
)

// Bodies counts files of originals and layers, and posted files.
type Bodies struct {
	part part

	// posts limits posted files, which are counted in part too: a client
	// decides how slowly one arrives.
	posts part

	maps bool // large files into regions

	// usual is the mean size of recent files, in bytes.
	usual atomic.Int64
}

func newBodies(size int64, maps bool) *Bodies {
	b := &Bodies{maps: maps && HasRegions, part: part{size: size, open: size / 4 * 3}, posts: part{size: size / 2, open: size / 2}}
	b.usual.Store(firstEstimate)
	return b
}

// Sizes of files that are not known before they are fetched, in bytes.
const (
	firstEstimate = 1 << 20
	leastEstimate = 64 << 10
)

// Estimate returns the size of a file about which nothing is known, in bytes:
// somewhat more than that of recent ones.
func (b *Bodies) Estimate() int64 { return max(b.usual.Load()/4*5, leastEstimate) }

// learn notes the size of a file that was fetched.
func (b *Bodies) learn(n int64) {
	for {
		usual := b.usual.Load()
		if b.usual.CompareAndSwap(usual, usual+(n-usual)/16) {
			return
		}
	}
}

// State returns how much is in use.
func (b *Bodies) State() State {
	used, waiting := b.part.state()
	return State{used, b.part.size, waiting}
}

// cost is the memory that n bytes of a file on the heap take. A worker gets a copy, and
// what was freed is there until the collector runs. Regions take what they have.
func cost(n int64) int64 {
	if n > math.MaxInt64/2 {
		return math.MaxInt64
	}
	return 2 * n
}

// Posting returns a Meter for a file that a client posts. It takes what is free
// at once, up to half of the part for all posted files together.
func (b *Bodies) Posting(configured time.Duration) *Meter {
	return &Meter{bodies: b, posts: &b.posts, configured: configured}
}

// tooLarge returns the error for files that never fit.
func (b *Bodies) tooLarge(n int64) error {
	return errors.New(errors.Limit, "The files of this request take %s of memory, more than the part of memory for files, %s",
		humanize.IBytes(uint64(n)), humanize.IBytes(uint64(b.part.size)))
}

// busy returns the error for a wait that ended with err. A timeout is named as
// configured.
func busy(err error, configured time.Duration, purpose string) error {
	if !stderrors.Is(err, errTimeout) {
		return err
	}
	return overloaded("no memory "+purpose+" was free within queue_timeout, "+configured.String(), err)
}

// overloaded returns an error that asks the client to come back.
func overloaded(why string, cause error) error {
	e := errors.New(errors.Overloaded, "The server is busy; %s", why).Because(cause)
	e.RetryAfter = retryAfter
	return e
}

// retryAfter is what a refused client is asked to wait. Files are held for
// seconds.
const retryAfter = 2 * time.Second

type claimKey struct{}

// WithClaim returns a context for fetches on behalf of a claim.
func WithClaim(ctx context.Context, c *Claim) context.Context {
	return context.WithValue(ctx, claimKey{}, c)
}

// ClaimOf returns the claim of a context; without one, a new claim for a
// single file that waits up to timeout.
func (b *Bodies) ClaimOf(ctx context.Context, timeout time.Duration) *Claim {
	if c, ok := ctx.Value(claimKey{}).(*Claim); ok {
		return c
	}
	return b.Claim(timeout, true, func() (int64, int64) { return 0, b.Estimate() })
}
