//go:build linux && cgo

package workers

import (
	"context"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/caddy-images/caddy-images/errors"
)

const broke = "The image broke the image engine"

// Killing an idle worker has no effect on requests.
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

// What an image does to its worker is not done to a second one.
func TestBrokenByPicture(t *testing.T) {
	p := newPool(t, Config{Workers: 2})
	for _, name := range []string{"exit", "segfault", "abort", "bus error", "system call", "closes", "garbage", "huge", "huge text", "wrong id", "out of order", "details"} {
		t.Run(name, func(t *testing.T) {
			wantFailure(t, p, fault(name, ""), errors.Internal, broke)
			wantFailure(t, p, fault(name, ""), errors.BadImage, "refused for 5m0s")
			// Another original is another matter.
			wantFailure(t, p, fault(name, "another"), errors.Internal, broke)
			wantPicture(t, p)
		})
	}
}

// An image where details were asked for is nonsense too.
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
	e := wantFailure(t, p, fault("exit", ""), errors.Internal, broke)
	if !strings.Contains(e.Error(), "exit status 0") {
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
	for range 2 {
		wantFailure(t, p, hanging, errors.RenderTimeout, "render_timeout")
		wantPicture(t, p)
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
			logger, logs := logged()
			p := newPool(t, Config{Workers: 1, Logger: logger})
			if survives {
				p.settleTime = time.Hour
			}
			wantPicture(t, p)
			wantIdle(t, p)
			before := workersNow(t)[0]
			ctx, leave := context.WithCancel(t.Context())
			done := start(p, ctx, fault(name, ""))
			// A job that is still on its way cannot be taken back: half a message would be left.
			until(t, "the job", func() bool { return logs.FilterField(zap.String("line", begun)).Len() == 1 })
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
