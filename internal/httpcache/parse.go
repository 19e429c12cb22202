package httpcache

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/caddy-images/caddy-images/internal/vary"
)

// Parse reads the lines of a Cache-Control. Unknown directives are ignored,
// as caches do. Of several ages the lowest counts, and a malformed age counts
// as 0 (RFC 9111 section 4.2.1).
func Parse(lines ...string) (p Policy) {
	for name, value := range directives(lines) {
		switch name {
		case "no-store":
			p.NoStore = true
		case "private": // with names of fields too: few caches can keep only those apart
			p.Private = true
		case "no-cache":
			p.NoCache = true
		case "must-revalidate":
			p.MustRevalidate = true
		case "proxy-revalidate":
			p.ProxyRevalidate = true
		case "public":
			p.Public = true
		case "immutable":
			p.Immutable = true
		case "max-age":
			p.MaxAge = p.MaxAge.lower(value)
		case "s-maxage":
			p.SMaxAge = p.SMaxAge.lower(value)
		case "stale-while-revalidate":
			p.StaleWhileRevalidate = p.StaleWhileRevalidate.lower(value)
		case "stale-if-error":
			p.StaleIfError = p.StaleIfError.lower(value)
		}
	}
	return p
}

// oldest replaces an age that overflows (RFC 9111 section 1.2.2).
const oldest = 1 << 31

// lower returns the age in a text, or a if that is lower.
func (a Age) lower(text string) Age {
	n := int64(0)
	if text != "" && strings.Trim(text, "0123456789") == "" {
		var err error
		if n, err = strconv.ParseInt(text, 10, 64); err != nil || n > oldest {
			n = oldest
		}
	}
	if a.Given && a.Seconds < n {
		return a
	}
	return Seconds(n)
}

// directives iterates over the directives of a Cache-Control, with names in
// lower case and values without quotes. Semicolons and spaces also separate
// them, which is wrong and common, and some caches see a `no-store` there.
func directives(lines []string) func(yield func(name, value string) bool) {
	return func(yield func(name, value string) bool) {
		for rest := strings.Join(lines, ","); rest != ""; {
			end := separator(rest)
			name, value, _ := strings.Cut(rest[:end], "=")
			if name != "" && !yield(strings.ToLower(name), strings.Trim(value, `"`)) {
				return
			}
			rest = rest[min(end+1, len(rest)):]
		}
	}
}

// Names returns the names of the directives of a Cache-Control, in lower
// case.
func Names(value string) (names []string) {
	for name := range directives([]string{value}) {
		names = append(names, name)
	}
	return names
}

// separator returns where the first directive ends: at the first separator
// outside of a closed quoted string.
func separator(text string) int {
	quoted := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case !quoted && strings.IndexByte(separators, c) >= 0:
			return i
		}
	}
	if at := strings.IndexAny(text, separators); quoted && at >= 0 {
		return at
	}
	return len(text)
}

const separators = ",; \t"

// Of returns the policy of an origin's response: cacheControl, and other
// fields of the header, which may be nil. Ages are counted from now.
func Of(cacheControl string, header http.Header, now time.Time) Policy {
	p := Parse(cacheControl)
	if cacheControl == "" && slices.Contains(Names(strings.Join(header.Values("Pragma"), ",")), "no-cache") {
		p.NoCache = true // HTTP/1.0; RFC 9111 dropped it
	}
	date := now
	if said := header.Get("Date"); said != "" {
		if at, err := http.ParseTime(said); err == nil {
			date = at
		}
	}
	if expires := header.Values("Expires"); len(expires) > 0 && !p.MaxAge.Given { // section 5.3
		p.MaxAge = lifetime(expires, date)
	}
	age := max(seconds(now.Sub(date)), 0) // section 4.2.3
	if said := strings.TrimSpace(header.Get("Age")); said != "" {
		if n, err := strconv.ParseInt(said, 10, 64); err == nil {
			age = max(age, n)
		}
	}
	p.MaxAge, p.SMaxAge = p.MaxAge.after(age), p.SMaxAge.after(age)
	for _, field := range []string{"CDN-Cache-Control", "Surrogate-Control"} {
		// Directives for the site's own caches (RFC 9213) are not forwarded,
		// so their restrictions are merged.
		if lines := header.Values(field); len(lines) > 0 {
			targeted := Parse(lines...)
			targeted.MaxAge = targeted.MaxAge.after(age)
			targeted.Public, targeted.Immutable = p.Public, p.Immutable
			p = Strictest(p, targeted)
		}
	}
	return p
}

// lifetime returns the freshness lifetime by Expires. A value that is not a
// date, such as 0, or several different values, mean that the response has
// expired (section 4.2.1).
func lifetime(expires []string, date time.Time) Age {
	until, err := http.ParseTime(expires[0])
	if err != nil || len(expires) > 1 {
		return Seconds(0)
	}
	return Seconds(max(seconds(until.Sub(date)), 0))
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }

// after returns what is left of an age.
func (a Age) after(age int64) Age {
	if a.Given {
		a.Seconds = max(a.Seconds-age, 0)
	}
	return a
}

// IsPerUser reports whether a response is for one user: it sets a cookie, or
// varies by credentials or by something a cache cannot know.
func IsPerUser(header http.Header) bool {
	return len(header.Values("Set-Cookie")) > 0 || slices.ContainsFunc(vary.Listed(header.Values("Vary")), func(name string) bool {
		switch strings.ToLower(name) {
		case "*", "authorization", "cookie":
			return true
		}
		return false
	})
}
