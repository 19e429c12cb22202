package origin

import (
	"context"
	stderrors "errors"
	"fmt"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/internal/coalesce"
	"github.com/caddy-images/caddy-images/internal/held"
)

// Room is where the bodies of an origin's originals are counted.
type Room struct {
	Bodies *held.Bodies

	// Timeout limits the wait for memory of a fetch that is not on behalf of a
	// claim.
	Timeout time.Duration
}

// Coalesce returns an origin that counts the bodies of its Sources in room, and
// shares a fetch in flight among equal Requests. The fetches of a RequestBound
// origin are counted and not shared.
//
// Memory is reserved before the origin is asked: for all files of the request
// if the context has a held.Claim.
//
// A caller whose context is done returns at once; the fetch continues for the
// others, and is cancelled when the last one leaves. The fetch inherits no
// value and no deadline from a caller's context: it belongs to all of them.
// Its result, error included, is shared and must not be changed. Each caller
// closes its Source. Streams can be read only once, so requests for streams are not
// shared; a stream holds little, and is not counted.
func Coalesce(o Origin, room Room) Origin {
	counting := counting{o, room}
	if _, bound := o.(RequestBound); bound {
		return boundCounting{counting}
	}
	c := &coalescer{counting: counting}
	c.group = coalesce.NewGroup[question, question, *Source](
		func(q question) question { return q },
		func(question, question) bool { return true },
	)
	c.group.Share = func(s *Source, callers int) { s.held.Share(callers) }
	c.group.Drop = func(s *Source) { s.held.Release() }
	return c
}

// question is what fetches in flight are shared by. Those of requests with several
// files are kept apart; see package held.
type question struct {
	Request
	alone bool
}

type coalescer struct {
	counting
	group *coalesce.Group[question, question, *Source]
}

// Sharing is implemented by origins whose fetches in flight may be shared.
type Sharing interface {
	// Forget keeps later requests from sharing the fetches in flight of
	// matching Requests, and returns the number of those. Present callers
	// keep waiting for them.
	Forget(matches func(Request) bool) int
}

// Forget implements Sharing.
func (c *coalescer) Forget(matches func(Request) bool) int {
	return c.group.Forget(func(q question) bool { return matches(q.Request) })
}

// Fetch implements Origin.
func (c *coalescer) Fetch(ctx context.Context, req Request) (*Source, error) {
	if req.Stream.Wanted {
		return c.stream(ctx, req)
	}
	claim, meter, err := c.enter(ctx, req)
	if err != nil {
		return nil, err
	}
	source, shared, err := c.group.DoOr(ctx, question{req, claim.Alone()}, func(ctx context.Context, q question) (*Source, error) {
		return c.fetch(ctx, q.Request, meter)
	}, meter.Cancel)
	switch {
	case err == nil && shared:
		own := *source
		source = &own
	case stderrors.Is(err, coalesce.ErrLeft):
		err = meter.Blame(GivenUp(ctx))
	case stderrors.Is(err, coalesce.ErrBroken):
		err = errors.From(fmt.Errorf("fetching original: %w", err))
	}
	return source, err
}

// counting is an origin whose bodies are counted.
type counting struct {
	origin Origin
	room   Room
}

// enter reserves memory for the request, and returns the meter of this file.
func (c counting) enter(ctx context.Context, req Request) (*held.Claim, *held.Meter, error) {
	claim := c.room.Bodies.ClaimOf(ctx, c.room.Timeout)
	if err := claim.Enter(ctx); err != nil {
		return nil, nil, err
	}
	return claim, claim.Take(req.estimate(c.room.Bodies)), nil
}

// estimate returns how many bytes the body is likely to have.
func (r Request) estimate(among *held.Bodies) int64 {
	if r.Size > 0 {
		return r.Size
	}
	return min(among.Estimate(), r.MaxBytes)
}

// fetch fetches an original whose body the meter counts.
func (c counting) fetch(ctx context.Context, req Request, meter *held.Meter) (*Source, error) {
	kept := false
	defer func() {
		if !kept {
			meter.Cancel()
		}
	}()
	source, err := c.origin.Fetch(held.WithMeter(ctx, meter), req)
	if err != nil {
		return nil, meter.Blame(err)
	}
	// An origin of somebody else's may have read the body on its own.
	if err := meter.Cover(ctx, source.Body); err != nil {
		source.Close()
		return nil, err
	}
	source.held, kept = meter.Body(len(source.Body)), true
	return source, nil
}

// stream fetches an original that may be a stream, which holds little. If it is whole,
// its body takes what is free at once.
func (c counting) stream(ctx context.Context, req Request) (*Source, error) {
	meter := c.room.Bodies.ClaimOf(ctx, c.room.Timeout).Take(0)
	meter.NoWaiting()
	source, err := c.fetch(ctx, req, meter)
	if err == nil && source.Stream != nil {
		source.held.Release()
		source.held = nil
	}
	return source, err
}

// boundCounting is a RequestBound origin whose bodies are counted. It asks other handlers,
// whose resources must not wait for memory once they are asked.
type boundCounting struct{ counting }

// RequestBound implements RequestBound.
func (boundCounting) RequestBound() {}

// Fetch implements Origin.
func (c boundCounting) Fetch(ctx context.Context, req Request) (*Source, error) {
	req.Stream = Streaming{} // it has none
	_, meter, err := c.enter(ctx, req)
	if err != nil {
		return nil, err
	}
	meter.NoWaiting()
	return c.fetch(ctx, req, meter)
}
