package origin

import (
	stderrors "errors"
	"io"

	"github.com/dustin/go-humanize"

	"github.com/caddy-images/caddy-images/errors"
)

// ErrShortBody is returned by Read if a body ends before its announced
// length.
var ErrShortBody = stderrors.New("the body is shorter than its announced length")

// Read reads a whole body into a Source without metadata. announced is the
// Content-Length, negative if unknown.
//
// A body that is longer than maxBytes, or announced as such, is errors.Limit,
// in the latter case before anything is read. One that ends early is
// ErrShortBody. Other errors are the reader's.
func Read(r io.Reader, announced, maxBytes int64) (*Source, error) {
	if announced > maxBytes {
		return nil, TooLong(maxBytes)
	}
	var b Buffer
	var err error
	if announced >= 0 {
		err = b.readFull(r, int(announced))
	} else {
		err = b.readAll(io.LimitReader(r, maxBytes+1))
	}
	if err == nil && int64(b.Len()) > maxBytes {
		err = TooLong(maxBytes)
	}
	if err != nil {
		return nil, err // not released: the reader may still use the memory
	}
	return b.Source(), nil
}

// TooLong returns the error for an original larger than max_source_size.
func TooLong(maxBytes int64) *errors.Error {
	return errors.New(errors.Limit, "The original is larger than max_source_size, %s", humanize.IBytes(uint64(maxBytes)))
}

// Buffer is a body being written. The zero value is empty.
type Buffer struct {
	memory *memory // nil before the first byte
	length int
}

// Len returns the number of bytes written.
func (b *Buffer) Len() int { return b.length }

// Bytes returns the bytes written, valid until the next call.
func (b *Buffer) Bytes() []byte {
	if b.memory == nil {
		return nil
	}
	return b.memory.bytes[:b.length:b.length]
}

// Write appends p. It never fails.
func (b *Buffer) Write(p []byte) (int, error) {
	b.Grow(len(p))
	if len(p) > 0 {
		b.length += copy(b.memory.bytes[b.length:], p)
	}
	return len(p), nil
}

// Grow makes room for n more bytes: exactly n in an empty buffer, at least
// double the length otherwise.
func (b *Buffer) Grow(n int) {
	needed := b.length + n
	switch {
	case n == 0 || b.memory != nil && needed <= len(b.memory.bytes):
		return
	case b.memory != nil:
		needed = max(needed, 2*len(b.memory.bytes))
	}
	grown := newMemory(needed)
	copy(grown.bytes, b.Bytes())
	b.memory.release()
	b.memory = grown
}

// Source returns the original with these bytes as its body and leaves the
// buffer empty.
func (b *Buffer) Source() *Source {
	s := &Source{Body: b.Bytes(), memory: b.memory}
	*b = Buffer{}
	return s
}

// readFull reads n bytes into an empty buffer.
func (b *Buffer) readFull(r io.Reader, n int) error {
	b.Grow(n)
	b.length = n
	_, err := io.ReadFull(r, b.Bytes())
	if stderrors.Is(err, io.EOF) || stderrors.Is(err, io.ErrUnexpectedEOF) {
		return ErrShortBody
	}
	return err
}

// readAll reads until the end.
func (b *Buffer) readAll(r io.Reader) error {
	for {
		b.Grow(1)
		n, err := r.Read(b.memory.bytes[b.length:])
		b.length += n
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
