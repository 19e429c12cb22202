package disk

import (
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"time"
)

// lockFile keeps other processes from using a directory by a lock on a file. It ends with
// the process, however that ends.
func lockFile(dir, name string) (*os.File, error) {
	file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cache disk: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("cache disk: another process uses %s; each takes a directory of its own: %w", dir, err)
	}
	return file, nil
}

// unlockFile ends a lock. Closing the file is not enough: a process that is being started
// has a copy of it for a moment.
func unlockFile(file *os.File) error { return syscall.Flock(int(file.Fd()), syscall.LOCK_UN) }

// freeSpace is how many bytes an ordinary user may still write to the disk.
func freeSpace(dir string) (bytes int64, ok bool) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, false
	}
	return int64(s.Bavail) * int64(s.Bsize), true
}

// lastUse is when a file was last used: its time of access, which is written by hand, so
// that it holds on disks that do not keep it.
func lastUse(info fs.FileInfo) time.Time {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return time.Unix(stat.Atim.Unix())
	}
	return info.ModTime()
}
