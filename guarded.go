package images

import (
	"io"
	"net/http"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/caddy-images/caddy-images/internal/httpcache"
)

// guardedWriter has an answer's status and header checked before the first byte goes out.
// After a refusal nothing of the answer does, its header included.
type guardedWriter struct {
	*caddyhttp.ResponseWriterWrapper
	check   func(status int, header http.Header) error
	before  http.Header // what the header was without the answer
	checked bool
	refusal error
}

func newGuardedWriter(w http.ResponseWriter, check func(status int, header http.Header) error) *guardedWriter {
	return &guardedWriter{
		ResponseWriterWrapper: &caddyhttp.ResponseWriterWrapper{ResponseWriter: w},
		check:                 check,
		before:                w.Header().Clone(),
	}
}

// serve has a handler write the answer. One whose answer was refused may break
// off as reverse_proxy does, by a panic that would end the connection.
func (w *guardedWriter) serve(handler caddyhttp.Handler, r *http.Request) error {
	defer func() {
		if p := recover(); p != nil && (p != http.ErrAbortHandler || w.refusal == nil) {
			panic(p)
		}
	}()
	return handler.ServeHTTP(w, r)
}

// WriteHeader implements http.ResponseWriter.
func (w *guardedWriter) WriteHeader(status int) {
	informational := status < 200 && status != http.StatusSwitchingProtocols
	if informational && w.refusal == nil || !informational && w.passes(status) {
		w.ResponseWriterWrapper.WriteHeader(status)
	}
}

// Write implements http.ResponseWriter.
func (w *guardedWriter) Write(p []byte) (int, error) {
	if !w.passes(http.StatusOK) {
		return 0, w.refusal
	}
	return w.ResponseWriterWrapper.Write(p)
}

// ReadFrom implements io.ReaderFrom, for which files are sent fast.
func (w *guardedWriter) ReadFrom(r io.Reader) (int64, error) {
	if !w.passes(http.StatusOK) {
		return 0, w.refusal
	}
	return w.ResponseWriterWrapper.ReadFrom(r)
}

// FlushError implements what http.ResponseController looks for. A flush sends
// the header, too.
func (w *guardedWriter) FlushError() error {
	if !w.passes(http.StatusOK) {
		return w.refusal
	}
	return http.NewResponseController(w.ResponseWriter).Flush()
}

// passes checks the header, once.
func (w *guardedWriter) passes(status int) bool {
	if !w.checked {
		w.checked = true
		header := w.Header()
		if w.refusal = w.check(status, header); w.refusal == nil {
			httpcache.MergeVary(header)
		} else {
			clear(header)
			for name, values := range w.before {
				header[name] = values
			}
		}
	}
	return w.refusal == nil
}
