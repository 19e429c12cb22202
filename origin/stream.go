package origin

import "io"

// Streaming reports whether, and how, an original is asked for that is sent
// while it is read. The zero value says that it is not.
type Streaming struct {
	Wanted bool

	// StartOnly says that perhaps only the start of the file, or a part of it, will be
	// read: the client's request has a range or a condition, or is HEAD.
	StartOnly bool

	// Range is the Range of the client's request; empty for none. It is a hint: what is
	// read is decided by Seek.
	Range string
}

// StreamStart is how many of a stream's first bytes its Source has as its body.
const StreamStart = 4 << 10

// Stream is a file that is sent while it is read, at its start. Close is safe for
// concurrent use, may be called again, and ends a Read in progress. The context of the
// Fetch that a Stream came from does not bound it.
type Stream struct {
	io.ReadSeekCloser

	// Size is how many bytes there are; negative for unknown.
	Size int64

	// Ranges says that reading may begin anywhere. Otherwise Seek says how long the
	// file is, and goes back to its start before anything was read.
	Ranges bool

	// Arrives says that the file comes over the network, perhaps slowly.
	Arrives bool

	// Sent, if not nil, is to be told how many bytes were read in all.
	Sent func(bytes int64)
}

// Open makes sure that there are bytes at the place where the stream is, so that a
// failure is known before anything was sent.
func (s *Stream) Open() error {
	if o, ok := s.ReadSeekCloser.(interface{ open() error }); ok {
		return o.open()
	}
	return nil
}
