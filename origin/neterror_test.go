package origin_test

import (
	"context"
	"crypto/tls"
	stderrors "errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
)

// The origins provoke these failures for real in their own tests; this table is
// for those that no test can provoke everywhere.
func TestNetError(t *testing.T) {
	dial := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }
	tests := []struct {
		err     error
		kind    errors.Kind
		message string
	}{
		{dial(syscall.ECONNREFUSED), errors.Refused, "The web server refused the connection"},
		{dial(syscall.ETIMEDOUT), errors.OriginTimeout, "The web server did not answer in time"},
		{dial(syscall.EHOSTUNREACH), errors.Unidentified, "The web server cannot be reached"},
		{dial(syscall.ENETUNREACH), errors.Unidentified, "The web server cannot be reached"},
		{dial(&net.DNSError{IsNotFound: true}), errors.Unresolved, "The name of the web server does not resolve"},
		{dial(&net.DNSError{IsTemporary: true}), errors.Unresolved, "The name of the web server does not resolve"},
		{dial(&net.DNSError{IsTimeout: true}), errors.OriginTimeout, "The web server did not answer in time"},
		{syscall.ECONNRESET, errors.Unidentified, "The web server reset the connection"},
		{syscall.EPIPE, errors.Unidentified, "The web server reset the connection"},
		{&tls.CertificateVerificationError{Err: io.EOF}, errors.Unidentified, "The certificate of the web server is not trusted"},
		{&net.OpError{Op: "remote error", Err: stderrors.New("tls: handshake failure")}, errors.Unidentified, "The TLS handshake with the web server failed"},
		{http.ErrSchemeMismatch, errors.Unidentified, "The TLS handshake with the web server failed"},
		{origin.ErrShortBody, errors.Unidentified, "The response of the web server is incomplete"},
		{io.ErrUnexpectedEOF, errors.Unidentified, "The response of the web server is incomplete"},
		{stderrors.New("malformed HTTP"), errors.Unidentified, "The response of the web server is not valid HTTP"},
		{errors.New(errors.Limit, "too large"), errors.Limit, "too large"},
	}
	for _, tt := range tests {
		got := origin.NetError(t.Context(), "the web server", &url.Error{Op: "Get", URL: "https://host/?signature=secret", Err: tt.err})
		if got.Kind != tt.kind || got.Message != tt.message {
			t.Errorf("NetError(%v) = %s, want %s - %s", tt.err, got.Header(), tt.kind.Code(), tt.message)
		}
		if strings.Contains(got.Error(), "secret") {
			t.Errorf("the log shows the URL: %v", got)
		}
	}
}

func TestNetErrorOfAClientThatWentAway(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got := origin.NetError(ctx, "S3", fmt.Errorf("reading: %w", ctx.Err())); got.Kind != errors.ClientClosed {
		t.Errorf("got %v", got)
	}
}
