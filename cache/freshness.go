package cache

import (
	stderrors "errors"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/internal/httpcache"
	"github.com/caddy-images/caddy-images/origin"
)

// Forever is a Freshness.Default that ends with a purge only.
const Forever = time.Duration(1<<63 - 1)

// Freshness says for how long originals are used without asking their origins.
type Freshness struct {
	// Default is for originals of which their origin says nothing; Forever for until
	// they are purged.
	Default time.Duration

	// Max bounds what origins say.
	Max time.Duration

	// Stale is for how long a stale original is used while it is revalidated, and
	// StaleIfError for how long if its origin is down, both from when it became stale.
	// What the origin says takes precedence, if it is less.
	Stale, StaleIfError time.Duration

	// NotFound is for how long an origin is not asked again for a file that it does not
	// have, and Failure for how long after any other failure.
	NotFound, Failure time.Duration
}

// lifetime is how long an original is used from when it was validated.
type lifetime struct {
	fresh time.Duration // Forever for until it is purged
	stale time.Duration // from when the original was validated: while it is revalidated
	error time.Duration // from when the original was validated: if its origin is down
}

// lifetimeOf applies the settings to what an origin says. forRequest is true for handlers
// behind this one, which see the client's request: what they no longer confirm is used only
// if they allowed that.
func (f Freshness) lifetimeOf(said httpcache.Policy, forRequest bool) lifetime {
	var l lifetime
	age := said.SMaxAge
	if !age.Given {
		age = said.MaxAge
	}
	switch {
	case said.NoCache:
	case forRequest && !said.Public && !said.SMaxAge.Given:
		// It may be for this client only, so each client's own request asks again.
	case age.Given:
		l.fresh = min(time.Duration(age.Seconds)*time.Second, f.Max)
	case forRequest:
	default:
		l.fresh = f.Default
	}
	l.stale, l.error = l.fresh, l.fresh
	if l.fresh == Forever || said.NoCache || said.MustRevalidate || said.ProxyRevalidate || said.SMaxAge.Given {
		return l // RFC 9111 sections 5.2.2.2, 5.2.2.4, 5.2.2.8 and 5.2.2.10
	}
	l.stale = plus(l.fresh, allowed(f.Stale, said.StaleWhileRevalidate, forRequest))
	l.error = plus(l.fresh, allowed(f.StaleIfError, said.StaleIfError, forRequest))
	return l
}

// allowed is a time of the settings, or what the origin says if that is less. Handlers
// behind this one have to say something.
func allowed(setting time.Duration, said httpcache.Age, forRequest bool) time.Duration {
	switch {
	case said.Given:
		return min(setting, time.Duration(said.Seconds)*time.Second)
	case forRequest:
		return 0
	}
	return setting
}

func plus(a, b time.Duration) time.Duration {
	if a > Forever-b {
		return Forever
	}
	return a + b
}

// isStorable reports whether an original, and what is made of it, may be kept for others.
func isStorable(s *origin.Source, said httpcache.Policy) bool {
	return !said.NoStore && !said.Private && !(s.ForRequest && httpcache.IsPerUser(s.Header))
}

// isDown reports whether a failure says nothing about the original: its origin cannot be
// asked at present.
func isDown(e *errors.Error) bool {
	switch e.Kind {
	case errors.Unidentified, errors.OriginTimeout, errors.Refused, errors.Unresolved:
		return true
	}
	return stderrors.Is(e, origin.ErrCredentials)
}

// keptFor is for how long an origin is not asked again after a failure. It reports whether
// the failure is the origin's.
func (f Freshness) keptFor(e *errors.Error) (wait time.Duration, isOrigins bool) {
	switch e.Kind {
	case errors.NotFound:
		return f.NotFound, true
	case errors.Unidentified, errors.OriginTimeout, errors.Refused, errors.Unresolved, errors.AccessDenied, errors.BadOriginRequest, errors.Limit:
		return f.Failure, true
	}
	return 0, false
}
