package server

import (
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"

	"github.com/caddy-images/caddy-images/cache"
	"github.com/caddy-images/caddy-images/origin"
)

// Limits of the header with cache tags, in bytes: what the large CDNs take.
const (
	mostOfTags = 16 << 10
	longestTag = 1 << 10
)

// CacheTag is the header of responses that names their files for caches in
// front, which can be purged by it. The zero value is none.
type CacheTag struct{ Header string }

// separator returns what is between two tags: a space in Surrogate-Key, as Fastly
// has it, and else a comma, as Cloudflare and others have it.
func (c CacheTag) separator() string {
	if strings.EqualFold(c.Header, "Surrogate-Key") {
		return " "
	}
	return ","
}

// tagOf returns the tag of an original: the name that it is purged by here, or a hash of
// one that is too long. It is empty for an image in the URL.
func tagOf(ref origin.Ref) string {
	if ref.Server == origin.DataServer {
		return ""
	}
	name := strings.NewReplacer(",", "%2C", " ", "%20").Replace(cache.Name(ref))
	if len(name) > longestTag || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' }) {
		sum := sha256.Sum256([]byte(name))
		return "sha256-" + base64.RawURLEncoding.EncodeToString(sum[:])
	}
	return name
}

// cacheTags returns the value of the header: the tags of the original and of the files of
// layers, and those that their origins gave, as far as there is room.
func (q *request) cacheTags() string {
	if q.CacheTag.Header == "" || q.sent != nil {
		return ""
	}
	all := []string{tagOf(q.asked.Ref)}
	for _, ref := range q.asked.Plan.Refs() {
		all = append(all, tagOf(ref))
	}
	for _, f := range q.files() {
		if f != nil {
			all = append(all, f.Kept.Tags...)
		}
	}
	var value strings.Builder
	for i, tag := range all {
		if tag == "" || slices.Contains(all[:i], tag) {
			continue
		}
		if value.Len()+len(tag)+1 > mostOfTags {
			break
		}
		if value.Len() > 0 {
			value.WriteString(q.CacheTag.separator())
		}
		value.WriteString(tag)
	}
	return value.String()
}
