//go:build unix

package workers

import (
	"context"
	stderrors "errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"github.com/caddy-images/caddy-images/transform/render"
)

// Pool is the render.Engine that draws in worker processes. Its first job
// starts them.
type Pool struct {
	config Config
	thread thread

	// executable is the program of workers.
	executable func() (string, error)

	// open makes the memory that a worker inherits, share makes one of files that
	// are too large for it; nil where there is no shared memory.
	open  func() (*os.File, []byte, error)
	share func(...[]byte) (*os.File, error)

	// oomKills is a function of that name, see there.
	oomKills func() (n uint64, ok bool)

	// settleTime is that of a job that is cancelled; tests are more patient.
	settleTime time.Duration

	// jobs hands a job to a worker. Go serves those who wait to send in the
	// order they came.
	jobs    chan *task
	refused *quarantine
	starts  *starts

	// closing is done when the pool is closed.
	closing context.Context
	close   context.CancelFunc

	mu      sync.Mutex
	begun   bool
	slots   sync.WaitGroup
	records []*record                                 // one a slot
	once    struct{ version, missing, try sync.Once } // for what all workers would say
	tried   chan struct{}                             // closed once tryErr says how the first start went
	tryErr  error

	running, busy atomic.Int64 // workers that are ready, and those at a job
}

// New returns a pool. It starts nothing yet.
func New(config Config) (*Pool, error) {
	config.setDefaults()
	p := &Pool{
		config:     config,
		open:       newWindow,
		share:      shareMemory,
		executable: executable,
		oomKills:   oomKills,
		jobs:       make(chan *task),
		tried:      make(chan struct{}),
		settleTime: settleTime,
		refused:    newQuarantine(config.RefusalTime),
		starts:     newStarts(),
	}
	p.closing, p.close = context.WithCancel(context.Background())
	return p, nil
}

// Version implements render.Engine.
func (p *Pool) Version() string { return p.config.Version }

// Stats returns how many workers are ready for jobs or at one, and how many
// are at one.
func (p *Pool) Stats() (running, busy int) { return int(p.running.Load()), int(p.busy.Load()) }

// Refused returns how many originals, images with their layers, and sources
// of originals are refused because they broke workers or took too long.
func (p *Pool) Refused() int { return p.refused.size() }

// Pardon has none of them refused any more, and returns how many those were.
func (p *Pool) Pardon() int { return p.refused.clear() }

// Close ends the workers, each as soon as it has ended its job, and returns
// without waiting for that. Jobs that wait for a worker are refused.
func (p *Pool) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.close()
}

// Start starts the workers, unless that was done; otherwise the first job does.
// A strict pool waits until one of them is ready, and returns what is in the way
// of that. Any other goes on trying, and the log says what is in the way.
func (p *Pool) Start() error {
	p.begin()
	if !p.config.Strict {
		return nil
	}
	select {
	case <-p.tried:
		return p.tryErr
	case <-p.closing.Done():
		return errClosed
	}
}

// try notes how the first start of a worker went.
func (p *Pool) try(err error) {
	p.once.try.Do(func() {
		p.tryErr = err
		close(p.tried)
	})
}

// begin starts the workers, unless that was done.
func (p *Pool) begin() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.begun || p.closing.Err() != nil {
		return
	}
	p.begun = true
	p.thread = newThread()
	for range p.config.Workers {
		r := new(record)
		p.records = append(p.records, r)
		p.slots.Go(func() { (&slot{pool: p, record: r}).run() })
	}
	go func() {
		p.slots.Wait()
		p.thread.end()
	}()
}

// task is a job on its way to a worker.
type task struct {
	ctx     context.Context
	job     render.Job
	outcome chan outcome // has room for the one
}

type outcome struct {
	result *render.Result
	err    error
}

func (t *task) end(result *render.Result, err error) { t.outcome <- outcome{result, err} }

var errClosed = stderrors.New("the pool of workers is closed")

// errLost ends a task whose worker died before it took the job, errNotTried one
// whose worker was dead already, errKilled one whose worker somebody killed while it
// had the job, errNoMemory one whose worker the kernel killed then for want of memory.
var (
	errLost     = stderrors.New("the worker died before it took the job")
	errNotTried = stderrors.New("the worker is dead")
	errKilled   = stderrors.New("the worker was killed")
	errNoMemory = fmt.Errorf("%w by the kernel for want of memory", errKilled)
)

// Render implements render.Engine.
func (p *Pool) Render(ctx context.Context, job render.Job) (*render.Result, error) {
	v, err := p.refused.check(job)
	if err != nil {
		return nil, err
	}
	p.begin()
	for _, part := range v.trials {
		if err := p.acquit(ctx, part); err != nil {
			return nil, err
		}
	}
	if v.leashed {
		job.Timeout = min(job.Timeout, leash)
	}
	return p.draw(ctx, job)
}
func (p *Pool) log() *zap.Logger { return p.config.Logger() }
