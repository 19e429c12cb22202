package fs

import (
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/caddy-images/caddy-images/internal/placed"
	"github.com/caddy-images/caddy-images/origin/internal/option"
)

const options = "root, file_system, hidden"

// UnmarshalCaddyfile sets up the origin from Caddyfile tokens:
//
//	origin fs [<root>] {
//		root        <directory>
//		file_system <name>
//		hidden
//	}
func (o *Origin) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next() // the module's name
	if d.NextArg() {
		o.Root = d.Val()
		if d.NextArg() {
			return d.ArgErr()
		}
	}
	block := placed.Begin[Origin](d)
	for d.NextBlock(0) {
		at := placed.At(d)
		var err error
		switch d.Val() {
		case "root":
			err = option.Value(d, &o.Root)
		case "file_system":
			err = option.Value(d, &o.FileSystem)
		case "hidden":
			err = option.Flag(d, &o.Hidden)
		default:
			err = option.Unknown(d, options)
		}
		if err != nil {
			return err
		}
		block.Read(at, *o)
	}
	return block.Check(*o, Origin.check)
}

// check checks an origin as a Caddyfile describes it.
func (o Origin) check() error {
	if o.FileSystem == "" {
		return nil
	}
	_, err := newMounted(nil, o.FileSystem, placed.Known(o.Root, ""))
	return err
}

// Interface guard
var _ caddyfile.Unmarshaler = (*Origin)(nil)
