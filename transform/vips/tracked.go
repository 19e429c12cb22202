//go:build cgo

package vips

// #include "bridge.h"
import "C"

// Stats is what libvips has allocated in all scopes. Codecs allocate outside
// of it.
type Stats struct {
	Mem    int64 // bytes of pixels
	Allocs int   // allocations
	Files  int   // open files
}

// Tracked returns the current numbers.
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

// Trim returns memory to the system that libvips and its codecs have freed
// and the allocator has kept. It takes some milliseconds after large images,
// and does nothing unless the C library is glibc.
func Trim() { C.bridge_trim() }
