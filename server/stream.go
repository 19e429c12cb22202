package server

import (
	"bytes"
	"context"
	"io"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/server/writer"
	"github.com/caddy-images/caddy-images/transform"
)

// A video is sent as it is, and may be larger than memory. So it is not
// fetched whole: if the extension is a video's, the origin is asked for a
// stream, and the stream's first bytes decide whether the file is a video. If
// not, it is fetched again like any original.

// videoExtensions are those whose media type not every system knows.
var videoExtensions = map[string]bool{
	".3g2": true, ".3gp": true, ".avi": true, ".flv": true, ".m4v": true, ".mkv": true, ".mov": true, ".mp4": true,
	".mpeg": true, ".mpg": true, ".mts": true, ".ogv": true, ".webm": true, ".wmv": true,
}

// isVideoName reports whether a file has the extension of a video.
func isVideoName(ref origin.Ref) bool {
	extension := strings.ToLower(path.Ext(ref.Name()))
	return videoExtensions[extension] || isVideoType(mime.TypeByExtension(extension))
}

// streaming returns how the original is requested. If it is a video, only the
// file itself or an error can be the response.
func (s *Server) streaming(r *http.Request, asked transform.Request) origin.Streaming {
	if !s.Dialect.IgnoresUnsupported || asked.Meta || asked.Plan.Page > 0 || !isVideoName(asked.Ref) {
		return origin.Streaming{}
	}
	streaming := origin.Streaming{Wanted: true, Range: oneRange(r), StartOnly: r.Method != http.MethodGet || r.Header.Get("Range") != ""}
	for _, name := range []string{"If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"} {
		streaming.StartOnly = streaming.StartOnly || r.Header.Get(name) != ""
	}
	return streaming
}

// oneRange returns the Range of a request if it has a single one. Each of
// several would be a request to the origin, and a client may ask for
// thousands.
func oneRange(r *http.Request) string {
	if wanted := r.Header.Get("Range"); !strings.Contains(wanted, ",") {
		return wanted
	}
	return ""
}

// isStreamed reports whether the first bytes prove that the file is a video.
// They do not for files that may turn out to be images: SVGs with a long
// comment, and compressed ones.
func isStreamed(original *origin.Source, ref origin.Ref) bool {
	switch kind, _ := mediaType(http.DetectContentType(original.Body)); {
	case strings.HasPrefix(kind, "text/"), kind == "application/x-gzip":
		return false
	}
	format, _ := formatOf(original.Body)
	return isVideo(original, typeOf(original, format, ref))
}

// sendStream sends a file while it is read. If the file ends early, the
// connection is closed: without a length the client could not notice.
func (q *request) sendStream(stream *origin.Stream) error {
	r, a := q.r, q.response
	defer context.AfterFunc(r.Context(), func() { _ = stream.Close() })()
	if !stream.Ranges || oneRange(r) == "" {
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
			_, _ = sending.ReadFrom(stream)
		}
	}
	if stream.Sent != nil {
		stream.Sent(sending.written)
	}
	if sending.Refusal != nil {
		return q.fail(sending.Refusal)
	}
	q.Metrics.Ignored(a.ignored)
	if !sending.isShort() || r.Context().Err() != nil {
		q.Metrics.Response(q.Dialect.Name, noted.Status)
		return nil
	}
	e := errors.New(errors.Unidentified, "The original ended early while it was sent").Because(sending.err)
	q.log(r, e, caddyhttp.HandlerError{StatusCode: noted.Status})
	q.Metrics.Error(q.Dialect.Name, noted.Status, e)
	panic(http.ErrAbortHandler)
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
	return w.stream.Open()
}

// isShort reports whether there were fewer bytes than announced.
func (w *streamWriter) isShort() bool { return w.err != nil || w.written < w.announced }

// ReadFrom implements io.ReaderFrom with a single buffer. With Caddy's
// timeouts net/http's ReadFrom is called for each piece, which prevents
// sendfile and allocates a buffer each time.
func (w *streamWriter) ReadFrom(r io.Reader) (int64, error) {
	n, err := io.Copy(pieces{w}, r)
	w.written += n
	w.err = err
	return n, err
}

// pieces is a writer without ReadFrom. It forwards data from a server at
// once.
type pieces struct{ to *streamWriter }

// Write implements io.Writer.
func (w pieces) Write(p []byte) (int, error) {
	n, err := w.to.Guarded.Write(p)
	if err == nil && w.to.stream.Arrives {
		_ = w.to.FlushError() // a writer that cannot flush may buffer
	}
	return n, err
}
