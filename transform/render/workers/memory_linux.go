package workers

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// windowSize fits nearly all originals. Used pages of a window stay
// allocated.
const windowSize = 8 << 20

// newWindow creates memory in which a worker gets one original after the
// other: pages that are mapped already cost no page faults. Its size is
// fixed, and this process's mapping stays the only writable one.
func newWindow() (memory *os.File, window []byte, err error) {
	if memory, err = newMemory("caddy-images window"); err != nil {
		return nil, nil, err
	}
	fd := int(memory.Fd())
	if err = unix.Ftruncate(fd, windowSize); err == nil {
		window, err = unix.Mmap(fd, 0, windowSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	}
	if err == nil {
		const seals = unix.F_SEAL_SEAL | unix.F_SEAL_SHRINK | unix.F_SEAL_GROW | unix.F_SEAL_FUTURE_WRITE
		_, err = unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, seals)
	}
	if err != nil {
		closeWindow(window)
		memory.Close()
		return nil, nil, err
	}
	return memory, window, nil
}

func closeWindow(window []byte) {
	if window != nil {
		_ = unix.Munmap(window)
	}
}

// seals forbid every change of the memory, and their own removal.
const seals = unix.F_SEAL_SEAL | unix.F_SEAL_SHRINK | unix.F_SEAL_GROW | unix.F_SEAL_WRITE

// shareMemory copies a file into memory that other processes can map and no
// process, not even this one, can change.
func shareMemory(file []byte) (*os.File, error) {
	memory, err := newMemory("caddy-images original")
	if err != nil {
		return nil, err
	}
	if _, err = memory.Write(file); err == nil {
		_, err = unix.FcntlInt(memory.Fd(), unix.F_ADD_SEALS, seals)
	}
	if err != nil {
		memory.Close()
		return nil, err
	}
	return memory, nil
}

func newMemory(name string) (*os.File, error) {
	const flags = unix.MFD_CLOEXEC | unix.MFD_ALLOW_SEALING
	// Systems that enforce NOEXEC have kernels that support the flag.
	fd, err := unix.MemfdCreate(name, flags|unix.MFD_NOEXEC_SEAL)
	if errors.Is(err, unix.EINVAL) {
		fd, err = unix.MemfdCreate(name, flags)
	}
	if err != nil {
		return nil, os.NewSyscallError("memfd_create", err)
	}
	return os.NewFile(uintptr(fd), name), nil
}

// mapMemory maps memory from newWindow or shareMemory for reading. The
// descriptor may be closed afterwards.
func mapMemory(fd, size int) (data []byte, free func(), err error) {
	if data, err = unix.Mmap(fd, 0, size, unix.PROT_READ, unix.MAP_SHARED); err != nil {
		return nil, nil, os.NewSyscallError("mmap", err)
	}
	return data, func() { _ = unix.Munmap(data) }, nil
}
