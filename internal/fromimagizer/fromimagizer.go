// Package fromimagizer turns the configuration of an Imagizer into a
// Caddyfile.
//
// The keys are those of Imagizer's "Config Reference"; docs/reference/imagizer.md says
// how each is converted. Nothing becomes public silently: where Imagizer's
// default is open, the Caddyfile is closed, and a comment says so. No secret
// of the configuration gets into the Caddyfile, a warning or an error.
package fromimagizer

import (
	"fmt"
	"strings"
)

// MaxSize limits a configuration, in bytes.
const MaxSize = 1 << 20

// Convert returns an unindented Caddyfile for the site at an address, and
// warnings. check returns an error if an option does not take a value:
// add_response_headers or cache_control. The error says what is wrong with
// the configuration.
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

// warn adds a comment to the Caddyfile and a warning.
func (p *printer) warn(b *block, text string, args ...any) {
	text = fmt.Sprintf(text, args...)
	b.note(text)
	p.warnings = append(p.warnings, text)
}

// rest returns comments about the keys that are not converted.
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
		p.warn(&b, "%s is left out: it is not a known key%s.", quoteKey(key), similar)
	}
	return b
}
