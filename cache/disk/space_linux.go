package disk

import "golang.org/x/sys/unix"

// space is how many bytes of a path's file system are free for this process, and how many
// it has.
func space(path string) (free, total int64, ok bool) {
	var s unix.Statfs_t
	if unix.Statfs(path, &s) != nil {
		return 0, 0, false
	}
	return int64(s.Bavail) * int64(s.Frsize), int64(s.Blocks) * int64(s.Frsize), true
}
