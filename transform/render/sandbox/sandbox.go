// Package sandbox removes from a process every right that drawing images does
// not need, so that an image that takes over a codec gets only its memory and
// the descriptors it was given.
//
// On Linux four means overlap, so that if one is missing or broken another
// often still holds:
//
//   - no_new_privs and empty capability sets: no way back to what was given up;
//   - Landlock: files are read below a few folders, written and executed
//     nowhere; no TCP, no signal to and no abstract socket of another process;
//   - a seccomp filter, which knows the system calls of a worker and refuses
//     all others: sockets, programs, processes, writing files;
//   - rlimits: memory, descriptors, no core dumps.
//
// A [Report] lists those that the kernel has. Other systems have none.
package sandbox

// Config is the configuration of a worker's sandbox. The zero value is the
// strictest, except for memory.
type Config struct {
	// Memory is how many bytes the process may use beyond its size when it
	// enters. It limits the allocations of libraries exactly (RLIMIT_DATA),
	// and other mappings, such as memfds, roughly: to 1 GiB more, plus 128
	// MiB for each of malloc's arenas (RLIMIT_AS). An allocation beyond it
	// fails, which few libraries survive. Default: 0, no limit.
	Memory int64

	// FileSize limits the size of files, in bytes: of existing memfds, since
	// new ones cannot be created, and of inherited logs, counted from their
	// beginning. Writing beyond it is an error (EFBIG). Default: 0, no limit.
	FileSize int64

	// Descriptors limits the open files. Default: 256.
	Descriptors int

	// ReadPaths are the files and directories that may be read, including
	// everything below them. Missing ones are skipped. Default: the result of
	// the function [ReadPaths].
	ReadPaths []string

	// KeepFDs are the inherited descriptors to keep besides 0, 1 and 2.
	// Others that were inherited are closed: socket activation passes
	// listeners on to children. Descriptors that the process opened itself,
	// close-on-exec as usual in Go, stay open.
	KeepFDs []int
}

// defaultDescriptors covers a worker's own descriptors, one for each font of
// a text, and several for each concurrent job.
const defaultDescriptors = 256
