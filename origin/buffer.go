package origin

import (
	"context"
	stderrors "errors"
	"io"

	"github.com/dustin/go-humanize"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/internal/held"
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
//
// The bytes are counted by the held.Meter of ctx, whose errors are returned as
// they are.
func Read(ctx context.Context, r io.Reader, announced, maxBytes int64) (*Source, error) {
	if announced > maxBytes {
		return nil, TooLong(maxBytes)
	}
	b := NewBuffer(ctx)
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
		b.Drop()
		return nil, err
	}
	return &Source{Body: b.Bytes()}, nil
}

// TooLong returns the error for an original larger than max_source_size.
func TooLong(maxBytes int64) *errors.Error {
	return errors.New(errors.Limit, "The original is larger than max_source_size, %s", humanize.IBytes(uint64(maxBytes)))
}

// Buffer is a body being written.
type Buffer struct {
	ctx   context.Context
	meter *held.Meter
	bytes []byte
}

// NewBuffer returns an empty buffer whose bytes the held.Meter of ctx counts.
func NewBuffer(ctx context.Context) *Buffer { return &Buffer{ctx: ctx, meter: held.MeterOf(ctx)} }

// Len returns the number of bytes written.
func (b *Buffer) Len() int { return len(b.bytes) }

// Bytes returns the bytes written, valid until the next call.
func (b *Buffer) Bytes() []byte { return b.bytes[:len(b.bytes):len(b.bytes)] }

// Write appends p. Its errors are those of Grow.
func (b *Buffer) Write(p []byte) (int, error) {
	if err := b.Grow(len(p)); err != nil {
		return 0, err
	}
	b.bytes = append(b.bytes, p...)
	return len(p), nil
}

// leastBuffer is the size of a buffer whose length is not known.
const leastBuffer = 32 << 10

// Grow makes room for n more bytes: exactly n in an empty buffer, at least
// double the length otherwise. The errors are those of held.Meter.Add.
func (b *Buffer) Grow(n int) error {
	needed := len(b.bytes) + n
	if needed <= cap(b.bytes) {
		return nil
	}
	if cap(b.bytes) > 0 {
		needed = max(needed, 2*cap(b.bytes))
	}
	if err := b.meter.Add(b.ctx, int64(needed-cap(b.bytes))); err != nil {
		return err
	}
	grown := make([]byte, len(b.bytes), needed)
	copy(grown, b.bytes)
	b.bytes = grown
	return nil
}

// Drop empties the buffer.
func (b *Buffer) Drop() {
	b.meter.Sub(int64(cap(b.bytes)))
	b.bytes = nil
}

// readFull reads n bytes into an empty buffer.
func (b *Buffer) readFull(r io.Reader, n int) error {
	if err := b.Grow(n); err != nil {
		return err
	}
	b.bytes = b.bytes[:n]
	_, err := io.ReadFull(r, b.bytes)
	if stderrors.Is(err, io.EOF) || stderrors.Is(err, io.ErrUnexpectedEOF) {
		return ErrShortBody
	}
	return err
}

// readAll reads until the end.
func (b *Buffer) readAll(r io.Reader) error {
	if err := b.Grow(leastBuffer); err != nil {
		return err
	}
	for {
		if err := b.Grow(1); err != nil {
			return err
		}
		n, err := r.Read(b.bytes[len(b.bytes):cap(b.bytes)])
		b.bytes = b.bytes[:len(b.bytes)+n]
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
