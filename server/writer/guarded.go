package writer

import (
	"io"
	"net/http"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/caddy-images/caddy-images/internal/vary"
)

// Guarded checks the status and the header of a response before its first
// byte is sent. After a refusal nothing is sent, not even the header.
type Guarded struct {
	*caddyhttp.ResponseWriterWrapper
	check   func(status int, header http.Header) error
	before  http.Header // the header as it was before the response
	Checked bool        // the response has begun
	Refusal error       // why nothing was sent; nil if the response was
}

// NewGuarded returns a writer to w. check is called once; its error is the
// refusal.
func NewGuarded(w http.ResponseWriter, check func(status int, header http.Header) error) *Guarded {
	return &Guarded{
		ResponseWriterWrapper: &caddyhttp.ResponseWriterWrapper{ResponseWriter: w},
		check:                 check,
		before:                w.Header().Clone(),
	}
}

// Serve calls a handler. If its response was refused the handler may panic
// like reverse_proxy, which would end the connection.
func (w *Guarded) Serve(handler caddyhttp.Handler, r *http.Request) error {
	defer func() {
		if p := recover(); p != nil && (p != http.ErrAbortHandler || w.Refusal == nil) {
			panic(p)
		}
	}()
	return handler.ServeHTTP(w, r)
}

// WriteHeader implements http.ResponseWriter.
func (w *Guarded) WriteHeader(status int) {
	informational := status < 200 && status != http.StatusSwitchingProtocols
	if informational && w.Refusal == nil || !informational && w.passes(status) {
		w.ResponseWriterWrapper.WriteHeader(status)
	}
}

// Write implements http.ResponseWriter.
func (w *Guarded) Write(p []byte) (int, error) {
	if !w.passes(http.StatusOK) {
		return 0, w.Refusal
	}
	return w.ResponseWriterWrapper.Write(p)
}

// ReadFrom implements io.ReaderFrom, so that files are sent with sendfile.
func (w *Guarded) ReadFrom(r io.Reader) (int64, error) {
	if !w.passes(http.StatusOK) {
		return 0, w.Refusal
	}
	return w.ResponseWriterWrapper.ReadFrom(r)
}

// FlushError implements the interface of http.ResponseController. A flush
// sends the header.
func (w *Guarded) FlushError() error {
	if !w.passes(http.StatusOK) {
		return w.Refusal
	}
	return http.NewResponseController(w.ResponseWriter).Flush()
}

// passes checks the header once.
func (w *Guarded) passes(status int) bool {
	if !w.Checked {
		w.Checked = true
		header := w.Header()
		if w.Refusal = w.check(status, header); w.Refusal == nil {
			vary.Merge(header)
		} else {
			clear(header)
			for name, values := range w.before {
				header[name] = values
			}
		}
	}
	return w.Refusal == nil
}
