//go:build cgo

package vips

// Every flag of the C side is in this file.

// #cgo pkg-config: vips
// #cgo CFLAGS: -O3
// #cgo LDFLAGS: -lm
// #cgo linux LDFLAGS: -ldl
// #include "bridge.h"
import "C"
