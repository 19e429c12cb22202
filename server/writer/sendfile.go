package writer

import (
	"errors"
	"io"
	"net/http"
	"os"
	"syscall"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
)

// FromFile returns the next n bytes of a file as a reader for w.ReadFrom, by
// which the kernel can send them (sendfile). w is a writer of the response to
// r. The reader moves the file's position.
//
// net's ReadFrom recognises a file, or a file within one io.LimitedReader.
// Caddy's write_idle_timeout, which is on by default, wraps each piece in one
// more, so that no response of a part of a file is recognised.
func FromFile(w http.ResponseWriter, r *http.Request, file *os.File, n int64) io.Reader {
	limited := &io.LimitedReader{R: file, N: n}
	_, pieces := caddyhttp.IdleTimeoutsFromContext(r.Context())
	if pieces == nil || !isBehind(w, pieces) {
		return limited
	}
	at, err := file.Seek(0, io.SeekCurrent)
	if err != nil {
		return limited
	}
	piece := int64(pieces.MaxChunk)
	if piece <= 0 {
		piece = caddyhttp.DefaultMaxWriteChunk
	}
	return &section{file: file, end: at + n, piece: piece}
}

// isBehind reports whether what is written to w reaches the other writer.
func isBehind(w http.ResponseWriter, other *caddyhttp.IdleTimeoutWriter) bool {
	for w != http.ResponseWriter(other) {
		wrapper, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			return false
		}
		w = wrapper.Unwrap()
	}
	return true
}

// section is a file up to an offset. It offers its descriptor to a reader
// that reads at most piece bytes at once, while there are as many: the kernel
// knows nothing of the end. The rest is read.
type section struct {
	file       *os.File
	end, piece int64
}

var errNearEnd = errors.New("fewer bytes are left than a piece")

// left returns the number of bytes that are left.
func (s *section) left() (int64, error) {
	at, err := s.file.Seek(0, io.SeekCurrent)
	return s.end - at, err
}

// Read implements io.Reader.
func (s *section) Read(p []byte) (int, error) {
	left, err := s.left()
	switch {
	case err != nil:
		return 0, err
	case left <= 0:
		return 0, io.EOF
	}
	return s.file.Read(p[:min(int64(len(p)), left)])
}

// SyscallConn implements syscall.Conn, by which net recognises a file.
func (s *section) SyscallConn() (syscall.RawConn, error) {
	if left, err := s.left(); err != nil || left < s.piece {
		return nil, errNearEnd
	}
	return s.file.SyscallConn()
}
