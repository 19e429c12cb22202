package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-images/caddy-images/errors"
)

const (
	brokeOff  = "The response of the web server is incomplete"
	notInTime = "The web server did not answer in time"
	notHTTP   = "The response of the web server is not valid HTTP"
	tooLarge  = "The original is larger than max_source_size, 1000 B"
)

// TestFailures provokes each failure with a server that really fails so.
func TestFailures(t *testing.T) {
	tests := []struct {
		name    string
		url     func(*testing.T) string
		kind    errors.Kind
		message string
	}{
		{"refused", refusing, errors.Refused, "The web server refused the connection"},
		{"reset before the answer", func(t *testing.T) string {
			return answering(t, func(c net.Conn, _ *http.Request) { reset(c) })
		}, errors.Unidentified, "The web server reset the connection"},
		{"reset within the body", func(t *testing.T) string {
			return answering(t, func(c net.Conn, _ *http.Request) {
				_, _ = c.Write([]byte("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nabc"))
				reset(c)
			})
		}, errors.Unidentified, "The web server reset the connection"},
		{"closed without an answer", func(t *testing.T) string {
			return answering(t, func(net.Conn, *http.Request) {})
		}, errors.Unidentified, brokeOff},
		{"closed within the header", func(t *testing.T) string {
			return saying(t, "HTTP/1.1 200 OK", "Content-Length: 9", "")
		}, errors.Unidentified, brokeOff},
		{"closed within a header line", func(t *testing.T) string {
			return saying(t, "HTTP/1.1 200 OK", "Content-Le")
		}, errors.Unidentified, notHTTP},
		{"no header", func(t *testing.T) string {
			return answering(t, func(c net.Conn, _ *http.Request) { hang(c) })
		}, errors.OriginTimeout, notInTime},
		{"slow header", func(t *testing.T) string {
			return answering(t, func(c net.Conn, _ *http.Request) { drip(c, "HTTP/1.1 200 OK\r\nX: ", "a") })
		}, errors.OriginTimeout, notInTime},
		{"slow body", func(t *testing.T) string {
			return answering(t, func(c net.Conn, _ *http.Request) { drip(c, "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n", "a") })
		}, errors.OriginTimeout, notInTime},
		{"slow body of an error", func(t *testing.T) string {
			return answering(t, func(c net.Conn, _ *http.Request) {
				drip(c, "HTTP/1.1 404 Not Found\r\nContent-Length: 50\r\n\r\n", "a")
			})
		}, errors.NotFound, "No file was found on the web server at the specified path"},
		{"short body", func(t *testing.T) string {
			return saying(t, "HTTP/1.1 200 OK", "Content-Length: 900", "", "only this")
		}, errors.Unidentified, brokeOff},
		{"no body where one is announced", func(t *testing.T) string {
			return saying(t, "HTTP/1.1 200 OK", "Content-Length: 900", "", "")
		}, errors.Unidentified, brokeOff},
		{"short chunked body", func(t *testing.T) string {
			return saying(t, "HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "", "5", "12345", "5", "12")
		}, errors.Unidentified, brokeOff},
		{"chunked body without its end", func(t *testing.T) string {
			return saying(t, "HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "", "5", "12345", "")
		}, errors.Unidentified, brokeOff},
		{"malformed chunk", func(t *testing.T) string {
			return saying(t, "HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "", "five", "12345", "0", "", "")
		}, errors.Unidentified, notHTTP},
		{"announced above the limit", func(t *testing.T) string {
			return answering(t, func(c net.Conn, _ *http.Request) {
				_, _ = c.Write([]byte("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n"))
				hang(c) // it must not matter that the body never comes
			})
		}, errors.Limit, tooLarge},
		{"announced beyond all measure", func(t *testing.T) string {
			return saying(t, "HTTP/1.1 200 OK", "Content-Length: 9223372036854775807", "", "x")
		}, errors.Limit, tooLarge},
		{"endless chunks", func(t *testing.T) string {
			return answering(t, func(c net.Conn, _ *http.Request) {
				flood(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "a\r\n0123456789\r\n")
			})
		}, errors.Limit, tooLarge},
		{"endless until closed", func(t *testing.T) string {
			return answering(t, func(c net.Conn, _ *http.Request) { flood(c, "HTTP/1.1 200 OK\r\n\r\n", "0123456789") })
		}, errors.Limit, tooLarge},
		{"endless header", func(t *testing.T) string {
			return answering(t, func(c net.Conn, _ *http.Request) { flood(c, "HTTP/1.1 200 OK\r\n", "X-A: 0123456789\r\n") })
		}, errors.Unidentified, notHTTP},
		{"endless interim answers", func(t *testing.T) string {
			return answering(t, func(c net.Conn, _ *http.Request) { flood(c, "", "HTTP/1.1 103 Early Hints\r\nX: 1\r\n\r\n") })
		}, errors.Unidentified, notHTTP},
		{"garbage", func(t *testing.T) string { return saying(t, "SSH-2.0-OpenSSH_9.2", "", "") }, errors.Unidentified, notHTTP},
		{"two lengths", func(t *testing.T) string {
			return saying(t, "HTTP/1.1 200 OK", "Content-Length: 1", "Content-Length: 2", "", "ab")
		}, errors.Unidentified, notHTTP},
		{"negative length", func(t *testing.T) string {
			return saying(t, "HTTP/1.1 200 OK", "Content-Length: -1", "", "ab")
		}, errors.Unidentified, notHTTP},
		{"gzip that ends early", func(t *testing.T) string {
			return saying(t, "HTTP/1.1 200 OK", "Content-Encoding: gzip", "Content-Length: 2", "", "\x1f\x8b")
		}, errors.Unidentified, noGzip},
		{"gzip that is none", func(t *testing.T) string {
			return saying(t, "HTTP/1.1 200 OK", "Content-Encoding: gzip", "Content-Length: 5", "", "<svg>")
		}, errors.Unidentified, noGzip},
		{"gzip of too much", func(t *testing.T) string {
			return saying(t, "HTTP/1.1 200 OK", "Content-Encoding: gzip", "", string(gzipped(t, make([]byte, maxBytes+1))))
		}, errors.Limit, tooLarge},
		{"gzip that breaks off", func(t *testing.T) string {
			return saying(t, "HTTP/1.1 200 OK", "Content-Encoding: gzip", "Content-Length: 100", "", string(gzipped(t, []byte("<svg/>"))[:20]))
		}, errors.Unidentified, "The response of the web server is incomplete"},
		{"brotli though not asked", func(t *testing.T) string {
			return saying(t, "HTTP/1.1 200 OK", "Content-Encoding: br", "Content-Length: 2", "", "ab")
		}, errors.Unidentified, "The response of the web server is compressed with \"br\" although the request did not accept that; only gzip can be decoded"},
		{"gzip twice", func(t *testing.T) string {
			return saying(t, "HTTP/1.1 200 OK", "Content-Encoding: gzip", "Content-Encoding: x-gzip", "Content-Length: 2", "", "ab")
		}, errors.Unidentified, "The response of the web server is compressed with \"gzip, x-gzip\" although the request did not accept that; only gzip can be decoded"},
		{"TLS asked, HTTP spoken", func(t *testing.T) string {
			return strings.Replace(listen(t, func(c net.Conn) {
				_, _ = c.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
				hang(c)
			}), "http:", "https:", 1)
		}, errors.Unidentified, "The TLS handshake with the web server failed"},
		{"TLS asked, nothing said", func(t *testing.T) string {
			return strings.Replace(listen(t, hang), "http:", "https:", 1)
		}, errors.OriginTimeout, notInTime},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := provisioned(t, &Origin{BaseURL: tt.url(t), Timeout: timeoutFor(tt.kind)})
			_, err := fetch(t.Context(), t, o, "a.jpg", "")
			wantError(t, err, tt.kind, tt.message)
		})
	}
}

const noGzip = "The response of the web server is marked as gzip and is not gzip, or is damaged or truncated"

// gzipped returns a file compressed with gzip.
func gzipped(t *testing.T, file []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(file); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// What a server keeps compressed is decoded. Its entity tag is that of the file it has.
func TestFetchCompressed(t *testing.T) {
	for coding, body := range map[string][]byte{
		"gzip": gzipped(t, []byte("<svg/>")), "X-GZIP": gzipped(t, []byte("<svg/>")), "identity, gzip": gzipped(t, []byte("<svg/>")),
		"aws-chunked": []byte("<svg/>"), "gzip,aws-chunked": gzipped(t, []byte("<svg/>")), "": []byte("<svg/>"),
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", coding)
			w.Header().Set("Content-Type", "image/svg+xml")
			w.Header().Set("ETag", `"1"`)
			_, _ = w.Write(body)
		}))
		source, err := fetch(t.Context(), t, provisioned(t, &Origin{BaseURL: s.URL}), "a.svg", "")
		s.Close()
		if err != nil {
			t.Errorf("%q: %v", coding, err)
			continue
		}
		decoded := strings.Contains(strings.ToLower(coding), "gzip")
		if string(source.Body) != "<svg/>" || source.ETag != `"1"` || source.ContentType != "image/svg+xml" || source.Decoded != decoded {
			t.Errorf("%q: %q, %+v", coding, source.Body, source)
		}
		if has := source.Header.Get("Content-Encoding") != ""; has && decoded {
			t.Errorf("%q: the header is %v", coding, source.Header)
		}
	}
}

