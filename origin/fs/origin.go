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
// On disk, nothing outside of `root` can be reached, not even by symbolic
// links: relative links that stay inside `root` are followed; absolute ones,
// and those that lead out of it, are denied. Other file systems resolve links
// in their own way.
//
// Names that begin with a dot, and everything below such directories, are
// hidden unless `hidden` is set, so that a root set too high does not expose
// `.git`, `.env` or Caddy's own keys in `.local`. Directories, devices,
// sockets and pipes are treated as missing.
type Origin struct {
	// The directory with the originals. Placeholders are replaced when the
	// configuration is loaded. Default: the root of `file_system`, or the
	// root that the directive `root` has set for the request, as for
	// file_server. Without either, every fetch fails.
	Root string `json:"root,omitempty"`

	// The name of a file system of Caddy's app `caddy.filesystems` to read from
	// instead of the disk. Placeholders are replaced when the configuration is
	// loaded.
	FileSystem string `json:"file_system,omitempty"`

	// Whether files and directories whose names begin with a dot can be read.
	// Default: `false`
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

// Provision checks the configuration. A missing root shows only at the first
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
