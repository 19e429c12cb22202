//go:build linux && cgo

package workers

import (
	"context"
	"testing"
	"time"

	"github.com/caddy-images/caddy-images/errors"
)

func TestStates(t *testing.T) {
	p := newPool(t, Config{Workers: 2})
	if all := p.States(); len(all) != 0 {
		t.Errorf("before the start there are %v", all)
	}
	wantPicture(t, p)
	wantPicture(t, p)
	wantIdle(t, p)
	until(t, "two workers", func() bool { return len(p.States()) == 2 })
	ctx, leave := context.WithCancel(t.Context())
	done := start(p, ctx, fault("wait", ""))
	until(t, "the job", func() bool { return p.busy.Load() == 1 })
	pids, jobs, busy := map[int]bool{}, 0, 0
	for _, s := range p.States() {
		pids[s.PID] = true
		jobs += s.Jobs
		if s.Busy {
			busy++
		}
		if s.Version != p.Version() || s.Resident < 1<<20 || time.Since(s.Since) > time.Minute {
			t.Errorf("a worker is %+v", s)
		}
	}
	if jobs != 3 || busy != 1 {
		t.Errorf("%d jobs, %d busy", jobs, busy)
	}
	for _, pid := range workersNow(t) {
		if !pids[pid] {
			t.Errorf("there is no worker %d among %v", pid, pids)
		}
	}
	leave()
	<-done
	p.Close()
	p.slots.Wait()
	if all := p.States(); len(all) != 0 {
		t.Errorf("after the end there are %v", all)
	}
}

func TestPardon(t *testing.T) {
	p := newPool(t, Config{Workers: 1})
	for n := range 2 {
		wantFailure(t, p, fault("exit", "pardon"), errors.Internal, "broke")
		wantFailure(t, p, fault("exit", "pardon"), errors.BadImage, "a short while ago")
		if n := p.Refused(); n != 1 {
			t.Errorf("%d are refused", n)
		}
		if n == 1 {
			break
		}
		if n := p.Pardon(); n != 1 {
			t.Errorf("%d are pardoned", n)
		}
		if n := p.Refused() + p.Pardon(); n != 0 {
			t.Errorf("%d are refused after that", n)
		}
	}
	q := newQuarantine(time.Nanosecond)
	q.broke(job([]byte("x"), 10))
	until(t, "the end of the refusal", func() bool { return q.size() == 0 })
	if n := q.clear(); n != 0 {
		t.Errorf("%d are pardoned that were refused no more", n)
	}
}
