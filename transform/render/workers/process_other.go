//go:build unix && !linux

package workers

import (
	"os"
	"syscall"
)

func executable() (string, error) { return os.Executable() }

// attributes keep the worker from Caddy's terminal.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

func asBatch() func() { return func() {} }

func disown() error { return nil }

// isEnding assumes that a process with a closed socket is ending: only a
// compromised worker closes it earlier.
func isEnding(int) bool { return true }

// oomKills is unknown here.
func oomKills() (uint64, bool) { return 0, false }

// peak is unknown here: its unit differs between systems.
func peak(*os.ProcessState) int64 { return 0 }

// meter knows no sizes here.
type meter struct{}

func newMeter(int) meter { return meter{} }

func (meter) resident() int64 { return 0 }

func (meter) own() int64 { return 0 }

func (meter) close() {}
