package disk

import (
	"encoding/binary"
	"errors"
	"io"
	"sync"

	"github.com/cespare/xxhash/v2"

	"github.com/caddy-images/caddy-images/cache"
)

// A file is the body, the meta, and a trailer:
//
//	original  16 bytes
//	entry     16
//	body       8  length
//	meta       8  length
//	sequence   8
//	body sum   8  XXH64 of the body
//	sum        8  XXH64 of the meta and of the trailer up to here
//	magic      8  the last byte is the version of the format
//
// Numbers are big-endian. The key is there so that files that were swapped are noticed.
const (
	trailerSize = 80
	sumAt       = 64
	magicAt     = 72

	// format is the version. Files of another one are removed.
	format = 1
)

const magic = "cimages"

// tailSize is how much of the end of a file is read at once: as a rule all of the meta.
const tailSize = 4096

var (
	// errDamaged is the error of a file that is not as it was written.
	errDamaged = errors.New("the file is damaged")

	// errOutdated is the error of a file in another version of the format.
	errOutdated = errors.New("the file has another format")
)

// trailer is what the end of a file says.
type trailer struct {
	key        cache.Key
	body, meta int64 // lengths
	sequence   uint64
	bodySum    uint64
}

// appendEnd appends what stands behind the body.
func appendEnd(b []byte, key cache.Key, meta, body []byte, sequence uint64) []byte {
	start := len(b)
	b = append(b, meta...)
	b = append(b, key.Original[:]...)
	b = append(b, key.Entry[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(len(body)))
	b = binary.BigEndian.AppendUint64(b, uint64(len(meta)))
	b = binary.BigEndian.AppendUint64(b, sequence)
	b = binary.BigEndian.AppendUint64(b, xxhash.Sum64(body))
	b = binary.BigEndian.AppendUint64(b, xxhash.Sum64(b[start:]))
	b = append(b, magic...)
	return append(b, format)
}

// fileSize is how long the file of an entry is.
func fileSize(meta, body []byte) int64 { return int64(len(meta)) + int64(len(body)) + trailerSize }

var tails = sync.Pool{New: func() any { return new([tailSize]byte) }}

// readEnd reads what stands behind the body of a file of this size.
func readEnd(r io.ReaderAt, size int64) (t trailer, meta []byte, err error) {
	if size < trailerSize {
		return t, nil, errDamaged
	}
	buffer := tails.Get().(*[tailSize]byte)
	defer tails.Put(buffer)
	tail := buffer[:min(size, tailSize)]
	if err := readAt(r, tail, size-int64(len(tail))); err != nil {
		return t, nil, err
	}
	if t, err = parse(tail[len(tail)-trailerSize:]); err != nil {
		return t, nil, err
	}
	if t.meta < 0 || t.meta > cache.MaxMeta || t.body < 0 || t.body != size-trailerSize-t.meta {
		return t, nil, errDamaged
	}
	end := make([]byte, t.meta+sumAt)
	if missing := len(end) - (len(tail) - (trailerSize - sumAt)); missing > 0 {
		if err := readAt(r, end, t.body); err != nil {
			return t, nil, err
		}
	} else {
		copy(end, tail[-missing:])
	}
	if xxhash.Sum64(end) != binary.BigEndian.Uint64(tail[len(tail)-trailerSize+sumAt:]) {
		return t, nil, errDamaged
	}
	return t, end[:t.meta:t.meta], nil
}

// parse reads a trailer without the sum.
func parse(b []byte) (t trailer, err error) {
	if string(b[magicAt:magicAt+len(magic)]) != magic {
		return t, errDamaged
	}
	if b[trailerSize-1] != format {
		return t, errOutdated
	}
	copy(t.key.Original[:], b)
	copy(t.key.Entry[:], b[16:])
	t.body = int64(binary.BigEndian.Uint64(b[32:]))
	t.meta = int64(binary.BigEndian.Uint64(b[40:]))
	t.sequence = binary.BigEndian.Uint64(b[48:])
	t.bodySum = binary.BigEndian.Uint64(b[56:])
	return t, nil
}

// readAt fills b. A file that has become shorter is a damaged one.
func readAt(r io.ReaderAt, b []byte, at int64) error {
	if n, err := r.ReadAt(b, at); n < len(b) {
		if err == io.EOF {
			return errDamaged
		}
		return err
	}
	return nil
}

var blocks = sync.Pool{New: func() any { return new([128 << 10]byte) }}

// verify reads the body, and reports with an error whether it is as it was written.
func verify(r io.ReaderAt, t trailer) error {
	buffer := blocks.Get().(*[128 << 10]byte)
	defer blocks.Put(buffer)
	sum := xxhash.New()
	for at := int64(0); at < t.body; {
		b := buffer[:min(int64(len(buffer)), t.body-at)]
		if err := readAt(r, b, at); err != nil {
			return err
		}
		_, _ = sum.Write(b)
		at += int64(len(b))
	}
	if sum.Sum64() != t.bodySum {
		return errDamaged
	}
	return nil
}
