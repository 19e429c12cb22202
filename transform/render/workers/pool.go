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

// Pool is a render.Engine that draws in worker processes. Its first job
// starts them.
type Pool struct {
	config Config
	thread thread

	// executable returns the program of workers.
	executable func() (string, error)

	// open creates the memory that a worker inherits, share creates memory
	// for files that do not fit into it; nil if there is no shared memory.
	open  func() (*os.File, []byte, error)
	share func([]byte) (*os.File, error)

	// oomKills is the function of that name, replaced in tests.
	oomKills func() (n uint64, ok bool)

	// settleTime is the constant of that name; tests are more patient.
	settleTime time.Duration

	// jobs hands jobs to workers. Go serves waiting senders in order.
	jobs    chan *task
	refused *quarantine
	starts  *starts

	// closing is done when the pool is closed.
	closing context.Context
	close   context.CancelFunc

	mu      sync.Mutex
	begun   bool
	slots   sync.WaitGroup
	records []*record                                 // one per slot
	once    struct{ version, missing, try sync.Once } // for what all workers would repeat
	tried   chan struct{}                             // closed once tryErr has the outcome of the first start
	tryErr  error

	running, busy atomic.Int64 // workers that are ready, and those that are drawing
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

// Stats returns the number of workers that are ready or drawing, and of those
// that are drawing.
func (p *Pool) Stats() (running, busy int) { return int(p.running.Load()), int(p.busy.Load()) }

// Refused returns the number of originals, of images with their layers, and
// of sources of originals that are in quarantine.
func (p *Pool) Refused() int { return p.refused.size() }

// Pardon clears the quarantine, and returns the number of its entries.
func (p *Pool) Pardon() int { return p.refused.clear() }

// Close ends the workers, each after its current job, and returns without
// waiting for that. Jobs that wait for a worker are refused.
func (p *Pool) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.close()
}

// Start starts the workers, unless the first job did. A strict pool waits
// until one of them is ready, and returns the error if that fails. Other
// pools keep trying, and log the error.
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

// try records the outcome of the first start of a worker.
func (p *Pool) try(err error) {
	p.once.try.Do(func() {
		p.tryErr = err
		close(p.tried)
	})
}

// begin starts the workers once.
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
	outcome chan outcome // with room for the outcome
	release func()       // the files are no longer read
}

type outcome struct {
	result *render.Result
	err    error
}

func (t *task) end(result *render.Result, err error) { t.outcome <- outcome{result, err} }

var errClosed = stderrors.New("the pool of workers is closed")

// errLost ends a task whose worker died before it took the job, errNotTried
// one whose worker was dead already, errKilled one whose worker was killed
// from outside while it had the job, errNoMemory one whose worker the kernel
// killed then for want of memory.
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
