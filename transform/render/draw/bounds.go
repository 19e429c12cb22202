//go:build cgo

package draw

import (
	"bytes"
	"encoding/binary"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform/sniff"
	"github.com/caddy-images/caddy-images/transform/vips"
)

const (
	// maxBands is what an image has at most: the four inks of CMYK, and
	// alpha. Professional files add some channels that nobody sees. A TIFF
	// may say 65535, and every pixel takes as much memory.
	maxBands = 16

	// maxScans is many times what any encoder writes. A scan of a few bytes
	// may go over the whole image, and nothing stops the decoder on the way.
	maxScans = 200

	// maxSegments is how many application segments and comments a JPEG may have; a large
	// profile is in some hundreds. libjpeg before libjpeg-turbo 3.0.4 goes over all that
	// it has for each that it reads: 100,000, in half a megabyte, take a minute.
	maxSegments = 5000

	// maxTexts is how many compressed texts a PNG may have. Each may grow to
	// 8 MB, all are unpacked with the header, and nobody reads them.
	maxTexts = 32
)

// checkBands refuses an image that takes far more memory than its number of
// pixels lets expect.
func checkBands(image *vips.Image) error {
	if n := image.Bands(); n > maxBands {
		return errors.New(errors.Limit, "The original has %d channels, more than %d", n, maxBands)
	}
	return nil
}

// checkFile is checkBands for what opening the file would already take.
func checkFile(file []byte, format sniff.Format) error {
	scans, segments := 0, 0
	if format == sniff.JPEG {
		scans, segments = countScans(file)
	}
	switch {
	case scans > maxScans:
		return errors.New(errors.Limit, "The original has more than %d scans", maxScans)
	case segments > maxSegments:
		return errors.New(errors.Limit, "The original has more than %d segments with metadata", maxSegments)
	case format == sniff.PNG && countTexts(file) > maxTexts:
		return errors.New(errors.Limit, "The original has more than %d compressed texts", maxTexts)
	}
	return nil
}

// countScans counts the scans of a JPEG, and the segments that have nothing to do with its
// pixels, as libjpeg goes over it: markers with their segments, and what follows a scan's
// up to the next marker (ITU-T T.81, section B.1.1). It stops counting when they are too
// many, and where the first scan is the only one that the decoder reads: it has all
// components of a frame that is not progressive. That is so of most photographs, which
// are megabytes.
func countScans(file []byte) (scans, segments int) {
	const stuffed, baseline, extended, startOfScan, end, application, comment = 0x00, 0xc0, 0xc1, 0xda, 0xd9, 0xe0, 0xfe
	components := -1 // of a frame that is not progressive
	for scans <= maxScans && segments <= maxSegments {
		at := bytes.IndexByte(file, 0xff)
		if at < 0 || at+4 > len(file) {
			return scans, segments
		}
		marker := file[at+1]
		switch {
		case marker == 0xff: // fill
			file = file[at+1:]
			continue
		case marker == end:
			return scans, segments
		case marker == stuffed, marker == 0x01, 0xd0 <= marker && marker <= 0xd8: // alone, without a segment
			file = file[at+2:]
			continue
		case marker == baseline, marker == extended:
			if at+9 < len(file) {
				components = int(file[at+9]) // after marker, length, depth, height and width
			}
		case marker >= application && marker < application+16, marker == comment:
			segments++
		case marker == startOfScan:
			if scans == 0 && at+4 < len(file) && int(file[at+4]) == components {
				return 1, segments
			}
			scans++
		}
		file = file[min(len(file), at+2+int(binary.BigEndian.Uint16(file[at+2:]))):]
	}
	return scans, segments
}

// countTexts counts the compressed texts of a PNG: a chunk is its length, a type,
// the data and a checksum (PNG, third edition, section 5.3). It stops counting
// when they are too many.
func countTexts(file []byte) (texts int) {
	const signature, frame = 8, 12
	for at := int64(signature); at+frame <= int64(len(file)) && texts <= maxTexts; {
		switch string(file[at+4 : at+8]) {
		case "zTXt", "iTXt":
			texts++
		}
		at += frame + int64(binary.BigEndian.Uint32(file[at:]))
	}
	return texts
}
