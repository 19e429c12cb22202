// Package engines has the engines that render for the handlers of a process,
// and their queues. Handlers with the same settings share them, since
// processors and memory exist only once. They outlive the configuration that
// made them if the next one uses them too, so that a reload ends no worker.
package engines

import (
	stderrors "errors"
	"runtime"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-images/caddy-images/internal/held"
	"github.com/caddy-images/caddy-images/internal/metrics"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/render/admission"
)

// Where originals are decoded.
const (
	Off       = "off"       // in this process
	Processes = "processes" // in worker processes
	Strict    = "strict"    // the same, on a system that can confine them fully
)

// DefaultIsolation returns the best isolation that the platform supports.
func DefaultIsolation() string {
	if runtime.GOOS == "linux" {
		return Processes
	}
	return Off
}

// The range of Settings.Memory, in bytes. Less than the smallest job needs
// would refuse everything.
const (
	LeastMemory = 32 << 20
	MostMemory  = 1 << 50
)

// DefaultMemory returns half of the memory that the process may use, in
// bytes.
func DefaultMemory() int64 { return max(admission.DefaultBudget(), LeastMemory) }

// Settings configure an engine.
type Settings struct {
	Isolation string // Off, Processes or Strict
	Workers   int    // jobs at a time
	Memory    int64  // bytes for all requests together
	Fonts     string // a directory; empty for none
}

// QueueSettings configure an engine and its queue.
type QueueSettings struct {
	Settings
	Size int // the most jobs that wait
}

var (
	engines = caddy.NewUsagePool() // Settings -> sharedEngine
	queues  = caddy.NewUsagePool() // QueueSettings -> Queue
)

// sharedEngine is an engine in engines.
type sharedEngine struct{ render.Engine }

// Destruct implements caddy.Destructor. It does not wait for jobs that
// outlived their server's grace period: they finish, or are ended, on their
// own.
func (e sharedEngine) Destruct() error {
	if closer, ok := e.Engine.(interface{ Close() }); ok {
		closer.Close()
	}
	return nil
}

// Queue admits jobs to an engine and renders equal ones once.
type Queue struct {
	*admission.Gate
	*render.Coalescer
	memory *held.Memory
}

// Destruct implements caddy.Destructor. Running jobs still return their
// share, and a handler that still serves keeps its queue.
func (Queue) Destruct() error { return nil }

func (s Settings) acquire() (render.Engine, error) {
	shared, _, err := engines.LoadOrNew(s, func() (caddy.Destructor, error) {
		engine, err := newEngine(s)
		return sharedEngine{engine}, err
	})
	if err != nil {
		return nil, err
	}
	return shared.(sharedEngine).Engine, nil
}

func (s Settings) release() error {
	_, err := engines.Delete(s)
	return err
}

// Lease is a handler's share in an engine and a queue.
type Lease struct {
	settings QueueSettings
	engine   render.Engine
	queued   render.Engine // engine, with the queue
	queue    Queue
	counts   *metrics.Set
}

// Acquire returns the engine and the queue for the settings. It starts no
// worker. Jobs are counted in the set. The caller must call Release.
func Acquire(settings QueueSettings, counts *metrics.Set) (*Lease, error) {
	engine, err := settings.acquire()
	if err != nil {
		return nil, err
	}
	shared, _, err := queues.LoadOrNew(settings, func() (caddy.Destructor, error) {
		gate := admission.NewGate(held.Renders(settings.Memory), settings.Workers, settings.Size)
		gate.Waited = func(d time.Duration) { waiting.Observe(d.Seconds()) }
		return Queue{gate, render.NewCoalescer(), held.New(settings.Memory, settings.Isolation != Off)}, nil
	})
	if err != nil {
		return nil, stderrors.Join(err, settings.release())
	}
	l := &Lease{settings: settings, engine: engine, queue: shared.(Queue), counts: counts}
	l.queued = l.withQueue(engine)
	return l, nil
}

// Release releases the queue and its engine.
func (l *Lease) Release() error {
	if l == nil {
		return nil
	}
	_, err := queues.Delete(l.settings)
	return stderrors.Join(err, l.settings.release())
}

// Memory returns what files and results are counted in.
func (l *Lease) Memory() *held.Memory { return l.queue.memory }

// Version returns the engine's version, which is part of entity tags.
func (l *Lease) Version() string { return l.engine.Version() }

// Borrow returns the engine for one request. Caddy cleans a handler up while
// it still serves, and a request that waits for its original must still find
// the engine afterwards. The caller must call giveBack.
func (l *Lease) Borrow() (engine render.Engine, giveBack func(), err error) {
	if engine, err = l.settings.acquire(); err != nil {
		return nil, nil, err
	}
	if engine == l.engine {
		return l.queued, l.giveBack, nil
	}
	return l.withQueue(engine), l.giveBack, nil
}

func (l *Lease) giveBack() { _ = l.settings.release() }

// withQueue returns an engine whose jobs wait in the queue and are counted.
func (l *Lease) withQueue(engine render.Engine) render.Engine {
	return l.queue.Engine(admission.New(l.counts.Engine(engine), l.queue.Gate))
}

// Start starts the workers of the engine, if it has any. Starting it again does nothing.
func (l *Lease) Start() error {
	if s, ok := l.engine.(interface{ Start() error }); ok {
		return s.Start()
	}
	return nil
}
