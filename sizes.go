package images

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/caddy-images/caddy-images/transform"
)

// Sizes are the widths that images are rendered in. Named transformations, layers and
// regions that are cut out are exempt.
type Sizes struct {
	// The widths in pixels, the device pixel ratio included. Required.
	Widths []int `json:"widths,omitempty"`

	// Whether other widths are refused. Default: `false`: they become the next larger
	// one, or the largest.
	Strict bool `json:"strict,omitempty"`
}

// mostSizes limits the widths.
const mostSizes = 100

func (s *Sizes) check() error {
	if s == nil {
		return nil
	}
	if len(s.Widths) == 0 || len(s.Widths) > mostSizes {
		return fmt.Errorf("sizes has %d widths; it takes 1 to %d", len(s.Widths), mostSizes)
	}
	for _, width := range s.Widths {
		if width < 1 || width > 65535 {
			return fmt.Errorf("sizes has the width %d; it takes 1 to 65535 pixels", width)
		}
	}
	return nil
}

func (s *Sizes) ready() transform.Sizes {
	if s == nil {
		return transform.Sizes{}
	}
	widths := slices.Clone(s.Widths)
	slices.Sort(widths)
	return transform.Sizes{Widths: slices.Compact(widths), Strict: s.Strict}
}

// unmarshalSizes parses `sizes <widths...> [strict]`.
func (h *Handler) unmarshalSizes(d *caddyfile.Dispenser) error {
	args := d.RemainingArgs()
	if len(args) == 0 {
		return d.ArgErr()
	}
	h.Sizes = new(Sizes)
	if last := len(args) - 1; args[last] == "strict" {
		h.Sizes.Strict, args = true, args[:last]
	}
	for _, arg := range args {
		width, err := strconv.Atoi(arg)
		if err != nil {
			return d.Errf("sizes has %q; it takes widths in pixels, and perhaps strict at the end", arg)
		}
		h.Sizes.Widths = append(h.Sizes.Widths, width)
	}
	return nil
}
