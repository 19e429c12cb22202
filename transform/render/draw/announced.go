//go:build cgo

package draw

import (
	"bytes"
	"encoding/binary"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/sniff"
)

// announced returns the size in the header of a PNG or a HEIF; zero if there
// is none. It is for files that do not open: libspng, libheif and libvips
// have limits of their own, and the error for an image beyond them should say
// that it is too large, not that it is damaged.
func announced(file []byte, source sniff.Format) transform.Size {
	var at []byte
	switch source {
	case sniff.PNG:
		at = after(file, "IHDR", 0)
	case sniff.AVIF, sniff.HEIC:
		at = after(file, "ispe", 4) // after version and flags
	}
	if len(at) < 8 {
		return transform.Size{}
	}
	side := func(b []byte) int { return int(min(binary.BigEndian.Uint32(b), 1<<31-1)) }
	return transform.Size{Width: side(at), Height: side(at[4:])}
}

// headerSize is the length of a file that is searched for the header.
const headerSize = 64 << 10

func after(file []byte, name string, skip int) []byte {
	file = file[:min(len(file), headerSize)]
	n := bytes.Index(file, []byte(name))
	if n < 0 || n+len(name)+skip > len(file) {
		return nil
	}
	return file[n+len(name)+skip:]
}
