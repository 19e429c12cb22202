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

	// Text is what libvips says of it, lines joined by "; ". It is for a log: no
	// decision may hang on it. Empty when it could be another call's.
	Text string
}

func (e *Error) Error() string {
	if e.Text == "" {
		return e.Op + ": failed"
	}
	return e.Op + ": " + strings.TrimPrefix(e.Text, e.Op+": ")
}

// calls attributes the text in libvips' error buffer. That buffer is one for
// the process, and the threads that compute an image append to it as well, so
// neither a locked OS thread nor clearing it tells whose words are in it. The
// only call that surely owns them is one that ran alone from begin to end:
// all others get an error without a text. A worker process renders one image
// at a time, so there the text is always complete.
var calls struct {
	sync.Mutex
	running    int
	begun      uint64
	complaints uint64 // how often words were found in the buffer, which empties it
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
	takeComplaint() // calls that succeed may leave words too
	calls.running++
	calls.begun++
	return callTicket{calls.begun, alone, calls.complaints}
}

// end must follow every begin. It returns the text of a call that failed, if
// that is certainly its own, and whether libvips complained in the meantime,
// maybe about another call.
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

// takeComplaint empties libvips' error buffer, and counts words in it.
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
