//go:build linux && cgo

package workers

import (
	"context"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/internal/held"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/render/draw"
)

func TestDrawsAsInProcess(t *testing.T) {
	p := newPool(t, Config{Workers: 1})
	here := render.NewInProcess(draw.Draw, draw.Version())
	if p.Version() != here.Version() {
		t.Errorf("version %q, in process %q", p.Version(), here.Version())
	}
	// The second one is too large for the window.
	large := append(photo(t, 1200, 900), make([]byte, windowSize)...)
	// libvips computes these with vector instructions.
	filtered := func(j render.Job) render.Job {
		j.Plan.Steps[0].Effects = transform.Effects{Blur: transform.Num(3), Sharpen: transform.Sharpen{On: true}}
		return j
	}
	for _, j := range []render.Job{job(icon(), 32), job(large, 32), filtered(job(large, 200))} {
		want, err := here.Render(t.Context(), j)
		if err != nil {
			t.Fatal(err)
		}
		got, err := p.Render(t.Context(), j)
		if err != nil {
			t.Fatal(err)
		}
		if string(got.Body) != string(want.Body) || got.Format != want.Format || got.Size != want.Size || got.Frames != want.Frames {
			t.Errorf("%d bytes of %v, in process %d bytes of %v", len(got.Body), got.Size, len(want.Body), want.Size)
		}
	}
}

// Details are those that this process would read.
func TestInspectsAsInProcess(t *testing.T) {
	p := newPool(t, Config{Workers: 1})
	here := render.NewInProcess(draw.Draw, draw.Version())
	j := job(photo(t, 1200, 900), 0)
	j.Inspect = true
	want, err := here.Render(t.Context(), j)
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.Render(t.Context(), j)
	if err != nil || !reflect.DeepEqual(got, want) || got.Details.Size.Width != 1200 || got.Details.Sampling != "2x2,1x1,1x1" {
		t.Errorf("%v: %+v, in process %+v", err, got, want)
	}
	j.Original = []byte("no picture")
	wantFailure(t, p, j, errors.BadImage, "not an image")
}

// Without shared memory originals go through the socket, however large.
func TestDrawsWithoutSharedMemory(t *testing.T) {
	p := newPool(t, Config{Workers: 1})
	p.open, p.share = nil, nil
	original := photo(t, 2800, 2100)
	r, err := p.Render(t.Context(), job(original, 32))
	if err != nil {
		t.Fatal(err)
	}
	if r.Size.Width != 32 || len(original) < 1<<20 {
		t.Errorf("%v of %d bytes", r.Size, len(original))
	}
}

// inRegion returns the file in memory that has a descriptor.
func inRegion(t *testing.T, file []byte) []byte {
	t.Helper()
	claim := held.New(1<<30, true).Bodies.Claim(time.Second, true, func() (int64, int64) { return 1, 0 })
	if err := claim.Enter(t.Context()); err != nil {
		t.Fatal(err)
	}
	meter := claim.Take(1)
	t.Cleanup(meter.Cancel)
	buffer := held.NewBuffer(held.WithMeter(t.Context(), meter))
	if _, err := buffer.Write(file); err != nil {
		t.Fatal(err)
	}
	mapped, err := buffer.File()
	if _, ok := held.Descriptor(mapped); !ok || err != nil {
		t.Fatalf("a file of %d bytes is on the heap, %v", len(file), err)
	}
	return mapped
}

