package images

import (
	"fmt"
	"slices"

	"github.com/caddy-images/caddy-images/server"
)

// Values of the option forward_query, besides names.
const (
	forwardAll  = "all"
	forwardNone = "none"
)

// checkForwardQuery checks the option of that name.
func checkForwardQuery(names []string) error {
	for _, name := range names {
		if name == "" {
			return fmt.Errorf("forward_query has an empty name; it takes names of parameters, all or none")
		}
		if (name == forwardAll || name == forwardNone) && len(names) > 1 {
			return fmt.Errorf("forward_query has %s beside names; it takes names of parameters, or %s alone", name, name)
		}
	}
	return nil
}

// forwardQuery returns what the option of that name says.
func (h *Handler) forwardQuery() server.Query {
	switch {
	case len(h.ForwardQuery) == 0 || h.ForwardQuery[0] == forwardAll:
		return server.Query{}
	case h.ForwardQuery[0] == forwardNone:
		return server.Query{Restricted: true}
	}
	return server.Query{Restricted: true, Names: slices.Clone(h.ForwardQuery)}
}
