// Package vary reads and writes Vary, which names the request headers that a
// response depends on.
package vary

import (
	"net/http"
	"slices"
	"strings"
)

// Listed returns the members of the lines of a list header, such as Vary.
func Listed(lines []string) (members []string) {
	for _, line := range lines {
		for member := range strings.SplitSeq(line, ",") {
			if member = strings.TrimSpace(member); member != "" {
				members = append(members, member)
			}
		}
	}
	return members
}

// Merge combines the lines of a header's Vary, and more names, into one line
// (RFC 9110 section 12.5.5): some caches, such as nginx before 1.23, read
// only the first. A `*` replaces all other names.
func Merge(header http.Header, more ...string) {
	var merged []string
	for _, name := range append(Listed(header.Values("Vary")), more...) {
		if name == "*" {
			header.Set("Vary", "*")
			return
		}
		if !slices.ContainsFunc(merged, func(listed string) bool { return strings.EqualFold(listed, name) }) {
			merged = append(merged, name)
		}
	}
	if len(merged) > 0 {
		header.Set("Vary", strings.Join(merged, ", "))
	}
}