// The files of layers cross by every carrier, each as itself.
func TestLayersCross(t *testing.T) {
	here := render.NewInProcess(draw.Draw, "")
	p := newPool(t, Config{Workers: 1})
	bySocket := newPool(t, Config{Workers: 1})
	bySocket.open, bySocket.share = nil, nil
	large := append(photo(t, 120, 90), make([]byte, windowSize)...)
	mapped := inRegion(t, large)
	for _, files := range [][][]byte{{icon(), photo(t, 50, 40)}, {icon(), large}, {photo(t, 50, 40), icon()}, {mapped, icon()}, {mapped, large}} {
		j := job(photo(t, 300, 200), 200)
		at := func(x float64) transform.Place {
			return transform.Place{Left: transform.Offset{Distance: transform.Num(x)}, Anchor: transform.FocusTopLeft}
		}
		first := transform.Layer{Image: origin.Ref{Path: "first"}, Place: at(0)}
		second := transform.Layer{Image: origin.Ref{Path: "second"}, Place: at(100)}
		j.Plan.Steps[0].Layers = []transform.Layer{first, second, first}
		j.Files = files
		want, err := here.Render(t.Context(), j)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range []*Pool{p, bySocket} {
			got, err := p.Render(t.Context(), j)
			if err != nil {
				t.Fatal(err)
			}
			if string(got.Body) != string(want.Body) {
				t.Errorf("%d bytes, in process %d", len(got.Body), len(want.Body))
			}
		}
	}
}

// Text is set in a worker that has no rights as it is here, and nothing is
// complained about.
func TestTextInWorkers(t *testing.T) {
	logger, logs := logged()
	here, p := render.NewInProcess(draw.Draw, ""), newPool(t, Config{Workers: 1, Logger: logger})
	for _, content := range []string{"Hello", "\u05e9\u05dc\u05d5\u05dd", "\u4f60\u597d"} {
		j := job(photo(t, 300, 200), 200)
		j.Plan.Steps[0].Layers = []transform.Layer{{Kind: transform.TextLayer, Text: transform.Text{
			Content: content, Font: "Open Sans", Size: transform.Num(40), Color: transform.White,
		}}}
		want, err := here.Render(t.Context(), j)
		if err != nil {
			t.Fatal(err)
		}
		got, err := p.Render(t.Context(), j)
		if err != nil {
			t.Fatal(err)
		}
		if string(got.Body) != string(want.Body) {
			t.Errorf("%q: %d bytes, in process %d", content, len(got.Body), len(want.Body))
		}
	}
	for _, line := range logs.FilterMessage("a worker printed").All() {
		t.Errorf("a worker says %v", line.ContextMap())
	}
}

// Errors come back as they are in process.
func TestErrorsCross(t *testing.T) {
	p := newPool(t, Config{Workers: 1})
	large := photo(t, 400, 300)
	small := job(icon(), 32)
	small.Limits.MaxPixels = 100
	svg := job(icon(), 32)
	svg.Plan.Output.Format = 9
	for name, j := range map[string]render.Job{
		"no image": job([]byte("no image"), 32),
		"damaged":  job(icon()[:len(icon())/2], 32),
		// libvips warns of this one on a thread of its own.
		"truncated": job(large[:len(large)/2], 200),
		"limit":     small,
		"transform": svg,
	} {
		t.Run(name, func(t *testing.T) {
			_, want := draw.Draw(t.Context(), j)
			_, got := p.Render(t.Context(), j)
			w, g := errors.From(want), errors.From(got)
			if w == nil || g == nil || g.Kind != w.Kind || g.Message != w.Message || g.Error() != w.Error() {
				t.Errorf("the error is %v, in process %v", got, want)
			}
		})
	}
	e := wantFailure(t, p, fault("panic", ""), errors.Internal, "The image server failed")
	if !strings.Contains(e.Error(), "at the codec") {
		t.Errorf("the cause is %v", e.Err)
	}
	wantPicture(t, p)
}

// Nothing starts before the first job, and nothing is left after Close.
func TestStartsLateAndEnds(t *testing.T) {
	p := newPool(t, Config{Workers: 2})
	if pids := workersNow(t); len(pids) != 0 {
		t.Fatalf("workers %v before any job", pids)
	}
	wantPicture(t, p)
	until(t, "a second worker", func() bool { return len(workersNow(t)) == 2 })
	p.Close()
	p.slots.Wait()
	if left := childrenOf(t, os.Getpid()); len(left) != 0 {
		t.Errorf("left after Close: %+v", left)
	}
	wantFailure(t, p, job(icon(), 32), errors.Overloaded, "stopping")
	p.Close() // a second Close is allowed
}

