package writer

import (
	"io"
	"net/http"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/caddy-images/caddy-images/internal/vary"
)

// MergeVary has the response's Vary go out as one line, also if a handler before this
// one adds a line of its own on the way out, as encode does. Such a handler writes to
// a ResponseWriterWrapper, which others can reach, and below that the lines are merged.
// A handler that hides what it writes to, such as a header directive with defer, has
// the last word.
func MergeVary(w http.ResponseWriter) {
	var last *caddyhttp.ResponseWriterWrapper
	for {
		switch writer := w.(type) {
		case *varyWriter:
			return // from the request's first way through the routes
		case *caddyhttp.ResponseWriterWrapper:
			last = writer
		}
		wrapper, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			break
		}
		w = wrapper.Unwrap()
	}
	if last != nil {
		below := &caddyhttp.ResponseWriterWrapper{ResponseWriter: last.ResponseWriter}
		last.ResponseWriter = &varyWriter{ResponseWriterWrapper: below}
	}
}

// varyWriter merges the lines of Vary when the header goes out.
type varyWriter struct {
	*caddyhttp.ResponseWriterWrapper
	begun bool // with more than an informational response
}

// WriteHeader implements http.ResponseWriter.
func (w *varyWriter) WriteHeader(status int) {
	if status >= 200 {
		w.begin()
	}
	w.ResponseWriterWrapper.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *varyWriter) Write(p []byte) (int, error) {
	w.begin()
	return w.ResponseWriterWrapper.Write(p)
}

// ReadFrom implements io.ReaderFrom, by which files are sent fast.
func (w *varyWriter) ReadFrom(r io.Reader) (int64, error) {
	w.begin()
	return w.ResponseWriterWrapper.ReadFrom(r)
}

func (w *varyWriter) begin() {
	if !w.begun {
		w.begun = true
		vary.Merge(w.Header())
	}
}
