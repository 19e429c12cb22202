// Package packed is an entry of the cache as bytes that can be checked: the body, the meta
// and a trailer. What was torn, cut, overwritten or swapped is noticed when it is read.
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
// Numbers are big-endian. The body comes first, so that it can be sent from a file.
package packed

import (
	"encoding/binary"
	"errors"
	"io"
	"sync"

	"github.com/cespare/xxhash/v2"

	"github.com/caddy-images/caddy-images/cache"
)

const (
	trailerSize = 80
	sumAt       = 64
	magicAt     = 72

	magic = "cimages"
)

// Format is the version of the format.
const Format = 1

// tailSize is how many of the last bytes are read at once: as a rule all of the meta.
const tailSize = 4096

var (
	// ErrDamaged is the error for bytes that are not as they were written.
	ErrDamaged = errors.New("the entry is damaged")

	// ErrOutdated is the error for another version of the format.
	ErrOutdated = errors.New("the entry has another format")
)

// End is what stands behind the body.
type End struct {
	Key      cache.Key
	Meta     []byte
	Body     int64 // length
	Sequence uint64

	meta int64 // length
	sum  uint64
}

// Size is the size of a packed entry.
func Size(meta, body []byte) int64 { return int64(len(meta)) + int64(len(body)) + trailerSize }

// AppendEnd appends what stands behind the body.
func AppendEnd(b []byte, key cache.Key, meta, body []byte, sequence uint64) []byte {
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
	return append(b, Format)
}

var tails = sync.Pool{New: func() any { return new([tailSize]byte) }}

// ReadEnd reads what stands behind the body of an entry of this size. The error is
// ErrDamaged, ErrOutdated, or that of the reader.
func ReadEnd(r io.ReaderAt, size int64) (End, error) {
	if size < trailerSize {
		return End{}, ErrDamaged
	}
	buffer := tails.Get().(*[tailSize]byte)
	defer tails.Put(buffer)
	tail := buffer[:min(size, tailSize)]
	if err := readAt(r, tail, size-int64(len(tail))); err != nil {
		return End{}, err
	}
	e, err := parse(tail[len(tail)-trailerSize:])
	if err != nil {
		return End{}, err
	}
	if e.meta < 0 || e.meta > cache.MaxMeta || e.Body < 0 || e.Body != size-trailerSize-e.meta {
		return End{}, ErrDamaged
	}
	summed := make([]byte, e.meta+sumAt)
	if missing := len(summed) - (len(tail) - (trailerSize - sumAt)); missing > 0 {
		if err := readAt(r, summed, e.Body); err != nil {
			return End{}, err
		}
	} else {
		copy(summed, tail[-missing:])
	}
	if xxhash.Sum64(summed) != binary.BigEndian.Uint64(tail[len(tail)-trailerSize+sumAt:]) {
		return End{}, ErrDamaged
	}
	e.Meta = summed[:e.meta:e.meta]
	return e, nil
}

// parse reads a trailer except for its sum.
func parse(b []byte) (e End, err error) {
	if string(b[magicAt:magicAt+len(magic)]) != magic {
		return e, ErrDamaged
	}
	if b[trailerSize-1] != Format {
		return e, ErrOutdated
	}
	copy(e.Key.Original[:], b)
	copy(e.Key.Entry[:], b[16:])
	e.Body = int64(binary.BigEndian.Uint64(b[32:]))
	e.meta = int64(binary.BigEndian.Uint64(b[40:]))
	e.Sequence = binary.BigEndian.Uint64(b[48:])
	e.sum = binary.BigEndian.Uint64(b[56:])
	return e, nil
}

// readAt fills b. What has become shorter is damaged.
func readAt(r io.ReaderAt, b []byte, at int64) error {
	if n, err := r.ReadAt(b, at); n < len(b) {
		if err == io.EOF {
			return ErrDamaged
		}
		return err
	}
	return nil
}

var blocks = sync.Pool{New: func() any { return new([128 << 10]byte) }}

// Verify reads the body. The error is ErrDamaged if it is not as it was written, or that of
// the reader.
func (e End) Verify(r io.ReaderAt) error {
	buffer := blocks.Get().(*[128 << 10]byte)
	defer blocks.Put(buffer)
	sum := xxhash.New()
	for at := int64(0); at < e.Body; {
		b := buffer[:min(int64(len(buffer)), e.Body-at)]
		if err := readAt(r, b, at); err != nil {
			return err
		}
		_, _ = sum.Write(b)
		at += int64(len(b))
	}
	if sum.Sum64() != e.sum {
		return ErrDamaged
	}
	return nil
}

// Version tells bodies apart that have the same key.
func (e End) Version() uint64 { return e.sum }
