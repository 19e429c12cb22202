package s3

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-images/caddy-images/errors"
)

// serving starts a real server for a handler and returns its URL.
func serving(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// withoutCredentials takes away all that this machine may have.
func withoutCredentials(t *testing.T) {
	t.Helper()
	for _, name := range []string{
		"AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY", "AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE",
		"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "AWS_WEB_IDENTITY_TOKEN_FILE",
	} {
		t.Setenv(name, "")
	}
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(t.TempDir(), "none"))
}

func at(t *testing.T, endpoint string) *Origin {
	t.Helper()
	return within(t, time.Hour, endpoint)
}

func within(t *testing.T, timeout time.Duration, endpoint string) *Origin {
	t.Helper()
	return provisioned(t, &Origin{
		Bucket: bucket, Endpoint: endpoint, AccessKey: "test-access-key", SecretKey: "test-secret-key", Timeout: caddy.Duration(timeout),
	})
}

// TestDocumentedErrors has a real server answer as Amazon documents it, where
// MinIO does not, or not within a test's patience: it hands out no credentials
// that expire within 15 minutes.
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
func TestDocumentedErrors(t *testing.T) {
	tests := []struct {
		status  int
		code    string
		kind    errors.Kind
		message string
	}{
		{400, "ExpiredToken", errors.AccessDenied, expired},
		{400, "TokenRefreshRequired", errors.AccessDenied, expired},
		{400, "InvalidToken", errors.AccessDenied, notAccepted},
		{403, "InvalidAccessKeyId", errors.AccessDenied, notAccepted},
		{403, "AccessDenied", errors.AccessDenied, denied},
		{403, "RequestTimeTooSkewed", errors.AccessDenied, "S3 does not accept the clock of the image server"},
		{403, "AllAccessDisabled", errors.AccessDenied, "S3 denied access with status 403"},
		{403, "InvalidObjectState", errors.Unidentified, "The file on S3 is archived; it must be restored first"},
		{404, "NoSuchKey", errors.NotFound, missing},
		{404, "NoSuchBucket", errors.Unidentified, "The bucket was not found on S3"},
		{400, "KeyTooLongError", errors.NotFound, missing},
		{301, "PermanentRedirect", errors.Unidentified, anotherRegion},
		{307, "TemporaryRedirect", errors.Unidentified, anotherRegion},
		{400, "InvalidRequest", errors.BadOriginRequest, "S3 responded with status 400"},
		{500, "InternalError", errors.Unidentified, "S3 responded with status 500"},
		{503, "SlowDown", errors.Unidentified, "S3 responded with status 503"},
	}
	for _, tt := range tests {
		t.Run(tt.code, func(t *testing.T) {
			t.Parallel()
			o := at(t, serving(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", "http://elsewhere.invalid/")
				w.WriteHeader(tt.status)
				fmt.Fprintf(w, `<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>%s</Code><Message>AWS4-HMAC-SHA256 test-access-key</Message><AWSAccessKeyId>test-access-key</AWSAccessKeyId>
<StringToSign>AWS4</StringToSign><RequestId>4442587FB7D0A2F9</RequestId></Error>`, tt.code)
			}))
			_, err := fetch(t.Context(), t, o, "a.jpg")
			wantError(t, err, tt.kind, tt.message)
			e := errors.From(err)
			if e.OriginStatus != tt.status || !strings.Contains(e.Error(), tt.code) || !strings.Contains(e.Error(), "4442587FB7D0A2F9") {
				t.Errorf("status %d, log text %v", e.OriginStatus, e)
			}
		})
	}
}

// S3 decodes a plain plus in a path to a space, which MinIO does not, and it
// signs what stands on the wire.
func TestWire(t *testing.T) {
	var got *http.Request
	o := at(t, serving(t, func(_ http.ResponseWriter, r *http.Request) { got = r }))
	if _, err := fetch(t.Context(), t, o, "a+b%2Bc//d%20(1)!$',;=@:~*%C3%BC%3F.jpg"); err != nil {
		t.Fatal(err)
	}
	if want := "/photos/a%2Bb%2Bc//d%20%281%29%21%24%27%2C%3B%3D%40%3A~%2A%C3%BC%3F.jpg"; got.RequestURI != want {
		t.Errorf("asked for %s, want %s", got.RequestURI, want)
	}
	if sum, agent := got.Header.Get("X-Amz-Content-Sha256"), got.UserAgent(); sum != emptySHA256 || agent != "caddy-images" {
		t.Errorf("sent %v", got.Header)
	}
	for _, name := range []string{"Range", "Cookie", "Accept-Encoding"} {
		if got.Header.Get(name) != "" {
			t.Errorf("sent %s", name)
		}
	}
}

