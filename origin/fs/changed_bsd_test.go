//go:build darwin || freebsd || netbsd

package fs

import (
	"syscall"
	"time"
)

func setChangeTime(stat *syscall.Stat_t, at time.Time) {
	stat.Ctimespec = syscall.NsecToTimespec(at.UnixNano())
}
