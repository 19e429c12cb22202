package metrics

import (
	"context"
	stderrors "errors"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/origin/next"
	"github.com/caddy-images/caddy-images/transform/render"
)

// Origin returns an origin whose fetches are counted under a name, once each,
// however many requests share them.
func (s *Set) Origin(o origin.Origin, name string) origin.Origin {
	c := countedOrigin{o, s, name}
	// A rate needs two values, and an outage is rare.
	s.fetches.WithLabelValues(name, codeOK, string(Found))
	for k := range errors.ClientClosed + 1 {
		if k.IsOutage() {
			s.fetches.WithLabelValues(name, k.Code(), string(Down))
		}
	}
	if _, bound := o.(origin.RequestBound); bound {
		return countedBound{c}
	}
	return c
}

type countedOrigin struct {
	origin.Origin
	set  *Set
	name string
}

// Fetch implements origin.Origin.
func (c countedOrigin) Fetch(ctx context.Context, req origin.Request) (*origin.Source, error) {
	began := time.Now()
	source, err := c.Origin.Fetch(ctx, req)
	c.set.fetching.WithLabelValues(c.name).Observe(time.Since(began).Seconds())
	code, outcome := codeOK, Found
	switch {
	case stderrors.Is(err, next.ErrAnswered):
		code, outcome = codePassed, Passed
	case err != nil:
		kind := errors.From(err).Kind
		code, outcome = kind.Code(), OutcomeOf(kind)
	default:
		c.set.originalBytes.WithLabelValues(c.name).Add(float64(len(source.Body)))
		if source.Stream != nil { // its first bytes were counted
			began := int64(len(source.Body))
			source.Stream.Sent = func(bytes int64) {
				c.set.originalBytes.WithLabelValues(c.name).Add(float64(max(0, bytes-began)))
			}
		}
	}
	c.set.fetches.WithLabelValues(c.name, code, string(outcome)).Inc()
	return source, err
}

// countedBound is a counted origin that belongs to its request.
type countedBound struct{ countedOrigin }

// RequestBound implements origin.RequestBound.
func (countedBound) RequestBound() {}

// Engine returns an engine whose jobs are counted.
func (s *Set) Engine(e render.Engine) render.Engine { return countedEngine{e, s} }

type countedEngine struct {
	render.Engine
	set *Set
}

// Render implements render.Engine.
func (c countedEngine) Render(ctx context.Context, job render.Job) (*render.Result, error) {
	began := time.Now()
	result, err := c.Engine.Render(ctx, job)
	format := noFormat
	if err == nil && result.Details == nil {
		format = result.Format.String()
		c.set.variantBytes.WithLabelValues(format).Add(float64(len(result.Body)))
	}
	c.set.rendering.WithLabelValues(format).Observe(time.Since(began).Seconds())
	return result, err
}
