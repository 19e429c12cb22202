package origin

import (
	"context"
	stderrors "errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/caddy-images/caddy-images/errors"
)

// Ask sends a GET for one file, with a header Range if that is not empty, and returns an
// answer of which IsAnswer is true, or an error.
type Ask func(ctx context.Context, byteRange string) (*http.Response, error)

// IsAnswer reports whether a status brings a file, or says something about the range of
// it that was asked for, if one was.
func IsAnswer(status int, byteRange string) bool {
	switch status {
	case http.StatusOK:
		return true
	case http.StatusPartialContent, http.StatusRequestedRangeNotSatisfiable:
		return byteRange != ""
	}
	return false
}

// Get fetches a file from a server, whole or, if the request wants one, as a stream.
// timeout bounds a whole fetch; what it is to a stream see OpenStream.
func Get(ctx context.Context, server string, req Request, timeout time.Duration, ask Ask) (*Source, error) {
	if req.Stream.Wanted {
		return OpenStream(ctx, server, req, timeout, ask)
	}
	timed, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	answer, err := ask(timed, "")
	if err != nil {
		return nil, NetError(ctx, server, err)
	}
	defer answer.Body.Close()
	return FromAnswer(ctx, server, answer, req.MaxBytes)
}

// OpenStream asks a server for a file that is to be streamed. The Source is whole if the
// file is no longer than StreamStart, if the server sends it compressed, or if a range is
// wanted of one that fits MaxBytes and the server gives no ranges.
//
// Until OpenStream returns, ctx and timeout bound it. Then timeout is how long the server
// may send nothing at a time.
func OpenStream(ctx context.Context, server string, req Request, timeout time.Duration, ask Ask) (*Source, error) {
	timed, done := context.WithTimeout(ctx, timeout)
	defer done()
	r := &remote{server: server, ask: ask, idle: timeout, wanted: req.Stream.Range}
	r.ctx, r.cancel = context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(timed, func() { r.cancel(timed.Err()) })
	source, err := r.begin(req)
	if !stop() && err == nil {
		err = timed.Err()
	}
	if err != nil || source.Stream == nil {
		_ = r.Close()
	}
	if err == nil {
		return source, nil
	}
	if timed.Err() != nil {
		err = timed.Err()
	}
	return nil, NetError(ctx, server, err)
}

// remote is a file on a server. It is asked for again where reading goes on elsewhere.
type remote struct {
	ctx    context.Context // of all requests
	cancel context.CancelCauseFunc
	ask    Ask
	server string
	idle   time.Duration
	wanted string // the client's Range

	version version
	size    int64 // negative for unknown
	start   []byte

	body     io.ReadCloser // nil for none
	from, to int64         // what is left of it; to is negative for unknown
	at       int64         // where the next Read is
}

// version is what reports whether two answers are about the same bytes, as
// far as the server says.
type version struct{ etag, modified string }

func versionOf(header http.Header) version {
	return version{header.Get("ETag"), header.Get("Last-Modified")}
}

func (r *remote) begin(req Request) (*Source, error) {
	byteRange := ""
	if req.Stream.StartOnly {
		byteRange = rangeOf(0, StreamStart-1)
	}
	answer, err := r.ask(r.ctx, byteRange)
	if err != nil {
		return nil, err
	}
	first, last, size, isPart := partOf(answer)
	if answer.StatusCode != http.StatusOK && !(isPart && first == 0 && len(Codings(answer.Header)) == 0) {
		// The file is empty, or compressed, or of unknown length.
		_ = answer.Body.Close()
		if answer, err = r.ask(r.ctx, ""); err != nil {
			return nil, err
		}
		isPart = false
	}
	noRanges := req.Stream.StartOnly && !isPart
	if !isPart {
		last, size = -1, answer.ContentLength
		isShort := 0 <= size && size <= req.MaxBytes
		if len(Codings(answer.Header)) > 0 || noRanges && r.wanted != "" && isShort {
			defer answer.Body.Close()
			return FromAnswer(r.ctx, r.server, answer, req.MaxBytes)
		}
	}
	r.body = answer.Body
	r.to = size
	if isPart {
		r.to = last + 1
	}
	r.size, r.version = size, versionOf(answer.Header)
	isWhole, err := r.readStart()
	if err != nil {
		return nil, err
	}
	answer.Header.Del("Content-Length")
	answer.Header.Del("Content-Range")
	source := &Source{Body: r.start}
	source.described(answer)
	if !isWhole || int64(len(r.start)) > req.MaxBytes {
		source.Stream = &Stream{ReadSeekCloser: r, Size: r.size, Ranges: r.size >= 0 && !noRanges, Arrives: true}
	}
	return source, nil
}

