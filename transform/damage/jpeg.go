package damage

import (
	"bytes"
	"context"
	"encoding/binary"
	"slices"
)

// Markers of ITU-T T.81, table B.1, without their first byte, 0xff.
const (
	jpegSOF0 = 0xc0 // baseline
	jpegSOF1 = 0xc1 // extended sequential
	jpegSOF2 = 0xc2 // progressive
	jpegDHT  = 0xc4
	jpegSOF9 = 0xc9 // the same three with arithmetic coding
	jpegSOFA = 0xca
	jpegRST  = 0xd0 // to 0xd7
	jpegSOI  = 0xd8
	jpegEOI  = 0xd9
	jpegSOS  = 0xda
	jpegDRI  = 0xdd
)

// findJPEG checks which scans exist. If the file has no end marker, it reads
// the data of the scans to see whether anything else is missing.
func findJPEG(ctx context.Context, file []byte) (Missing, error) {
	found, ended, err := readJPEG(ctx, file, false)
	if err != nil || found != "" || ended {
		return found, err
	}
	return Scans(ctx, file)
}

// Scans reads the data of all scans of a JPEG for which libjpeg gave a
// warning: either the data end too early, or there are superfluous bytes in
// between, and libjpeg reports only the first. This takes about half as long
// as decoding.
func Scans(ctx context.Context, file []byte) (Missing, error) {
	found, _, err := readJPEG(ctx, file, true)
	return found, err
}

// jpegFile is the state while a file is read.
type jpegFile struct {
	file        []byte
	progressive bool
	arithmetic  bool // the data of scans cannot be read
	gap         bool // a scan follows a missing one
	wide, high  int  // of the image, in MCUs
	components  []component
	restart     int           // MCUs between two restart markers; 0 for none
	tables      [2][4]huffman // for DC and AC
}

// component is a channel of an image.
type component struct {
	id           byte
	h, v         int
	across, down int      // blocks, without the padding of MCUs
	stride       int      // blocks of a row, including padding
	precision    [64]int8 // of each coefficient, how many bits are still missing; -1 for all
	nonzero      []uint64 // of each block, the coefficients that a scan has set
}

// readJPEG walks over the segments and scans of the file, and reads the data
// of scans if thorough. ended reports whether there is an end marker.
func readJPEG(ctx context.Context, file []byte, thorough bool) (found Missing, ended bool, err error) {
	j := jpegFile{file: file}
	scans := 0
	for at := 2; ; {
		at = nextMarker(file, at)
		if at < 0 {
			break
		}
		marker := file[at+1]
		at += 2
		if marker == jpegEOI {
			ended = true
			break
		}
		if marker <= 1 || marker >= jpegRST && marker <= jpegSOI {
			continue // has no length
		}
		if at+2 > len(file) {
			break
		}
		length := int(binary.BigEndian.Uint16(file[at:]))
		if length < 2 || at+length > len(file) {
			break
		}
		segment := file[at+2 : at+length]
		at += length
		switch marker {
		case jpegSOF0, jpegSOF1, jpegSOF2, jpegSOF9, jpegSOFA:
			if len(j.components) > 0 || !j.frame(marker, segment) {
				return "", true, nil // decoders refuse it, or read it in various ways
			}
		case jpegDHT:
			if !j.defineTables(segment) {
				return "valid code tables", false, nil
			}
		case jpegDRI:
			if len(segment) >= 2 {
				j.restart = int(binary.BigEndian.Uint16(segment))
			}
		case jpegSOS:
			s, ok := j.scan(segment)
			if len(j.components) == 0 {
				return "", true, nil // a frame of another kind
			}
			if !ok {
				return missing("a valid header of scan %d", scans+1), false, nil
			}
			scans++
			if thorough && j.arithmetic {
				return "the end of the file", false, nil // nothing more can be checked
			}
			if thorough {
				read, end, err := j.read(ctx, s, at)
				if err != nil {
					return "", false, err
				}
				if read < s.mcus {
					return missing("data: scan %d has %d%% of its blocks", scans, int64(read)*100/int64(s.mcus)), false, nil
				}
				at = end
			}
			if !j.progressive && scans == 1 && len(s.parts) == len(j.components) {
				// Decoders stop here: anything that follows ends the data.
				// Most files end with the marker, which saves reading
				// megabytes.
				return "", bytes.HasSuffix(file, []byte{0xff, jpegEOI}) || nextMarker(file, at) >= 0, nil
			}
		}
	}
	if scans == 0 {
		return "all scans", ended, nil
	}
	return j.uncovered(scans), ended, nil
}

