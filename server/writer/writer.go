// Package writer has http.ResponseWriters that stand between a handler and the client:
// one whose response is checked before it is sent, one that sends Vary as one line, and
// one that notes the status.
package writer

import "github.com/caddyserver/caddy/v2/modules/caddyhttp"

// Noting notes the status of the response.
type Noting struct {
	*caddyhttp.ResponseWriterWrapper
	Status int
}

// WriteHeader implements http.ResponseWriter.
func (w *Noting) WriteHeader(status int) {
	w.Status = status
	w.ResponseWriterWrapper.WriteHeader(status)
}
