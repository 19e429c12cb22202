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

// drawOnce draws a job and prints by how many bytes the process grew meanwhile,
// at most.
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
	result, err := draw.Draw(context.Background(), jobOf(original, plan))
	if err != nil {
		return err
	}
	after, err := residentPeak()
	fmt.Println(after-before, len(result.Body))
	return err
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

// peak measures a job in a process of its own, and tells the result's length.
func peak(t *testing.T, original []byte, plan string) (bytesAtPeak, result int64) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), measured+"="+plan)
	child.Stdin = bytes.NewReader(original)
	var out bytes.Buffer
	child.Stdout, child.Stderr = &out, os.Stderr
	if err := child.Run(); err != nil {
		t.Fatalf("%v: %s", err, out.String())
	}
	if _, err := fmt.Sscan(out.String(), &bytesAtPeak, &result); err != nil {
		t.Fatalf("%v: %s", err, out.String())
	}
	return bytesAtPeak, result
}
