package inprocess_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// These tests follow Imagizer's page "Common Errors": each status by each cause
// that the page names, and whose fault the log says it is.

// cause is one of them.
type cause struct {
	what   string
	path   string // /red.jpg?width=10 if empty
	status int
	error  string // what ik-error begins with
	fault  string
	origin float64 // the origin's status, for the log
}

// check asks for what the cause is about, and compares answer and log line.
func (c cause) check(t *testing.T, s site) {
	t.Helper()
	before := len(s.logged(t))
	path := c.path
	if path == "" {
		path = "/red.jpg?width=10"
	}
	a := s.get(t, path)
	kept := "no-store"
	if c.status == 404 && strings.HasPrefix(c.error, "ENOENT") || c.status == 400 && c.fault == "client" && strings.HasPrefix(c.error, "EINVAL") {
		kept = "max-age=60"
	}
	a.wants(t, c.status, "Cache-Control", kept, "Content-Type", "text/plain; charset=utf-8", "Www-Authenticate", "none")
	if got := a.Header.Get("Ik-Error"); !strings.HasPrefix(got, c.error) {
		t.Errorf("ik-error is %q, want %q", got, c.error)
	}
	if got := string(a.body); got != http.StatusText(c.status) {
		t.Errorf("body %q", got)
	}
	c.checkLog(t, s, before)
}

func (c cause) checkLog(t *testing.T, s site, before int) {
	t.Helper()
	var lines []map[string]any
	until(t, "a log line", func() bool { lines = s.logged(t)[before:]; return len(lines) > 0 })
	code, _, _ := strings.Cut(c.error, " ")
	for field, want := range map[string]any{"status": float64(c.status), "code": code, "fault": c.fault, "origin_status": c.origin} {
		if lines[0][field] != want {
			t.Errorf("in the log %s is %v, want %v", field, lines[0][field], want)
		}
	}
	if len(lines) > 1 {
		t.Errorf("%d log lines", len(lines))
	}
}

// imagizerAt returns a site that speaks the dialect, with an address as its
// backend.
func imagizerAt(t *testing.T, address, options string) site {
	t.Helper()
	if !strings.Contains(address, "://") {
		address = "http://" + address
	}
	return serve(t, "images {\n cache off\n dialect imagizer\n "+options+"\n origin web "+address+" {\n  allow_private 127.0.0.0/8\n }\n}")
}

// The statuses that a backend answers with, and what becomes of them.
func TestStatusesOfTheBackend(t *testing.T) {
	status := 0
	addr := backend(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "7") // is about the backend, and not about us
		w.WriteHeader(status)
	})
	s := imagizerAt(t, addr, "")
	for _, c := range []cause{
		// Those that the page names are passed on.
		{status: 400, error: "EINVAL - The web server responded with status 400"},
		{status: 401, error: "EACCES - The web server denied access with status 401"},
		{status: 403, error: "EACCES - The web server denied access with status 403"},
		{status: 404, error: "ENOENT - No file was found on the web server at the specified path"},
		{status: 500, error: "UNIDENTIFIED - The web server responded with status 500"},
		{status: 502, error: "UNIDENTIFIED - The web server responded with status 502"},
		{status: 503, error: "UNIDENTIFIED - The web server responded with status 503"},
		{status: 504, error: "UNIDENTIFIED - The web server responded with status 504"},
		// The others are our choice.
		{status: 404, origin: 410, error: "ENOENT - No file was found on the web server at the specified path"},
		{status: 403, origin: 407, error: "EACCES - The web server denied access with status 407"},
		{status: 504, origin: 408, error: "ETIMEDOUT - The web server responded with status 408"},
		{status: 502, origin: 402, error: "UNIDENTIFIED - The web server responded with status 402"},
		{status: 502, origin: 405, error: "UNIDENTIFIED - The web server responded with status 405"},
		{status: 502, origin: 418, error: "UNIDENTIFIED - The web server responded with status 418"},
		{status: 502, origin: 429, error: "UNIDENTIFIED - The web server responded with status 429"},
		{status: 502, origin: 501, error: "UNIDENTIFIED - The web server responded with status 501"},
		{status: 502, origin: 507, error: "UNIDENTIFIED - The web server responded with status 507"},
		{status: 502, origin: 204, error: "UNIDENTIFIED - The web server responded with status 204"},
		{status: 502, origin: 206, error: "UNIDENTIFIED - The web server responded with status 206"},
		{status: 502, origin: 304, error: "UNIDENTIFIED - The web server responded with status 304"},
	} {
		c.fault = "origin"
		if c.origin == 0 {
			c.origin = float64(c.status)
		}
		t.Run(fmt.Sprint(c.origin), func(t *testing.T) {
			status = int(c.origin)
			c.check(t, s)
			if got := s.get(t, "/red.jpg?width=10").Header.Get("Retry-After"); got != "" {
				t.Errorf("Retry-After is %q", got)
			}
		})
	}
}

