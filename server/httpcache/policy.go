// Package httpcache says what caches may do with a response (RFC 9111). It reads what
// origins say about theirs, finds the strictest of several, and writes the result.
// It does no I/O.
package httpcache

import (
	"slices"
	"strconv"
	"strings"
)

// Policy is what a response says about storing it. The zero value says nothing.
type Policy struct {
	// What restricts caches (RFC 9111 section 5.2.2). A Private response is for one
	// user: it says so, sets a cookie, or depends on who asks.
	NoStore, Private, NoCache, MustRevalidate, ProxyRevalidate bool

	// MaxAge is how long the response is fresh, and SMaxAge how long it is in a
	// shared cache if that differs.
	MaxAge, SMaxAge Age

	// What loosens the rules of caches.
	Public, Immutable                  bool
	StaleWhileRevalidate, StaleIfError Age
}

// Age is a number of seconds, if one was given.
type Age struct {
	Given   bool
	Seconds int64
}

// Seconds returns an Age that was given.
func Seconds(n int64) Age { return Age{true, n} }

// PerUser is the Cache-Control of a response for one user. A browser that two users
// share asks again before it shows what it has.
const PerUser = "private, no-cache"

// String returns the policy as a Cache-Control; empty if it says nothing.
func (p Policy) String() string {
	switch {
	case p.NoStore:
		return "no-store"
	case p.Private:
		return PerUser
	}
	var said []string
	flag := func(is bool, name string) {
		if is {
			said = append(said, name)
		}
	}
	age := func(a Age, name string) {
		// Beside no-cache an age is good for nothing, and a cache that is older than
		// no-cache would heed it.
		if a.Given && (!p.NoCache || a.Seconds == 0) {
			said = append(said, name+"="+strconv.FormatInt(a.Seconds, 10))
		}
	}
	flag(p.Public, "public")
	flag(p.NoCache, "no-cache")
	age(p.MaxAge, "max-age")
	age(p.SMaxAge, "s-maxage")
	flag(p.MustRevalidate, "must-revalidate")
	flag(p.ProxyRevalidate, "proxy-revalidate")
	flag(p.Immutable, "immutable")
	age(p.StaleWhileRevalidate, "stale-while-revalidate")
	age(p.StaleIfError, "stale-if-error")
	return strings.Join(said, ", ")
}

// HasFreshness reports whether the policy says how long the response is fresh, be it
// not at all.
func (p Policy) HasFreshness() bool { return p.NoCache || p.MaxAge.Given || p.SMaxAge.Given }

// IsStale reports whether some caches must revalidate the response each time.
func (p Policy) IsStale() bool {
	return p.NoCache || p.MaxAge == Seconds(0) || p.SMaxAge == Seconds(0)
}

// AllowsCredentials reports whether shared caches may store the response to a request
// with credentials (RFC 9111 section 3.5).
func (p Policy) AllowsCredentials() bool {
	return !p.NoStore && !p.Private && (p.Public || p.MustRevalidate || p.SMaxAge.Given)
}

// shared returns how long the response is fresh in a shared cache, and own in
// one of a single user. Where the origin spoke to one of them only, it holds
// for both.
func (p Policy) shared() Age { return p.SMaxAge.or(p.MaxAge) }
func (p Policy) own() Age    { return p.MaxAge.or(p.SMaxAge) }

func (a Age) or(other Age) Age {
	if a.Given {
		return a
	}
	return other
}

// Strictest returns the policy of what is made of several responses: it has
// every restriction of one of them and the shortest freshness, and what
// loosens the rules only if all have it.
func Strictest(policies ...Policy) Policy {
	if len(policies) == 0 {
		return Policy{}
	}
	one := func(is func(Policy) bool) bool { return slices.ContainsFunc(policies, is) }
	all := func(is func(Policy) bool) bool {
		return !one(func(p Policy) bool { return !is(p) })
	}
	shortest := func(of func(Policy) Age) (least Age) {
		for _, p := range policies {
			if a := of(p); a.Given && (!least.Given || a.Seconds < least.Seconds) {
				least = a
			}
		}
		return least
	}
	strictest := Policy{
		NoStore:         one(func(p Policy) bool { return p.NoStore }),
		Private:         one(func(p Policy) bool { return p.Private }),
		NoCache:         one(func(p Policy) bool { return p.NoCache }),
		MustRevalidate:  one(func(p Policy) bool { return p.MustRevalidate }),
		ProxyRevalidate: one(func(p Policy) bool { return p.ProxyRevalidate }),
		Public:          all(func(p Policy) bool { return p.Public }),
		Immutable:       all(func(p Policy) bool { return p.Immutable }),
	}
	if one(func(p Policy) bool { return p.MaxAge.Given }) {
		strictest.MaxAge = shortest(Policy.own)
	}
	if one(func(p Policy) bool { return p.SMaxAge.Given }) {
		strictest.SMaxAge = shortest(Policy.shared)
	}
	if all(func(p Policy) bool { return p.StaleWhileRevalidate.Given }) {
		strictest.StaleWhileRevalidate = shortest(func(p Policy) Age { return p.StaleWhileRevalidate })
	}
	if all(func(p Policy) bool { return p.StaleIfError.Given }) {
		strictest.StaleIfError = shortest(func(p Policy) Age { return p.StaleIfError })
	}
	return strictest
}
