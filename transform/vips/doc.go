// Package vips is a thin binding to libvips, the only package of this module
// that uses cgo.
//
// libvips' operations are called by name through their GObject properties, as
// its documentation recommends for bindings, by typed methods with the names
// of govips. It needs libvips 8.14 or later; [HasOperation] and [HasArgument]
// report what a build supports.
//
// # Ownership
//
//   - A [Scope] owns every [Image] that was opened, created or derived through
//     it. [Scope.Close] frees them all; nothing else has to be freed.
//   - [Image.Close] frees one image early. Images derived from it keep
//     working, for libvips counts references underneath.
//   - Methods never consume or change their receiver: they return a new image
//     in the receiver's scope. Only the Set and Remove methods of metadata
//     write in place.
//   - A buffer given to [Scope.NewImageFromBuffer] is not copied. It stays
//     pinned until the last image that could read it is freed, and must not be
//     written to before its scope is closed.
//   - A scope and its images belong to one goroutine at a time. Cancelling the
//     scope's context is the one thing that may happen at any time from
//     anywhere: it stops whatever is being computed.
package vips
