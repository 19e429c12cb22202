//go:build linux && cgo

package workers

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/render/draw"
)

// newPool returns a pool that is closed, and has no worker any more, when the
// test ends.
func newPool(tb testing.TB, config Config) *Pool {
	tb.Helper()
	if config.Version == "" {
		config.Version = draw.Version()
	}
	p, err := New(config)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		p.Close()
		p.slots.Wait()
	})
	return p
}

// logged returns a logger, and what it got.
func logged() (func() *zap.Logger, *observer.ObservedLogs) {
	core, logs := observer.New(zap.DebugLevel)
	log := zap.New(core)
	return func() *zap.Logger { return log }, logs
}

// photo returns a JPEG.
func photo(tb testing.TB, width, height int) []byte {
	tb.Helper()
	img := image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420)
	noise := uint32(1)
	for y := range height {
		for x := range width {
			noise = noise*1664525 + 1013904223
			img.Y[y*img.YStride+x] = uint8(128 + 60*math.Sin(float64(x)/90)*math.Cos(float64(y)/70) + float64(noise>>28))
		}
	}
	for i := range img.Cb {
		img.Cb[i], img.Cr[i] = 96, 160
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 90}); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// icon is a small original.
var icon = sync.OnceValue(func() []byte {
	img := image.NewRGBA(image.Rect(0, 0, 64, 48))
	for y := range 48 {
		for x := range 64 {
			img.Set(x, y, color.RGBA{uint8(4 * x), uint8(5 * y), 99, 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		panic(err)
	}
	return b.Bytes()
})

// job scales an original to a width.
func job(original []byte, width int) render.Job {
	var s transform.Step
	s.Resize.Width = transform.Px(float64(width))
	return render.Job{
		Original: original,
		Plan:     transform.Plan{Steps: []transform.Step{s}},
		Limits: transform.Limits{
			MaxPixels: transform.DefaultMaxPixels, MaxFrames: transform.DefaultMaxFrames, MaxDimension: transform.DefaultMaxDimension,
		},
		Quality:      render.Quality{JPEG: 80, WebP: 80, AVIF: 60},
		QueueTimeout: time.Minute,
		Timeout:      time.Minute,
	}
}

// fault returns a job that has its worker do what faults says. The note tells
// two originals apart.
func fault(name, note string) render.Job { return job([]byte("fault:"+name+"\x00"+note), 10) }

// wantPicture checks that the pool draws.
func wantPicture(tb testing.TB, p *Pool) {
	tb.Helper()
	r, err := p.Render(context.Background(), job(icon(), 32))
	if err != nil {
		tb.Fatal(err)
	}
	if r.Format != transform.JPEG || r.Size != (transform.Size{Width: 32, Height: 24}) || r.Frames != 1 {
		tb.Fatalf("%v, %v, %d frames", r.Format, r.Size, r.Frames)
	}
	if _, err := jpeg.Decode(bytes.NewReader(r.Body)); err != nil {
		tb.Fatal(err)
	}
}

// wantFailure does a job that must fail with an error of the kind.
func wantFailure(tb testing.TB, p *Pool, j render.Job, kind errors.Kind, message string) *errors.Error {
	tb.Helper()
	_, err := p.Render(context.Background(), j)
	return checkFailure(tb, err, kind, message)
}

func checkFailure(tb testing.TB, err error, kind errors.Kind, message string) *errors.Error {
	tb.Helper()
	if !errors.Is(err, kind) || !strings.Contains(errors.From(err).Message, message) {
		tb.Fatalf("the error is %v, want %s - %s", err, kind.Code(), message)
	}
	return errors.From(err)
}

// start renders in the background.
func start(p *Pool, ctx context.Context, j render.Job) <-chan error {
	done := make(chan error, 1)
	go func() {
		_, err := p.Render(ctx, j)
		done <- err
	}()
	return done
}

// wantIdle waits for the end of all jobs: their answers come a moment before it.
func wantIdle(tb testing.TB, p *Pool) {
	tb.Helper()
	until(tb, "the end of all jobs", func() bool { return p.busy.Load() == 0 })
}

// until polls with a deadline.
func until(tb testing.TB, what string, ok func() bool) {
	tb.Helper()
	for deadline := time.Now().Add(5 * time.Minute); !ok(); {
		if time.Now().After(deadline) {
			buf := make([]byte, 1<<16)
			tb.Fatalf("%s did not happen within 5 minutes\n%s", what, buf[:runtime.Stack(buf, true)])
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// child is a process as the kernel describes it.
type child struct {
	pid   int
	name  string // argv[0]
	state byte
}

// childrenOf lists the children of a process, dead ones included.
func childrenOf(tb testing.TB, parent int) []child {
	tb.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		tb.Fatal(err)
	}
	var all []child
	for _, path := range stats {
		stat, err := os.ReadFile(path)
		if err != nil {
			continue // it just ended
		}
		_, rest, _ := strings.Cut(string(stat[bytes.LastIndexByte(stat, ')'):]), " ")
		fields := strings.Fields(rest)
		if ppid, _ := strconv.Atoi(fields[1]); ppid != parent {
			continue
		}
		c := child{state: fields[0][0]}
		c.pid, _ = strconv.Atoi(filepath.Base(filepath.Dir(path)))
		line, _ := os.ReadFile(filepath.Join(filepath.Dir(path), "cmdline"))
		c.name, _, _ = strings.Cut(string(line), "\x00")
		all = append(all, c)
	}
	return all
}

// workersNow lists the living workers of this process.
func workersNow(tb testing.TB) []int {
	tb.Helper()
	var pids []int
	for _, c := range childrenOf(tb, os.Getpid()) {
		if c.name == Name && c.state != 'Z' {
			pids = append(pids, c.pid)
		}
	}
	return pids
}

func stateOf(pid int) byte {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	return stat[bytes.LastIndexByte(stat, ')')+2]
}

func send(tb testing.TB, pid int, s syscall.Signal) {
	tb.Helper()
	if err := syscall.Kill(pid, s); err != nil {
		tb.Fatal(err)
	}
}

// leakyFile is open and outlives exec, as nothing that Go opens does; and its
// inode.
func leakyFile(tb testing.TB) (name, inode string) {
	tb.Helper()
	name = filepath.Join(tb.TempDir(), "leaky")
	fd, err := syscall.Open(name, syscall.O_CREAT|syscall.O_RDWR, 0o600)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { syscall.Close(fd) })
	var stat syscall.Stat_t
	if err := syscall.Fstat(fd, &stat); err != nil {
		tb.Fatal(err)
	}
	return name, strconv.FormatUint(stat.Ino, 10)
}

// stop has a process stand still.
func stop(tb testing.TB, pid int) {
	tb.Helper()
	send(tb, pid, syscall.SIGSTOP)
	until(tb, "the stop", func() bool { return stateOf(pid) == 'T' })
}
