//go:build cgo

package vips

// #include "bridge.h"
import "C"

// Vectors reports whether libvips uses vector instructions, before and after
// [Startup]. Results have other bytes without them, since libvips then rounds
// differently. They are disabled if Orc, which compiles them in libvips
// before 8.15, cannot be kept from crashing the process; see orc.c.
// VIPS_NOVECTOR and VIPS_VECTOR have no effect.
func Vectors() bool { return C.bridge_vectors() != 0 }

// orcCalls returns how often Orc has compiled or freed a program under its
// lock.
func orcCalls() int { return int(C.bridge_orc_calls()) }