// 400, 401, 403: what is wrong with the URL, or not allowed here.
func TestStatusesOfRequests(t *testing.T) {
	s := serve(t, `handle_path /gates/* {
	images {
		dialect imagizer {
			allow_dynamic_origin off
			image_params_allowed width height origin source_url bucket mark
			image_param_validations {
				width min 1 max 100
			}
		}
		allow_original_image_request off
		origin fs ROOT
	}
}
handle_path /lists/* {
	images {
		dialect imagizer {
			hosts_allowed images.example.com
		}
		origin fs ROOT
	}
}
handle_path /none/* {
	images {
		dialect imagizer {
			image_params_allowed
		}
		origin fs ROOT
	}
}
handle {
	images {
		dialect imagizer
		max_pixels 200000
		origin fs ROOT
	}
}`)
	if err := os.Symlink("/etc/hostname", filepath.Join(s.root, "out.jpg")); err != nil {
		t.Fatal(err)
	}
	for _, c := range []cause{
		{what: "malformed original", path: "/broken.jpg?width=10", status: 400, error: "EBADMSG - ", fault: "origin"},
		{what: "no image", path: "/text.txt?width=10", status: 400, error: "EBADMSG - The original is not an image in a format that can be read", fault: "origin"},
		{what: "malformed parameter", path: "/red.jpg?width=abc", status: 400, error: "EINVAL - width is \"abc\"; it takes ", fault: "client"},
		{what: "malformed encoding", path: "/red.jpg?width=%zz", status: 400, error: "EINVAL - width has a malformed percent-encoding", fault: "client"},
		{what: "malformed Base64", path: "/red.jpg?width64=*", status: 400, error: "EINVAL - width64 is ", fault: "client"},
		{what: "malformed path", path: "/a/../red.jpg", status: 400, error: "EINVAL - The path has a \"..\" segment", fault: "client"},
		{what: "over a limit", path: "/red.jpg?width=10000&upscale=true", status: 400, error: "ELIMIT - ", fault: "client"},
		{what: "imageParamValidations", path: "/gates/red.jpg?width=101", status: 400, error: "EINVAL - width is \"101\"; this server takes 100 or less (image_param_validations)", fault: "client"},

		{what: "origin= with allowDynamicOrigin disabled", path: "/gates/red.jpg?width=10&origin=https://images.example.com", status: 401, error: "EPERM - The URL names the origin of its original, which this server does not allow (allow_dynamic_origin)", fault: "client"},
		{what: "source_url likewise", path: "/gates/?width=10&source_url=https://images.example.com/a.jpg", status: 401, error: "EPERM - ", fault: "client"},
		{what: "a mark likewise", path: "/gates/red.jpg?width=10&mark=https://images.example.com/a.jpg", status: 401, error: "EPERM - ", fault: "client"},
		{what: "bucket likewise", path: "/gates/red.jpg?width=10&bucket=photos", status: 401, error: "EPERM - ", fault: "client"},
		{what: "allowOriginalImageRequest", path: "/gates/red.jpg", status: 401, error: "EPERM - This site does not show originals", fault: "client"},
		{what: "hostsAllowed", path: "/lists/red.jpg?origin=https://www.example.com", status: 401, error: "EPERM - The URL names a file of \"https://www.example.com\", which this server does not allow (hosts_allowed)", fault: "client"},
		{what: "bucketsAllowed", path: "/lists/red.jpg?bucket=photos", status: 401, error: "EPERM - The URL names the bucket \"s3://photos\", which this server does not allow (buckets_allowed)", fault: "client"},
		{what: "imageParamsAllowed", path: "/gates/red.jpg?width=10&quality=20", status: 401, error: "EPERM - The URL has the parameter \"quality\", which this server does not allow (image_params_allowed)", fault: "client"},
		{what: "imageParamsAllowed comes before what is malformed", path: "/gates/red.jpg?width=abc&quality=20", status: 401, error: "EPERM - ", fault: "client"},
		{what: "imageParamsAllowed in Base64", path: "/none/red.jpg?width64=MTA", status: 401, error: "EPERM - ", fault: "client"},

		{what: "no permission to read the image", path: "/out.jpg?width=10", status: 403, error: "EACCES - ", fault: "origin"},
		{what: "a layer that is another handler's", path: "/red.jpg?width=10&mark=/lists/red.jpg", status: 403, error: "EPERM - In the layer ", fault: "client"},

		{what: "missing", path: "/no.jpg?width=10", status: 404, error: "ENOENT - No file was found on disk at the specified path", fault: "origin"},
		{what: "a missing mark", path: "/red.jpg?width=10&mark=/no.jpg", status: 404, error: "ENOENT - In the layer \"no.jpg\": No file was found on disk", fault: "origin"},
	} {
		t.Run(c.what, func(t *testing.T) { c.check(t, s) })
	}
}