// Close lets a job end.
func TestCloseWaitsForJobs(t *testing.T) {
	p := newPool(t, Config{Workers: 1})
	wantPicture(t, p)
	wantIdle(t, p)
	ctx, leave := context.WithCancel(t.Context())
	done := start(p, ctx, fault("wait", ""))
	until(t, "the job", func() bool { return p.busy.Load() == 1 })
	p.Close()
	if len(workersNow(t)) != 1 {
		t.Error("the worker ended before its job did")
	}
	leave()
	checkFailure(t, <-done, errors.ClientClosed, "")
	p.slots.Wait()
}

func TestQueue(t *testing.T) {
	p := newPool(t, Config{Workers: 1})
	wantPicture(t, p)
	wantIdle(t, p)
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	done := start(p, ctx, fault("wait", ""))
	until(t, "the job", func() bool { return p.busy.Load() == 1 })

	late := job(icon(), 32)
	late.QueueTimeout = 10 * time.Millisecond
	e := wantFailure(t, p, late, errors.Overloaded, "busy")
	if e.RetryAfter != late.QueueTimeout {
		t.Errorf("retry after %s", e.RetryAfter)
	}
	gone, goNow := context.WithCancel(t.Context())
	waiting := start(p, gone, job(icon(), 32))
	goNow()
	checkFailure(t, <-waiting, errors.ClientClosed, "")

	leave()
	checkFailure(t, <-done, errors.ClientClosed, "")
	wantPicture(t, p)
}

// Two hundred clients on two workers all get their image.
func TestManyClients(t *testing.T) {
	p := newPool(t, Config{Workers: 2})
	originals := [][]byte{icon(), photo(t, 400, 300), photo(t, 1600, 1200)}
	var clients sync.WaitGroup
	for i := range 200 {
		clients.Go(func() {
			width := 20 + i
			r, err := p.Render(t.Context(), job(originals[i%len(originals)], width))
			if err != nil {
				t.Error(err)
			} else if r.Size.Width != width {
				t.Errorf("width %d, want %d", r.Size.Width, width)
			}
		})
	}
	clients.Wait()
	if n := len(workersNow(t)); n != 2 {
		t.Errorf("%d workers", n)
	}
}

func TestReplacedAfterJobs(t *testing.T) {
	p := newPool(t, Config{Workers: 1, MaxJobs: 3})
	seen := map[int]bool{}
	for range 9 {
		wantPicture(t, p)
		for _, pid := range workersNow(t) {
			seen[pid] = true
		}
	}
	if len(seen) < 3 {
		t.Errorf("%d workers did 9 jobs", len(seen))
	}
}

func TestReplacedWhenLarge(t *testing.T) {
	logger, logs := logged()
	p := newPool(t, Config{Workers: 1, MaxResident: 1, Logger: logger})
	wantPicture(t, p)
	wantPicture(t, p)
	if logs.FilterMessage("replacing a worker").Len() == 0 {
		t.Error("a worker larger than MaxResident goes on")
	}
}

// Of Caddy's environment, which has secrets, and of its open files nothing
// reaches a worker.
func TestInheritsNothing(t *testing.T) {
	t.Setenv("AWS_SECRET_ACCESS_KEY", "a secret")
	t.Setenv("FONTCONFIG_PATH", "/etc/fonts")
	leaky, inode := leakyFile(t)
	p := newPool(t, Config{Workers: 1})
	environment := wantFailure(t, p, fault("environment", ""), errors.Internal, "").Error()
	if strings.Contains(environment, "secret") || strings.Contains(environment, "PATH=/usr") || !strings.Contains(environment, "FONTCONFIG_PATH=/etc/fonts") {
		t.Errorf("a worker's environment is %s", environment)
	}
	inodes := wantFailure(t, p, fault("descriptors", ""), errors.Internal, "").Error()
	if strings.Contains(inodes, inode) {
		t.Errorf("a worker inherited %s, inode %s: %s", leaky, inode, inodes)
	}
}
