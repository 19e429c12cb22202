package workers

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// seals forbid to change the memory in any way, and to lift that.
const seals = unix.F_SEAL_SEAL | unix.F_SEAL_SHRINK | unix.F_SEAL_GROW | unix.F_SEAL_WRITE

// shareMemory puts data into memory that another process can map and nobody,
// this process included, can change.
func shareMemory(data []byte) (*os.File, error) {
	const name, flags = "caddy-images original", unix.MFD_CLOEXEC | unix.MFD_ALLOW_SEALING
	// Systems that insist on NOEXEC have kernels that know it.
	fd, err := unix.MemfdCreate(name, flags|unix.MFD_NOEXEC_SEAL)
	if errors.Is(err, unix.EINVAL) {
		fd, err = unix.MemfdCreate(name, flags)
	}
	if err != nil {
		return nil, os.NewSyscallError("memfd_create", err)
	}
	memory := os.NewFile(uintptr(fd), name)
	if _, err = memory.Write(data); err == nil {
		_, err = unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, seals)
	}
	if err != nil {
		memory.Close()
		return nil, err
	}
	return memory, nil
}

// mapMemory maps what shareMemory made. The descriptor may be closed then.
func mapMemory(fd, size int) (data []byte, free func(), err error) {
	if data, err = unix.Mmap(fd, 0, size, unix.PROT_READ, unix.MAP_SHARED); err != nil {
		return nil, nil, os.NewSyscallError("mmap", err)
	}
	return data, func() { _ = unix.Munmap(data) }, nil
}
