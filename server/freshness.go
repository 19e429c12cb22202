package server

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-images/caddy-images/server/httpcache"
)

// year is how long, in seconds, a response is fresh if nothing else is said.
const year = 31536000

// freshness returns the Cache-Control of a response that is made of files: the original,
// or the default image, and those of layers.
//
// It is the strictest of what they say, see the table in the HTTP reference. What an
// origin calls private or not to be stored stays so, whatever the configuration says:
// it may belong to one user. So does what depends on who asks: a response to a request
// with credentials, since another client may be refused, and what the handlers behind
// this one say of cookies or of things that no cache can know.
//
// A response that a signature allows until a moment is not fresh beyond that.
func (q *request) freshness(files ...*file) string {
	now := time.Now()
	value := q.freshnessOf(files, now)
	if until := q.asked.Proof.Until; !until.IsZero() {
		return keptUntil(value, until, now)
	}
	return value
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
	case isAuthenticated(q.r) && !isForAll:
		return httpcache.PerUser
	case asOrigin && len(files) == 1 && all == httpcache.Parse(files[0].cacheControl):
		return files[0].cacheControl // in its own words
	case asOrigin:
		return all.String()
	case all.Private:
		return httpcache.PerUser
	case q.CacheControl == "":
		return orUsual(all, q.asked.Versioned && !q.asked.Plan.HasLayers()) // files of layers have no version
	case all.IsStale():
		return all.String()
	}
	return bound(q.CacheControl, all)
}

// isAuthenticated reports whether the request has credentials, or a handler before this
// one, such as basic_auth, has found out who sent it: the header by which it did may be
// gone by now.
func isAuthenticated(r *http.Request) bool {
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

// policy returns what binds of what the origin says of a file. The response of a handler
// behind this one may be for this client, so all that it says counts. Another origin
// never saw the client, and says how long its own clients keep files: all of it counts
// if the configuration says so, and otherwise what keeps a file from others.
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

// policyOfHeader returns the same of the header of a response of the handlers
// of this site.
func policyOfHeader(header http.Header, now time.Time) httpcache.Policy {
	lines := strings.Join(header.Values("Cache-Control"), ", ")
	return facts{cacheControl: lines, header: header, forRequest: true}.policy(true, now)
}

// inherit makes the response one that is kept no longer than handlers before this one say,
// by what they put into its header. It may have a user's cookie in it.
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

// orUsual returns a policy as a Cache-Control. If it says nothing about how long the
// response is fresh, that is a year.
func orUsual(p httpcache.Policy, isVersioned bool) string {
	switch {
	case p == httpcache.Policy{}:
		p = httpcache.Policy{Public: true, MaxAge: httpcache.Seconds(year), Immutable: isVersioned}
	case !p.HasFreshness():
		p.MaxAge = httpcache.Seconds(year)
	}
	return p.String()
}

// bound adds to a configured Cache-Control what forbids caches to use a response that
// is no longer fresh.
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

// keptUntil bounds a Cache-Control so that no cache answers with it after a
// moment: ages are at most what is left until then, and what allows a stale response
// is taken out.
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
