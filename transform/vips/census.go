//go:build cgo

package vips

// #include "census.h"
import "C"

import (
	"fmt"
	"image/color"
)

// MostColours is the largest number of colours in a palette, and the most
// that a [Census] distinguishes.
const MostColours = 256

// Census records the colours of an image's computed pixels.
type Census struct {
	c     *C.BridgeCensus
	bands int
	plain bool // 8 bits a sample
}

// Census returns the image, which now records its colours when it is
// computed; with many colours that takes almost no time. Pixels have at most
// 8 bytes. The census ends with its scope.
//
// The image is computed as before: a sequential one from top to bottom, once.
func (i *Image) Census() (*Image, *Census, error) {
	if i.c == nil {
		return nil, nil, fmt.Errorf("census: %w", errClosed)
	}
	census := &Census{bands: i.Bands(), plain: i.BandFormat() == BandFormatUchar}
	var out *C.VipsImage
	err := i.scope.do("census", func() C.int {
		if out = C.bridge_census_new(i.c, MostColours, &census.c); out == nil {
			return -1
		}
		return 0
	})
	if err != nil {
		return nil, nil, err
	}
	i.scope.censuses = append(i.scope.censuses, census)
	return i.scope.adopt(out), census, nil
}

// Few reports whether there are colours, and no more than [MostColours].
// Pixels that differ only in transparency count as different.
func (c *Census) Few() bool {
	_, few := c.noted()
	return few
}

// Gray reports whether all pixels of an 8-bit image with three or four bands
// are gray.
func (c *Census) Gray() bool { return c.c != nil && C.bridge_census_gray(c.c) != 0 }

// Colours returns the colours of an 8-bit image with three or four bands,
// unordered; ok is false if there are more than [MostColours].
func (c *Census) Colours() ([]color.NRGBA, bool) {
	noted, few := c.noted()
	if !few || !c.plain || c.bands < 3 || c.bands > 4 {
		return nil, false
	}
	colours := make([]color.NRGBA, len(noted))
	for n, v := range noted {
		colours[n] = color.NRGBA{R: byte(v), G: byte(v >> 8), B: byte(v >> 16), A: 255}
		if c.bands == 4 {
			colours[n].A = byte(v >> 24)
		}
	}
	return colours, true
}

func (c *Census) noted() ([]C.guint64, bool) {
	if c.c == nil {
		return nil, false
	}
	noted := make([]C.guint64, MostColours)
	n := int(C.bridge_census_colours(c.c, &noted[0]))
	if n == 0 || n > len(noted) {
		return nil, false
	}
	return noted[:n], true
}

func (c *Census) unref() {
	C.bridge_census_unref(c.c)
	c.c = nil
}
