// Package sandbox takes from a process every right that drawing images does
// not need, so that a codec that an image takes over is left with its memory
// and the descriptors it was given.
//
// On Linux four means work together, for where one is missing or broken
// another often still holds:
//
//   - no_new_privs and empty capability sets: no way back to what was given up;
//   - Landlock: files are read below a few folders, written and executed
//     nowhere; no TCP, no signal to and no abstract socket of another process;
//   - a seccomp filter, which knows the system calls of a worker and refuses
//     all others: sockets, programs, processes, writing files;
//   - rlimits: memory, descriptors, no core dumps.
//
// Which of them a kernel has is told by a [Report]. Other systems have none.
package sandbox

// Config is what differs from worker to worker. The zero value is the
// strictest, but for memory.
type Config struct {
	// Memory is how many bytes the process may take beyond those it has when it
	// enters. It bounds what libraries allocate exactly (RLIMIT_DATA), and all else
	// that is mapped, such as a memfd, roughly: by at most 1 GiB more and 128 MiB for
	// each of malloc's arenas (RLIMIT_AS). An allocation past it fails, which few
	// libraries survive. Default: 0, no bound.
	Memory int64

	// FileSize is how large a file may grow, in bytes: a memfd that was there before,
	// for no other can be made, and also a log that the process inherited, since it
	// counts from the file's beginning. Writing past it is an error (EFBIG).
	// Default: 0, no bound.
	FileSize int64

	// Descriptors is how many files may be open at a time. Default: 256.
	Descriptors int

	// ReadPaths are files and folders that may be read, with all that is below
	// them; those that do not exist are left out. Default: what the function
	// [ReadPaths] returns.
	ReadPaths []string

	// KeepFDs are the inherited descriptors to keep beside 0, 1 and 2. All
	// others that were inherited are closed: a server started by socket
	// activation leaves its listeners to its children. What the process opened
	// itself, close-on-exec as is the rule in Go, stays open.
	KeepFDs []int
}

// defaultDescriptors is a worker's own handful, one for each font that a text
// opens, and several for each of some jobs at a time.
const defaultDescriptors = 256
