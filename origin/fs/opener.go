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

// opener opens files by slash-separated names that satisfy fs.ValidPath.
type opener interface {
	open(name string) (fs.File, error)

	// stat returns what open's file would say of itself.
	stat(name string) (fs.FileInfo, error)
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
		// Not NotFound: the next origin must not hide a missing root.
		e := errors.New(errors.Unidentified, "The root directory of the files cannot be opened")
		if os.IsPermission(err) {
			e.Kind = errors.AccessDenied
		}
		return nil, e.Because(err)
	}
	defer root.Close()
	// Opening a pipe blocks until its other end opens, unless O_NONBLOCK is
	// set.
	file, err := root.OpenFile(local, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, escape(err)
	}
	return file, nil
}

func (d disk) stat(name string) (fs.FileInfo, error) {
	local, err := filepath.Localize(name)
	if err != nil {
		return nil, fs.ErrNotExist
	}
	root, err := os.OpenRoot(d.root)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return root.Stat(local)
}

// escape turns a refusal of os.Root into AccessDenied. The refusal has no
// name of its own, and unlike all other errors of opening it is not a system
// call's.
func escape(err error) error {
	if _, ok := stderrors.AsType[syscall.Errno](err); ok {
		return err
	}
	return errors.New(errors.AccessDenied, "The path leads out of the root directory").Because(err)
}

// mounted is a directory in one of Caddy's file systems, looked up at each
// fetch: the app that has them may start later.
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
		return nil, fs.ErrNotExist // not opened: a pipe would block
	}
	return system.Open(name)
}

func (m mounted) stat(name string) (fs.FileInfo, error) {
	system, ok := m.systems.Get(m.name)
	if !ok {
		return nil, fs.ErrNotExist
	}
	return fs.Stat(system, path.Join(m.root, name))
}
