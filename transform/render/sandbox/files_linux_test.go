package sandbox_test

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

func init() {
	attempts["reads"] = []attempt{
		{name: "users", do: read("/etc/passwd")},
		{name: "passwords", do: read("/etc/shadow"), needs: "root"},
		{name: "environment of init", do: read("/proc/1/environ"), needs: "luck"},
		{name: "own environment", do: read("/proc/self/environ")},
		{name: "own mappings", do: read("/proc/self/maps")},
		{name: "environment of the parent", do: func(o order) error { return read(fmt.Sprintf("/proc/%d/environ", o.Parent))(o) }},
		{name: "memory of the parent", needs: "root", do: func(o order) error {
			return opened(fmt.Sprintf("/proc/%d/mem", o.Parent), os.O_RDONLY)
		}},
		{name: "file at home", do: func(o order) error { return read(o.SecretPath)(o) }},
		{name: "file in the working folder", do: read("existing")},
		{name: "working folder", do: list(".")},
		{name: "root folder", do: list("/")},
		{name: "processes", do: list("/proc")},
		{name: "program", do: read("/bin/true")},
		{name: "way out of a font folder", do: read("/usr/share/fonts/../../../etc/passwd"), needs: "luck"},
	}
	attempts["writes"] = []attempt{
		{name: "new file", do: func(o order) error { return os.WriteFile(filepath.Join(o.Folder, "new"), nil, 0o600) }},
		{name: "new file in the working folder", do: func(order) error { return os.WriteFile("new", nil, 0o600) }},
		{name: "new file in the system's folder for those", do: func(order) error {
			f, err := os.CreateTemp("/tmp", "sandbox-test-")
			if err != nil {
				return err
			}
			f.Close()
			return os.Remove(f.Name())
		}},
		{name: "new file without a name", needs: "luck", do: func(o order) error { return opened(o.Folder, unix.O_TMPFILE|os.O_RDWR) }},
		{name: "opening to write", do: onFile("existing", func(path string) error { return opened(path, os.O_WRONLY) })},
		{name: "opening to append", do: onFile("existing", func(path string) error { return opened(path, os.O_WRONLY|os.O_APPEND) })},
		{name: "emptying", do: onFile("truncated", func(path string) error { return opened(path, os.O_RDONLY|os.O_TRUNC) })},
		{name: "truncating", do: onFile("truncated", func(path string) error { return unix.Truncate(path, 1) })},
		{name: "renaming", do: onFile("renamed", func(path string) error { return os.Rename(path, path+"-otherwise") })},
		{name: "removing", do: onFile("removed", os.Remove)},
		{name: "linking", do: onFile("linked", func(path string) error { return os.Link(path, path+"-hard") })},
		{name: "linking softly", do: onFile("linked", func(path string) error { return os.Symlink(path, path+"-soft") })},
		{name: "new folder", do: onFile("folder", func(path string) error { return os.Mkdir(path, 0o700) })},
		{name: "new pipe", do: onFile("pipe", func(path string) error { return unix.Mkfifo(path, 0o600) })},
		{name: "mode", do: onFile("mode", func(path string) error { return os.Chmod(path, 0o644) })},
		{name: "owner", do: onFile("owner", func(path string) error { return os.Chown(path, os.Getuid(), os.Getgid()) })},
		{name: "times", do: onFile("times", func(path string) error { return os.Chtimes(path, time.Now(), time.Now()) })},
		{name: "attribute", needs: "luck", do: onFile("existing", func(path string) error { return unix.Setxattr(path, "user.x", nil, 0) })},
	}
}

func read(path string) func(order) error {
	return func(order) error {
		_, err := os.ReadFile(path)
		return err
	}
}

func list(path string) func(order) error {
	return func(order) error {
		_, err := os.ReadDir(path)
		return err
	}
}

func onFile(name string, do func(path string) error) func(order) error {
	return func(o order) error { return do(filepath.Join(o.Folder, name)) }
}

func opened(path string, flags int) error {
	f, err := os.OpenFile(path, flags, 0o600)
	if err == nil {
		f.Close()
	}
	return err
}
