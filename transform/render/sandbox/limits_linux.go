package sandbox

import (
	"bytes"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"strconv"

	"golang.org/x/sys/unix"
)

// limit sets the process's resource limits. Raising them again takes a
// capability and a system call that are given up next.
func limit(memory, fileSize int64, descriptors int) error {
	// The number of processes is not limited: it counts all processes of the
	// user, including the server's. The filter refuses new ones.
	if err := lower(unix.RLIMIT_CORE, 0); err != nil {
		return fmt.Errorf("core dumps: %w", err)
	}
	if err := lower(unix.RLIMIT_NOFILE, uint64(descriptors)); err != nil {
		return fmt.Errorf("descriptors: %w", err)
	}
	if fileSize > 0 {
		signal.Ignore(unix.SIGXFSZ) // EFBIG is enough
		if err := lower(unix.RLIMIT_FSIZE, uint64(fileSize)); err != nil {
			return fmt.Errorf("file size: %w", err)
		}
	}
	if memory > 0 {
		if err := limitMemory(uint64(memory)); err != nil {
			return fmt.Errorf("memory: %w", err)
		}
	}
	return nil
}

// reserve returns the address space that is reserved but not used. glibc's
// malloc reserves up to 128 MiB for an arena, and makes eight arenas per
// processor unless its environment says fewer; Go and thread stacks get the
// rest.
//
// It is also what a compromised process can use beyond its memory limit:
// pages that are written and then made read-only no longer count as data.
func reserve() uint64 {
	arenas := uint64(8 * runtime.NumCPU())
	if most, err := strconv.ParseUint(os.Getenv("MALLOC_ARENA_MAX"), 10, 32); err == nil && most > 0 {
		arenas = min(arenas, most)
	}
	return 1<<30 + arenas*128<<20
}

func limitMemory(bytes uint64) error {
	size, data, err := memoryInUse()
	if err != nil {
		return err
	}
	if err := lower(unix.RLIMIT_DATA, data+bytes); err != nil {
		return err
	}
	return lower(unix.RLIMIT_AS, size+bytes+reserve())
}

// memoryInUse returns the size of all mappings, and of those that RLIMIT_DATA
// counts, private and writable: fields 1 and 6 of statm, see proc(5).
func memoryInUse() (size, data uint64, err error) {
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, 0, err
	}
	var unused uint64
	if _, err := fmt.Fscan(bytes.NewReader(statm), &size, &unused, &unused, &unused, &unused, &data); err != nil {
		return 0, 0, fmt.Errorf("reading statm: %w", err)
	}
	page := uint64(os.Getpagesize())
	return size * page, data * page, nil
}

// lower sets both limits, unless they are lower already.
func lower(resource int, most uint64) error {
	var now unix.Rlimit
	if err := unix.Getrlimit(resource, &now); err != nil {
		return err
	}
	most = min(most, now.Max)
	return unix.Setrlimit(resource, &unix.Rlimit{Cur: min(most, now.Cur), Max: most})
}
