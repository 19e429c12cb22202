//go:build cgo

package draw

import (
	"bytes"
	"encoding/binary"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/sniff"
	"github.com/caddy-images/caddy-images/transform/vips"
)

const (
	// maxBands is what a picture has at most: the four inks of CMYK, and alpha.
	// Professional files add some channels that nobody sees. A TIFF may say
	// 65535, and every pixel takes as much memory.
	maxBands = 16

	// maxScans is many times what any encoder writes. A scan of a few bytes may
	// go over the whole picture, and nothing stops the decoder on the way.
	maxScans = 200
)

// checkEffort refuses a file that takes far more memory or time than its number
// of pixels lets expect.
func checkEffort(image *vips.Image, job render.Job) error {
	if n := image.Bands(); n > maxBands {
		return errors.New(errors.Limit, "The original has %d channels, more than %d", n, maxBands)
	}
	if format, _ := sniff.Sniff(job.Original); format == sniff.JPEG && countScans(job.Original) > maxScans {
		return errors.New(errors.Limit, "The original has more than %d scans", maxScans)
	}
	return nil
}

// countScans counts the scans of a JPEG, as libjpeg goes over it: markers with
// their segments, and what follows a scan's up to the next marker (ITU-T T.81,
// section B.1.1). It stops counting when they are too many.
func countScans(file []byte) (scans int) {
	const stuffed, startOfScan, end = 0x00, 0xda, 0xd9
	for scans <= maxScans {
		at := bytes.IndexByte(file, 0xff)
		if at < 0 || at+4 > len(file) {
			return scans
		}
		marker := file[at+1]
		switch {
		case marker == 0xff: // fill
			file = file[at+1:]
			continue
		case marker == end:
			return scans
		case marker == stuffed, marker == 0x01, 0xd0 <= marker && marker <= 0xd8: // alone, without a segment
			file = file[at+2:]
			continue
		case marker == startOfScan:
			scans++
		}
		file = file[min(len(file), at+2+int(binary.BigEndian.Uint16(file[at+2:]))):]
	}
	return scans
}
