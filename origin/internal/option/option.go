// Package option reads the options of origins: their Caddyfile tokens, and the
// placeholders in their values.
package option

import (
	"fmt"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
)

// Value reads the single argument of the option that d is at. The option must
// not be repeated.
func Value(d *caddyfile.Dispenser, to *string) error {
	name := d.Val()
	if *to != "" {
		return d.Errf("%s is already set", name)
	}
	if !d.AllArgs(to) || *to == "" {
		return d.ArgErr()
	}
	return nil
}

// Values adds the arguments, at least one, of the option that d is at.
func Values(d *caddyfile.Dispenser, to *[]string) error {
	values := d.RemainingArgs()
	if len(values) == 0 {
		return d.ArgErr()
	}
	*to = append(*to, values...)
	return nil
}

// Duration reads an option whose argument is a duration above zero, such as
// `10s`.
func Duration(d *caddyfile.Dispenser, to *caddy.Duration) error {
	name := d.Val()
	if *to != 0 {
		return d.Errf("%s is already set", name)
	}
	var text string
	if !d.AllArgs(&text) {
		return d.ArgErr()
	}
	parsed, err := caddy.ParseDuration(text)
	if err != nil || parsed <= 0 {
		return d.Errf("%s: %q is not a positive duration, such as 10s", name, text)
	}
	*to = caddy.Duration(parsed)
	return nil
}

// Flag reads an option without arguments.
func Flag(d *caddyfile.Dispenser, to *bool) error {
	if d.NextArg() {
		return d.ArgErr()
	}
	*to = true
	return nil
}

// Unknown returns the error for an unknown option, which lists the known
// ones.
func Unknown(d *caddyfile.Dispenser, known string) error {
	return d.Errf("unrecognized option %q; the options are %s", d.Val(), known)
}

// Replace replaces placeholders in the value of the named option. An unknown
// or empty one is an error: a missing key must not become an empty key.
func Replace(repl *caddy.Replacer, name, value string) (string, error) {
	replaced, err := repl.ReplaceOrErr(value, true, true)
	if err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	return replaced, nil
}

// Default returns value, or unset if value is zero. A negative value is an
// error.
func Default[T ~int | ~int64](name string, value, unset T) (T, error) {
	if value < 0 {
		return 0, fmt.Errorf("%s is negative", name)
	}
	if value == 0 {
		return unset, nil
	}
	return value, nil
}
