//go:build cgo

package inprocess_test

import (
	"bytes"
	"image/png"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
)

func init() { caddy.RegisterModule(fileCounter{}) }

// fileCounter is a listener wrapper that counts the bytes that its connections take from
// files, which are recognised as by net, for sendfile.
type fileCounter struct {
	Name string `json:"name"`
}

// fileCounts are the counters, by the name that a test gives to its own.
var fileCounts sync.Map

// CaddyModule returns the Caddy module information.
func (fileCounter) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "caddy.listeners.file_counter", New: func() caddy.Module { return new(fileCounter) }}
}

// UnmarshalCaddyfile implements caddyfile.Unmarshaler.
func (c *fileCounter) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next()
	d.Args(&c.Name)
	return nil
}

// WrapListener implements caddy.ListenerWrapper.
func (c *fileCounter) WrapListener(l net.Listener) net.Listener {
	count, _ := fileCounts.Load(c.Name)
	return filesListener{l, count.(*atomic.Int64)}
}

type filesListener struct {
	net.Listener
	count *atomic.Int64
}

// Accept implements net.Listener.
func (l filesListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return filesConn{conn.(*net.TCPConn), l.count}, nil
}

type filesConn struct {
	*net.TCPConn
	count *atomic.Int64
}

// ReadFrom implements io.ReaderFrom.
func (c filesConn) ReadFrom(r io.Reader) (int64, error) {
	from, isFile := r, false
	if limited, ok := r.(*io.LimitedReader); ok {
		from = limited.R
	}
	if file, ok := from.(syscall.Conn); ok {
		_, err := file.SyscallConn()
		isFile = err == nil
	}
	n, err := c.TCPConn.ReadFrom(r)
	if isFile {
		c.count.Add(n)
	}
	return n, err
}

// A file of the disk is sent by the kernel, except for what is less than a piece at its end:
// an original that is sent as it is, a part of it, and a variant that is kept. With
// write_idle_timeout, which is on, or without, and through the writers of Caddy's handlers.
func TestFilesAreSentByTheKernel(t *testing.T) {
	const piece = 100_000
	for name, options := range map[string]string{"by default": "", "without timeouts": "timeouts {\n write_idle -1s\n }", "other pieces": "timeouts {\n write_max_chunk 100000\n }"} {
		t.Run(name, func(t *testing.T) {
			var sent atomic.Int64
			fileCounts.Store(t.Name(), &sent)
			defer fileCounts.Delete(t.Name())
			port := freePort(t)
			s := site{root: t.TempDir(), log: filepath.Join(t.TempDir(), "log"), url: "http://127.0.0.1:" + itoa(port)}
			config := s.config(port, "log\nencode\nheader X-Site test\nimages {\n cache disk "+t.TempDir()+" 1GiB\n origin fs ROOT\n}")
			config = strings.Replace(config, "admin off\n", "admin off\nservers {\n listener_wrappers {\n file_counter \""+t.Name()+"\"\n }\n "+options+"\n}\n", 1)
			if err := load(t, config); err != nil {
				t.Fatal(err)
			}
			var encoded bytes.Buffer
			if err := png.Encode(&encoded, noise(600, 450)); err != nil {
				t.Fatal(err)
			}
			paper := append([]byte("%PDF-1.4\n"), film(1<<20)...)
			s.originals(t, map[string][]byte{"paper.pdf": paper, "noise.png": encoded.Bytes()})
			wantsSent := func(a answer, body []byte) {
				t.Helper()
				if !bytes.Equal(a.body, body) {
					t.Errorf("%s: %d bytes instead of %d", a.Request.URL, len(a.body), len(body))
				}
				if n := sent.Swap(0); n < int64(len(body))-3*piece || n > int64(len(body)) {
					t.Errorf("%s: the kernel sent %d of %d bytes", a.Request.URL, n, len(body))
				}
			}
			wantsSent(s.get(t, "/paper.pdf"), paper)
			wantsSent(s.get(t, "/paper.pdf", "Range", "bytes=1000-900000"), paper[1000:900001])
			s.ask(t, http.MethodHead, "/paper.pdf").wants(t, 200, "Content-Length", itoa(len(paper)))
			const variant = "/tr:w-590,f-png/noise.png"
			rendered := s.get(t, variant)
			var kept answer
			until(t, "it is kept", func() bool {
				sent.Store(0)
				kept = s.get(t, variant)
				return strings.HasPrefix(kept.Header.Get("Cache-Status"), "caddy-images; hit")
			})
			if len(rendered.body) < 5*piece {
				t.Fatalf("the variant has %d bytes", len(rendered.body))
			}
			wantsSent(kept, rendered.body)
		})
	}
}
