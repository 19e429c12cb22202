// Package fromimagizer turns the configuration of an Imagizer into a Caddyfile.
//
// The keys are those of Imagizer's "Config Reference"; docs/imagizer.md has what
// becomes of each. Nothing is opened to the world in silence: where Imagizer's
// default is open, the Caddyfile is closed, and a comment says so. No secret of the
// configuration gets into the Caddyfile, a warning or an error.
package fromimagizer

import (
	"fmt"
	"strings"
)

// MaxSize is how large a configuration may be, in bytes.
const MaxSize = 1 << 20

// Convert returns a Caddyfile, not indented, for the site at an address, and
// what somebody has to look at. check reports whether an option takes a
// value: one of add_response_headers and cache_control. The error says what
// is wrong with the configuration.
func Convert(text []byte, address string, check func(option, value string) error) (caddyfile string, warnings []string, err error) {
	if len(text) > MaxSize {
		return "", nil, fmt.Errorf("the configuration has %d bytes, more than %d", len(text), MaxSize)
	}
	c, err := readConfig(text)
	if err != nil {
		return "", nil, err
	}
	p := &printer{config: c, check: check}
	var options block
	options.nest(p.dialect(), "dialect", "imagizer")
	for _, part := range []block{p.origins(), p.options(), p.rest()} {
		if len(part.lines) > 0 {
			options.lines = append(append(options.lines, ""), part.lines...)
		}
	}
	var site, all block
	site.nest(options, "images")
	all.note("From an Imagizer's configuration. Read the comments before you use it.")
	all.open(address)
	all.lines = append(all.lines, site.lines...)
	all.close()
	return strings.Join(all.lines, "\n") + "\n", p.warnings, nil
}

// printer writes a config.
type printer struct {
	*config
	check      func(option, value string) error
	namesHosts bool // URLs may name a server
	warnings   []string
}

// warn notes something in the Caddyfile and tells it, too.
func (p *printer) warn(b *block, text string, args ...any) {
	text = fmt.Sprintf(text, args...)
	b.note(text)
	p.warnings = append(p.warnings, text)
}

// rest returns what is not taken over.
func (p *printer) rest() (b block) {
	for _, key := range p.unused {
		b.note(key + " is left out. " + instead[key])
	}
	for _, key := range p.unknown {
		similar := ""
		for known := range readers {
			if strings.EqualFold(known, key) {
				similar = ", though " + known + " is"
			}
		}
		p.warn(&b, "%s is left out: it is no key that is known%s.", quoteKey(key), similar)
	}
	return b
}
