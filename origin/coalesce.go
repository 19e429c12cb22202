package origin

import (
	"context"
	stderrors "errors"
	"fmt"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/internal/coalesce"
)

// Coalesce returns an origin that shares a fetch in flight among equal
// Requests. A RequestBound origin is returned unchanged.
//
// A caller whose context is done returns at once; the fetch continues for the
// others, and is cancelled when the last one leaves. The fetch inherits no
// value and no deadline from a caller's context: it belongs to all of them.
// Its result, error included, is shared and must not be changed. Streams can
// be read only once, so requests for streams are not shared.
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
	// Forget keeps later requests from sharing the fetches in flight of
	// matching Requests, and returns the number of those. Present callers
	// keep waiting for them.
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