// nextMarker returns the offset of the next marker, or -1. It skips restart
// markers, as decoders do.
func nextMarker(file []byte, at int) int {
	for at < len(file) {
		n := bytes.IndexByte(file[at:], 0xff)
		if n < 0 || at+n+1 >= len(file) {
			return -1
		}
		at += n
		switch next := file[at+1]; {
		case next == 0xff:
			at++ // a fill byte
		case next == 0, next >= jpegRST && next < jpegSOI:
			at += 2
		default:
			return at
		}
	}
	return -1
}

// frame reads a frame header (section B.2.2).
func (j *jpegFile) frame(marker byte, segment []byte) bool {
	if len(segment) < 6 || segment[0] != 8 {
		return false
	}
	height, width, n := int(binary.BigEndian.Uint16(segment[1:])), int(binary.BigEndian.Uint16(segment[3:])), int(segment[5])
	if height == 0 || width == 0 || n < 1 || n > 4 || len(segment) < 6+3*n {
		return false
	}
	widest, tallest := 1, 1
	for c := range n {
		s := segment[6+3*c:]
		own := component{id: s[0], h: int(s[1] >> 4), v: int(s[1] & 15)}
		if own.h < 1 || own.h > 4 || own.v < 1 || own.v > 4 {
			return false
		}
		for k := range own.precision {
			own.precision[k] = -1
		}
		widest, tallest = max(widest, own.h), max(tallest, own.v)
		j.components = append(j.components, own)
	}
	j.wide, j.high = ceil(width, 8*widest), ceil(height, 8*tallest)
	for c := range j.components {
		own := &j.components[c]
		own.across, own.down = ceil(ceil(width*own.h, widest), 8), ceil(ceil(height*own.v, tallest), 8)
		own.stride = j.wide * own.h
	}
	j.progressive = marker == jpegSOF2 || marker == jpegSOFA
	j.arithmetic = marker == jpegSOF9 || marker == jpegSOFA
	return true
}

func ceil(n, by int) int { return (n + by - 1) / by }

// scan is a scan header (section B.2.3).
type scan struct {
	parts               []part
	first, last         int // coefficients
	high, low           int // bits of previous scans, and bits still missing
	mcus, across        int
	interleaved, refine bool
}

// part is a component's part of a scan.
type part struct {
	*component
	dc, ac int // tables
}

// scan reads a scan header, and records what the scan contributes.
func (j *jpegFile) scan(segment []byte) (s scan, ok bool) {
	if len(segment) < 1 {
		return s, false
	}
	n := int(segment[0])
	if n < 1 || n > len(j.components) || len(segment) < 4+2*n {
		return s, false
	}
	s.first, s.last = int(segment[1+2*n]), int(segment[2+2*n])
	s.high, s.low = int(segment[3+2*n]>>4), int(segment[3+2*n]&15)
	if !j.progressive {
		s.first, s.last, s.high, s.low = 0, 63, 0, 0 // libjpeg ignores other values
	}
	if s.last > 63 || s.first > s.last || s.first == 0 && s.last > 0 && j.progressive || s.first > 0 && n > 1 {
		return s, false
	}
	blocks := 0
	for i := range n {
		id, tables := segment[1+2*i], segment[2+2*i]
		p := part{dc: int(tables >> 4 & 3), ac: int(tables & 3)}
		for c := range j.components {
			own := &j.components[c]
			taken := slices.ContainsFunc(s.parts, func(p part) bool { return p.component == own })
			if own.id == id && p.component == nil && !taken { // some encoders call all of them the same
				p.component = own
			}
		}
		if p.component == nil {
			return s, false
		}
		for k := s.first; k <= s.last; k++ {
			if j.progressive && s.high != max(0, int(p.precision[k])) {
				j.gap = true
			}
			p.precision[k] = int8(s.low)
		}
		blocks += p.h * p.v
		s.parts = append(s.parts, p)
	}
	s.refine = s.high > 0
	if s.interleaved = n > 1; s.interleaved {
		s.across, s.mcus = j.wide, j.wide*j.high
		return s, blocks <= 10 // section B.2.3
	}
	s.across = s.parts[0].across
	s.mcus = s.across * s.parts[0].down
	return s, true
}

// uncovered returns the coefficients that the scans lack completely or in
// part.
func (j *jpegFile) uncovered(scans int) Missing {
	for _, c := range j.components {
		for _, low := range c.precision {
			switch {
			case low == 0 && !j.gap:
			case j.progressive:
				return missing("scans of a progressive JPEG, which has %d", scans)
			default:
				return missing("scans: there are %d, for %d channels", scans, len(j.components))
			}
		}
	}
	return ""
}
