// Package workers draws images in child processes, so that an image that
// crashes a codec, hangs it, or fills the memory costs one answer and not the
// server.
//
// A [Pool] keeps a number of workers. Each is this same executable, started
// anew: the package's init recognises a worker and never comes to main. It
// starts libvips, gives up its rights, and then draws one image at a time.
//
// # What is said
//
// A worker has one socket, a stream. Over it go frames: a kind, a length, and
// that many bytes.
//
//	parent            worker
//	settings ->
//	                  <- ready      it has no rights any more
//	job, files ->
//	                  <- accepted   from here on a death is the image's doing
//	cancel ->                       perhaps
//	                  <- result, details or failure
//	trim ->                         after an image that left much memory behind
//
// What the parent says is trusted, and is encoding/gob. What a worker says is
// not, since an image may have taken it over: each kind of frame has a
// largest length, memory is spent only on what arrived, and the first word
// that makes no sense ends the worker.
//
// A job's files, its original and those of its layers, go to the worker as shared
// memory where the platform has it: in a window that the worker keeps for its
// life, which saves it the page faults, or, if they are larger, in memory of their
// own. Both are sealed, so that only the parent can write to the window, and
// nobody to the rest. Results come over the socket: memory would have them copied
// twice as well, and so the parent need accept no descriptor from a worker, and
// read none of its memory.
package workers
