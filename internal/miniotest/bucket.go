package miniotest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/url"
	"testing"

	"github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/minio/minio-go/v7/pkg/s3utils"
	"github.com/minio/minio-go/v7/pkg/signer"
)

// MakeBucket makes a bucket.
func (s *Server) MakeBucket(t testing.TB, bucket string) {
	t.Helper()
	s.put(t, bucket+"/", "", nil, nil)
}

// Put stores an object, with headers such as Content-Type.
func (s *Server) Put(t testing.TB, bucket, key string, body []byte, header http.Header) {
	t.Helper()
	s.put(t, bucket+"/"+key, "", body, header)
}

// SetPolicy sets the policy of a bucket, in JSON.
func (s *Server) SetPolicy(t testing.TB, bucket, policy string) {
	t.Helper()
	s.put(t, bucket+"/", "policy=", []byte(policy), nil)
}

// AssumeRole returns temporary credentials that may do what a policy, in JSON,
// allows.
func (s *Server) AssumeRole(t testing.TB, policy string) credentials.Value {
	t.Helper()
	role, err := credentials.NewSTSAssumeRole(s.URL, credentials.STSAssumeRoleOptions{
		AccessKey: s.AccessKey, SecretKey: s.SecretKey, Location: Region, Policy: policy,
	})
	if err != nil {
		t.Fatal(err)
	}
	value, err := role.GetWithContext(&credentials.CredContext{Client: http.DefaultClient})
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func (s *Server) put(t testing.TB, path, query string, body []byte, header http.Header) {
	t.Helper()
	target, err := url.Parse(s.URL + "/" + s3utils.EncodePath(path) + "?" + query)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, target.String(), bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range header {
		r.Header[name] = values
	}
	sum := sha256.Sum256(body)
	r.Header.Set("X-Amz-Content-Sha256", hex.EncodeToString(sum[:]))
	answer, err := http.DefaultClient.Do(signer.SignV4(*r, s.AccessKey, s.SecretKey, "", Region))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode >= http.StatusMultipleChoices {
		text, _ := io.ReadAll(answer.Body)
		t.Fatalf("PUT %s: %s\n%s", path, answer.Status, text)
	}
}
