package writer

import (
	"io"
	"net/http"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/caddy-images/caddy-images/internal/vary"
)

// MergeVary sends the response's Vary as one line, even if an earlier handler
// such as encode adds a line of its own on the way out. Such a handler writes
// to a ResponseWriterWrapper, below which the lines are merged. A handler
// that hides its inner writer, such as a header directive with defer, has the
// last word.
func MergeVary(w http.ResponseWriter) {
	var last *caddyhttp.ResponseWriterWrapper
	for {
		switch writer := w.(type) {
		case *varyWriter:
			return // set on the first pass
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
