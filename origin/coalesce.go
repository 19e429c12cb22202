package origin

import (
	"context"
	stderrors "errors"
	"fmt"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/internal/coalesce"
)

// Coalesce returns an origin that lets equal Requests share the one fetch that
// is in flight for them. A RequestBound origin is returned as it is.
//
// A waiter whose context is done returns at once and leaves the fetch to the
// others; when the last one leaves, the fetch is cancelled. The fetch carries no
// value and no deadline of any waiter's context: it belongs to all of them. What
// it returns, error included, is shared and must not be changed. A stream can be read
// once, so requests for one are not shared.
func Coalesce(o Origin) Origin {
	if _, bound := o.(RequestBound); bound {
		return o
	}
	return &coalescer{o, coalesce.NewGroup[Request, Request, *Source](
		func(r Request) Request { return r },
		func(Request, Request) bool { return true },
	)}
}

type coalescer struct {
	origin Origin
	group  *coalesce.Group[Request, Request, *Source]
}

// Sharing is implemented by origins whose fetches in flight may be shared.
type Sharing interface {
	// Forget has nobody share the fetches in flight of Requests that match any
	// more, and returns how many those are. Who waits for one goes on waiting.
	Forget(matches func(Request) bool) int
}

// Forget implements Sharing.
func (c *coalescer) Forget(matches func(Request) bool) int { return c.group.Forget(matches) }

func (c *coalescer) Fetch(ctx context.Context, req Request) (*Source, error) {
	if req.Stream.Wanted {
		return c.origin.Fetch(ctx, req)
	}
	source, shared, err := c.group.Do(ctx, req, c.origin.Fetch)
	switch {
	case err == nil && shared:
		source = source.Shared()
	case stderrors.Is(err, coalesce.ErrLeft):
		err = GivenUp(ctx)
	case stderrors.Is(err, coalesce.ErrBroken):
		err = errors.From(fmt.Errorf("fetching original: %w", err))
	}
	return source, err
}
