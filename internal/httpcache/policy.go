// Package httpcache computes what caches may do with a response (RFC 9111).
// It parses the policies of origins, finds the strictest of several, and
// writes the result. It does no I/O.
package httpcache

import (
	"slices"
	"strconv"
	"strings"
)

// Policy is what a response says about storing it. The zero value says nothing.
type Policy struct {
	// Restrictions (RFC 9111 section 5.2.2). A Private response is for one
	// user: it says so, sets a cookie, or varies by user.
	NoStore, Private, NoCache, MustRevalidate, ProxyRevalidate bool

	// MaxAge is how long the response is fresh, and SMaxAge how long in a
	// shared cache if that differs.
	MaxAge, SMaxAge Age

	// Permissions.
	Public, Immutable                  bool
	StaleWhileRevalidate, StaleIfError Age
}

// Age is an optional number of seconds.
type Age struct {
	Given   bool
	Seconds int64
}

// Seconds returns an Age that was given.
func Seconds(n int64) Age { return Age{true, n} }

// PerUser is the Cache-Control of a response for one user. A browser shared
// by two users revalidates before it shows the response.
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
		// With no-cache an age is pointless, and a cache that predates
		// no-cache would obey it.
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

// HasFreshness reports whether the policy has an explicit lifetime, including
// none.
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
// a private one. A lifetime given for only one of them holds for both.
func (p Policy) shared() Age { return p.SMaxAge.or(p.MaxAge) }
func (p Policy) own() Age    { return p.MaxAge.or(p.SMaxAge) }

func (a Age) or(other Age) Age {
	if a.Given {
		return a
	}
	return other
}

// Strictest returns the policy of a response made from several: every
// restriction of any of them, the shortest freshness, and the permissions
// that all have.
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
