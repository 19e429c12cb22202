//go:build linux && cgo

package workers

import (
	"context"
	"maps"
	"sync"
	"testing"
	"time"

	"github.com/caddy-images/caddy-images/errors"
)

// book is what a pool said of its workers.
type book struct {
	mu      sync.Mutex
	started int
	ended   map[End]int
}

func (b *book) config() Config {
	b.ended = make(map[End]int)
	return Config{
		Workers: 1,
		Started: func() { b.mu.Lock(); defer b.mu.Unlock(); b.started++ },
		Ended:   func(why End) { b.mu.Lock(); defer b.mu.Unlock(); b.ended[why]++ },
	}
}

func (b *book) has(started int, ended map[End]int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.started == started && maps.Equal(b.ended, ended)
}

func TestEnds(t *testing.T) {
	hang := fault("hang", "")
	hang.Timeout = 50 * time.Millisecond
	left, leave := context.WithCancel(t.Context())
	for why, end := range map[End]func(p *Pool){
		Broken:    func(p *Pool) { wantFailure(t, p, fault("segfault", "ends"), errors.Internal, "broke") },
		TimedOut:  func(p *Pool) { wantFailure(t, p, hang, errors.RenderTimeout, "render_timeout") },
		Died:      func(*Pool) { send(t, workersNow(t)[0], 9) },
		Replaced:  func(p *Pool) { wantPicture(t, p) },
		Cancelled: func(p *Pool) { cancelled(t, p, left, leave) },
	} {
		t.Run(string(why), func(t *testing.T) {
			var b book
			config := b.config()
			config.MaxJobs = 2
			p := newPool(t, config)
			wantPicture(t, p)
			wantIdle(t, p)
			if !b.has(1, map[End]int{}) {
				t.Errorf("at first %d starts, ends %v", b.started, b.ended)
			}
			end(p)
			until(t, "another worker", func() bool { return b.has(2, map[End]int{why: 1}) })
			p.Close()
			p.slots.Wait()
			if !b.has(2, map[End]int{why: 1, Closed: 1}) {
				t.Errorf("in the end %d starts, ends %v", b.started, b.ended)
			}
		})
	}
}

// cancelled leaves a job that does not stop.
func cancelled(t *testing.T, p *Pool, ctx context.Context, leave func()) {
	t.Helper()
	done := start(p, ctx, fault("hang", ""))
	until(t, "the job", func() bool { return p.busy.Load() == 1 })
	leave()
	checkFailure(t, <-done, errors.ClientClosed, "The client closed the request")
}

func TestNotStarted(t *testing.T) {
	var b book
	p := newPool(t, b.config())
	p.executable = func() (string, error) { return "/bin/false", nil }
	wantFailure(t, p, job(icon(), 32), errors.Internal, "The image engine does not start")
	if !b.has(0, map[End]int{NotStarted: manyFailures}) {
		t.Errorf("%d starts, ends %v", b.started, b.ended)
	}
}
