package images

import (
	"fmt"
	"os"
	"path/filepath"
)

// checkFonts refuses what cannot be a folder of fonts. Workers can read all that is
// below it.
func (h *Handler) checkFonts() error {
	if h.Fonts == "" {
		return nil
	}
	if clean := filepath.Clean(h.Fonts); !filepath.IsAbs(clean) || clean == filepath.Dir(clean) {
		return fmt.Errorf("fonts is %q; it takes the absolute path of a directory with fonts, below the root directory", h.Fonts)
	}
	if h.Isolation == isolationOff {
		return fmt.Errorf("fonts needs worker processes; isolation is off")
	}
	return nil
}

// findFonts refuses a folder that is not there.
func (h *Handler) findFonts() error {
	if h.Fonts == "" {
		return nil
	}
	if info, err := os.Stat(h.Fonts); err != nil || !info.IsDir() {
		return fmt.Errorf("fonts is %q, which is no directory that can be read", h.Fonts)
	}
	return nil
}
