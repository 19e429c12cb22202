// Package fs is the origin `http.images.origins.fs`: originals in a directory
// of the disk, or of any file system that Caddy knows.
package fs

import (
	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/origin/internal/option"
)

func init() { caddy.RegisterModule(Origin{}) }

// Origin reads originals from regular files.
//
// On the disk nothing outside of `root` can be reached, not by a symbolic link
// either: a relative link that stays inside `root` is followed, one that leads out
// of it is denied, and so is an absolute one. Other file systems resolve links as
// they do.
//
// Names that begin with a dot, and all that is below such a directory, are not
// there unless `hidden` is set, so that a `.git`, a `.env` or Caddy's own keys
// in `.local` are not given away by a root that is too high. Directories,
// devices, sockets and pipes are not there either.
type Origin struct {
	// The directory with the originals. Placeholders are replaced when the
	// configuration is loaded. Default: the root of `file_system`, or that of the
	// site, as file_server takes it: what the directive `root` has set for the
	// request. Without either, nothing is found.
	Root string `json:"root,omitempty"`

	// The name of a file system of Caddy's app `caddy.filesystems` to read from
	// instead of the disk. Placeholders are replaced when the configuration is
	// loaded.
	FileSystem string `json:"file_system,omitempty"`

	// Whether files and directories whose name begins with a dot can be
	// reached. Default: `false`
	Hidden bool `json:"hidden,omitempty"`

	files opener // nil for the site's own root
}

// CaddyModule returns the Caddy module information.
func (Origin) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  "http.images.origins.fs",
		New: func() caddy.Module { return new(Origin) },
	}
}

// Provision checks the configuration. Whether root exists is seen at the first
// fetch: it may be mounted later.
func (o *Origin) Provision(ctx caddy.Context) error {
	repl := caddy.NewReplacer()
	root, err := option.Replace(repl, "root", o.Root)
	if err != nil {
		return err
	}
	name, err := option.Replace(repl, "file_system", o.FileSystem)
	if err != nil {
		return err
	}
	if name == "" {
		if root != "" {
			o.files = disk{root}
		}
		return nil
	}
	o.files, err = newMounted(ctx.FileSystems(), name, root)
	return err
}

// Interface guards
var (
	_ caddy.Module      = (*Origin)(nil)
	_ caddy.Provisioner = (*Origin)(nil)
	_ origin.Origin     = (*Origin)(nil)
)
