package fs

import (
	stderrors "errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-images/caddy-images/errors"
)

// opener opens files by their slash-separated names, which are valid as
// fs.ValidPath tells.
type opener interface {
	open(name string) (fs.File, error)
}

// disk is a directory of the operating system.
type disk struct{ root string }

func (d disk) open(name string) (fs.File, error) {
	local, err := filepath.Localize(name)
	if err != nil {
		return nil, fs.ErrNotExist
	}
	root, err := os.OpenRoot(d.root)
	if err != nil {
		// Not a missing file: the next origin must not cover up a missing root.
		e := errors.New(errors.Unidentified, "The root directory of the files cannot be opened")
		if os.IsPermission(err) {
			e.Kind = errors.AccessDenied
		}
		return nil, e.Because(err)
	}
	defer root.Close()
	// Opening a pipe waits for its other end, unless it is told not to.
	file, err := root.OpenFile(local, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, escape(err)
	}
	return file, nil
}

// escape makes an AccessDenied of what os.Root refuses itself: it has no name,
// but unlike all other errors of opening it is none of the operating system.
func escape(err error) error {
	if _, ok := stderrors.AsType[syscall.Errno](err); ok {
		return err
	}
	return errors.New(errors.AccessDenied, "The path leads to a place that may not be read").Because(err)
}

// mounted is a directory in one of Caddy's file systems, which is looked up at
// each fetch: the app that has them may start later.
type mounted struct {
	systems caddy.FileSystems
	name    string
	root    string
}

func newMounted(systems caddy.FileSystems, name, root string) (mounted, error) {
	root = strings.Trim(path.Clean(root), "/")
	if root == "" {
		root = "."
	}
	if !fs.ValidPath(root) {
		return mounted{}, fmt.Errorf("root: %q leads out of the file system", root)
	}
	return mounted{systems: systems, name: name, root: root}, nil
}

func (m mounted) open(name string) (fs.File, error) {
	system, ok := m.systems.Get(m.name)
	if !ok {
		return nil, errors.New(errors.Unidentified, "The file system is not configured").
			Because(fmt.Errorf("no file system is called %q", m.name))
	}
	name = path.Join(m.root, name)
	if info, err := fs.Stat(system, name); err != nil {
		return nil, err
	} else if !info.Mode().IsRegular() {
		return nil, fs.ErrNotExist // not even opened: a pipe would wait
	}
	return system.Open(name)
}
