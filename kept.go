package images

import (
	"fmt"
	"slices"

	"github.com/caddy-images/caddy-images/transform"
)

// Values of the options metadata and color_profile.
const (
	keepNothing   = "strip"
	keepCopyright = "copyright"
	keepAll       = "keep"
)

// checkKeeps reads what variants keep where their URLs do not say it.
func (h *Handler) checkKeeps() error {
	if !slices.Contains([]string{"", keepNothing, keepCopyright, keepAll}, h.Metadata) {
		return fmt.Errorf("metadata is %q; it takes strip, copyright and keep", h.Metadata)
	}
	if !slices.Contains([]string{"", keepNothing, keepAll}, h.ColorProfile) {
		return fmt.Errorf("color_profile is %q; it takes strip and keep", h.ColorProfile)
	}
	h.keeps = transform.Output{
		Metadata:  h.Metadata == keepAll,
		Copyright: h.Metadata == keepCopyright,
		Profile:   h.ColorProfile == keepAll,
		NoProfile: h.ColorProfile == keepNothing,
	}
	return nil
}
