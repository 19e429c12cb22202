//go:build !linux || !cgo

// Command bench measures the handler, on Linux, with cgo.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "bench: it reads what processes take from Linux' /proc, and calls libvips by cgo (CGO_ENABLED=1)")
	os.Exit(1)
}