// readStart reads the first bytes, and reports whether they are the whole file.
func (r *remote) readStart() (isWhole bool, err error) {
	start, from := make([]byte, StreamStart), &noting{Reader: r.body}
	n, err := io.ReadFull(from, start[:r.most(StreamStart)])
	r.start, r.from = start[:n:n], int64(n)
	switch {
	case from.err != nil:
		return false, from.err
	case err != nil && r.to >= 0: // it says that there is more
		return false, ErrShortBody
	case err != nil:
		r.size, r.to = int64(n), int64(n)
	}
	if r.from == r.to {
		r.drop()
	}
	return r.from == r.size, nil
}

// most returns how many of n bytes there may be in the rest of the body.
func (r *remote) most(n int) int {
	if r.to < 0 {
		return n
	}
	return int(min(int64(n), r.to-r.from))
}

// Read implements io.Reader.
func (r *remote) Read(p []byte) (int, error) {
	if r.size >= 0 && r.at >= r.size {
		return 0, io.EOF
	}
	if r.at < int64(len(r.start)) {
		n := copy(p, r.start[r.at:])
		r.at += int64(n)
		return n, nil
	}
	if err := r.open(); err != nil {
		return 0, err
	}
	defer r.watch()()
	n, err := r.body.Read(p[:r.most(len(p))])
	r.from += int64(n)
	r.at += int64(n)
	isEnd := r.from == r.to
	if isEnd {
		r.drop()
	}
	switch {
	case err == nil || isEnd:
		return n, nil
	case err == io.EOF && r.to < 0:
		return n, io.EOF
	case err == io.EOF:
		err = ErrShortBody
	}
	return n, r.failed(err)
}

// open asks for the bytes where the next Read is, if those do not come anyway.
func (r *remote) open() error {
	if r.at < int64(len(r.start)) || r.size >= 0 && r.at >= r.size || r.body != nil && r.from == r.at {
		return nil
	}
	r.drop()
	defer r.watch()()
	answer, err := r.ask(r.ctx, rangeOf(r.at, min(r.size-1, lastOf(r.wanted, r.at))))
	if err != nil {
		return r.failed(err)
	}
	first, last, size, ok := partOf(answer)
	if !ok || first != r.at || size != r.size || versionOf(answer.Header) != r.version || len(Codings(answer.Header)) > 0 {
		_ = answer.Body.Close()
		return errors.New(errors.Unidentified, "The original changed while it was read").
			Because(fmt.Errorf("status %d, Content-Range %q", answer.StatusCode, answer.Header.Get("Content-Range")))
	}
	r.body, r.from, r.to = answer.Body, first, last+1
	return nil
}

// drop closes the body, if there is one. One that was read to its end leaves its
// connection to others.
func (r *remote) drop() {
	if r.body != nil {
		_ = r.body.Close()
		r.body = nil
	}
}

// watch ends the stream if it is not stopped in time.
func (r *remote) watch() (stop func()) {
	timer := time.AfterFunc(r.idle, func() { r.cancel(context.DeadlineExceeded) })
	return func() { timer.Stop() }
}

func (r *remote) failed(err error) error {
	if cause := context.Cause(r.ctx); cause != nil {
		err = cause
	}
	return NetError(context.Background(), r.server, err)
}

// Seek implements io.Seeker.
func (r *remote) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += r.size
	}
	if offset < 0 || r.size < 0 {
		return 0, errSeek
	}
	r.at = offset
	return offset, nil
}

var errSeek = stderrors.New("no such place in the stream")

// Close implements io.Closer. Cancelling the request closes its body.
func (r *remote) Close() error {
	r.cancel(context.Canceled)
	return nil
}

func rangeOf(first, last int64) string { return fmt.Sprintf("bytes=%d-%d", first, last) }

// lastOf returns the last byte that a client wants which asks for one range
// that begins at first. Where it says no end, or another range, it is any.
func lastOf(wanted string, first int64) int64 {
	begin, end, _ := strings.Cut(strings.TrimPrefix(wanted, "bytes="), "-")
	from, err := strconv.ParseInt(begin, 10, 64)
	to, errTo := strconv.ParseInt(strings.TrimSpace(end), 10, 64)
	if err != nil || errTo != nil || from != first || to < from {
		return 1<<63 - 1
	}
	return to
}

// partOf reads which bytes of a file an answer of status 206 has (RFC 9110 section
// 14.4). ok is false if it does not say so, or not how many there are in all.
func partOf(answer *http.Response) (first, last, size int64, ok bool) {
	if answer.StatusCode != http.StatusPartialContent {
		return 0, 0, 0, false
	}
	said, ok := strings.CutPrefix(answer.Header.Get("Content-Range"), "bytes ")
	span, all, ok2 := strings.Cut(said, "/")
	begin, end, ok3 := strings.Cut(span, "-")
	var bad error
	for _, n := range []struct {
		text string
		into *int64
	}{{begin, &first}, {end, &last}, {all, &size}} {
		value, err := strconv.ParseUint(n.text, 10, 62)
		bad = stderrors.Join(bad, err)
		*n.into = int64(value)
	}
	return first, last, size, ok && ok2 && ok3 && bad == nil && first <= last && last < size
}
