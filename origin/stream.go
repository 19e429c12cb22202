package origin

import (
	"io"
	"strings"
)

// Streaming describes a request for an original that can be sent while it is
// read. The zero value does not ask for one.
type Streaming struct {
	Wanted bool

	// StartOnly reports whether perhaps only the start or a part of the file
	// will be read: the client's request has a range or a condition, or is
	// HEAD.
	StartOnly bool

	// Range is the Range of the client's request; may be empty. It is a hint:
	// Seek decides what is read.
	Range string

	// OrWhole says that a cache that keeps bytes may keep those of the file,
	// which is then not streamed if it fits Request.MaxBytes.
	OrWhole bool
}

// IsStrong reports whether an entity tag is a strong one (RFC 9110 section
// 8.8.3): whoever has it has the same bytes.
func IsStrong(etag string) bool { return len(etag) >= 2 && strings.HasPrefix(etag, `"`) }

// StreamStart is the length of a stream's beginning that its Source has as
// its body.
const StreamStart = 4 << 10

// Stream is a file that can be sent while it is read, positioned at its
// start. Close is safe for concurrent use and repeated calls, and ends a Read
// in progress. The context of the Fetch that returned a Stream does not limit
// it.
type Stream struct {
	io.ReadSeekCloser

	// Size is the length in bytes; negative if unknown.
	Size int64

	// Ranges reports whether reading can begin anywhere, or at least at the
	// Range that was asked for. Otherwise Seek only returns the length of the
	// file, and returns to its start before anything is read.
	Ranges bool

	// Arrives reports whether the file comes over the network, perhaps
	// slowly.
	Arrives bool

	// Sent, if not nil, receives the number of bytes read in all.
	Sent func(bytes int64)
}

// Open makes sure that there are bytes at the current position, so that a
// failure is known before anything is sent.
func (s *Stream) Open() error {
	if o, ok := s.ReadSeekCloser.(interface{ open() error }); ok {
		return o.open()
	}
	return nil
}