// 502: what is between us and the backend, or no HTTP. A wrong configuration of the
// backend looks like this, or like a missing file.
func TestStatusesOfMisbehavingBackends(t *testing.T) {
	raw := func(answer string) string {
		return listenRaw(t, func(conn net.Conn) {
			if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
				fmt.Fprint(conn, answer)
			}
		})
	}
	untrusted := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(untrusted.Close)
	loop := backend(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/again", http.StatusFound) })
	elsewhere := backend(t, func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/photos/") {
			http.NotFound(w, r)
		}
	})
	for _, tt := range []struct {
		cause
		address string
	}{
		{cause{what: "refuses the connection", status: 502, error: "ECONNREFUSED - The web server refused the connection"}, "127.0.0.1:1"},
		{cause{what: "a name that does not resolve", status: 502, error: "ENOTFOUND - The name of the web server does not resolve"}, "images.invalid"},
		{cause{what: "closes without a word", status: 502, error: "UNIDENTIFIED - The response of the web server is incomplete"}, raw("")},
		{cause{what: "resets", status: 502, error: "UNIDENTIFIED - The web server reset the connection"}, listenRaw(t, func(conn net.Conn) {
			_, _ = http.ReadRequest(bufio.NewReader(conn))
			_ = conn.(*net.TCPConn).SetLinger(0)
		})},
		{cause{what: "is no web server", status: 502, error: "UNIDENTIFIED - The response of the web server is not valid HTTP"}, raw("220 mail.example ESMTP\r\n")},
		{cause{what: "announces more than it sends", status: 502, error: "UNIDENTIFIED - The response of the web server is incomplete"}, raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort")},
		{cause{what: "breaks off in chunks", status: 502, error: "UNIDENTIFIED - The response of the web server is incomplete"}, raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort")},
		{cause{what: "compresses unasked", status: 502, error: "UNIDENTIFIED - The response of the web server is marked as gzip"}, raw("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x8b")},
		{cause{what: "has an endless header", status: 502, error: "UNIDENTIFIED - "}, raw("HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 200<<10) + "\r\n\r\n")},
		{cause{what: "has a certificate of nobody", status: 502, error: "UNIDENTIFIED - The certificate of the web server is not trusted"}, untrusted.URL},
		{cause{what: "speaks no TLS", status: 502, error: "UNIDENTIFIED - The TLS handshake with the web server failed"}, "https://" + loop},
		{cause{what: "redirects for ever", status: 502, error: "UNIDENTIFIED - The web server redirected too often"}, loop},
		{cause{what: "another path is configured", status: 404, error: "ENOENT - No file was found on the web server at the specified path", origin: 404}, elsewhere + "/pictures"},
		{cause{what: "sends no picture", status: 400, error: "EBADMSG - The original is not an image"}, raw("HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: 5\r\n\r\nhello")},
		{cause{what: "is not allowed to be asked", status: 403, error: "EACCES - The address of the web server is not public; allow_private must name its network"}, "[::1]:1"},
	} {
		t.Run(tt.what, func(t *testing.T) {
			tt.fault = "origin"
			if tt.what == "is not allowed to be asked" {
				t.Setenv("CADDY_IMAGES_BACKEND", "localhost")
				tt.cause.check(t, serve(t, "images {\n dialect imagizer\n origin web http://localhost:1\n}"))
				return
			}
			tt.cause.check(t, imagizerAt(t, tt.address, ""))
		})
	}
}

// 504: fetching and rendering took longer than backend_timeout, wherever they were.
func TestStatusesOfTime(t *testing.T) {
	t.Run("no answer", func(t *testing.T) {
		addr := backend(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		cause{status: 504, error: "ETIMEDOUT - The original did not arrive in time", fault: "origin"}.check(t, imagizerAt(t, addr, "backend_timeout 50ms"))
	})
	t.Run("a body without end", func(t *testing.T) {
		addr := backend(t, func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				_, _ = w.Write([]byte{0})
				_ = http.NewResponseController(w).Flush()
			}
		})
		cause{status: 504, error: "ETIMEDOUT - The original did not arrive in time", fault: "origin"}.check(t, imagizerAt(t, addr, "backend_timeout 50ms\n max_source_size 1GiB"))
	})
	t.Run("no connection", func(t *testing.T) {
		cause{status: 504, error: "ETIMEDOUT - The web server did not answer in time", fault: "origin"}.check(t, imagizerAt(t, deafPort(t), "backend_connect_timeout 50ms"))
	})
}

// 499: whoever leaves while the original is fetched stops the work.
func TestStatusOfAClientThatLeaves(t *testing.T) {
	asked, stopped := make(chan struct{}), make(chan struct{})
	addr := backend(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/slow.svg" {
			fmt.Fprint(w, svg)
			return
		}
		close(asked)
		<-r.Context().Done()
		close(stopped)
	})
	s := imagizerAt(t, addr, "workers 1\n backend_timeout 1h\n fetch_timeout 1h")
	before := len(s.logged(t))
	ctx, leave := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/slow.svg?width=3000", nil)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		<-asked
		leave()
	}()
	if resp, err := http.DefaultClient.Do(req); err == nil {
		resp.Body.Close()
		t.Fatal("the request was answered")
	}
	cause{status: 499, error: "ECANCELED", fault: "client"}.checkLog(t, s, before)
	select {
	case <-stopped:
	case <-time.After(patience):
		t.Fatal("the fetch goes on for nobody")
	}
	s.get(t, "/other.svg?width=10").wantsSize(t, 10, 8)
}

// listenRaw serves every connection with serve, which need not close it.
func listenRaw(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				serve(conn)
			}()
		}
	}()
	return l.Addr().String()
}
