//go:build cgo

package vips

// #include "bridge.h"
import "C"

// Stats is what libvips holds on to, all scopes together. Codecs allocate
// outside of it.
type Stats struct {
	Mem    int64 // bytes of pixels
	Allocs int   // pieces of memory
	Files  int   // open files
}

// Tracked returns the numbers of now.
func Tracked() Stats {
	if Startup(Config{}) != nil {
		return Stats{}
	}
	return Stats{
		Mem:    int64(C.vips_tracked_get_mem()),
		Allocs: int(C.vips_tracked_get_allocs()),
		Files:  int(C.vips_tracked_get_files()),
	}
}

// Trim gives memory back to the system that libvips and its codecs have
// freed, and that the allocator kept. It takes some milliseconds after large
// images, and does nothing where the C library is not glibc.
func Trim() { C.bridge_trim() }