// timeoutFor is short where the time must be over, and long where it must not.
func timeoutFor(kind errors.Kind) caddy.Duration {
	if kind == errors.OriginTimeout {
		return caddy.Duration(300 * time.Millisecond)
	}
	return caddy.Duration(time.Hour)
}

func TestStatuses(t *testing.T) {
	for status, kind := range map[int]errors.Kind{
		204: errors.Unidentified, 206: errors.Unidentified, 301: errors.Unidentified, 304: errors.Unidentified,
		400: errors.BadOriginRequest, 401: errors.AccessDenied, 403: errors.AccessDenied, 404: errors.NotFound, 410: errors.NotFound,
		429: errors.Unidentified, 500: errors.Unidentified, 501: errors.Unidentified, 502: errors.Unidentified, 503: errors.Unidentified, 504: errors.Unidentified,
	} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			o := provisioned(t, &Origin{BaseURL: saying(t, fmt.Sprintf("HTTP/1.1 %d Status", status), "Connection: close", "", "")})
			_, err := fetch(t.Context(), t, o, "a.jpg", "")
			if e := errors.From(err); e == nil || e.Kind != kind || e.OriginStatus != status {
				t.Errorf("got %v", err)
			}
		})
	}
}

// RFC 9112 section 6.3: what follows the announced length is not the body.
func TestBodyEndsWhereAnnounced(t *testing.T) {
	o := provisioned(t, &Origin{BaseURL: saying(t, "HTTP/1.1 200 OK", "Connection: close", "Content-Length: 7", "", "picture and more")})
	source, err := fetch(t.Context(), t, o, "a.jpg", "")
	if err != nil || !bytes.Equal(source.Body, []byte("picture")) {
		t.Errorf("got %v, %v", source, err)
	}
}

