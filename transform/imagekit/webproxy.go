package imagekit

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
)

// WebProxy has URLs name originals by their whole URL.
type WebProxy struct {
	// The hosts whose files need no signature, such as `www.example.com`,
	// `*.example.com`, which is any number of labels in front, or
	// `www.example.com:8080`. Without a port it is that of the scheme. Default:
	// none, every such URL must be signed.
	Hosts []string `json:"hosts,omitempty"`
}

// check tells what is wrong with a WebProxy where URLs are signed, or not.
func (p *WebProxy) check(a access) error {
	switch {
	case p == nil && a.require == RequireRemote:
		return fmt.Errorf("require_signature remote is about web_proxy, which is not there")
	case p == nil:
		return nil
	case len(p.Hosts) > 0 && a.require != RequireOff:
		return fmt.Errorf("web_proxy names hosts that need no signature, and require_signature is %s", a.require)
	case len(p.Hosts) == 0 && len(a.keys) == 0:
		return fmt.Errorf("web_proxy needs hosts, or a private_key that URLs can be signed with")
	}
	for _, host := range p.Hosts {
		plain := strings.TrimPrefix(host, "*.")
		ref, err := origin.ParseURL("https://" + plain)
		if err != nil || ref != (origin.Ref{Server: "https://" + strings.ToLower(plain)}) || !strings.Contains(plain, ".") && host != plain {
			return fmt.Errorf("web_proxy has the host %q; one looks like www.example.com, *.example.com or www.example.com:8080", host)
		}
	}
	return nil
}

// TakesURLs tells whether the dialect's URLs may name an original by its whole
// URL.
func (d *Dialect) TakesURLs() bool { return d.webProxy != nil }

// Lists tells whether the originals of a server, named as in origin.Ref, may be
// had without a signature.
func (d *Dialect) Lists(server string) bool {
	if d.webProxy == nil {
		return false
	}
	_, own, _ := strings.Cut(server, "://")
	for _, host := range d.webProxy.Hosts {
		host = strings.ToLower(host)
		if end, wild := strings.CutPrefix(host, "*"); own == host || wild && strings.HasSuffix(own, end) && len(own) > len(end) {
			return true
		}
	}
	return false
}

// mayFetch decides whether a whole URL may be fetched.
func (d *Dialect) mayFetch(ref origin.Ref, proof transform.Proof) error {
	if ref.Server == "" || proof.Signed || d.Lists(ref.Server) {
		return nil
	}
	return errors.New(errors.Unauthorized, "The URL names a file of %s and must be signed (ik-s)", quote(ref.Server))
}

// parseFile reads what names the original: a path, or the whole URL of a web
// proxy. That is as it is or percent-encoded as a whole; then the query inside
// is part of it.
func (d *Dialect) parseFile(file, query string) (origin.Ref, error) {
	separator, ok := schemeOf(file)
	if d.webProxy == nil || !ok {
		return origin.ParseRef(file, query)
	}
	if strings.Contains(separator, "%2") {
		whole, err := url.PathUnescape(file)
		if err != nil {
			return origin.Ref{}, malformedEncoding(err)
		}
		file = whole
		separator, _ = schemeOf(file)
	}
	scheme, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(separator), "%3a", ":"), ":")
	whole := scheme + "://" + file[len(separator):]
	if query != "" {
		and := "?"
		if strings.Contains(whole, "?") {
			and = "&"
		}
		whole += and + query
	}
	return origin.ParseURL(whole)
}

// schemeOf is what a path that is a URL begins with, up to the host: the scheme,
// a colon and slashes, of which a proxy may have left only one.
func schemeOf(file string) (string, bool) {
	rest := file
	skip := func(plain, encoded string) bool {
		for _, p := range []string{plain, encoded} {
			if len(rest) >= len(p) && strings.EqualFold(rest[:len(p)], p) {
				rest = rest[len(p):]
				return true
			}
		}
		return false
	}
	if !skip("https", "http") || !skip(":", "%3a") || !skip("/", "%2f") {
		return "", false
	}
	for skip("/", "%2f") {
	}
	return file[:len(file)-len(rest)], true
}
