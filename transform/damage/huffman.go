package damage

import "math/bits"

// huffman is a code table (ITU-T T.81, annex C). The zero value has no codes.
type huffman struct {
	quick  [256]uint16 // by the next 8 bits: a code's length in the upper byte, and its symbol
	last   [17]int32   // the largest code of each length; -1 for none
	offset [17]int32   // index of the symbol minus the code
	values [256]byte
	codes  int
}

// defineTables reads the tables of a DHT segment (section B.2.4.2).
func (j *jpegFile) defineTables(segment []byte) bool {
	for len(segment) > 0 {
		if len(segment) < 17 {
			return false
		}
		class, index := segment[0]>>4, segment[0]&15
		codes := 0
		for _, n := range segment[1:17] {
			codes += int(n)
		}
		if class > 1 || index > 3 || codes > 256 || len(segment) < 17+codes || !j.tables[class][index].define(segment[1:17], segment[17:17+codes]) {
			return false
		}
		segment = segment[17+codes:]
	}
	return true
}

func (t *huffman) define(counts, values []byte) bool {
	*t = huffman{codes: len(values)}
	copy(t.values[:], values)
	code, n := int32(0), int32(0)
	for length := 1; length <= 16; length++ {
		t.last[length] = -1
		t.offset[length] = n - code
		for range counts[length-1] {
			if code >= 1<<length {
				return false
			}
			if length <= 8 {
				for low := range int32(1) << (8 - length) {
					t.quick[code<<(8-length)|low] = uint16(length)<<8 | uint16(values[n])
				}
			}
			t.last[length] = code
			code++
			n++
		}
		code <<= 1
	}
	return true
}

// source reads the data of a scan bit by bit, up to a marker or the end of
// the file.
type source struct {
	file []byte
	at   int
	acc  uint64 // the next bits, the first one at the top
	have int
	over bool // more bits were read than exist
}

// fill refills acc.
func (s *source) fill() {
	for s.have <= 56 {
		if s.at >= len(s.file) {
			return
		}
		b := s.file[s.at]
		next := s.at + 1
		if b == 0xff {
			for next < len(s.file) && s.file[next] == 0xff {
				next++ // fill bytes
			}
			if next >= len(s.file) || s.file[next] != 0 {
				return // a marker
			}
			next++
		}
		s.at = next
		s.acc |= uint64(b) << (56 - s.have)
		s.have += 8
	}
}

// skip skips up to 32 bits.
func (s *source) skip(n int) {
	if s.have < n {
		if s.fill(); s.have < n {
			s.over = true
			s.acc, s.have = 0, 0
			return
		}
	}
	s.acc <<= n
	s.have -= n
}

// take reads up to 16 bits.
func (s *source) take(n int) int {
	if s.have < n {
		s.fill()
	}
	v := int(s.acc >> 32 >> (32 - n))
	s.skip(n)
	return v
}

// symbol reads a code. An invalid one gives the symbol 0, as in libjpeg.
func (s *source) symbol(t *huffman) int {
	if s.have < 16 {
		s.fill()
	}
	if quick := t.quick[s.acc>>56]; quick != 0 {
		s.skip(int(quick >> 8))
		return int(quick & 255)
	}
	for length := 9; length <= 16; length++ {
		if code := int32(s.acc >> (64 - length)); code <= t.last[length] {
			s.skip(length)
			return int(t.values[uint8(code+t.offset[length])])
		}
	}
	s.skip(16)
	return 0
}

