// Package writer has http.ResponseWriters that wrap the client's: one checks
// a response before it is sent, one sends Vary as one line, and one records
// the status.
package writer

import "github.com/caddyserver/caddy/v2/modules/caddyhttp"

// Noting records the status of the response.
type Noting struct {
	*caddyhttp.ResponseWriterWrapper
	Status int
}

// WriteHeader implements http.ResponseWriter.
func (w *Noting) WriteHeader(status int) {
	w.Status = status
	w.ResponseWriterWrapper.WriteHeader(status)
}
