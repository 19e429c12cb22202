package s3

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/md5"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/internal/miniotest"
	"github.com/caddy-images/caddy-images/origin"
)

const (
	bucket   = "photos"
	maxBytes = 1000
)

func provisioned(t *testing.T, o *Origin) *Origin {
	t.Helper()
	if err := o.Provision(caddy.Context{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.Cleanup() })
	return o
}

func fetch(ctx context.Context, t *testing.T, o *Origin, escapedPath string) (*origin.Source, error) {
	t.Helper()
	ref, err := origin.ParseRef(escapedPath, "")
	if err != nil {
		t.Fatal(err)
	}
	return o.Fetch(ctx, origin.Request{Ref: ref, MaxBytes: maxBytes})
}

// wantError checks the kind and the public message of a failure, and that not
// even its log text has a key or a signature in it.
func wantError(t *testing.T, err error, kind errors.Kind, message string, secrets ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want %s - %s", kind.Code(), message)
	}
	e := errors.From(err)
	if e.Kind != kind || e.Message != message {
		t.Errorf("got %s, want %s - %s (cause: %v)", e.Header(), kind.Code(), message, e.Err)
	}
	for _, secret := range append(secrets, "test-access-key", "test-secret-key", "X-Amz", "Signature=", "AWS4") {
		if strings.Contains(e.Error(), secret) {
			t.Errorf("the log text shows %q: %v", secret, e)
		}
	}
	if strings.Contains(e.Message, "127.0.0.1") || strings.Contains(e.Message, bucket) {
		t.Errorf("the message shows where the bucket is: %s", e.Message)
	}
}

const (
	missing = "No file was found on S3 at the specified path"
	denied  = "S3 denied access (a missing file also looks like this without s3:ListBucket)"
)

