//go:build cgo

package vips

// Every flag of the C side is in this file.

// #cgo pkg-config: vips
// #include "bridge.h"
import "C"
