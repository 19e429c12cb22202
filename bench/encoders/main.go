//go:build cgo

// Command encoders compares encoder settings on the photographs of a folder:
// for each setting the size of the files, how far they are from the image
// that was encoded, and the processor's time. The defaults of this project
// are chosen by what it prints, docs/explanation/performance.md has it.
//
//	go run ./bench/encoders [flags] FOLDER
//
// How far a file is from the image says a program of others, one that takes
// two PNGs and prints a number that is 0 for equal ones and less for better
// ones: Debian's butteraugli, or butteraugli_main of libjxl.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/caddy-images/caddy-images/transform/vips"
)

func main() {
	tool := flag.String("tool", "butteraugli", "the program that compares two PNGs")
	sizes := flag.String("sizes", "512,1200", "widths to scale the photographs to, in pixels")
	photos := flag.Int("photos", 8, "how many photographs to use of each width, the first by name")
	formats := flag.String("formats", "jpeg,webp,avif,png,gif", "which formats to write")
	long := flag.Duration("time", 300*time.Millisecond, "how long to repeat an encoding for the least time, at most five times")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: go run ./bench/encoders [flags] FOLDER")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	err := run(flag.Arg(0), *sizes, strings.Split(*formats, ","), *photos, judge{tool: *tool, long: *long})
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(folder, sizes string, formats []string, most int, j judge) error {
	if _, err := exec.LookPath(j.tool); err != nil {
		return fmt.Errorf("%w; on Debian and Ubuntu: apt-get install butteraugli", err)
	}
	var pictures []picture
	for _, size := range strings.Split(sizes, ",") {
		width, err := strconv.Atoi(size)
		if err != nil || width < 1 {
			return fmt.Errorf("%q is not a width in pixels", size)
		}
		scaled, err := open(folder, width, most)
		if err != nil {
			return err
		}
		pictures = append(pictures, scaled...)
	}
	if len(pictures) == 0 {
		return fmt.Errorf("%s has no photograph that is wide enough", folder)
	}
	var err error
	if j.folder, err = os.MkdirTemp("", "encoders"); err != nil {
		return err
	}
	defer os.RemoveAll(j.folder)

	var results []result
	for _, s := range grid(formats) {
		r, err := j.measure(s, pictures)
		if err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "%s: %d bytes, %.2f, %v\n", s, r.bytes, r.mean, r.cpu)
		if !r.without(results) {
			results = append(results, r)
		}
	}
	fmt.Printf("libvips %s; %s\n\n", vips.Version(), describe(pictures))
	report(os.Stdout, results)
	return nil
}
