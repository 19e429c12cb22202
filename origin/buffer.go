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
	b := held.NewBuffer(ctx)
	var err error
	if announced >= 0 {
		err = readFull(b, r, int(announced))
	} else {
		err = readAll(b, io.LimitReader(r, maxBytes+1))
	}
	if err == nil && int64(b.Len()) > maxBytes {
		err = TooLong(maxBytes)
	}
	var file []byte
	if err == nil {
		file, err = b.File()
	}
	if err != nil {
		b.Drop()
		return nil, err
	}
	return &Source{Body: file}, nil
}

// TooLong returns the error for an original larger than max_source_size.
func TooLong(maxBytes int64) *errors.Error {
	return errors.New(errors.Limit, "The original is larger than max_source_size, %s", humanize.IBytes(uint64(maxBytes)))
}

// readFull reads n bytes into an empty buffer.
func readFull(b *held.Buffer, r io.Reader, n int) error {
	if err := b.Grow(n); err != nil || n == 0 {
		return err
	}
	room, err := b.Room()
	if err != nil {
		return err
	}
	_, err = io.ReadFull(r, room[:n])
	if stderrors.Is(err, io.EOF) || stderrors.Is(err, io.ErrUnexpectedEOF) {
		return ErrShortBody
	}
	b.Extend(n)
	return err
}

// readAll reads until the end.
func readAll(b *held.Buffer, r io.Reader) error {
	for {
		room, err := b.Room()
		if err != nil {
			return err
		}
		n, err := r.Read(room)
		b.Extend(n)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
