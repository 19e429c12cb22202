package server

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-images/caddy-images/internal/httpcache"
)

// year is the default lifetime of a response, in seconds.
const year = 31536000

// freshness returns the Cache-Control of a response made from files: the
// original or default image, and those of layers.
//
// It is the strictest of theirs; see the table in the HTTP reference. What an
// origin calls private or no-store stays so, whatever the configuration says:
// it may belong to one user. The same goes for responses that depend on the
// client: those to requests with credentials, since another client may be
// refused, and those of the handlers behind this one that set cookies or vary
// by things a cache cannot know.
//
// A response is not fresh beyond the expiry of its signature.
//
// age is how long ago, in seconds, the oldest of the files was last known to
// be current: freshness counts from then. It is negative if that makes no
// difference.
func (q *request) freshness(files ...*file) (cacheControl string, age int64) {
	now := time.Now()
	since := now
	for _, f := range files {
		if at := f.Kept.Validated; !at.IsZero() && at.Before(since) {
			since = at
		}
	}
	value := q.freshnessOf(files, since)
	if until := q.asked.Proof.Until; !until.IsZero() {
		return keptUntil(value, until, now), -1
	}
	if age = int64(now.Sub(since) / time.Second); age == 0 || strings.Contains(value, "no-store") || value == httpcache.PerUser {
		age = -1
	}
	return value, age
}

func (q *request) freshnessOf(files []*file, now time.Time) string {
	asOrigin := q.CacheControl == "origin"
	policies := make([]httpcache.Policy, len(files))
	for i, f := range files {
		policies[i] = f.policy(asOrigin, now)
	}
	all := httpcache.Strictest(policies...)
	isForAll := asOrigin && all.AllowsCredentials() && !slices.ContainsFunc(files, func(f *file) bool { return !f.forRequest })
	switch {
	case all.NoStore:
		return all.String()
	case IsAuthenticated(q.r) && !isForAll:
		return httpcache.PerUser
	case asOrigin && len(files) == 1 && all == httpcache.Parse(files[0].cacheControl):
		return files[0].cacheControl // verbatim
	case asOrigin:
		return all.String()
	case all.Private:
		return httpcache.PerUser
	case q.CacheControl == "":
		return orUsual(all, q.asked.Versioned && !q.asked.Plan.HasLayers()) // the version does not cover files of layers
	case all.IsStale():
		return all.String()
	}
	return bound(q.CacheControl, all)
}

// IsAuthenticated reports whether the request has credentials, or a handler before this
// one, such as basic_auth, has found out who sent it: the header by which it did may be
// gone by now.
func IsAuthenticated(r *http.Request) bool {
	if r.Header.Get("Authorization") != "" {
		return true
	}
	repl, ok := r.Context().Value(caddy.ReplacerCtxKey).(*caddy.Replacer)
	if !ok {
		return false
	}
	user, _ := repl.GetString("http.auth.user.id")
	return user != ""
}

// policy returns the part of the origin's Cache-Control that applies. A
// response of the handlers behind this one may be for this client, so all of
// it applies. Other origins never saw the client: all of it applies if the
// configuration says so, and otherwise only what restricts who may see the
// file.
func (f facts) policy(all bool, now time.Time) httpcache.Policy {
	p := httpcache.Of(f.cacheControl, f.header, now)
	switch {
	case f.forRequest:
		p.Private = p.Private || httpcache.IsPerUser(f.header)
	case !all:
		said := httpcache.Parse(f.cacheControl)
		return httpcache.Policy{NoStore: said.NoStore, Private: said.Private}
	}
	return p
}

// policyOfHeader is the same for the header of a response of this site's
// handlers.
func policyOfHeader(header http.Header, now time.Time) httpcache.Policy {
	lines := strings.Join(header.Values("Cache-Control"), ", ")
	return facts{cacheControl: lines, header: header, forRequest: true}.policy(true, now)
}

// inherit restricts the response to what earlier handlers put into its
// header, which may contain a user's cookie.
func (a *response) inherit(header http.Header, now time.Time) {
	site := policyOfHeader(header, now)
	if site == (httpcache.Policy{}) {
		return
	}
	if a.cacheControl != "" {
		site = httpcache.Strictest(httpcache.Parse(a.cacheControl), site)
	}
	a.cacheControl = site.String()
}

// orUsual returns the policy as a Cache-Control, with a lifetime of a year if
// it has none.
func orUsual(p httpcache.Policy, isVersioned bool) string {
	switch {
	case p == httpcache.Policy{}:
		p = httpcache.Policy{Public: true, MaxAge: httpcache.Seconds(year), Immutable: isVersioned}
	case !p.HasFreshness():
		p.MaxAge = httpcache.Seconds(year)
	}
	return p.String()
}

// bound adds to a configured Cache-Control the directives that forbid serving
// a stale response.
func bound(value string, p httpcache.Policy) string {
	names := httpcache.Names(value)
	if p.MustRevalidate && !slices.Contains(names, "must-revalidate") {
		value += ", must-revalidate"
	}
	if p.ProxyRevalidate && !slices.Contains(names, "proxy-revalidate") {
		value += ", proxy-revalidate"
	}
	return value
}

// keptUntil limits a Cache-Control so that no cache serves the response after
// a moment: ages are limited to the time left, and directives that allow
// stale responses are removed.
func keptUntil(cacheControl string, until, now time.Time) string {
	left := max(int64(until.Sub(now)/time.Second), 0)
	bounded := []string{fmt.Sprintf("max-age=%d", left), "must-revalidate"}
	var kept []string
	for d := range strings.SplitSeq(cacheControl, ",") {
		d = strings.TrimSpace(d)
		name, value, _ := strings.Cut(d, "=")
		switch name = strings.ToLower(name); name {
		case "no-store":
			return "no-store"
		case "", "must-revalidate", "stale-while-revalidate", "stale-if-error":
			continue
		case "max-age", "s-maxage":
			age, err := strconv.ParseInt(strings.Trim(value, `"`), 10, 64)
			if err != nil || age < 0 {
				age = 0 // RFC 9111 section 4.2.1: what cannot be read is stale
			}
			d = fmt.Sprintf("%s=%d", name, min(age, left))
			if name == "max-age" {
				bounded = bounded[1:]
			}
		}
		kept = append(kept, d)
	}
	return strings.Join(append(kept, bounded...), ", ")
}
