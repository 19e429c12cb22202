package imagekit

import (
	"fmt"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
)

// WebProxy lets URLs name originals by their whole URL.
type WebProxy struct {
	// The hosts whose files need no signature, such as `www.example.com`,
	// `*.example.com`, which stands for one or more labels in front, or
	// `www.example.com:8080`. The default port is the scheme's. Default:
	// none; every such URL must be signed.
	Hosts []string `json:"hosts,omitempty"`
}

// check returns what is wrong with a WebProxy, given the rules for
// signatures.
func (p *WebProxy) check(a access) error {
	switch {
	case p == nil && a.require == RequireRemote:
		return fmt.Errorf("require_signature remote needs web_proxy")
	case p == nil:
		return nil
	case len(p.Hosts) > 0 && a.require != RequireOff:
		return fmt.Errorf("web_proxy names hosts that need no signature, which contradicts require_signature %s", a.require)
	case len(p.Hosts) == 0 && len(a.keys) == 0:
		return fmt.Errorf("web_proxy needs hosts, or a private_key to sign URLs with")
	}
	return nil
}

// TakesURLs reports whether the dialect's URLs may name an original by its
// whole URL.
func (d *Dialect) TakesURLs() bool { return d.webProxy }

// Lists reports whether originals of a server, in the form of origin.Ref,
// need no signature.
func (d *Dialect) Lists(server string) bool { return d.hosts.Has(server) }

// mayFetch decides whether a whole URL may be fetched.
func (d *Dialect) mayFetch(ref origin.Ref, proof transform.Proof) error {
	if ref.Server == "" || proof.Signed || d.Lists(ref.Server) {
		return nil
	}
	return errors.New(errors.Unauthorized, "The URL names a file of %s and must be signed (ik-s)", errors.Quote(ref.Server))
}

// parseFile parses the name of the original: a path, or the whole URL of a
// web proxy.
func (d *Dialect) parseFile(file, query string) (origin.Ref, error) {
	if d.TakesURLs() {
		if ref, ok, err := origin.ParseURLPath(file, query); ok {
			return ref, err
		}
	}
	return origin.ParseRef(file, query)
}
