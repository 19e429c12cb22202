package images

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-images/caddy-images/internal/httpcache"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
)

// year is how long a response may be kept, in seconds, that nobody said anything of.
const year = 31536000

// cacheControl is the Cache-Control of a good response that is made of files: the
// original, or the default image, and those of layers.
//
// It is the strictest of what they say, as docs/http.md has it in a table. What an
// origin calls private or not to be stored stays so, whatever the configuration says:
// it may belong to one user. So does what depends on who asks: what a request with
// credentials gets, for the answer to somebody else may be a refusal, and what the
// handlers behind this one say of cookies or of things that no cache can know.
//
// What a signature lets somebody see until a moment is not kept for longer.
func (h *Handler) cacheControl(r *http.Request, asked transform.Request, files ...*origin.Source) string {
	now := time.Now()
	usual := h.usualCacheControl(r, asked, files, now)
	if until := asked.Proof.Until; !until.IsZero() {
		return keptUntil(usual, until, now)
	}
	return usual
}

func (h *Handler) usualCacheControl(r *http.Request, asked transform.Request, files []*origin.Source, now time.Time) string {
	asOrigin := h.CacheControl == "origin"
	policies := make([]httpcache.Policy, len(files))
	for i, file := range files {
		policies[i] = policyOf(file, asOrigin, now)
	}
	all := httpcache.Strictest(policies...)
	isForAll := asOrigin && all.AllowsCredentials() && !slices.ContainsFunc(files, func(f *origin.Source) bool { return !f.ForRequest })
	switch {
	case all.NoStore:
		return all.String()
	case isAuthenticated(r) && !isForAll:
		return httpcache.PerUser
	case asOrigin && len(files) == 1 && all == httpcache.Parse(files[0].CacheControl):
		return files[0].CacheControl // in its own words
	case asOrigin:
		return all.String()
	case all.Private:
		return httpcache.PerUser
	case h.CacheControl == "":
		return orUsual(all, asked.Versioned && !asked.Plan.HasLayers()) // files of layers have no version
	case all.IsStale():
		return all.String()
	}
	return bound(h.CacheControl, all)
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

// policyOf is what binds of what an origin says of a file. The answer of a handler
// behind this one may be for this client, so all that it says counts. Another origin
// never saw the client, and says how long its own clients keep files: all of it counts
// if the configuration says so, and otherwise what keeps a file from others.
func policyOf(file *origin.Source, all bool, now time.Time) httpcache.Policy {
	p := httpcache.Of(file.CacheControl, file.Header, now)
	switch {
	case file.ForRequest:
		p.Private = p.Private || httpcache.IsPerUser(file.Header)
	case !all:
		said := httpcache.Parse(file.CacheControl)
		return httpcache.Policy{NoStore: said.NoStore, Private: said.Private}
	}
	return p
}

// inherit makes the answer one that is kept no longer than handlers before this one say,
// by what they put into the response's header. It may have a user's cookie in it.
func (a *answer) inherit(header http.Header, now time.Time) {
	site := saidBefore(header, now)
	if site == (httpcache.Policy{}) {
		return
	}
	if a.cacheControl != "" {
		site = httpcache.Strictest(httpcache.Parse(a.cacheControl), site)
	}
	a.cacheControl = site.String()
}

// saidBefore is what a response says about storing it before anything of ours is in it.
func saidBefore(header http.Header, now time.Time) httpcache.Policy {
	lines := strings.Join(header.Values("Cache-Control"), ", ")
	return policyOf(&origin.Source{CacheControl: lines, Header: header, ForRequest: true}, true, now)
}

// orUsual is a policy as a Cache-Control. Only where nothing was said about how long
// the response is fresh, it is fresh for a year.
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
// moment: ages are at most what is left until then, and what allows an old answer
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

// checkCacheControl refuses what no cache would understand.
func checkCacheControl(value string) error {
	if value == "" || value == "origin" {
		return nil
	}
	for d := range strings.SplitSeq(value, ",") {
		name, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(d)), "=")
		if name == "" || strings.ContainsFunc(name, func(r rune) bool { return (r < 'a' || r > 'z') && r != '-' }) {
			return fmt.Errorf("cache_control is %q; it takes `origin` or a value such as \"public, max-age=3600\"", value)
		}
	}
	return nil
}
