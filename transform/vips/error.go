//go:build cgo

package vips

// #include "bridge.h"
import "C"

import (
	"strings"
	"sync"
	"unsafe"
)

// Error is a failure of libvips.
type Error struct {
	// Op is libvips' name of the operation: "jpegload_buffer".
	Op string

	// Text is libvips' message, with lines joined by "; ". It is for logs;
	// nothing may depend on it. It is empty if it could belong to another
	// call.
	Text string
}

func (e *Error) Error() string {
	if e.Text == "" {
		return e.Op + ": failed"
	}
	return e.Op + ": " + strings.TrimPrefix(e.Text, e.Op+": ")
}

// calls attributes the text in libvips' error buffer. There is one buffer per
// process, and the threads that compute an image append to it too, so neither
// locking the OS thread nor clearing the buffer shows whose text is in it.
// Only a call that ran alone from beginning to end surely owns it: all others
// get an error without a text. A worker process renders one image at a time,
// so there the text is always complete.
var calls struct {
	sync.Mutex
	running    int
	begun      uint64
	complaints uint64 // how often the buffer had text and was emptied
}

type callTicket struct {
	number     uint64
	alone      bool
	complaints uint64
}

func beginCall() callTicket {
	calls.Lock()
	defer calls.Unlock()
	alone := calls.running == 0
	takeComplaint() // successful calls may leave text too
	calls.running++
	calls.begun++
	return callTicket{calls.begun, alone, calls.complaints}
}

// end must follow every begin. It returns the text of a failed call if that
// is certainly its own, and whether libvips left text in the meantime,
// perhaps about another call.
func (t callTicket) end(failed bool) (text string, complained bool) {
	calls.Lock()
	defer calls.Unlock()
	calls.running--
	text = takeComplaint()
	if !failed || !t.alone || calls.begun != t.number {
		text = ""
	}
	return text, calls.complaints != t.complaints
}

// takeComplaint empties libvips' error buffer, and counts text in it.
func takeComplaint() string {
	text := takeErrorBuffer()
	if text != "" {
		calls.complaints++
	}
	return text
}

func takeErrorBuffer() string {
	text := C.vips_error_buffer_copy()
	defer C.g_free(C.gpointer(unsafe.Pointer(text)))
	return strings.ReplaceAll(strings.TrimSpace(C.GoString(text)), "\n", "; ")
}
