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
	// maxBands limits the channels of an image: the four inks of CMYK, alpha,
	// and some invisible channels of professional files. A TIFF may declare
	// 65535, and memory is proportional to it.
	maxBands = 16

	// maxScans is many times what encoders write. A scan of a few bytes may
	// cover the whole image, and decoding cannot be interrupted.
	maxScans = 200

	// maxSegments limits the application segments and comments of a JPEG; a
	// large profile has some hundreds. Before libjpeg-turbo 3.0.4 libjpeg
	// walks over all previous ones for each: 100,000, in half a megabyte,
	// take a minute.
	maxSegments = 5000

	// maxTexts limits the compressed texts of a PNG. Each may expand to 8 MB,
	// and all are decompressed with the header although nothing uses them.
	maxTexts = 32
)

// checkBands refuses an image that takes far more memory than its number of
// pixels suggests.
func checkBands(image *vips.Image) error {
	if n := image.Bands(); n > maxBands {
		return errors.New(errors.Limit, "The original has %d channels, more than %d", n, maxBands)
	}
	return nil
}

// checkFile does the same for costs of opening the file.
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

// countScans counts the scans of a JPEG, and the segments unrelated to its
// pixels, in the way of libjpeg: markers with their segments, and the data
// after a scan header up to the next marker (ITU-T T.81, section B.1.1). It
// stops when there are too many, and when the first scan is the only one that
// the decoder reads, since it has all components of a frame that is not
// progressive. That is true of most photographs, which are megabytes.
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

// countTexts counts the compressed texts of a PNG: a chunk is its length, a
// type, the data and a checksum (PNG, third edition, section 5.3). It stops
// when there are too many.
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