func TestErrorWithoutDocument(t *testing.T) {
	for body, text := range map[string]string{"nothing": "", "a page": "<html><body>Bad Gateway</body></html>", "half": "<Error><Code>NoSu"} {
		o := at(t, serving(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, text)
		}))
		_, err := fetch(t.Context(), t, o, "a.jpg")
		if !errors.Is(err, errors.AccessDenied) {
			t.Errorf("%s: got %v", body, err)
		}
	}
}

func TestRetry(t *testing.T) {
	var requests atomic.Int32
	o := at(t, serving(t, func(w http.ResponseWriter, r *http.Request) {
		n := requests.Add(1)
		if n == 1 || r.URL.Path == "/"+bucket+"/always" {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	if _, err := fetch(t.Context(), t, o, "a.jpg"); err != nil || requests.Load() != 2 {
		t.Errorf("got %v after %d requests", err, requests.Load())
	}
	requests.Store(0)
	_, err := fetch(t.Context(), t, o, "always")
	wantError(t, err, errors.Unidentified, "S3 responded with status 503")
	if n := requests.Load(); n != 2 {
		t.Errorf("%d requests, want 2", n)
	}
	requests.Store(10)
	_, err = fetch(t.Context(), t, o, "missing")
	if n := requests.Load(); err != nil || n != 11 {
		t.Errorf("got %v after %d requests, want one", err, n-10)
	}
}

func TestConnectionFailures(t *testing.T) {
	tests := []struct {
		name    string
		serve   func(net.Conn)
		kind    errors.Kind
		message string
	}{
		{"reset", func(c net.Conn) { _ = c.(*net.TCPConn).SetLinger(0) }, errors.Unidentified, "S3 reset the connection"},
		{"closed", func(net.Conn) {}, errors.Unidentified, "The response of S3 is incomplete"},
		{"silent", hang, errors.OriginTimeout, "S3 did not answer in time"},
		{"garbage", func(c net.Conn) { say(c, "SSH-2.0\r\n\r\n") }, errors.Unidentified, "The response of S3 is not valid HTTP"},
		{"short body", func(c net.Conn) { say(c, "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nabc") }, errors.Unidentified, "The response of S3 is incomplete"},
		{"slow body", func(c net.Conn) { say(c, "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nabc"); hang(c) }, errors.OriginTimeout, "S3 did not answer in time"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { l.Close() })
			go func() {
				for {
					c, err := l.Accept()
					if err != nil {
						return
					}
					_, _ = c.Read(make([]byte, 4096))
					tt.serve(c)
					c.Close()
				}
			}()
			timeout := time.Hour
			if tt.kind == errors.OriginTimeout {
				timeout = 300 * time.Millisecond
			}
			o := within(t, timeout, "http://"+l.Addr().String())
			_, err = fetch(t.Context(), t, o, "a.jpg")
			wantError(t, err, tt.kind, tt.message)

			l.Close()
			_, err = fetch(t.Context(), t, o, "a.jpg")
			if tt.name == "closed" {
				wantError(t, err, errors.Refused, "S3 refused the connection")
			}
		})
	}
}

// hang waits until the client closes the connection.
func hang(c net.Conn) {
	_ = c.SetReadDeadline(time.Now().Add(time.Minute))
	_, _ = io.Copy(io.Discard, c)
}

func say(c net.Conn, text string) { _, _ = io.WriteString(c, text) }

func TestClientGoesAway(t *testing.T) {
	ctx, leave := context.WithCancel(t.Context())
	o := at(t, serving(t, func(_ http.ResponseWriter, r *http.Request) {
		leave()
		<-r.Context().Done()
	}))
	_, err := fetch(ctx, t, o, "a.jpg")
	wantError(t, err, errors.ClientClosed, "The client closed the request")
}

func TestNoCredentials(t *testing.T) {
	withoutCredentials(t)
	untouched := serving(t, func(http.ResponseWriter, *http.Request) { t.Error("S3 was asked without credentials") })
	o := provisioned(t, &Origin{Bucket: bucket, Endpoint: untouched, Timeout: caddy.Duration(time.Hour)})
	t.Setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", serving(t, http.NotFound))
	_, err := fetch(t.Context(), t, o, "a.jpg")
	wantError(t, err, errors.AccessDenied, "No credentials for S3 were found")

	o = provisioned(t, &Origin{Bucket: bucket, Endpoint: untouched, Timeout: caddy.Duration(300 * time.Millisecond)})
	t.Setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", serving(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	_, err = fetch(t.Context(), t, o, "a.jpg")
	wantError(t, err, errors.OriginTimeout, "The original did not arrive in time")
}
