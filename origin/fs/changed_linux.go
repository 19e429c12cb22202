package fs

import (
	"syscall"
	"time"
)

// changeTime returns the time of the last change of the inode.
func changeTime(stat *syscall.Stat_t) time.Time { return time.Unix(stat.Ctim.Unix()) }
