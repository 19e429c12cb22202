// Package workers draws images in child processes, so that an image that
// crashes a codec, hangs it, or exhausts the memory costs one response and
// not the server.
//
// A [Pool] keeps a number of workers. Each is this same executable: the
// package's init recognises a worker, which never reaches main. It starts
// libvips, gives up its rights, and then draws one image at a time.
//
// # Protocol
//
// A worker has one stream socket. It carries frames: a kind, a length, and
// that many bytes.
//
//	parent            worker⏎	settings ->⏎	                  <- ready      it has given up its rights⏎	job, files ->⏎	                  <- accepted   from here on a death is the image's fault⏎	cancel ->                       optional⏎	                  <- result, details or failure⏎	trim ->                         after an image that left much memory behind
//
// The parent's messages are trusted and encoded by encoding/gob. A worker's
// are not, since an image may have taken it over: each kind of frame has a
// maximum length, memory is allocated only for bytes that have arrived, and
// the first invalid message ends the worker.
//
// A job's files, its original and those of its layers, are passed as shared
// memory if the platform has it: in a window that the worker keeps for its
// life, which avoids page faults, or, if they are larger, in memory of their
// own. Both are sealed: only the parent can write to the window, and no
// process to the other memory. Results are sent over the socket: shared
// memory would copy them twice as well, and this way the parent need not
// accept a descriptor from a worker or read its memory.
package workers
