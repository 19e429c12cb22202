package origin

import (
	"bytes"
	stderrors "errors"
	"io"

	"github.com/dustin/go-humanize"

	"github.com/caddy-images/caddy-images/errors"
)

// ErrShortBody is what ReadBody returns when a body ends before its announced length.
var ErrShortBody = stderrors.New("the body is shorter than its announced length")

// ReadBody reads a whole body. announced is its Content-Length, negative when
// unknown. It allocates once where the length is announced.
//
// A body that is, or says it is, longer than maxBytes is errors.Limit, before
// anything was read where the length is announced. One that ends early is
// ErrShortBody. Other errors are the reader's, as they are.
func ReadBody(r io.Reader, announced, maxBytes int64) ([]byte, error) {
	if announced > maxBytes {
		return nil, TooLong(maxBytes)
	}
	if announced >= 0 {
		body := make([]byte, announced)
		if _, err := io.ReadFull(r, body); err != nil {
			if stderrors.Is(err, io.EOF) || stderrors.Is(err, io.ErrUnexpectedEOF) {
				err = ErrShortBody
			}
			return nil, err
		}
		return body, nil
	}
	var buf bytes.Buffer
	n, err := buf.ReadFrom(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return nil, err
	}
	if n > maxBytes {
		return nil, TooLong(maxBytes)
	}
	return buf.Bytes(), nil
}

// TooLong is the error of an original that is longer than max_source_size.
func TooLong(maxBytes int64) *errors.Error {
	return errors.New(errors.Limit, "The original is larger than max_source_size, %s", humanize.IBytes(uint64(maxBytes)))
}
