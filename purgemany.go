package images

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/caddy-images/caddy-images/cache"
	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/internal/engines"
	"github.com/caddy-images/caddy-images/origin"
)

// toPurge is the body of POST /images/cache.
type toPurge struct {
	// URLs are those of images, in any form: with or without a transformation, of any
	// site. The original of each is purged, and so are all its variants. A `*` at the end
	// matches any rest.
	URLs []string `json:"urls,omitempty"`

	// Paths are those of originals, as in DELETE /images/cache/<path>. A `*` at the end
	// matches any rest.
	Paths []string `json:"paths,omitempty"`

	// Tags are those of originals.
	Tags []string `json:"tags,omitempty"`

	// All purges everything.
	All bool `json:"all,omitempty"`

	// Soft lets what is purged be used once more while its origin is asked.
	Soft bool `json:"soft,omitempty"`
}

// Limits of a request to purge. Each name is a rule that every request is compared with,
// as long as something older than the rule may be left.
const (
	mostToPurge     = 1000
	longestToPurge  = 8 << 10 // bytes of a name
	largestPurgeSet = 4 << 20 // bytes of the body
)

// purgeMany forgets what the body of the request names.
func purgeMany(r *http.Request) (any, error) {
	if r.URL.RawQuery != "" {
		return nil, apiError(http.StatusBadRequest, "POST %s takes no query; its body is JSON with urls, paths, tags, all and soft", r.URL.Path)
	}
	var named toPurge
	decoder := json.NewDecoder(io.LimitReader(r.Body, largestPurgeSet))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&named); err != nil {
		return nil, apiError(http.StatusBadRequest, "the body is no JSON with urls, paths, tags, all and soft: %w", err)
	}
	if decoder.More() {
		return nil, apiError(http.StatusBadRequest, "the body has more than one JSON value")
	}
	rules, err := named.rules()
	if err != nil {
		return nil, err
	}
	return purgeRules(r.Context(), rules)
}

// purgeRules purges by rules in all stores, and forgets what is in flight.
func purgeRules(ctx context.Context, rules []cache.Rule) (purged, error) {
	p, err := purgeStores(ctx, rules...)
	if slices.ContainsFunc(rules, func(rule cache.Rule) bool { return rule.Kind == cache.PurgeAll && !rule.Soft }) {
		p.Fetches = handlers.forget(func(origin.Request) bool { return true })
		p.Renders, p.Refused = engines.Forget()
		return p, err
	}
	p.Fetches = handlers.forget(func(asked origin.Request) bool {
		return slices.ContainsFunc(rules, func(rule cache.Rule) bool {
			name := cache.Name(asked.Ref)
			return rule.Kind == cache.PurgeOriginal && name == rule.Value || rule.Kind == cache.PurgePrefix && strings.HasPrefix(name, rule.Value)
		})
	})
	return p, err
}

// rules returns the rules that purge what is named.
func (p toPurge) rules() (rules []cache.Rule, err error) {
	names := slices.Concat(p.URLs, p.Paths, p.Tags)
	switch {
	case p.All && len(names) > 0:
		return nil, apiError(http.StatusBadRequest, "all purges everything; it takes no urls, paths and tags beside it")
	case p.All:
		return []cache.Rule{{Kind: cache.PurgeAll, Soft: p.Soft}}, nil
	case len(names) == 0:
		return nil, apiError(http.StatusBadRequest, "the body names nothing to purge; it takes urls, paths, tags or all")
	case len(names) > mostToPurge:
		return nil, apiError(http.StatusBadRequest, "the body names %d things to purge, more than %d", len(names), mostToPurge)
	}
	for _, name := range names {
		if name == "" || len(name) > longestToPurge {
			return nil, apiError(http.StatusBadRequest, "a name to purge has %d bytes; it takes 1 to %d", len(name), longestToPurge)
		}
	}
	for _, url := range p.URLs {
		more, err := rulesOfURL(url)
		if err != nil {
			return nil, err
		}
		rules = append(rules, more...)
	}
	for _, path := range p.Paths {
		more, err := rulesOfPath(strings.TrimPrefix(path, "/"))
		if err != nil {
			return nil, err
		}
		rules = append(rules, more...)
	}
	for _, tag := range p.Tags {
		rules = append(rules, cache.Rule{Kind: cache.PurgeTag, Value: tag})
	}
	for i := range rules {
		rules[i].Soft = p.Soft
	}
	slices.SortFunc(rules, func(a, b cache.Rule) int { return strings.Compare(string(a.Kind)+a.Value, string(b.Kind)+b.Value) })
	return slices.Compact(rules), nil
}

// rulesOfPath returns the rules that purge the original with a path, or those whose path
// begins so if there is a `*` at its end.
func rulesOfPath(escaped string) ([]cache.Rule, error) {
	escaped, isPrefix := strings.CutSuffix(escaped, "*")
	ref, err := refToPurge(escaped, "")
	if err != nil {
		return nil, apiError(http.StatusBadRequest, "%q: %s", escaped, errors.From(err).Message)
	}
	if ref.Path == "" && !isPrefix {
		return nil, apiError(http.StatusBadRequest, "a path is empty")
	}
	return rulesOf(ref, isPrefix), nil
}

// rulesOf returns the rules that purge an original, or all whose name begins so.
func rulesOf(ref origin.Ref, isPrefix bool) []cache.Rule {
	if isPrefix {
		return []cache.Rule{{Kind: cache.PurgePrefix, Value: cache.Name(ref)}}
	}
	rules := []cache.Rule{{Kind: cache.PurgeOriginal, Value: cache.Name(ref)}}
	if ref.Server == "" {
		// Handlers before this one may have rewritten the path that clients ask for.
		rules = append(rules, cache.Rule{Kind: cache.PurgePath, Value: "/" + ref.Name()})
	}
	return rules
}

// rulesOfURL returns the rules that purge the original of an image's URL, as every handler
// reads it.
func rulesOfURL(text string) ([]cache.Rule, error) {
	text, isPrefix := strings.CutSuffix(text, "*")
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return nil, apiError(http.StatusBadRequest, "%q is no URL of an image; it looks like https://img.example.com/lake.jpg", text)
	}
	var rules []cache.Rule
	for _, h := range handlers.list() {
		if isPrefix {
			if below, ok := strings.CutPrefix(u.EscapedPath(), h.server.Language.Endpoint()+"/"); ok && u.RawQuery == "" {
				more, err := rulesOfPath(below + "*")
				if err != nil {
					return nil, err
				}
				rules = append(rules, more...)
			}
			continue
		}
		if asked, ours, err := h.server.Language.Parse(u.EscapedPath(), u.RawQuery); ours && err == nil {
			rules = append(rules, rulesOf(asked.Ref, false)...)
		}
	}
	if rules != nil && !isPrefix {
		rules = append(rules, cache.Rule{Kind: cache.PurgePath, Value: u.Path})
	}
	if rules == nil {
		return nil, apiError(http.StatusBadRequest, "no images handler reads %q", text)
	}
	return rules, nil
}