func TestResponseHeaderTimeout(t *testing.T) {
	o := provisioned(t, &Origin{
		BaseURL:               answering(t, func(c net.Conn, _ *http.Request) { hang(c) }),
		ResponseHeaderTimeout: caddy.Duration(50 * time.Millisecond),
	})
	_, err := fetch(t.Context(), t, o, "a.jpg", "")
	wantError(t, err, errors.OriginTimeout, notInTime)
}

func TestClientGoesAway(t *testing.T) {
	ctx, leave := context.WithCancel(t.Context())
	o := provisioned(t, &Origin{BaseURL: answering(t, func(c net.Conn, _ *http.Request) {
		_, _ = c.Write([]byte("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nabc"))
		leave()
		hang(c)
	})})
	_, err := fetch(ctx, t, o, "a.jpg", "")
	wantError(t, err, errors.ClientClosed, "The client closed the request")
}

// refusing returns the URL of a closed port.
func refusing(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	return "http://" + l.Addr().String()
}

// reset closes with an RST instead of a FIN.
func reset(c net.Conn) {
	_ = c.(*net.TCPConn).SetLinger(0)
	c.Close()
}

// drip sends the start at once and then bytes that never get anywhere.
func drip(c net.Conn, start, more string) {
	_, err := c.Write([]byte(start))
	for tick := time.NewTicker(20 * time.Millisecond); err == nil; <-tick.C {
		_, err = c.Write([]byte(more))
	}
}

// flood sends the start and then more of the same, as fast as it is taken.
func flood(c net.Conn, start, more string) {
	_, err := c.Write([]byte(start))
	for chunk := []byte(strings.Repeat(more, 100)); err == nil; {
		_, err = c.Write(chunk)
	}
}
