//go:build cgo

package vips

// All cgo flags are in this file.

// #cgo pkg-config: vips
// #cgo CFLAGS: -O3
// #cgo LDFLAGS: -lm
// #cgo linux LDFLAGS: -ldl
// #include "bridge.h"
import "C"
