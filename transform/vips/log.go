//go:build cgo

package vips

// #include "bridge.h"
import "C"

import "sync/atomic"

// LogFunc receives a message of libvips. It is called on libvips' own threads,
// several at a time, and must not call into this package.
type LogFunc func(warning bool, message string)

var logger atomic.Pointer[LogFunc]

// SetLogger sends what libvips would print to f: warnings of damaged files,
// mostly. Default, and with nil: nowhere.
func SetLogger(f LogFunc) {
	if f == nil {
		C.bridge_log(C.FALSE)
		logger.Store(nil)
		return
	}
	logger.Store(&f)
	C.bridge_log(C.TRUE)
}

//export vipsLogged
func vipsLogged(level C.int, message *C.char) {
	if f := logger.Load(); f != nil {
		(*f)(level <= C.G_LOG_LEVEL_WARNING, C.GoString(message))
	}
}
