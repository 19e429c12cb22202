//go:build cgo

package vips

// #include "bridge.h"
import "C"

import (
	"errors"
	"fmt"
	"sync"
	"unsafe"
)

// The oldest supported libvips: Debian 12's.
const (
	minMajor = 8
	minMinor = 14
)

// Config is the configuration of the process.
type Config struct {
	// Concurrency is the number of threads for one image. Default: 1, since a
	// server already has an image for every core.
	Concurrency int
}

var startup struct {
	once sync.Once
	err  error
}

// Startup initialises libvips: its operation cache is off; all loaders and
// savers are blocked except those for buffers in the formats of
// [sniff.Format], and so is everything else that runs a program or accesses a
// file. Only the first call has an effect; the others return its error. A
// [Scope] calls it with the defaults if necessary.
func Startup(config Config) error {
	startup.once.Do(func() { startup.err = start(config) })
	return startup.err
}

func start(config Config) error {
	major, minor := int(C.vips_version(0)), int(C.vips_version(1))
	if major < minMajor || major == minMajor && minor < minMinor {
		return fmt.Errorf("libvips %s is too old: need %d.%d or later", Version(), minMajor, minMinor)
	}
	C.bridge_silence()
	if C.bridge_start(C.int(max(config.Concurrency, 1))) != 0 {
		return errors.New("starting libvips: " + takeErrorBuffer())
	}
	block()
	return nil
}

// block forbids all operations that read or write anything but our formats.
// It goes by class, so that loaders of later libvips are blocked too.
func block() {
	C.vips_block_untrusted_set(C.TRUE)
	for _, class := range []string{
		"VipsForeignLoad", "VipsForeignSave",
		"VipsThumbnailFile", "VipsThumbnailBuffer", "VipsThumbnailSource", // choose a loader themselves
		"VipsSystem", // runs a command line
	} {
		setBlocked(class, true)
	}
	for _, class := range []string{
		"VipsForeignLoadJpegBuffer", "VipsForeignSaveJpegBuffer",
		"VipsForeignLoadPngBuffer", "VipsForeignSavePngBuffer", "VipsForeignSaveSpngBuffer",
		"VipsForeignLoadWebpBuffer", "VipsForeignSaveWebpBuffer",
		"VipsForeignLoadHeifBuffer", "VipsForeignSaveHeifBuffer",
		"VipsForeignLoadNsgifBuffer", "VipsForeignSaveCgifBuffer",
		"VipsForeignLoadTiffBuffer",
		"VipsForeignLoadSvgBuffer",
		"VipsForeignLoadPdfBuffer",
	} {
		setBlocked(class, false)
	}
}

func setBlocked(class string, blocked bool) {
	name := C.CString(class)
	defer C.free(unsafe.Pointer(name))
	C.vips_operation_block_set(name, boolean(blocked))
}

func boolean(b bool) C.gboolean {
	if b {
		return C.TRUE
	}
	return C.FALSE
}

// losesErrors reports whether libvips is older than 8.15.4, see
// [Scope.Doubtful].
func losesErrors() bool {
	return C.vips_version(0) == 8 && (C.vips_version(1) < 15 || C.vips_version(1) == 15 && C.vips_version(2) < 4)
}

// Version returns the version of libvips, such as "8.14.1".
func Version() string {
	return fmt.Sprintf("%d.%d.%d", int(C.vips_version(0)), int(C.vips_version(1)), int(C.vips_version(2)))
}

// HasOperation reports whether this build of libvips has the operation, such
// as "heifsave_buffer", blocked or not.
func HasOperation(name string) bool {
	if Startup(Config{}) != nil {
		return false
	}
	operation := C.CString(name)
	defer C.free(unsafe.Pointer(operation))
	return C.bridge_has_operation(operation) != 0
}

// HasArgument reports whether the operation exists and has the argument.
func HasArgument(operation, argument string) bool {
	if Startup(Config{}) != nil {
		return false
	}
	op, name := C.CString(operation), C.CString(argument)
	defer C.free(unsafe.Pointer(op))
	defer C.free(unsafe.Pointer(name))
	return C.bridge_has_argument(op, name) != 0
}
