package fs

import (
	"syscall"
	"time"
)

func setChangeTime(stat *syscall.Stat_t, at time.Time) {
	stat.Ctim = syscall.NsecToTimespec(at.UnixNano())
}
