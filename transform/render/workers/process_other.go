//go:build unix && !linux

package workers

import (
	"os"
	"syscall"
)

func executable() (string, error) { return os.Executable() }

// attributes: the worker is out of reach for what is typed at Caddy's terminal.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

func asBatch() func() { return func() {} }

func disown() error { return nil }

// isEnding reports whether a process whose socket is closed ends, or is gone, as far as
// can be known here: nothing but a worker that was taken over closes it earlier.
func isEnding(int) bool { return true }

// oomKills is not known here.
func oomKills() (uint64, bool) { return 0, false }

// peak is not known here in one unit.
func peak(*os.ProcessState) int64 { return 0 }

// meter knows no sizes here.
type meter struct{}

func newMeter(int) meter { return meter{} }

func (meter) resident() int64 { return 0 }

func (meter) own() int64 { return 0 }

func (meter) close() {}
