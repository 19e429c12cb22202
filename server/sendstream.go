package server

import (
	"bytes"
	"context"
	stderrors "errors"
	"io"
	"io/fs"
	"net/http"
	"strconv"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	"github.com/dustin/go-humanize"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/server/writer"
)

// sendStream sends a file while it is read. If the file ends early, the
// connection is closed: without a length the client could not notice.
func (q *request) sendStream(stream *origin.Stream) error {
	r, a := q.r, q.response
	defer context.AfterFunc(r.Context(), func() { _ = stream.Close() })()
	if ignoresRange(r, stream, a.etag) {
		r = r.Clone(r.Context())
		r.Header.Del("Range")
	}
	noted := &writer.Noting{ResponseWriterWrapper: &caddyhttp.ResponseWriterWrapper{ResponseWriter: q.w}}
	sending := &streamWriter{stream: stream, isGet: r.Method == http.MethodGet, announced: -1}
	sending.Guarded = writer.NewGuarded(noted, sending.check)
	switch {
	case stream.Size >= 0:
		a.sendContent(sending, r, stream.ReadSeekCloser)
	case a.isKnownTo(r):
		a.sendContent(sending, r, bytes.NewReader(nil))
	default:
		a.fill(q.w.Header())
		sending.WriteHeader(http.StatusOK)
		if sending.isGet {
			_, _ = sending.ReadFrom(&limitedFile{stream, q.MaxFileSize})
		}
	}
	if stream.Sent != nil {
		stream.Sent(sending.written)
	}
	if sending.Refusal != nil {
		return q.fail(sending.Refusal)
	}
	q.Metrics.Ignored(a.ignored)
	if !sending.isShort() || sending.clientLeft || r.Context().Err() != nil {
		q.Metrics.Response(q.Dialect.Name, noted.Status)
		return nil
	}
	e := errors.New(errors.Unidentified, "The original ended early while it was sent").Because(sending.err)
	if stderrors.Is(sending.err, errTooLong) {
		e = tooLong(q.MaxFileSize)
	}
	q.log(r, e, caddyhttp.HandlerError{StatusCode: noted.Status})
	q.Metrics.Error(q.Dialect.Name, noted.Status, e)
	panic(http.ErrAbortHandler)
}

// ignoresRange reports whether the whole file is the response to a request
// for ranges of it (RFC 9110 section 14.2): there are none, there are too
// many, or the client has a part, and without a strong entity tag nothing says
// that the rest belongs to it (section 13.1.5).
func ignoresRange(r *http.Request, stream *origin.Stream, etag string) bool {
	return !stream.Ranges || stream.Arrives && !hasFewRanges(r) || r.Header.Get("If-Range") != "" && !origin.IsStrong(etag)
}

// limitedFile is a file of unknown length. One that is longer than
// max_file_size ends with an error.
type limitedFile struct {
	io.Reader
	left int64
}

// Read implements io.Reader.
func (f *limitedFile) Read(p []byte) (int, error) {
	n, err := f.Reader.Read(p)
	if f.left -= int64(n); f.left < 0 {
		return 0, errTooLong
	}
	return n, err
}

var errTooLong = stderrors.New("the file is larger than max_file_size")

func tooLong(most int64) *errors.Error {
	return errors.New(errors.Limit, "The file is larger than max_file_size, %s", humanize.IBytes(uint64(most))).Because(errTooLong)
}

// streamWriter sends a stream and counts its bytes. It opens the stream
// before anything is sent: until then a failure can be the response.
type streamWriter struct {
	*writer.Guarded
	stream    *origin.Stream
	isGet     bool
	announced int64 // Content-Length; negative for unknown
	written   int64
	err       error // of reading, or of writing

	clientLeft bool // the error is of writing
}

// check is the check of the guarded writer.
func (w *streamWriter) check(status int, header http.Header) error {
	if !w.stream.Ranges {
		header.Set("Accept-Ranges", "none")
	}
	if !w.isGet || status != http.StatusOK && status != http.StatusPartialContent {
		return nil
	}
	if length, err := strconv.ParseInt(header.Get("Content-Length"), 10, 64); err == nil {
		w.announced = length
	}
	if kind, _ := mediaType(header.Get("Content-Type")); kind == "multipart/byteranges" {
		return nil // it is already being read
	}
	return w.stream.Open()
}

// isShort reports whether there were fewer bytes than announced.
func (w *streamWriter) isShort() bool { return w.err != nil || w.written < w.announced }

// ReadFrom implements io.ReaderFrom. What arrives over the network is copied
// by one buffer and forwarded at once.
func (w *streamWriter) ReadFrom(r io.Reader) (n int64, err error) {
	if w.stream.Arrives {
		n, err = io.Copy(pieces{w}, r)
	} else {
		n, err = w.Guarded.ReadFrom(r)
		_, ofFile := stderrors.AsType[*fs.PathError](err)
		w.clientLeft = err != nil && !ofFile
	}
	w.written += n
	w.err = err
	return n, err
}

// pieces is a writer without ReadFrom that flushes what is written.
type pieces struct{ to *streamWriter }

// Write implements io.Writer.
func (w pieces) Write(p []byte) (int, error) {
	n, err := w.to.Guarded.Write(p)
	w.to.clientLeft = err != nil
	if err == nil {
		_ = w.to.FlushError() // a writer that cannot flush may buffer
	}
	return n, err
}
