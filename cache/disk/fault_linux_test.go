package disk

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"go.uber.org/zap/zaptest/observer"
	"golang.org/x/sys/unix"

	"github.com/caddy-images/caddy-images/cache/internal/packed"
)

// mount mounts something until the test ends.
func mount(t *testing.T, source, target, kind string, flags uintptr, data string) {
	t.Helper()
	if err := unix.Mount(source, target, kind, flags, data); err != nil {
		t.Skipf("nothing can be mounted here: %v", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(target, unix.MNT_DETACH) })
}

// TestFullDisk uses file systems that are smaller than the limit, in bytes or in inodes.
func TestFullDisk(t *testing.T) {
	for _, options := range []string{"size=2m", "size=64m,nr_inodes=400"} {
		t.Run(options, func(t *testing.T) {
			path := t.TempDir()
			mount(t, "none", path, "tmpfs", 0, options)
			var logs *observer.ObservedLogs
			clock := &clock{time.Now()}
			tier := openIn(t, path, 1<<30, logged(&logs), func(c *config) { c.now = clock.now })
			for i := range 300 { // the least recently used go
				put(t, tier, keyOf(i%20+1000*(i/20), i), 20_000)
				if !has(t, tier, keyOf(i%20+1000*(i/20), i), 20_000) {
					t.Fatalf("entry %d is not there after it was put", i)
				}
			}
			if u := consistent(t, tier); u.Failing || u.Evictions == 0 || len(logs.All()) > 0 {
				t.Errorf("the usage is %+v, logged %v", u, logs.All())
			}

			// Others take all that there is.
			if err := tier.DeleteAll(t.Context(), 100); err != nil {
				t.Fatal(err)
			}
			eventually(t, func() bool { return tier.Usage().Entries == 0 })
			fill(t, path)
			key := keyOf(1, 1)
			if err := tier.Put(t.Context(), key, nil, content(key, 200_000), 1); err == nil || !isFull(err) {
				t.Errorf("putting gives %v", err)
			}
			if u := consistent(t, tier); !u.Failing || messages(logs, "warn") != 1 {
				t.Errorf("the usage is %+v, logged %v", u, logs.All())
			}
			if left, _ := filepath.Glob(filepath.Join(path, "*", temporary+"*")); len(left) > 0 {
				t.Errorf("temporary files are left: %q", left)
			}
			if err := os.RemoveAll(filepath.Join(path, "others")); err != nil {
				t.Fatal(err)
			}
			clock.at = clock.at.Add(firstPause)
			put(t, tier, key, 200_000)
			if u := consistent(t, tier); u.Failing {
				t.Errorf("the usage is %+v", u)
			}
		})
	}
}

// fill leaves no room in a file system.
func fill(t *testing.T, path string) {
	t.Helper()
	others := filepath.Join(path, "others")
	if err := os.Mkdir(others, 0o700); err != nil {
		t.Fatal(err)
	}
	for i := range 1000 {
		if err := os.WriteFile(filepath.Join(others, fmt.Sprint(i)), make([]byte, 1<<20), 0o600); err != nil {
			return
		}
	}
	t.Fatal("there is always room")
}

// TestWriteFails has a file that can be made and not be written.
func TestWriteFails(t *testing.T) {
	tier := openIn(t, t.TempDir(), 1<<20, func(c *config) {
		c.create = func(path string) (*os.File, error) {
			if err := os.Symlink("/dev/full", path); err != nil {
				return nil, err
			}
			return os.OpenFile(path, os.O_WRONLY, 0)
		}
	})
	key := keyOf(1, 1)
	if err := os.MkdirAll(tier.folder(key.Original), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := tier.Put(t.Context(), key, nil, content(key, 10), 1); !isFull(err) {
		t.Errorf("putting gives %v", err)
	}
	if u := consistent(t, tier); u.Entries != 0 || !u.Failing {
		t.Errorf("the usage is %+v", u)
	}
	if left, err := os.ReadDir(tier.folder(key.Original)); err != nil || len(left) > 0 {
		t.Errorf("%v is left, %v", left, err)
	}
}

// TestReadOnly: what is there can be had from a disk that cannot be written any more, or
// never could.
func TestReadOnly(t *testing.T) {
	path := t.TempDir()
	var logs *observer.ObservedLogs
	tier := openIn(t, path, 1<<20, logged(&logs))
	for i := range 20 {
		put(t, tier, keyOf(i, 1), 40_000)
	}
	mount(t, path, path, "", unix.MS_BIND, "")
	if err := unix.Mount("none", path, "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
		t.Skip(err)
	}
	check := func() {
		t.Helper()
		key := keyOf(100, 1)
		if err := tier.Put(t.Context(), key, nil, content(key, 10), 1); err == nil {
			t.Error("an entry is kept on a disk that cannot be written")
		}
		for i := range 20 {
			if !has(t, tier, keyOf(i, 1), 40_000) {
				t.Errorf("entry %d is not there", i)
			}
		}
		if u := consistent(t, tier); u.Entries != 20 || !u.Failing || messages(logs, "warn") != 1 {
			t.Errorf("the usage is %+v, logged %v", u, logs.All())
		}
	}
	check()
	if err := tier.Delete(t.Context(), keyOf(1, 1)); err == nil {
		t.Error("an entry is deleted")
	}
	closeTier(t, tier)
	tier = openIn(t, path, 1<<20, logged(&logs))
	check()
	closeTier(t, tier)

	// With less room it cannot be made to fit, which is no reason to give up.
	tier = openIn(t, path, 1<<19, logged(&logs))
	check()
}

// TestReadError: a file that cannot be read is not taken for a damaged one, which would be
// removed.
func TestReadError(t *testing.T) {
	directory, err := os.Open(t.TempDir()) // reading from one fails
	if err != nil {
		t.Fatal(err)
	}
	defer directory.Close()
	if _, err := packed.ReadEnd(directory, 1000); !errors.Is(err, syscall.EISDIR) {
		t.Errorf("reading gives %v, want %v", err, syscall.EISDIR)
	}
}
