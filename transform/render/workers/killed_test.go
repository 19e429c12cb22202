//go:build linux && cgo

package workers

import (
	"context"
	"strconv"
	"syscall"
	"testing"
	"time"

	"go.uber.org/zap/zaptest/observer"

	"github.com/caddy-images/caddy-images/errors"
)

const killedTwice = "The image engine was killed twice"

// atWorkNow waits for so many jobs that say that they are at work, and returns the
// worker that is at the last of them.
func atWorkNow(t *testing.T, logs *observer.ObservedLogs, jobs int) (pid int) {
	t.Helper()
	until(t, "a job at work", func() bool {
		n := 0
		for _, line := range logs.FilterMessage("a worker printed").All() {
			if line.ContextMap()["line"] == atWork {
				n, pid = n+1, int(line.ContextMap()["pid"].(int64))
			}
		}
		return n == jobs
	})
	return pid
}

// Who kills a worker, as the kernel does where memory runs out, fails no
// request: the image is drawn by another worker, and nothing is held against
// it.
func TestKilledWhileDrawing(t *testing.T) {
	logger, logs := logged()
	var ends []End
	p := newPool(t, Config{Workers: 1, Logger: logger, Ended: func(e End) { ends = append(ends, e) }})
	wantPicture(t, p)
	wantIdle(t, p)
	for range 3 {
		j := fault("die as", strconv.Itoa(workersNow(t)[0]))
		for range 2 {
			if _, err := p.Render(t.Context(), j); err != nil {
				t.Fatal(err)
			}
		}
		wantIdle(t, p)
	}
	if p.Refused() != 0 || p.refused.held.Load() != 0 {
		t.Errorf("%d originals are refused, %d suspected", p.Refused(), p.refused.held.Load())
	}
	if n := logs.FilterMessage("a worker was killed while it had an image").Len(); n != 3 || len(ends) != 3 || ends[0] != Killed {
		t.Errorf("%d lines in the log, ends %v", n, ends)
	}
}

// An image whose worker is killed each time is not tried for ever. Nothing is
// held against it, unless it may be what memory runs out for: then it costs
// what a timeout costs.
func TestKilledTwice(t *testing.T) {
	for name, tt := range map[string]struct {
		fault   string
		counts  []uint64 // of the kernel, one after the other
		known   bool
		refused bool
	}{
		"by somebody":              {"large aloud", []uint64{7, 7, 7, 7, 7, 7, 7, 7}, true, false},
		"for want of memory":       {"large aloud", []uint64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, true, true},
		"while others run out":     {"hang aloud", []uint64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, true, false},
		"where the kernel is mute": {"large aloud", []uint64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			if raceEnabled && name == "while others run out" {
				t.Skip("with the race detector any worker is large")
			}
			// A process's peak begins with that of its parent (getrusage(2)), which is
			// large with a libvips that has all libraries within itself.
			var own syscall.Rusage
			if err := syscall.Getrusage(syscall.RUSAGE_SELF, &own); err != nil {
				t.Fatal(err)
			}
			if own.Maxrss<<10 > largerBy && name == "while others run out" {
				t.Skipf("this process was at %d MiB, so any worker is large", own.Maxrss>>10)
			}
			logger, logs := logged()
			p := newPool(t, Config{Workers: 1, Logger: logger})
			next := 0
			p.oomKills = func() (uint64, bool) { // for one slot, so one goroutine
				next++
				return tt.counts[min(next, len(tt.counts))-1], tt.known
			}
			j := fault(tt.fault, "")
			rounds := 1
			if tt.refused {
				rounds = 2
			}
			for n := range rounds {
				done := start(p, t.Context(), j)
				send(t, atWorkNow(t, logs, 2*n+1), syscall.SIGKILL)
				send(t, atWorkNow(t, logs, 2*n+2), syscall.SIGKILL)
				checkFailure(t, <-done, errors.Internal, killedTwice)
			}
			wantPicture(t, p)
			if _, err := p.refused.check(j); tt.refused {
				checkFailure(t, err, errors.Limit, "refused for 5m0s")
			} else if err != nil || p.refused.held.Load() != 0 {
				t.Errorf("%v, %d suspects", err, p.refused.held.Load())
			}
		})
	}
}

// The kernel says how many it has killed.
func TestOOMKills(t *testing.T) {
	if _, ok := oomKills(); !ok {
		t.Skip("this kernel does not")
	}
}

// A worker that kills itself, whatever it has said before, is as one that is killed.
func TestKillsItself(t *testing.T) {
	p := newPool(t, Config{Workers: 1})
	for _, name := range []string{"die", "half"} {
		wantFailure(t, p, fault(name, ""), errors.Internal, killedTwice)
	}
	wantPicture(t, p)
}

// The time that a job may wait is that of all its waits, and the error names the limit.
func TestWaitsShareOneLimit(t *testing.T) {
	p := newPool(t, Config{Workers: 1})
	wantPicture(t, p)
	wantIdle(t, p)
	ctx, leave := context.WithCancel(t.Context())
	done := start(p, ctx, fault("wait", ""))
	until(t, "the job", func() bool { return p.busy.Load() == 1 })
	late := job(icon(), 32)
	late.QueueTimeout, late.Waited = time.Hour, time.Hour-time.Millisecond
	wantFailure(t, p, late, errors.Overloaded, "queue_timeout, 1h0m0s")
	leave()
	checkFailure(t, <-done, errors.ClientClosed, "")
}
