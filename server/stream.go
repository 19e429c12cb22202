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

// A video is sent as it is, and may be longer than memory. So where videos pass through,
// one is not fetched whole: by the extension of its name an origin is asked for a stream,
// and by the first bytes of that it is decided whether the file is what the name says.
// What is not is fetched again, as any other original.

// videoExtensions are those of which not every system knows the media type.
var videoExtensions = map[string]bool{
	".3g2": true, ".3gp": true, ".avi": true, ".flv": true, ".m4v": true, ".mkv": true, ".mov": true, ".mp4": true,
	".mpeg": true, ".mpg": true, ".mts": true, ".ogv": true, ".webm": true, ".wmv": true,
}

// isVideoName reports whether a file is a video by its name.
func isVideoName(ref origin.Ref) bool {
	extension := strings.ToLower(path.Ext(ref.Name()))
	return videoExtensions[extension] || isVideoType(mime.TypeByExtension(extension))
}

// streaming returns how the original is asked for. Nothing but the file
// itself can be the answer if that is a video, or an error.
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

// oneRange returns the Range of a request that asks for one; empty for
// others. Each of several would be a question to the origin, and a client may
// ask for thousands.
func oneRange(r *http.Request) string {
	if wanted := r.Header.Get("Range"); !strings.Contains(wanted, ",") {
		return wanted
	}
	return ""
}

// isStreamed reports whether a file is a video for certain, by its first
// bytes: it is none that is an image further on. Those are SVGs with a long
// comment, and compressed ones.
func isStreamed(original *origin.Source, ref origin.Ref) bool {
	switch kind, _ := mediaType(http.DetectContentType(original.Body)); {
	case strings.HasPrefix(kind, "text/"), kind == "application/x-gzip":
		return false
	}
	format, _ := formatOf(original.Body)
	return isVideo(original, typeOf(original, format, ref))
}

// sendStream sends a file while it is read. If it ends early, so does the connection: by
// the length alone the client could not tell, if that is not known.
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
	e := errors.New(errors.Unidentified, "The original broke off while it was sent").Because(sending.err)
	q.log(r, e, caddyhttp.HandlerError{StatusCode: noted.Status})
	q.Metrics.Error(q.Dialect.Name, noted.Status, e)
	panic(http.ErrAbortHandler)
}

// streamWriter sends a stream, and notes how much of it there was. It opens the stream
// before anything is sent: until then a failure can be the response.
type streamWriter struct {
	*writer.Guarded
	stream    *origin.Stream
	isGet     bool
	announced int64 // how long the body is, as its header says; negative for unknown
	written   int64
	err       error // of reading, or of writing
}

// check returns that of the guarded writer.
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

// isShort reports whether there were fewer bytes than there should be.
func (w *streamWriter) isShort() bool { return w.err != nil || w.written < w.announced }

// ReadFrom implements io.ReaderFrom. One buffer serves for all of the stream: under its
// timeouts, Caddy calls the ReadFrom of net/http for each piece, which does not use
// sendfile then and takes a buffer each time.
func (w *streamWriter) ReadFrom(r io.Reader) (int64, error) {
	n, err := io.Copy(pieces{w}, r)
	w.written += n
	w.err = err
	return n, err
}

// pieces is a writer without ReadFrom. What arrives from a server goes on at once.
type pieces struct{ to *streamWriter }

// Write implements io.Writer.
func (w pieces) Write(p []byte) (int, error) {
	n, err := w.to.Guarded.Write(p)
	if err == nil && w.to.stream.Arrives {
		_ = w.to.FlushError() // a writer that cannot flush may keep it
	}
	return n, err
}
