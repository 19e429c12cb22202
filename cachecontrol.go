package images

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
)

const (
	year      = "max-age=31536000"
	immutable = "immutable" // RFC 8246
)

// cacheControl is the Cache-Control of a good answer.
//
// What the origin calls private or not to be stored stays so, whatever the
// configuration says: it may belong to one user. So does what depends on who asks:
// what a request with credentials gets, for the answer to somebody else may be a
// refusal, and what the handlers behind this one say of cookies or of things that
// no cache can know.
//
// What a signature lets somebody see until a moment is not kept for longer.
func (h *Handler) cacheControl(r *http.Request, asked transform.Request, original *origin.Source) string {
	usual := h.usualCacheControl(r, asked, original)
	if until := asked.Proof.Until; !until.IsZero() {
		return keptUntil(usual, until, time.Now())
	}
	return usual
}

func (h *Handler) usualCacheControl(r *http.Request, asked transform.Request, original *origin.Source) string {
	said := directives(original.CacheControl)
	switch {
	case slices.Contains(said, "no-store"):
		return "no-store"
	case h.CacheControl == "origin":
		return original.CacheControl
	case slices.Contains(said, "private") || r.Header.Get("Authorization") != "" || isPersonal(original.Vary):
		return "private, no-cache"
	case h.CacheControl != "":
		return h.CacheControl
	case asked.Versioned && !asked.Plan.HasLayers(): // their files have no version
		return "public, " + year + ", " + immutable
	}
	return "public, " + year
}

// strictest is an original as far as caches are concerned that what is made of it
// and of other files may be kept and shared no longer than each of them.
func strictest(original *origin.Source, files []*origin.Source) *origin.Source {
	if len(files) == 0 {
		return original
	}
	all := &origin.Source{Vary: slices.Clone(original.Vary)}
	said := []string{original.CacheControl}
	for _, file := range files {
		said = append(said, file.CacheControl)
		all.Vary = append(all.Vary, file.Vary...)
	}
	all.CacheControl = strictestOf(said)
	return all
}

// strictestOf keeps every restriction and the lowest age of several values; what
// loosens one of them, such as public, counts if all say it.
func strictestOf(values []string) string {
	if !slices.ContainsFunc(values, func(v string) bool { return v != values[0] }) {
		return values[0]
	}
	var kept []string
	lowest, isPublic := int64(-1), true
	for _, value := range values {
		isPublic = isPublic && slices.Contains(directives(value), "public")
		for d := range strings.SplitSeq(value, ",") {
			name, age, _ := strings.Cut(strings.ToLower(strings.TrimSpace(d)), "=")
			switch name {
			case "max-age", "s-maxage":
				seconds, err := strconv.ParseInt(strings.Trim(age, `"`), 10, 64)
				if err != nil || seconds < 0 {
					seconds = 0
				}
				if lowest < 0 || seconds < lowest {
					lowest = seconds
				}
			case "no-store", "no-cache", "private", "must-revalidate", "proxy-revalidate":
				if !slices.Contains(kept, name) {
					kept = append(kept, name)
				}
			}
		}
	}
	if isPublic {
		kept = append(kept, "public")
	}
	if lowest >= 0 {
		kept = append(kept, fmt.Sprintf("max-age=%d", lowest))
	}
	return strings.Join(kept, ", ")
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

// isPersonal tells whether one of the headers that an original depends on says
// who asks.
func isPersonal(vary []string) bool {
	return slices.ContainsFunc(vary, func(name string) bool {
		switch strings.ToLower(name) {
		case "*", "authorization", "cookie":
			return true
		}
		return false
	})
}

// directives are the names of the directives of a Cache-Control, lower case.
func directives(value string) []string {
	var names []string
	for d := range strings.SplitSeq(value, ",") {
		name, _, _ := strings.Cut(d, "=")
		names = append(names, strings.ToLower(strings.TrimSpace(name)))
	}
	return names
}

// checkCacheControl refuses what no cache would understand.
func checkCacheControl(value string) error {
	if value == "" || value == "origin" {
		return nil
	}
	for _, name := range directives(value) {
		if name == "" || strings.ContainsFunc(name, func(r rune) bool { return (r < 'a' || r > 'z') && r != '-' }) {
			return fmt.Errorf("cache_control is %q; it takes `origin` or a value such as \"public, max-age=3600\"", value)
		}
	}
	return nil
}
