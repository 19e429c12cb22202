package server

import (
	"net/url"
	"slices"
	"strings"
)

// Query says which parameters of a URL, beside those of the dialect, reach
// origins. What does not reach them makes no other original. The zero value
// lets all through.
type Query struct {
	Restricted bool     // to Names
	Names      []string // decoded
}

// forwarded returns the part of a query that reaches origins, as it was sent.
func (q Query) forwarded(query string) string {
	if !q.Restricted || query == "" {
		return query
	}
	var kept []string
	for parameter := range strings.SplitSeq(query, "&") {
		escaped, _, _ := strings.Cut(parameter, "=")
		// A name that cannot be decoded is none of the list.
		if name, err := url.QueryUnescape(escaped); err == nil && slices.Contains(q.Names, name) {
			kept = append(kept, parameter)
		}
	}
	return strings.Join(kept, "&")
}
