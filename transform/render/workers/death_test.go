//go:build linux && cgo

package workers

import (
	"context"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
)

const broke = "The picture broke the image engine"

// An idle worker that is killed is missed by nobody.
func TestKilledWhileIdle(t *testing.T) {
	p := newPool(t, Config{Workers: 1})
	wantPicture(t, p)
	for range 5 {
		send(t, workersNow(t)[0], syscall.SIGKILL)
		wantPicture(t, p)
	}
}

// A worker that dies before it has the whole job is none of the job's doing:
// another one does it. The worker here is stopped first, so that it cannot take
// what it is sent.
func TestKilledWhileReceiving(t *testing.T) {
	for _, shared := range []bool{true, false} {
		t.Run(fmt.Sprintf("shared %t", shared), func(t *testing.T) {
			logger, logs := logged()
			p := newPool(t, Config{Workers: 1, Logger: logger})
			if !shared {
				p.open, p.share = nil, nil
			}
			wantPicture(t, p)
			wantIdle(t, p)
			pid := workersNow(t)[0]
			stop(t, pid)
			done := start(p, t.Context(), job(photo(t, 2800, 2100), 32))
			until(t, "the job", func() bool { return p.busy.Load() == 1 })
			send(t, pid, syscall.SIGKILL)
			if err := <-done; err != nil {
				t.Error(err)
			}
			if logs.FilterMessage("a worker died before it took a job").Len()+logs.FilterMessage("an idle worker ended").Len() != 1 {
				t.Errorf("the log is %v", logs.All())
			}
		})
	}
}

// What a picture does to its worker is not done to a second one.
func TestBrokenByPicture(t *testing.T) {
	p := newPool(t, Config{Workers: 2})
	for _, name := range []string{"die", "exit", "segfault", "abort", "half", "garbage", "huge", "huge text", "wrong id", "out of order", "details"} {
		t.Run(name, func(t *testing.T) {
			wantFailure(t, p, fault(name, ""), errors.Internal, broke)
			wantFailure(t, p, fault(name, ""), errors.BadImage, "refused for 5m0s")
			// Another original is another matter.
			wantFailure(t, p, fault(name, "another"), errors.Internal, broke)
			wantPicture(t, p)
		})
	}
}

// A picture where details were asked for is nonsense too.
func TestBrokenInspecting(t *testing.T) {
	p := newPool(t, Config{Workers: 1})
	j := fault("no details", "")
	j.Inspect = true
	wantFailure(t, p, j, errors.Internal, broke)
	wantPicture(t, p)
}

// The cause, in the log only, says how the worker ended.
func TestDeathIsExplained(t *testing.T) {
	logger, logs := logged()
	p := newPool(t, Config{Workers: 1, Logger: logger})
	e := wantFailure(t, p, fault("die", ""), errors.Internal, broke)
	if !strings.Contains(e.Error(), "signal: killed") {
		t.Errorf("the cause is %v", e.Err)
	}
	wantFailure(t, p, fault("segfault", ""), errors.Internal, broke)
	until(t, "a line of the crash", func() bool {
		for _, entry := range logs.FilterMessage("a worker printed").All() {
			if strings.Contains(entry.ContextMap()["line"].(string), "SIGSEGV") {
				return true
			}
		}
		return false
	})
}

func TestKilledWhileDrawing(t *testing.T) {
	p := newPool(t, Config{Workers: 1})
	wantPicture(t, p)
	wantIdle(t, p)
	pid := workersNow(t)[0]
	done := start(p, t.Context(), fault("hang", ""))
	until(t, "the job", func() bool { return p.busy.Load() == 1 && stateOf(pid) == 'S' })
	// It may not have taken the job yet, in which case it is tried again.
	for !isDone(done) {
		for _, pid := range workersNow(t) {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
		time.Sleep(50 * time.Millisecond)
	}
	wantPicture(t, p)
}

func isDone(done <-chan error) bool { return len(done) > 0 }

// An answer that comes after the answer is as bad as none.
func TestTalksOn(t *testing.T) {
	logger, logs := logged()
	p := newPool(t, Config{Workers: 1, Logger: logger})
	wantFailure(t, p, fault("twice", ""), errors.Internal, "once")
	until(t, "the end of the worker", func() bool { return logs.FilterMessage("an idle worker ended").Len() == 1 })
	wantPicture(t, p)
}

// Out of memory is a worker's affair. Its limit is one of the rights that it
// gave up.
func TestOutOfMemory(t *testing.T) {
	p := newPool(t, Config{Workers: 1, MaxMemory: 256 << 20})
	wantFailure(t, p, fault("memory", ""), errors.Internal, broke)
	wantPicture(t, p)
}

// A deadline holds against what cannot be stopped, and the next request is
// answered.
func TestDeadline(t *testing.T) {
	p := newPool(t, Config{Workers: 2})
	wantPicture(t, p)
	hanging := fault("hang", "")
	hanging.Timeout = 50 * time.Millisecond
	begun := time.Now()
	for range 3 { // it is refused to nobody: another time it may be fast enough
		wantFailure(t, p, hanging, errors.RenderTimeout, "render_timeout")
		wantPicture(t, p)
	}
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("three deadlines of 50ms took %s", took)
	}
	never := job(icon(), 32)
	never.Timeout = 1
	wantFailure(t, p, never, errors.RenderTimeout, "render_timeout")
}

