//go:build linux || darwin || freebsd || netbsd

package fs

import (
	"fmt"
	"io/fs"
	"syscall"
	"time"
)

// settled is how long a file must have been as it is for its times to identify what is in
// it: coarse clocks give two writes in a row the same time.
const settled = 2 * time.Second

// stamp identifies the version of a file by everything that changes when it is written or
// replaced. The time of the last change of the inode cannot be set by `cp -p` or by
// builds that are to be reproducible. It is empty for a file that has just changed, and
// for one that is on no disk.
func stamp(info fs.FileInfo, now time.Time) string {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return ""
	}
	changed := changeTime(stat)
	for _, at := range []time.Time{changed, info.ModTime()} {
		if age := now.Sub(at); age < settled {
			return ""
		}
	}
	// The device is first, see etag.
	return fmt.Sprintf("%d %d %d %d %d", stat.Dev, stat.Ino, info.Size(), info.ModTime().UnixNano(), changed.UnixNano())
}

// showsChanges reports whether the time of the last change of a file's inode
// is one. Images that are built as a whole, such as squashfs, have a single
// time of whole seconds for each file, and may be built reproducibly.
func showsChanges(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return false
	}
	changed := changeTime(stat)
	return changed.After(artificial) && (changed.Nanosecond() != 0 || !changed.Equal(info.ModTime()))
}