// read reads the data of a scan from an offset. It returns the number of
// complete MCUs, and the offset where it stopped.
func (j *jpegFile) read(ctx contextDone, s scan, at int) (mcus, end int, err error) {
	for _, p := range s.parts {
		if j.progressive && s.first > 0 && p.nonzero == nil {
			p.nonzero = make([]uint64, p.stride*j.high*p.v)
		}
		needsDC, needsAC := s.first == 0 && !s.refine, s.last > 0
		if needsDC && j.tables[0][p.dc].codes == 0 || needsAC && j.tables[1][p.ac].codes == 0 {
			return 0, at, nil // no table, no data
		}
	}
	src := source{file: j.file, at: at}
	run := 0 // end-of-band run of a progressive scan
	until, restart := j.restart, byte(0)
	for n := range s.mcus {
		if j.restart > 0 && until == 0 {
			if !src.restart(restart) {
				return n, src.at, nil
			}
			until, restart, run = j.restart, (restart+1)&7, 0
		}
		until--
		if n%s.across == 0 && ctx.Err() != nil {
			return n, src.at, ctx.Err()
		}
		switch {
		case !j.progressive:
			for i := range s.parts {
				p := &s.parts[i]
				for range s.blocks(p) {
					src.sequential(&j.tables[0][p.dc], &j.tables[1][p.ac])
				}
			}
		case s.first == 0:
			for i := range s.parts {
				p := &s.parts[i]
				for range s.blocks(p) {
					if s.refine {
						src.skip(1)
					} else {
						src.skip(src.symbol(&j.tables[0][p.dc]) & 15)
					}
				}
			}
		default:
			p := &s.parts[0]
			block := &p.nonzero[n/s.across*p.stride+n%s.across]
			if s.refine {
				run = src.refined(&j.tables[1][p.ac], s, block, run)
			} else {
				run = src.band(&j.tables[1][p.ac], s, block, run)
			}
		}
		if src.over {
			// The last code may use padding bits of the last byte, which have
			// no meaning; no data follow.
			return n, src.at, nil
		}
	}
	return s.mcus, src.at, nil
}

// contextDone is the part of a context that is used here.
type contextDone interface{ Err() error }

// blocks returns the number of a component's blocks in an MCU.
func (s scan) blocks(p *part) int {
	if s.interleaved {
		return p.h * p.v
	}
	return 1
}

// restart skips the marker between two intervals. It returns false if the
// next marker is another one, since blocks are then missing.
func (s *source) restart(n byte) bool {
	for s.acc, s.have = 0, 0; s.at+1 < len(s.file); {
		marker := s.file[s.at+1]
		switch {
		case s.file[s.at] != 0xff || marker == 0xff:
			s.at++ // garbage and fill bytes
		case marker == 0:
			s.at += 2
		case marker == jpegRST+n:
			s.at += 2
			return true
		case marker == jpegRST+(n-1)&7 || marker == jpegRST+(n-2)&7:
			s.at += 2 // a repeated one, which libjpeg skips
		default:
			return false
		}
	}
	return false
}

// sequential reads a block (section F.2.2).
func (s *source) sequential(dc, ac *huffman) {
	s.skip(s.symbol(dc) & 15)
	for k := 1; k < 64; k++ {
		symbol := s.symbol(ac)
		run, size := symbol>>4, symbol&15
		if size == 0 && run < 15 {
			return
		}
		k += run
		s.skip(size)
	}
}

// band reads a block's part of a spectral band (section G.1.2.2), and returns
// the end-of-band run.
func (s *source) band(ac *huffman, of scan, nonzero *uint64, run int) int {
	if run > 0 {
		return run - 1
	}
	for k := of.first; k <= of.last; k++ {
		symbol := s.symbol(ac)
		skipped, size := symbol>>4, symbol&15
		if size == 0 && skipped < 15 {
			return 1<<skipped + s.take(skipped) - 1
		}
		k += skipped
		if size > 0 && k < 64 {
			*nonzero |= 1 << k
		}
		s.skip(size)
	}
	return 0
}

// refined reads a refinement bit for known coefficients of a band, and new
// coefficients (section G.1.2.3).
func (s *source) refined(ac *huffman, of scan, nonzero *uint64, run int) int {
	before, k := *nonzero, of.first
	for run == 0 && k <= of.last {
		symbol := s.symbol(ac)
		skipped, size := symbol>>4, symbol&15
		if size == 0 && skipped < 15 {
			run = 1<<skipped + s.take(skipped)
			break
		}
		if size > 0 {
			s.skip(1) // its sign
		}
		for ; k <= of.last; k++ {
			if before>>k&1 != 0 {
				s.skip(1)
			} else if skipped--; skipped < 0 {
				break
			}
		}
		if size > 0 && k <= of.last {
			*nonzero |= 1 << k
		}
		k++
		if s.over {
			return 0
		}
	}
	if run == 0 {
		return 0
	}
	for band := before >> k << k & (2<<of.last - 1); band != 0; {
		n := min(bits.OnesCount64(band), 32)
		s.skip(n)
		for range n {
			band &= band - 1
		}
	}
	return run - 1
}