// A worker that stops reading is like one that hangs.
func TestStopsReading(t *testing.T) {
	p := newPool(t, Config{Workers: 1})
	p.open, p.share = nil, nil
	wantPicture(t, p)
	wantIdle(t, p)
	pid := workersNow(t)[0]
	stop(t, pid)
	j := job(photo(t, 2800, 2100), 32)
	j.Timeout = 100 * time.Millisecond
	wantFailure(t, p, j, errors.RenderTimeout, "render_timeout")
	wantPicture(t, p)
}

// A client that leaves frees the worker: gently where it can be stopped.
func TestClientLeaves(t *testing.T) {
	for name, survives := range map[string]bool{"wait": true, "hang": false} {
		t.Run(name, func(t *testing.T) {
			p := newPool(t, Config{Workers: 1})
			wantPicture(t, p)
			wantIdle(t, p)
			before := workersNow(t)[0]
			ctx, leave := context.WithCancel(t.Context())
			done := start(p, ctx, fault(name, ""))
			until(t, "the job", func() bool { return p.busy.Load() == 1 })
			leave()
			checkFailure(t, <-done, errors.ClientClosed, "The client closed the request")
			wantPicture(t, p)
			if after := workersNow(t)[0]; (after == before) != survives {
				t.Errorf("worker %d became %d", before, after)
			}
		})
	}
}

// What a worker prints is logged, within bounds.
func TestStderrIsBounded(t *testing.T) {
	logger, logs := logged()
	p := newPool(t, Config{Workers: 1, Logger: logger})
	wantFailure(t, p, fault("stderr", ""), errors.Internal, "")
	until(t, "the log", func() bool { return logs.FilterMessage("a worker printed").Len() > 0 })
	wantPicture(t, p)
	lines := logs.FilterMessage("a worker printed").All()
	if len(lines) > lineBurst+20 {
		t.Errorf("%d lines are logged", len(lines))
	}
	for _, line := range lines {
		if n := len(line.ContextMap()["line"].(string)); n > maxLine {
			t.Fatalf("a line of %d bytes is logged", n)
		}
	}
}

// The list of refused originals is bounded, and forgets.
func TestQuarantine(t *testing.T) {
	q := newQuarantine(time.Hour)
	for i := range 3 * maxRefusals {
		q.add(job([]byte{byte(i), byte(i >> 8)}, 10))
	}
	if len(q.list) != maxRefusals {
		t.Errorf("%d refusals", len(q.list))
	}
	if q.check(job([]byte{0, 0}, 10)) != nil || q.check(job([]byte{255, 11}, 10)) != nil {
		t.Error("not the oldest, or what never broke anything, is refused")
	}
	last := 3*maxRefusals - 1
	checkFailure(t, q.check(job([]byte{byte(last), byte(last >> 8)}, 20)), errors.BadImage, "refused for 1h0m0s")

	q = newQuarantine(time.Nanosecond)
	q.add(job([]byte("x"), 10))
	until(t, "forgetting", func() bool { return q.check(job([]byte("x"), 10)) == nil && q.held.Load() == 0 })
}

// A layer that breaks a worker has only itself on that picture refused: not the
// picture alone, and not with another layer or another text.
func TestQuarantineOfLayers(t *testing.T) {
	layered := func(original, file string, width int) render.Job {
		j := job([]byte(original), width)
		j.Plan.Steps[0].Layers = []transform.Layer{{Image: origin.Ref{Path: "logo.png"}}}
		j.Files = [][]byte{[]byte(file)}
		return j
	}
	q := newQuarantine(time.Hour)
	q.add(layered("photo", "bad", 10))
	checkFailure(t, q.check(layered("photo", "bad", 10)), errors.BadImage, "refused")
	for name, j := range map[string]render.Job{
		"the picture alone": job([]byte("photo"), 10),
		"the layer alone":   job([]byte("bad"), 10),
		"another layer":     layered("photo", "good", 10),
		"another picture":   layered("other", "bad", 10),
		"another plan":      layered("photo", "bad", 11),
		"another border":    layered("photob", "ad", 10),
	} {
		if err := q.check(j); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
