//go:build cgo

package vips

import (
	"context"
	"sync"

	"github.com/caddy-images/caddy-images/transform/sniff"
)

// CanLoad reports whether this build of libvips has a loader for the format.
// A HEIF may still need a missing codec.
func CanLoad(format sniff.Format) bool {
	l, ok := loaders[format]
	return ok && HasOperation(l.operation)
}

// CanExport reports whether an Export method writes the format with this
// build of libvips.
func CanExport(format sniff.Format) bool {
	switch format {
	case sniff.JPEG:
		return HasOperation("jpegsave_buffer")
	case sniff.PNG:
		return HasOperation("pngsave_buffer")
	case sniff.WebP:
		return HasOperation("webpsave_buffer")
	case sniff.GIF:
		return HasOperation("gifsave_buffer")
	case sniff.AVIF:
		return encodesAVIF()
	}
	return false
}

// HEIF's saver exists without an encoder for AV1, so it has to be tried.
var encodesAVIF = sync.OnceValue(func() bool {
	s := NewScope(context.Background())
	defer s.Close()
	i, err := s.NewSolid(16, 16, 0, 0, 0)
	if err != nil {
		return false
	}
	_, err = i.ExportAvif(AvifOptions{Effort: 1})
	return err == nil
})
