package s3

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/internal/miniotest"
	"github.com/caddy-images/caddy-images/origin"
)

func fetchFrom(ctx context.Context, t *testing.T, o origin.Origin, server, path string) (*origin.Source, error) {
	t.Helper()
	ref, err := origin.ParseRef(path, "")
	if err != nil {
		t.Fatal(err)
	}
	ref.Server = server
	return o.Fetch(ctx, origin.Request{Ref: ref, MaxBytes: maxBytes})
}

// Other buckets of a real server, with the keys of the origin.
func TestOtherBuckets(t *testing.T) {
	s := miniotest.Start(t)
	s.MakeBucket(t, bucket)
	s.MakeBucket(t, "archive")
	s.Put(t, bucket, "own/a.jpg", []byte("own"), nil)
	s.Put(t, "archive", "a.jpg", []byte("archived"), nil)
	for name, region := range map[string]string{"the region of the origin": miniotest.Region, "another region than the origin's": "us-west-2"} {
		t.Run(name, func(t *testing.T) {
			o := provisioned(t, &Origin{Bucket: bucket, Prefix: "own", Region: region, Endpoint: s.URL, AccessKey: s.AccessKey, SecretKey: s.SecretKey})
			others := o.OtherBuckets()
			for _, server := range []string{"s3://archive", "s3://archive", "s3://archive@" + miniotest.Region} {
				source, err := fetchFrom(t.Context(), t, others, server, "a.jpg")
				if err != nil || string(source.Body) != "archived" {
					t.Errorf("%s: %v, %v", server, source, err)
				}
			}
			source, err := fetchFrom(t.Context(), t, others, "s3://"+bucket, "own/a.jpg") // the prefix is the origin's own
			if err != nil || string(source.Body) != "own" {
				t.Errorf("%v, %v", source, err)
			}
			_, err = fetchFrom(t.Context(), t, others, "s3://archive", "b.jpg")
			wantError(t, err, errors.NotFound, missing)
			_, err = fetchFrom(t.Context(), t, others, "s3://archive@eu-west-1", "a.jpg")
			wantError(t, err, errors.Unidentified, anotherRegion)
			_, err = fetchFrom(t.Context(), t, others, "s3://elsewhere", "a.jpg")
			wantError(t, err, errors.Unidentified, "The bucket was not found on S3", "elsewhere")
			if e := errors.From(err); e.OriginStatus != http.StatusNotFound {
				t.Errorf("origin status %d", e.OriginStatus)
			}
			_, err = fetchFrom(t.Context(), t, others, "s3://no/bucket", "a.jpg")
			wantError(t, err, errors.BadTransform, "The URL has an invalid bucket name")
		})
	}
	t.Run("keys that may not", func(t *testing.T) {
		session := s.AssumeRole(t, policy(`["s3:GetObject"]`, "")) // of the one bucket
		o := provisioned(t, &Origin{Bucket: bucket, Region: miniotest.Region, Endpoint: s.URL, AccessKey: session.AccessKeyID, SecretKey: session.SecretAccessKey, SessionToken: session.SessionToken})
		_, err := fetchFrom(t.Context(), t, o.OtherBuckets(), "s3://archive", "a.jpg")
		wantError(t, err, errors.AccessDenied, denied)
	})
}

// Amazon says by a header of its redirects where a bucket is, and that is
// asked for once. What is not a region is not made part of a host.
func TestRegionOfABucket(t *testing.T) {
	var regions []string
	said := "eu-north-1"
	endpoint := serving(t, func(w http.ResponseWriter, r *http.Request) {
		_, scope, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=test-access-key/")
		region := strings.Split(scope, "/")[1]
		regions = append(regions, region)
		if region != "eu-north-1" {
			w.Header().Set("X-Amz-Bucket-Region", said)
			w.WriteHeader(http.StatusMovedPermanently)
			_, _ = w.Write([]byte("<Error><Code>PermanentRedirect</Code></Error>"))
			return
		}
		_, _ = w.Write([]byte("picture"))
	})
	others := at(t, endpoint).OtherBuckets()
	for range 2 {
		if source, err := fetchFrom(t.Context(), t, others, "s3://archive", "a.jpg"); err != nil || string(source.Body) != "picture" {
			t.Errorf("%v, %v", source, err)
		}
	}
	if got := strings.Join(regions, " "); got != defaultRegion+" eu-north-1 eu-north-1" {
		t.Errorf("asked in %s", got)
	}
	for _, said = range []string{"", "evil.example/", defaultRegion, strings.Repeat("a", 33)} {
		regions = nil
		_, err := fetchFrom(t.Context(), t, others, "s3://other", "a.jpg")
		wantError(t, err, errors.Unidentified, anotherRegion)
		if len(regions) != 1 {
			t.Errorf("%q: asked in %q", said, regions)
		}
	}
}

func TestRegionsAreForgotten(t *testing.T) {
	b := at(t, "http://127.0.0.1:1").OtherBuckets().(*buckets)
	for n := range 3 * mostRegions {
		b.remember(strings.Repeat("a", 3)+string(rune('a'+n%26))+strings.Repeat("b", n%50)+strings.Repeat("c", n/50), "eu-north-1")
	}
	if len(b.regions) > mostRegions {
		t.Errorf("%d regions are kept", len(b.regions))
	}
}
