package disk

import (
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"sync"
)

// process tells files that this process is writing from those that another one left.
var process = rand.Text()[:10]

// directories are those that this process has locked. While one configuration takes the
// place of another, two tiers may use one directory.
var directories = struct {
	sync.Mutex
	held map[string]*directory
}{held: make(map[string]*directory)}

type directory struct {
	lock  *os.File // nil if the system has no locks
	users int
}

// acquire locks a directory for this process.
func acquire(dir string) error {
	directories.Lock()
	defer directories.Unlock()
	d, ok := directories.held[dir]
	if !ok {
		lock, err := lockFile(dir, filepath.Join(dir, "lock"))
		if err != nil {
			return err
		}
		d = &directory{lock: lock}
		directories.held[dir] = d
	}
	d.users++
	return nil
}

// release ends the use of a directory.
func release(dir string) error {
	directories.Lock()
	defer directories.Unlock()
	d := directories.held[dir]
	if d.users--; d.users > 0 {
		return nil
	}
	delete(directories.held, dir)
	if d.lock == nil {
		return nil
	}
	return errors.Join(unlockFile(d.lock), d.lock.Close())
}
