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

// meter knows no sizes here.
type meter struct{}

func newMeter(int) meter { return meter{} }

func (meter) resident() int64 { return 0 }

func (meter) close() {}
