package origin

import (
	"context"
	stderrors "errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/caddy-images/caddy-images/errors"
)

// Ask sends a GET for one file, with a Range header unless byteRange is
// empty, and returns a response for which IsFile is true, or an error.
type Ask func(ctx context.Context, byteRange string) (*http.Response, error)

// IsFile reports whether a status is that of a file, of the requested range
// of it, or of the known version.
func IsFile(status int, byteRange string, known Known) bool {
	switch status {
	case http.StatusNotModified:
		return known.IsUnchanged(status)
	case http.StatusOK:
		return true
	case http.StatusPartialContent, http.StatusRequestedRangeNotSatisfiable:
		return byteRange != ""
	}
	return false
}

// Get fetches a file from a server, whole or, if the request asks for it, as
// a stream. timeout limits a whole fetch; for streams see OpenStream.
func Get(ctx context.Context, server string, req Request, timeout time.Duration, ask Ask) (*Source, error) {
	if req.Stream.Wanted {
		return OpenStream(ctx, server, req, timeout, ask)
	}
	timed, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	response, err := ask(timed, "")
	if err != nil {
		return nil, NetError(ctx, server, err)
	}
	defer response.Body.Close()
	if req.Known.IsUnchanged(response.StatusCode) {
		return unchanged(response), nil
	}
	return FromResponse(ctx, server, response, req.MaxBytes)
}

// OpenStream asks a server for a file to be streamed. The Source is whole if
// the file is no longer than StreamStart, or if the server compresses it.
//
// If a range is wanted of a file that fits MaxBytes, and the server does not
// support ranges, what is before it is read and thrown away.
//
// Until OpenStream returns, ctx and timeout limit it. Afterwards timeout
// limits how long the server may stay silent.
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

// remote is a file on a server. Reading on from another place sends another
// request.
type remote struct {
	ctx    context.Context // of all requests
	cancel context.CancelCauseFunc
	ask    Ask
	server string
	idle   time.Duration
	wanted string // the client's Range
	skips  bool   // what is not wanted is read and thrown away

	version version
	size    int64 // negative for unknown
	start   []byte

	body     io.ReadCloser // nil for none
	from, to int64         // the rest of body; to is negative if unknown
	at       int64         // offset of the next Read
}

// version identifies the bytes of a response, as far as the server says.
type version struct{ etag, modified string }

func versionOf(header http.Header) version {
	return version{header.Get("ETag"), header.Get("Last-Modified")}
}

func (r *remote) begin(req Request) (*Source, error) {
	byteRange := ""
	if req.Stream.StartOnly {
		byteRange = rangeOf(0, StreamStart-1)
	}
	response, err := r.ask(r.ctx, byteRange)
	if err != nil {
		return nil, err
	}
	if req.Known.IsUnchanged(response.StatusCode) {
		_ = response.Body.Close()
		return unchanged(response), nil
	}
	first, last, size, isPart := partOf(response)
	if response.StatusCode != http.StatusOK && !(isPart && first == 0 && len(Codings(response.Header)) == 0) {
		// The file is empty, compressed, or of unknown length.
		_ = response.Body.Close()
		if response, err = r.ask(r.ctx, ""); err != nil {
			return nil, err
		}
		isPart = false
	}
	noRanges := req.Stream.StartOnly && !isPart
	if !isPart {
		last, size = -1, response.ContentLength
		isShort := 0 <= size && size <= req.MaxBytes
		if len(Codings(response.Header)) > 0 {
			defer response.Body.Close()
			return FromResponse(r.ctx, r.server, response, req.MaxBytes)
		}
		r.skips = noRanges && isShort && r.wanted != "" && !strings.Contains(r.wanted, ",")
	}
	r.body = response.Body
	r.to = size
	if isPart {
		r.to = last + 1
	}
	r.size, r.version = size, versionOf(response.Header)
	isWhole, err := r.readStart()
	if err != nil {
		return nil, err
	}
	response.Header.Del("Content-Length")
	response.Header.Del("Content-Range")
	source := &Source{Body: r.start}
	source.described(response)
	if !isWhole || int64(len(r.start)) > req.MaxBytes {
		source.Stream = &Stream{ReadSeekCloser: r, Size: r.size, Ranges: r.size >= 0 && (!noRanges || r.skips), Arrives: true}
	}
	if isPart && !IsStrong(source.ETag) {
		r.start = nil // nothing says whether the next response continues it
	}
	return source, nil
}

// readStart reads the first bytes, and reports whether they are the whole
// file.
func (r *remote) readStart() (isWhole bool, err error) {
	start, from := make([]byte, StreamStart), &noting{Reader: r.body}
	n, err := io.ReadFull(from, start[:r.most(StreamStart)])
	r.start, r.from = start[:n:n], int64(n)
	switch {
	case from.err != nil:
		return false, from.err
	case err != nil && r.to >= 0: // the announced length is greater
		return false, ErrShortBody
	case err != nil:
		r.size, r.to = int64(n), int64(n)
	}
	if r.from == r.to {
		r.drop()
	}
	return r.from == r.size, nil
}

// most returns how many of n bytes remain in the body.
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

// open requests the bytes at the offset of the next Read, unless the current
// body continues there.
func (r *remote) open() error {
	if r.at < int64(len(r.start)) || r.size >= 0 && r.at >= r.size || r.body != nil && r.from == r.at {
		return nil
	}
	if r.body != nil && r.skips && r.from < r.at {
		return r.skip()
	}
	r.drop()
	defer r.watch()()
	response, err := r.ask(r.ctx, rangeOf(r.at, min(r.size-1, lastOf(r.wanted, r.at))))
	if err != nil {
		return r.failed(err)
	}
	first, last, size, ok := partOf(response)
	if !ok || first != r.at || size != r.size || versionOf(response.Header) != r.version || len(Codings(response.Header)) > 0 {
		_ = response.Body.Close()
		return errors.New(errors.Unidentified, "The original changed while it was read").
			Because(fmt.Errorf("status %d, Content-Range %q", response.StatusCode, response.Header.Get("Content-Range")))
	}
	r.body, r.from, r.to = response.Body, first, last+1
	return nil
}

// skip reads what is before the offset of the next Read.
func (r *remote) skip() error {
	buffer := make([]byte, min(r.at-r.from, 32<<10))
	for r.from < r.at {
		stop := r.watch()
		n, err := r.body.Read(buffer[:min(int64(len(buffer)), r.at-r.from)])
		stop()
		r.from += int64(n)
		switch {
		case r.from == r.at || err == nil:
		case err == io.EOF:
			return r.failed(ErrShortBody)
		default:
			return r.failed(err)
		}
	}
	return nil
}

// drop closes the body, if any. The connection of a fully read body is
// reused.
func (r *remote) drop() {
	if r.body != nil {
		_ = r.body.Close()
		r.body = nil
	}
}

// watch ends the stream unless it is stopped in time.
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
