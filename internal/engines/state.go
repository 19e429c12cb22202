package engines

import (
	"github.com/caddy-images/caddy-images/internal/held"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/render/workers"
)

// Worker is the state of a worker process.
type Worker = workers.State

// pool is implemented by engines that render in worker processes.
type pool interface {
	Stats() (running, busy int)
	States() []workers.State
	Refused() int
	Pardon() int
}

// Workers returns the number of worker processes that are ready or rendering,
// and of those that are rendering.
func Workers() (ready, busy int) {
	eachEngine(func(_ Settings, engine render.Engine) {
		if p, ok := engine.(pool); ok {
			r, b := p.Stats()
			ready, busy = ready+r, busy+b
		}
	})
	return ready, busy
}

// State is the state of an engine.
type State struct {
	Settings
	Version   string
	Refused   int // originals that broke a worker
	Processes []Worker
}

// States returns the states of all engines in use.
func States() (states []State) {
	eachEngine(func(settings Settings, engine render.Engine) {
		s := State{Settings: settings, Version: engine.Version()}
		if p, ok := engine.(pool); ok {
			s.Refused, s.Processes = p.Refused(), p.States()
		}
		states = append(states, s)
	})
	return states
}

// QueueState is the state of a queue.
type QueueState struct {
	QueueSettings
	Running, Waiting int   // jobs
	Admitted, Budget int64 // bytes

	Bodies, Results held.State
}

// QueueStates returns the states of all queues in use.
func QueueStates() (states []QueueState) {
	eachQueue(func(settings QueueSettings, queue Queue) {
		s := QueueState{QueueSettings: settings, Budget: queue.Budget()}
		s.Running, s.Admitted, s.Waiting = queue.Stats()
		s.Bodies, s.Results = queue.memory.Bodies.State(), queue.memory.Results.State()
		states = append(states, s)
	})
	return states
}

// Forget keeps later requests from sharing renders in flight, and clears the
// quarantine. It returns the number of renders and of originals.
func Forget() (renders, refused int) {
	eachQueue(func(_ QueueSettings, queue Queue) { renders += queue.Forget() })
	eachEngine(func(_ Settings, engine render.Engine) {
		if p, ok := engine.(pool); ok {
			refused += p.Pardon()
		}
	})
	return renders, refused
}

func eachEngine(f func(Settings, render.Engine)) {
	engines.Range(func(settings, value any) bool {
		if engine, ok := value.(sharedEngine); ok { // otherwise it is being made
			f(settings.(Settings), engine.Engine)
		}
		return true
	})
}

func eachQueue(f func(QueueSettings, Queue)) {
	queues.Range(func(settings, value any) bool {
		if queue, ok := value.(Queue); ok { // otherwise it is being made
			f(settings.(QueueSettings), queue)
		}
		return true
	})
}
