package disk

import (
	"fmt"
	"io"
	"os"
)

// body is the content of an entry, which is the start of its file.
type body struct {
	file *os.File // at its start, until File is called
	size int64
	at   int64
}

// File returns the file, which is at the position that the last Seek has set; nil if that
// fails. The content is its first Size bytes. Who reads from it uses Read no more.
func (b *body) File() *os.File {
	if b.at != 0 {
		if _, err := b.file.Seek(b.at, io.SeekStart); err != nil {
			return nil
		}
	}
	return b.file
}

// Size implements cache.Body.
func (b *body) Size() int64 { return b.size }

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	left := b.size - b.at
	if left <= 0 {
		return 0, io.EOF
	}
	p = p[:min(int64(len(p)), left)]
	n, err := b.file.ReadAt(p, b.at)
	b.at += int64(n)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF // it has become shorter
	}
	return n, err
}

// Seek implements io.Seeker.
func (b *body) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekStart:
	case io.SeekCurrent:
		offset += b.at
	case io.SeekEnd:
		offset += b.size
	default:
		return 0, fmt.Errorf("seeking from %d", whence)
	}
	if offset < 0 {
		return 0, fmt.Errorf("seeking to %d", offset)
	}
	b.at = offset
	return offset, nil
}

// Close implements io.Closer.
func (b *body) Close() error { return b.file.Close() }
