package imagekit

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
)

// The values of Config.RequireSignature.
const (
	RequireOff    = "off"
	RequireRemote = "remote"
	RequireOn     = "on"
)

// access is who may have what.
type access struct {
	keys    [][]byte
	require string

	webProxy bool         // takes URLs
	hosts    origin.Hosts // whose files need no signature
}

// access checks what a Config says of it. Its errors show no key.
func (c Config) access() (access, error) {
	a := access{require: c.RequireSignature}
	if a.require == "" {
		a.require = RequireOff
	}
	if !slices.Contains([]string{RequireOff, RequireRemote, RequireOn}, a.require) {
		return access{}, fmt.Errorf("require_signature is %q; it takes off, remote or on", a.require)
	}
	for _, key := range c.PrivateKeys {
		if strings.TrimSpace(key) == "" {
			return access{}, fmt.Errorf("private_key is empty")
		}
		a.keys = append(a.keys, []byte(key))
	}
	if a.require != RequireOff && len(a.keys) == 0 {
		return access{}, fmt.Errorf("require_signature is %s, and there is no private_key to check signatures with", a.require)
	}
	if err := c.WebProxy.check(a); err != nil || c.WebProxy == nil {
		return a, err
	}
	a.webProxy = true
	var err error
	if a.hosts, err = origin.ParseHosts(c.WebProxy.Hosts); err != nil {
		return access{}, fmt.Errorf("web_proxy has %w", err)
	}
	return a, nil
}

// Admit decides whether a request may be served. target is the request target as
// the client sent it, byte by byte, for that is what is signed; seen is the
// escaped path that the request had where its transformation still was in it.
// asked is what Parse made of it, the zero value where Parse failed.
//
// The error is an *errors.Error of kind errors.Unauthorized.
func (d *Dialect) Admit(target, seen string, asked transform.Request, now time.Time) (transform.Proof, error) {
	proof, err := d.verify(target, seen, now)
	if err != nil {
		return transform.Proof{}, err
	}
	if d.require == RequireOn && !proof.Signed {
		return transform.Proof{}, errors.New(errors.Unauthorized, "The URL is not signed; it takes ik-s")
	}
	return proof, d.mayFetch(asked.Ref, proof)
}

// MayShow decides whether an admitted request may be shown what it asks for of a
// file, by the header that the file came with. It holds for originals and for
// every other file that is drawn.
//
// A private file, and all transformations of it, need a signed URL, except
// for transformations that the operator named (ImageKit, "Private images").
// It is marked by the header Is-Private-File or, on S3, by the metadata
// isprivatefile. What is neither empty nor false marks it: a mark with a slip
// in it is not a permission.
//
// The error is an *errors.Error of kind errors.Unauthorized.
func (d *Dialect) MayShow(header http.Header, asked transform.Request) error {
	if asked.Proof.Signed || asked.Named || !isPrivate(header) {
		return nil
	}
	if len(d.keys) == 0 {
		return errors.New(errors.Unauthorized, "The file is private, and no private_key is configured that its URL could be signed with")
	}
	return errors.New(errors.Unauthorized, "The file is private; its URL takes a signature (ik-s), or nothing but a named transformation")
}

func isPrivate(header http.Header) bool {
	for _, name := range []string{"Is-Private-File", "X-Amz-Meta-Isprivatefile"} {
		for _, value := range header.Values(name) {
			if v := strings.ToLower(strings.TrimSpace(value)); v != "" && v != "false" {
				return true
			}
		}
	}
	return false
}
