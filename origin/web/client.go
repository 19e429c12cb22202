package web

import (
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/origin/internal/option"
)

// maxHeaderBytes limits a response's header; Go's own limit is 10 MB.
const maxHeaderBytes = 64 << 10

func (o *Origin) newClient(repl *caddy.Replacer, g guard) (*http.Client, error) {
	dialTimeout, err := option.Default("dial_timeout", o.DialTimeout, defaultDialTimeout)
	if err != nil {
		return nil, err
	}
	headerTimeout, err := option.Default("response_header_timeout", o.ResponseHeaderTimeout, defaultResponseHeaderTimeout)
	if err != nil {
		return nil, err
	}
	trust, err := o.TLS.config(repl)
	if err != nil {
		return nil, err
	}
	dialer := &net.Dialer{
		Timeout:        time.Duration(dialTimeout),
		ControlContext: g.control,
		Resolver:       o.resolver,
	}
	return &http.Client{
		CheckRedirect: o.checkRedirect,
		Transport: &http.Transport{
			Proxy:                  nil, // a proxy would bypass the guard
			DialContext:            origin.DialWithin(dialer),
			TLSClientConfig:        trust,
			TLSHandshakeTimeout:    time.Duration(dialTimeout),
			ResponseHeaderTimeout:  time.Duration(headerTimeout),
			MaxResponseHeaderBytes: maxHeaderBytes,
			MaxIdleConnsPerHost:    32,
			IdleConnTimeout:        90 * time.Second,
			DisableCompression:     true,
			ForceAttemptHTTP2:      true,
		},
	}, nil
}

// checkRedirect is an http.Client's CheckRedirect. via has the requests made
// so far, the oldest first.
func (o *Origin) checkRedirect(next *http.Request, via []*http.Request) error {
	switch {
	case o.maxRedirects == 0:
		return errors.New(errors.Unidentified, "The web server redirected, and max_redirects is 0")
	case len(via) > o.maxRedirects:
		return errors.New(errors.Unidentified, "The web server redirected too often")
	case next.URL.Scheme != "http" && next.URL.Scheme != "https":
		return errors.New(errors.Unidentified, "The web server redirected to a URL that is neither http nor https")
	case next.URL.Scheme == "http" && via[len(via)-1].URL.Scheme == "https":
		return errors.New(errors.Unidentified, "The web server redirected from https to http")
	}
	// net/http adds the previous URL as the Referer, and treats only some
	// headers as private. The configured headers are for the operator's
	// server, and once another host chose the URL not even for that.
	next.Header.Del("Referer")
	if o.isStranger(next) || slices.ContainsFunc(via, o.isStranger) {
		for name := range o.Headers {
			next.Header.Del(name)
		}
	}
	return nil
}

// isStranger reports whether a request is for another server than the
// operator's.
func (o *Origin) isStranger(r *http.Request) bool {
	return r.URL.Scheme != o.base.Scheme || r.URL.Host != o.base.Host
}
