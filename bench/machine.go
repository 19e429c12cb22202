//go:build linux && cgo

package main

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"os"
	"runtime"
	"strconv"
	"strings"

	"github.com/caddy-images/caddy-images/transform/vips"
)

// machine describes the machine and the software.
func machine(o options) []string {
	return []string{
		fmt.Sprintf("%d processors, %s, %s, %s", o.processors, memory(), system(), runtime.GOARCH),
		fmt.Sprintf("libvips %s, %s", vips.Version(), runtime.Version()),
		fmt.Sprintf("%d rounds of %s for each figure", o.rounds, o.time),
	}
}

// memory returns the machine's memory.
func memory() string {
	kilobytes, _ := strconv.Atoi(strings.TrimSuffix(value("/proc/meminfo", "MemTotal:"), " kB"))
	return fmt.Sprintf("%d GB", kilobytes/(1<<20))
}

func system() string { return strings.Trim(value("/etc/os-release", "PRETTY_NAME="), `"`) }

// value returns the rest of the line that begins with a name.
func value(file, name string) string {
	text, _ := os.ReadFile(file)
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			return strings.TrimSpace(rest)
		}
	}
	return ""
}

func asPNG(i image.Image) ([]byte, error) {
	var b bytes.Buffer
	err := png.Encode(&b, i)
	return b.Bytes(), err
}
