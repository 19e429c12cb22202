//go:build linux && (amd64 || arm64)

package sandbox_test

import (
	"errors"
	"fmt"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/caddy-images/caddy-images/transform/render/sandbox"
)

func init() { children["memory"] = takeMemory }

const mebibyte = 1 << 20

func TestMemory(t *testing.T) {
	t.Setenv("MALLOC_ARENA_MAX", "2") // as that of a worker
	a := run(t, "memory", order{Config: sandbox.Config{Memory: 256 * mebibyte, FileSize: 8 * mebibyte}})
	a.wantSuccess(t)
}

// takeMemory takes less than there is, then more, and then looks for memory that does
// not count.
func takeMemory(o order) answer {
	fd, err := unix.MemfdCreate("", unix.MFD_CLOEXEC)
	if err != nil {
		return answer{Error: err.Error()}
	}
	a := enter(o)
	a.try("within", func() error { return take(128*mebibyte, unix.MAP_PRIVATE) })
	a.try("beyond", func() error { return wantErrno(take(384*mebibyte, unix.MAP_PRIVATE), unix.ENOMEM) })
	a.try("shared", func() error { return wantErrno(take(mebibyte, unix.MAP_SHARED), unix.EPERM) })
	a.try("shared, anew", func() error { return wantErrno(take(mebibyte, unix.MAP_SHARED_VALIDATE), unix.EPERM) })
	a.try("a stack", func() error { return wantErrno(take(mebibyte, unix.MAP_PRIVATE|unix.MAP_GROWSDOWN), unix.EPERM) })
	a.try("memfd within", func() error {
		_, err := unix.Pwrite(fd, []byte("x"), 8*mebibyte-1)
		return err
	})
	a.try("memfd beyond", func() error {
		_, err := unix.Pwrite(fd, []byte("x"), 8*mebibyte)
		return wantErrno(err, unix.EFBIG)
	})
	a.try("a larger memfd", func() error { return wantErrno(unix.Ftruncate(fd, 1), unix.EPERM) })
	a.try("an allocated memfd", func() error { return wantErrno(unix.Fallocate(fd, 0, 0, 1), unix.EPERM) })
	a.try("another memfd", func() error {
		_, err := unix.MemfdCreate("", unix.MFD_CLOEXEC)
		return wantErrno(err, unix.EPERM)
	})
	a.try("a secret memfd", func() error {
		_, _, errno := unix.Syscall(unix.SYS_MEMFD_SECRET, 0, 0, 0)
		return wantErrno(errno, unix.EPERM)
	})
	a.try("all that can be had", func() error { return wantBounded(o.Config.Memory) })
	return a
}

// wantBounded takes memory that is not counted as data once it is read-only, and
// counts it.
func wantBounded(memory int64) error {
	const part = 16 * mebibyte
	var taken int64
	for {
		address, err := unix.MmapPtr(-1, 0, nil, part, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_NORESERVE)
		if errors.Is(err, unix.ENOMEM) {
			break
		}
		if err != nil {
			return err
		}
		if err := unix.Mprotect(unsafe.Slice((*byte)(address), part), unix.PROT_READ); err != nil {
			return err
		}
		taken += part
	}
	if most := memory + 1<<30 + 2*128*mebibyte; taken > most {
		return fmt.Errorf("%d MiB were to be had, more than %d", taken/mebibyte, most/mebibyte)
	}
	return nil
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
