// Package workers draws pictures in child processes, so that a picture that
// crashes a codec, hangs it, or fills the memory costs one answer and not the
// server.
//
// A [Pool] keeps a number of workers. Each is this same executable, started
// anew: the package's init recognises a worker and never comes to main. It
// starts libvips, gives up its rights, and then draws one picture at a time.
//
// # What is said
//
// A worker has one socket, a stream. Over it go frames: a kind, a length, and
// that many bytes.
//
//	parent            worker
//	settings ->
//	                  <- ready      it has no rights any more
//	job, original ->
//	                  <- accepted   from here on a death is the picture's doing
//	cancel ->                       perhaps
//	                  <- result or failure
//
// What the parent says is trusted, and is encoding/gob. What a worker says is
// not, since a picture may have taken it over: each kind of frame has a largest
// length, memory is spent only on what arrived, and the first word that makes no
// sense ends the worker.
//
// Large originals go to the worker as shared memory where the platform has it,
// sealed so that nobody can change them any more. Results come over the socket:
// both ways copy them twice, and so the parent need accept no descriptor from a
// worker, and map none of its memory.
package workers