// TestMinIO fetches from, and fails on, a real server.
func TestMinIO(t *testing.T) {
	s := miniotest.Start(t)
	s.MakeBucket(t, bucket)
	// at is an origin for the server that root may use; change makes it another.
	at := func(t *testing.T, change func(*Origin)) *Origin {
		t.Helper()
		o := &Origin{Bucket: bucket, Region: miniotest.Region, Endpoint: s.URL, AccessKey: s.AccessKey, SecretKey: s.SecretKey}
		if change != nil {
			change(o)
		}
		return provisioned(t, o)
	}

	t.Run("fetch", func(t *testing.T) {
		s.Put(t, bucket, "2026/a.jpg", []byte("picture"), http.Header{
			"Content-Type": {"image/jpeg"}, "Cache-Control": {"max-age=60"}, "X-Amz-Meta-Author": {"me"},
		})
		source, err := fetch(t.Context(), t, at(t, nil), "2026/a.jpg")
		if err != nil {
			t.Fatal(err)
		}
		if string(source.Body) != "picture" || source.ContentType != "image/jpeg" || source.CacheControl != "max-age=60" ||
			source.ETag != fmt.Sprintf(`"%x"`, md5.Sum(source.Body)) ||
			time.Since(source.LastModified).Abs() > time.Hour || source.Header.Get("X-Amz-Meta-Author") != "me" {
			t.Errorf("got %+v", source)
		}
	})

	t.Run("prefix", func(t *testing.T) {
		s.Put(t, bucket, "below/the/prefix.jpg", []byte("below"), nil)
		for _, prefix := range []string{"below", "/below/", "below/"} {
			source, err := fetch(t.Context(), t, at(t, func(o *Origin) { o.Prefix = prefix }), "the/prefix.jpg")
			if err != nil || string(source.Body) != "below" {
				t.Errorf("prefix %q: got %v, %v", prefix, source, err)
			}
		}
	})

	t.Run("keys", func(t *testing.T) {
		o := at(t, nil)
		for key, path := range map[string]string{
			"a b.jpg":       "a%20b.jpg",
			"a+b.jpg":       "a+b.jpg",
			"a%2Bb.jpg":     "a%252Bb.jpg",
			"100%.jpg":      "100%25.jpg",
			"ü/日本.jpg":      "%C3%BC/%E6%97%A5%E6%9C%AC.jpg",
			"q?a=b&c#d.jpg": "q%3Fa=b&c%23d.jpg",
			"(a)!$',;@.jpg": "(a)!$',;@.jpg",
			"~-_*=:.jpg":    "~-_*=:.jpg",
			`"<>[]{}|.jpg`:  "%22%3C%3E%5B%5D%7B%7D%7C.jpg",
		} {
			s.Put(t, bucket, key, []byte(key), nil)
			source, err := fetch(t.Context(), t, o, path)
			if err != nil || string(source.Body) != key {
				t.Errorf("%s: got %v, %v", path, source, err)
			}
		}
	})

	t.Run("missing", func(t *testing.T) {
		o := at(t, nil)
		for _, path := range []string{"missing.jpg", "2026", "2026/", "a//b.jpg", "", strings.Repeat("a", 1100)} {
			_, err := fetch(t.Context(), t, o, path)
			wantError(t, err, errors.NotFound, missing)
		}
	})

	t.Run("too large", func(t *testing.T) {
		s.Put(t, bucket, "large.jpg", make([]byte, maxBytes+1), nil)
		_, err := fetch(t.Context(), t, at(t, nil), "large.jpg")
		wantError(t, err, errors.Limit, "The original is larger than max_source_size, 1000 B")
	})

	t.Run("compressed", func(t *testing.T) {
		s.Put(t, bucket, "a.svgz", []byte("\x1f\x8b"), http.Header{"Content-Encoding": {"gzip"}})
		_, err := fetch(t.Context(), t, at(t, nil), "a.svgz")
		wantError(t, err, errors.Unidentified, "The response of S3 is marked as gzip and is not gzip, or is damaged or truncated")

		var file bytes.Buffer
		z := gzip.NewWriter(&file)
		_, _ = z.Write([]byte("<svg/>"))
		_ = z.Close()
		s.Put(t, bucket, "b.svg", file.Bytes(), http.Header{"Content-Encoding": {"gzip"}})
		source, err := fetch(t.Context(), t, at(t, nil), "b.svg")
		if err != nil || string(source.Body) != "<svg/>" || !source.Decoded {
			t.Errorf("%+v, %v", source, err)
		}
	})

	t.Run("refused credentials", func(t *testing.T) {
		session := s.AssumeRole(t, "")
		for name, change := range map[string]func(*Origin){
			"unknown access key": func(o *Origin) { o.AccessKey = "nobody" },
			"wrong secret key":   func(o *Origin) { o.SecretKey = "wrong-secret-key" },
			"missing session token": func(o *Origin) {
				o.AccessKey, o.SecretKey = session.AccessKeyID, session.SecretAccessKey
			},
			"wrong session token": func(o *Origin) {
				o.AccessKey, o.SecretKey, o.SessionToken = session.AccessKeyID, session.SecretAccessKey, "wrong"+session.SessionToken
			},
		} {
			t.Run(name, func(t *testing.T) {
				_, err := fetch(t.Context(), t, at(t, change), "2026/a.jpg")
				wantError(t, err, errors.AccessDenied, notAccepted, "nobody", "wrong-secret-key", session.AccessKeyID, session.SecretAccessKey)
			})
		}
	})

	t.Run("temporary credentials", func(t *testing.T) {
		session := s.AssumeRole(t, "")
		source, err := fetch(t.Context(), t, at(t, func(o *Origin) {
			o.AccessKey, o.SecretKey, o.SessionToken = session.AccessKeyID, session.SecretAccessKey, session.SessionToken
		}), "2026/a.jpg")
		if err != nil || string(source.Body) != "picture" {
			t.Errorf("got %v, %v", source, err)
		}
	})

	t.Run("without s3:GetObject", func(t *testing.T) {
		session := s.AssumeRole(t, policy(`["s3:ListBucket"]`, ""))
		_, err := fetch(t.Context(), t, at(t, func(o *Origin) {
			o.AccessKey, o.SecretKey, o.SessionToken = session.AccessKeyID, session.SecretAccessKey, session.SessionToken
		}), "2026/a.jpg")
		wantError(t, err, errors.AccessDenied, denied)
		if e := errors.From(err); e.OriginStatus != http.StatusForbidden {
			t.Errorf("origin status %d", e.OriginStatus)
		}
	})

	// MinIO hides a missing file, as S3 does, from those that have neither
	// permission; TestDocumentedErrors has S3's answer to those that have only
	// s3:GetObject.
	t.Run("anonymous", func(t *testing.T) {
		anonymous := at(t, func(o *Origin) { o.AccessKey, o.SecretKey, o.Anonymous = "", "", true })
		for _, path := range []string{"2026/a.jpg", "missing.jpg"} {
			_, err := fetch(t.Context(), t, anonymous, path)
			wantError(t, err, errors.AccessDenied, denied)
		}
		s.SetPolicy(t, bucket, policy(`["s3:GetObject"]`, `"Principal":"*",`))
		source, err := fetch(t.Context(), t, anonymous, "2026/a.jpg")
		if err != nil || string(source.Body) != "picture" {
			t.Errorf("got %v, %v", source, err)
		}
	})

	t.Run("missing bucket", func(t *testing.T) {
		_, err := fetch(t.Context(), t, at(t, func(o *Origin) { o.Bucket = "elsewhere" }), "2026/a.jpg")
		wantError(t, err, errors.Unidentified, "The bucket was not found on S3", "elsewhere")
	})

	t.Run("wrong region", func(t *testing.T) {
		_, err := fetch(t.Context(), t, at(t, func(o *Origin) { o.Region = "us-west-2" }), "2026/a.jpg")
		wantError(t, err, errors.Unidentified, anotherRegion)
		if cause := fmt.Sprint(errors.From(err).Err); !strings.Contains(cause, miniotest.Region) {
			t.Errorf("the log does not say which region: %s", cause)
		}
	})

	t.Run("credentials from elsewhere", func(t *testing.T) {
		for name, setUp := range map[string]func(*testing.T){
			"environment": func(t *testing.T) {
				t.Setenv("AWS_ACCESS_KEY_ID", s.AccessKey)
				t.Setenv("AWS_SECRET_ACCESS_KEY", s.SecretKey)
			},
			"credentials file": func(t *testing.T) {
				file := filepath.Join(t.TempDir(), "credentials")
				text := fmt.Sprintf("[photos]\naws_access_key_id = %s\naws_secret_access_key = %s\n", s.AccessKey, s.SecretKey)
				if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				t.Setenv("AWS_SHARED_CREDENTIALS_FILE", file)
				t.Setenv("AWS_PROFILE", "photos")
			},
			"role of a container": func(t *testing.T) {
				session := s.AssumeRole(t, "")
				t.Setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", serving(t, func(w http.ResponseWriter, _ *http.Request) {
					fmt.Fprintf(w, `{"AccessKeyId":%q,"SecretAccessKey":%q,"Token":%q,"Expiration":%q}`,
						session.AccessKeyID, session.SecretAccessKey, session.SessionToken, time.Now().Add(time.Hour).Format(time.RFC3339))
				}))
			},
		} {
			t.Run(name, func(t *testing.T) {
				withoutCredentials(t)
				setUp(t)
				o := at(t, func(o *Origin) { o.AccessKey, o.SecretKey = "", "" })
				source, err := fetch(t.Context(), t, o, "2026/a.jpg")
				if err != nil || string(source.Body) != "picture" {
					t.Errorf("got %v, %v", source, err)
				}
			})
		}
	})
}

// policy allows actions on the bucket. extra is a member of the statement.
func policy(actions, extra string) string {
	return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow",%s"Action":%s,"Resource":["arn:aws:s3:::%s","arn:aws:s3:::%s/*"]}]}`, extra, actions, bucket, bucket)
}
