// Package vary reads and writes Vary, the names of the request headers that a response
// depends on.
package vary

import (
	"net/http"
	"slices"
	"strings"
)

// Listed returns the members of the lines of a list, such as Vary.
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

// Merge makes one line of all that a header has in Vary (RFC 9110 section
// 12.5.5), and of more names: some caches, such as nginx before 1.23, read the first
// line only. A `*` says more than all others, and means it only where it is alone.
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
