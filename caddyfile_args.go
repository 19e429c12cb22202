package images

import (
	"slices"
	"strconv"
	"strings"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/dustin/go-humanize"
)

func noArgs(d *caddyfile.Dispenser) error {
	if d.NextArg() {
		return d.ArgErr()
	}
	return nil
}

func oneArg(d *caddyfile.Dispenser, to *string) error {
	if !d.Args(to) || d.NextArg() {
		return d.ArgErr()
	}
	return nil
}

func oneOf(d *caddyfile.Dispenser, to *string, words ...string) error {
	option := d.Val()
	if err := oneArg(d, to); err != nil {
		return err
	}
	if !slices.Contains(words, *to) {
		return d.Errf("%s is %q; it takes %s", option, *to, strings.Join(words, ", "))
	}
	return nil
}

// switchArg reads `on` or `off`. Without an argument it is `on`.
func switchArg(d *caddyfile.Dispenser, set func(on bool)) error {
	if d.CountRemainingArgs() == 0 {
		set(true)
		return nil
	}
	var text string
	if err := oneOf(d, &text, "on", "off"); err != nil {
		return err
	}
	set(text == "on")
	return nil
}

func someArgs(d *caddyfile.Dispenser, to *[]string) error {
	if *to = d.RemainingArgs(); len(*to) == 0 {
		return d.ArgErr()
	}
	return nil
}

// moreArgs reads an option that may be repeated.
func moreArgs(d *caddyfile.Dispenser, to *[]string) error {
	var args []string
	if err := someArgs(d, &args); err != nil {
		return err
	}
	*to = append(*to, args...)
	return nil
}

func durationArg(d *caddyfile.Dispenser, to *caddy.Duration) error {
	var text string
	if err := oneArg(d, &text); err != nil {
		return err
	}
	v, err := caddy.ParseDuration(text)
	if err != nil || v <= 0 {
		return d.Errf("%q is not a duration, such as 10s or 1m30s", text)
	}
	*to = caddy.Duration(v)
	return nil
}

// durationOrOffArg reads `off` as a negative duration.
func durationOrOffArg(d *caddyfile.Dispenser, to *caddy.Duration) error {
	return durationOrWordArg(d, to, "off")
}

// durationOrWordArg reads a duration, or -1 for a word.
func durationOrWordArg(d *caddyfile.Dispenser, to *caddy.Duration, word string) error {
	if d.CountRemainingArgs() == 1 && d.NextArg() {
		if d.Val() == word {
			*to = -1
			return nil
		}
		d.Prev()
	}
	return durationArg(d, to)
}

func sizeArg(d *caddyfile.Dispenser, to *int64) error {
	var text string
	if err := oneArg(d, &text); err != nil {
		return err
	}
	v, err := humanize.ParseBytes(text)
	if err != nil || v == 0 || int64(v) < 0 {
		return d.Errf("%q is not a size, such as 40MiB or 1000000", text)
	}
	*to = int64(v)
	return nil
}

func countArg[T int | int64](d *caddyfile.Dispenser, to *T) error {
	var text string
	if err := oneArg(d, &text); err != nil {
		return err
	}
	v, err := strconv.ParseInt(text, 10, 64)
	if err != nil || v < 1 {
		return d.Errf("%q is not a count; it takes a whole number from 1", text)
	}
	*to = T(v)
	return nil
}
