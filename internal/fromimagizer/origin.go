package fromimagizer

import (
	"net/url"
	"strconv"
	"strings"
	"time"
)

// origins returns the origin blocks.
func (p *printer) origins() (b block) {
	switch {
	case p.aws != nil:
		p.bucket(&b)
		if p.backend != nil {
			p.warn(&b, "backend is left out: Imagizer uses awsAuthorization instead of it. A second origin would be asked if the bucket lacks the file.")
		}
	case p.backend != nil:
		p.web(&b)
	default:
		p.warn(&b, "There is neither backend nor awsAuthorization, and without an origin the handlers after this one are asked for originals. Add one, such as origin web https://www.example.com.")
	}
	if times := p.times(true); p.namesHosts && len(times.lines) > 0 {
		b.nest(times, "origin", "dynamic")
	}
	return b
}

func (p *printer) bucket(b *block) {
	var inner block
	if p.aws.region == "" {
		inner.note("The configuration names no region; the default is us-east-1. If the bucket is elsewhere, write region.")
	} else {
		inner.add("region", p.aws.region)
	}
	if p.aws.keys {
		p.warn(&inner, "key and secret of awsAuthorization are not copied. Give them to Caddy as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in its environment, where they are looked for first.")
	} else {
		inner.note("Credentials are looked for in the environment and in the role of the machine.")
	}
	for _, key := range p.aws.unknown {
		p.warn(&inner, "%s is left out: it is not a known key.", quoteKey(key))
	}
	inner.lines = append(inner.lines, p.times(false).lines...)
	b.nest(inner, "origin", "s3", p.aws.bucket)
}

func (p *printer) web(b *block) {
	var inner block
	base := *p.backend
	if base.User != nil {
		base.User = nil
		p.warn(&inner, "The user and password of backend are not copied. Send them as header Authorization, with a placeholder such as {env.BACKEND_AUTHORIZATION} for its value.")
	}
	if named := networks(p.backend); named != nil {
		inner.note("Addresses that are not public are asked only if they are named here.")
		inner.add("allow_private", named...)
	} else {
		inner.note("If the name of the backend leads to a private address, name its network in allow_private.")
	}
	inner.lines = append(inner.lines, p.times(true).lines...)
	b.nest(inner, "origin", "web", literal((&url.URL{Scheme: base.Scheme, Host: base.Host, Path: base.Path, RawPath: base.RawPath}).String()))
}

// Our defaults, which Imagizer's timeouts may exceed.
const (
	originTime  = 15 * time.Second // timeout of an origin
	headerTime  = 10 * time.Second // response_header_timeout of web and dynamic
	dialTime    = 5 * time.Second  // dial_timeout of both
	defaultTime = 30 * time.Second // fetch_timeout, render_timeout
)

// times returns the origin's timeouts that must be raised for Imagizer's to
// take effect.
func (p *printer) times(web bool) (b block) {
	if web && p.connectTimeout > dialTime {
		b.add("dial_timeout", p.connectTimeout.String())
	}
	if web && p.backendTimeout > headerTime {
		b.add("response_header_timeout", p.backendTimeout.String())
	}
	if p.backendTimeout > originTime {
		b.add("timeout", p.backendTimeout.String())
	}
	return b
}

// options returns the options of the handler.
func (p *printer) options() (b block) {
	for _, o := range []struct {
		name  string
		value *bool
	}{{"allow_original_image_request", p.allowOriginals}, {"allow_animated_gifs", p.allowAnimated}} {
		if o.value != nil {
			b.add(o.name, map[bool]string{true: "on", false: "off"}[*o.value])
		}
	}
	if p.backendTimeout > 0 {
		b.add("backend_timeout", p.backendTimeout.String())
	}
	if p.backendTimeout > defaultTime {
		b.add("fetch_timeout", p.backendTimeout.String())
		b.add("render_timeout", p.backendTimeout.String())
	}
	if p.connectTimeout > 0 {
		b.add("backend_connect_timeout", p.connectTimeout.String())
	}
	p.addHeaders(&b)
	return b
}

// addHeaders writes the added headers. Cache-Control has an option of its
// own.
func (p *printer) addHeaders(b *block) {
	kept := false
	for _, h := range p.headers {
		name, value, _ := strings.Cut(h, ":")
		option, value := "add_response_headers", strings.TrimSpace(value)
		if strings.EqualFold(strings.TrimSpace(name), "Cache-Control") && !kept {
			option, kept = "cache_control", true
		} else {
			value = literal(strings.TrimSpace(name) + ": " + value)
		}
		if err := p.check(option, value); err != nil {
			p.warn(b, "addResponseHeaders has %s, which is left out: %v.", strconv.QuoteToASCII(h), err)
			continue
		}
		b.add(option, value)
	}
}
