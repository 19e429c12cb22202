package web

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
)

// maxBytes is the limit of all fetches in these tests.
const maxBytes = 1000

// provisioned returns o, which may reach loopback unless it says otherwise.
func provisioned(t *testing.T, o *Origin) *Origin {
	t.Helper()
	if o.AllowPrivate == nil {
		o.AllowPrivate = []string{"127.0.0.1"}
	}
	if err := o.Provision(caddy.Context{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.Cleanup() })
	return o
}

func fetch(ctx context.Context, t *testing.T, o *Origin, escapedPath, query string) (*origin.Source, error) {
	t.Helper()
	ref, err := origin.ParseRef(escapedPath, query)
	if err != nil {
		t.Fatal(err)
	}
	return o.Fetch(ctx, origin.Request{Ref: ref, Host: "client.example", MaxBytes: maxBytes})
}

// secret is what a public message must not show: addresses, ports, hosts, paths.
var secret = regexp.MustCompile(`127\.0\.0\.1|::1|:\d{4,}|localhost|\.example|\.invalid|/|tcp|dial`)

// wantError checks the kind and the whole public message of a failure.
func wantError(t *testing.T, err error, kind errors.Kind, message string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want %s - %s", kind.Code(), message)
	}
	e := errors.From(err)
	if e.Kind != kind || e.Message != message {
		t.Errorf("got %s, want %s - %s (cause: %v)", e.Header(), kind.Code(), message, e.Err)
	}
	if leak := secret.FindString(e.Message); leak != "" {
		t.Errorf("the message shows %q: %s", leak, e.Message)
	}
}

// listen serves every connection with serve, on its own goroutine, until the
// test ends. It returns the server's URL.
func listen(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			context.AfterFunc(ctx, func() { c.Close() })
			go func() {
				defer c.Close()
				serve(c)
			}()
		}
	}()
	return "http://" + l.Addr().String()
}

// answering reads a request from every connection and then leaves it to answer.
func answering(t *testing.T, response func(c net.Conn, r *http.Request)) string {
	t.Helper()
	return listen(t, func(c net.Conn) {
		r, err := http.ReadRequest(bufio.NewReader(c))
		if err == nil {
			response(c, r)
		}
	})
}

// saying answers every request with the same bytes.
func saying(t *testing.T, lines ...string) string {
	t.Helper()
	text := strings.Join(lines, "\r\n")
	return answering(t, func(c net.Conn, _ *http.Request) { _, _ = c.Write([]byte(text)) })
}

// hang waits until the client closes the connection.
func hang(c net.Conn) {
	_ = c.SetReadDeadline(time.Now().Add(time.Minute))
	_, _ = io.Copy(io.Discard, c)
}
