package disk

import (
	"fmt"
	"io"
	"os"
)

// body is the content of an entry, which is the start of its file.
type body struct {
	file *os.File
	size int64
	at   int64
}

// File returns the file, which is at the position that the last Seek has set. The content
// is its first Size bytes. Who reads from it uses Read no more.
func (b *body) File() *os.File { return b.file }

// Size implements cache.Body.
func (b *body) Size() int64 { return b.size }

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	left := b.size - b.at
	if left <= 0 {
		return 0, io.EOF
	}
	n, err := b.file.Read(p[:min(int64(len(p)), left)])
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
	at, err := b.file.Seek(offset, io.SeekStart)
	if err != nil {
		return 0, err
	}
	b.at = at
	return at, nil
}

// Close implements io.Closer.
func (b *body) Close() error { return b.file.Close() }
