//go:build cgo

package admission_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/caddy-images/caddy-images/transform/render/draw"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// measured is the variable that makes this test binary draw one job, that of
// the plan of its value, of the original on its standard input.
const measured = "CADDY_IMAGES_TEST_MEASURE"

func TestMain(m *testing.M) {
	if plan, ok := os.LookupEnv(measured); ok {
		if err := drawOnce(plan); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// drawOnce draws a job and prints what it took: by how many bytes the process grew
// meanwhile, at most, and processor time; and the time of a piece of work for
// comparison.
func drawOnce(plan string) error {
	original, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	if err := vips.Startup(vips.Config{}); err != nil {
		return err
	}
	debug.FreeOSMemory()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil { // resets the peak
		return err
	}
	before, err := residentPeak()
	if err != nil {
		return err
	}
	began := processorTime()
	result, err := draw.Draw(context.Background(), jobOf(original, plan))
	if err != nil {
		return err
	}
	took := processorTime() - began
	after, err := residentPeak()
	if err != nil {
		return err
	}
	unit, err := timeOfReference()
	fmt.Println(after-before, len(result.Body), took.Nanoseconds(), unit.Nanoseconds())
	return err
}

// processorTime returns what all threads of this process have taken so far.
func processorTime() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &t); err != nil {
		panic(err)
	}
	return time.Duration(t.Nano())
}

// timeOfReference returns what a piece of work takes that is the same in
// every process: the least of a few tries, for other processes may be in the
// way of each.
func timeOfReference() (least time.Duration, err error) {
	scope := vips.NewScope(context.Background())
	defer scope.Close()
	samples := make([]byte, 3*1000*1000)
	state := uint32(1)
	for n := range samples {
		state = state*1664525 + 1013904223
		samples[n] = byte(n/3000/4) + byte(state>>27)
	}
	image, err := scope.NewImageFromMemory(samples, 1000, 1000, 3, vips.InterpretationSRGB)
	for try := 0; try < 5 && err == nil; try++ {
		began := processorTime()
		var small *vips.Image
		if small, err = image.Resize(0.9, 0.9, vips.KernelLanczos3); err == nil {
			_, err = small.ExportJpeg(vips.JpegOptions{Quality: 80})
		}
		if took := processorTime() - began; try == 0 || took < least {
			least = took
		}
	}
	return least, err
}

func residentPeak() (int64, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	number, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	kilobytes, err := strconv.ParseInt(number, 10, 64)
	return kilobytes << 10, err
}

// measurement is what a job took in a process of its own.
type measurement struct {
	peak, result int64         // bytes: of memory at its peak, of the file
	time         time.Duration // of processors
	unit         time.Duration // of the piece of work that all processes do
}

// measure draws a job in a process of its own.
func measure(t *testing.T, original []byte, plan string) (m measurement) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), measured+"="+plan)
	child.Stdin = bytes.NewReader(original)
	var out bytes.Buffer
	child.Stdout, child.Stderr = &out, os.Stderr
	if err := child.Run(); err != nil {
		t.Fatalf("%v: %s", err, out.String())
	}
	if _, err := fmt.Sscan(out.String(), &m.peak, &m.result, (*int64)(&m.time), (*int64)(&m.unit)); err != nil {
		t.Fatalf("%v: %s", err, out.String())
	}
	return m
}
