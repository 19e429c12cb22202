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

// Values of Config.RequireSignature.
const (
	RequireOff    = "off"
	RequireRemote = "remote"
	RequireOn     = "on"
)

// access is which files and URLs need a signature.
type access struct {
	keys    [][]byte
	require string

	webProxy bool         // paths may be whole URLs
	hosts    origin.Hosts // whose files need no signature
}

// access checks and reads a Config. Its errors do not show keys.
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
		return access{}, fmt.Errorf("require_signature %s needs a private_key", a.require)
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

// Admit decides whether a request may be served. target is the request target
// exactly as the client sent it, which is what is signed; seen is the escaped
// path that still contained the transformation. asked is the result of Parse,
// or the zero value if Parse failed.
//
// The error is an *errors.Error of kind errors.Unauthorized.
func (d *Dialect) Admit(target, seen string, asked transform.Request, now time.Time) (transform.Proof, error) {
	proof, err := d.verify(target, seen, now)
	if err != nil {
		return transform.Proof{}, err
	}
	if d.require == RequireOn && !proof.Signed {
		return transform.Proof{}, errors.New(errors.Unauthorized, "The URL is not signed; it needs ik-s")
	}
	return proof, d.mayFetch(asked.Ref, proof)
}

// MayShow decides, by the header of a file, whether an admitted request may
// show the file. It applies to originals and to every other file that is
// drawn.
//
// A private file and its variants need a signed URL, except for named
// transformations (ImageKit, "Private images"). The header Is-Private-File
// or, on S3, the metadata isprivatefile marks a file as private. Any value
// but an empty one and false does: a misspelled mark is not a permission.
//
// The error is an *errors.Error of kind errors.Unauthorized.
func (d *Dialect) MayShow(header http.Header, asked transform.Request) error {
	if asked.Proof.Signed || asked.Named || !isPrivate(header) {
		return nil
	}
	if len(d.keys) == 0 {
		return errors.New(errors.Unauthorized, "The file is private, and there is no private_key to sign its URL with")
	}
	return errors.New(errors.Unauthorized, "The file is private; its URL needs a signature (ik-s), or only named transformations")
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
