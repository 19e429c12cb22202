package held

import (
	"errors"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// HasRegions reports whether the system has memory with a descriptor.
const HasRegions = true

// memory is a file in memory.
type memory struct{ file *os.File }

// seals forbid every change of the memory, and their own removal.
const seals = unix.F_SEAL_SEAL | unix.F_SEAL_SHRINK | unix.F_SEAL_GROW | unix.F_SEAL_WRITE

// newRegion returns a region of this size, writable, for one holder.
func newRegion(size int) (*region, error) {
	const flags = unix.MFD_CLOEXEC | unix.MFD_ALLOW_SEALING
	const name = "caddy-images file"
	// Systems that enforce NOEXEC have kernels that support the flag.
	fd, err := unix.MemfdCreate(name, flags|unix.MFD_NOEXEC_SEAL)
	if errors.Is(err, unix.EINVAL) {
		fd, err = unix.MemfdCreate(name, flags)
	}
	if err != nil {
		return nil, os.NewSyscallError("memfd_create", err)
	}
	r := &region{memory: memory{os.NewFile(uintptr(fd), name)}}
	r.holders.Store(1)
	if err := r.resize(size); err != nil {
		r.memory.file.Close()
		return nil, err
	}
	return r, nil
}

func (m memory) descriptor() int { return int(m.file.Fd()) }

// resize changes the size of a region that is not sealed. With an error it is as
// before.
func (r *region) resize(size int) error {
	if err := unix.Ftruncate(r.memory.descriptor(), int64(size)); err != nil {
		return os.NewSyscallError("ftruncate", err)
	}
	var err error
	if r.bytes == nil {
		r.bytes, err = unix.Mmap(r.memory.descriptor(), 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	} else {
		var grown []byte
		if grown, err = unix.Mremap(r.bytes, size, unix.MREMAP_MAYMOVE); err == nil {
			r.bytes = grown
		}
	}
	return os.NewSyscallError("mmap", err)
}

// seal makes the region one of n bytes that cannot be changed. After an error it can
// only be released.
func (r *region) seal(n int) error {
	err := unix.Munmap(r.bytes)
	r.bytes = nil
	if err == nil {
		err = unix.Ftruncate(r.memory.descriptor(), int64(n))
	}
	if err == nil {
		_, err = unix.FcntlInt(r.memory.file.Fd(), unix.F_ADD_SEALS, seals)
	}
	if err == nil {
		r.bytes, err = unix.Mmap(r.memory.descriptor(), 0, n, unix.PROT_READ, unix.MAP_SHARED)
	}
	return os.NewSyscallError("sealing a memfd", err)
}

// clear frees the memory and leaves zeros in its place.
func (m memory) clear(place []byte) {
	_ = m.file.Close()
	if place != nil {
		_ = blank(place)
	}
}

// blank replaces what is mapped at a place by nothing but zeros, which take no memory.
func blank(place []byte) error {
	_, err := unix.MmapPtr(-1, 0, unsafe.Pointer(unsafe.SliceData(place)), uintptr(len(place)), unix.PROT_READ, unix.MAP_FIXED|unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|unix.MAP_NORESERVE)
	return err
}

func unmap(place []byte) {
	if place != nil {
		_ = unix.Munmap(place)
	}
}
