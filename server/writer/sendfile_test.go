package writer_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	"go.uber.org/zap"

	"github.com/caddy-images/caddy-images/server/writer"
)

// connection counts the files that are offered to it, recognised as by net.
type connection struct {
	*net.TCPConn
	files *int
}

// ReadFrom implements io.ReaderFrom.
func (c connection) ReadFrom(r io.Reader) (int64, error) {
	from := r
	if limited, ok := r.(*io.LimitedReader); ok {
		from = limited.R
	}
	if file, ok := from.(syscall.Conn); ok {
		if _, err := file.SyscallConn(); err == nil {
			*c.files++
		}
	}
	return c.TCPConn.ReadFrom(r)
}

type listener struct {
	net.Listener
	files *int
}

func (l listener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return connection{conn.(*net.TCPConn), l.files}, nil
}

// What the kernel sends is the part of the file that was asked for, whatever
// comes after it.
func TestFromFile(t *testing.T) {
	const piece = 4 << 10
	content := make([]byte, 20*piece)
	for i := range content {
		content[i] = byte(i / 100)
	}
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name       string
		pieces     bool // there is a write_idle_timeout
		hides      bool // and a writer between that does not say so
		at, length int64
		files      bool // the kernel sends at least a part
	}{
		{"whole", true, false, 0, 20 * piece, true},
		{"a part", true, false, 100, 9*piece + 17, true},
		{"whole pieces", true, false, piece, 4 * piece, true},
		{"less than a piece", true, false, 3, piece - 1, false},
		{"hidden", true, true, 0, 10*piece + 1, false},
		{"no timeout", false, false, 100, 9*piece + 17, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files := 0
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				file, err := os.Open(name)
				if err != nil {
					t.Error(err)
					return
				}
				defer file.Close()
				if _, err := file.Seek(tt.at, io.SeekStart); err != nil {
					t.Error(err)
				}
				if tt.pieces {
					idle := &caddyhttp.IdleTimeoutWriter{
						ResponseWriterWrapper: &caddyhttp.ResponseWriterWrapper{ResponseWriter: w},
						Ctrl:                  http.NewResponseController(w),
						Deadline:              caddyhttp.IdleDeadline{Start: time.Now(), Timeout: time.Hour},
						MaxChunk:              piece,
						Logger:                zap.NewNop(),
					}
					r = r.WithContext(caddyhttp.ContextWithIdleTimeouts(context.WithoutCancel(r.Context()), nil, idle))
					w = idle
				}
				if tt.hides {
					w = struct{ http.ResponseWriter }{w}
				}
				w.Header().Set("Content-Length", strconv.FormatInt(tt.length, 10))
				to := &caddyhttp.ResponseWriterWrapper{ResponseWriter: w}
				if n, err := to.ReadFrom(writer.FromFile(to, r, file, tt.length)); n != tt.length || err != nil {
					t.Errorf("%d bytes, %v", n, err)
				}
			}))
			inner, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			server.Listener = listener{inner, &files}
			server.Start()
			defer server.Close()
			response, err := http.Get(server.URL)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			body, err := io.ReadAll(response.Body)
			if err != nil || !bytes.Equal(body, content[tt.at:tt.at+tt.length]) {
				t.Errorf("%d bytes, %v", len(body), err)
			}
			server.Close()
			if (files > 0) != tt.files {
				t.Errorf("the connection got %d pieces of the file", files)
			}
		})
	}
}
