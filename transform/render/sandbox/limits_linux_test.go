//go:build linux && (amd64 || arm64)

package sandbox_test

import (
	"errors"
	"fmt"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/caddy-images/caddy-images/transform/render/sandbox"
)

func init() { children["memory"] = takeMemory }

const mebibyte = 1 << 20

func TestMemory(t *testing.T) {
	a := run(t, "memory", order{Config: sandbox.Config{Memory: 256 * mebibyte, FileSize: 8 * mebibyte}})
	a.wantSuccess(t)
}

// takeMemory takes less than there is, then more.
func takeMemory(o order) answer {
	a := enter(o)
	a.try("within", func() error { return take(128*mebibyte, unix.MAP_PRIVATE) })
	a.try("beyond", func() error { return wantErrno(take(384*mebibyte, unix.MAP_PRIVATE), unix.ENOMEM) })
	a.try("far beyond, shared", func() error { return wantErrno(take(1<<46, unix.MAP_SHARED|unix.MAP_NORESERVE), unix.ENOMEM) })
	fd, err := unix.MemfdCreate("", unix.MFD_CLOEXEC)
	a.try("memfd", func() error { return err })
	a.try("memfd within", func() error { return unix.Ftruncate(fd, 8*mebibyte) })
	a.try("memfd beyond", func() error { return wantErrno(unix.Ftruncate(fd, 8*mebibyte+1), unix.EFBIG) })
	a.try("writing beyond", func() error {
		_, err := unix.Pwrite(fd, []byte("x"), 8*mebibyte)
		return wantErrno(err, unix.EFBIG)
	})
	return a
}

func take(size uintptr, flags int) error {
	address, err := unix.MmapPtr(-1, 0, nil, size, unix.PROT_READ|unix.PROT_WRITE, flags|unix.MAP_ANON)
	if err != nil {
		return err
	}
	return unix.MunmapPtr(address, size)
}

func wantErrno(err error, want unix.Errno) error {
	if !errors.Is(err, want) {
		return fmt.Errorf("%v, want %v", err, want)
	}
	return nil
}
