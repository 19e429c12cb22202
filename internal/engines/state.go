package engines

import (
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/render/workers"
)

// Worker is the state of a worker process.
type Worker = workers.State

// pool is what an engine has that renders in worker processes.
type pool interface {
	Stats() (running, busy int)
	States() []workers.State
	Refused() int
	Pardon() int
}

// Workers returns how many worker processes are ready or rendering, and how many are
// rendering.
func Workers() (ready, busy int) {
	eachEngine(func(_ Settings, engine render.Engine) {
		if p, ok := engine.(pool); ok {
			r, b := p.Stats()
			ready, busy = ready+r, busy+b
		}
	})
	return ready, busy
}

// State is that of an engine.
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

// QueueState is that of a queue.
type QueueState struct {
	QueueSettings
	Running, Waiting int   // jobs
	Admitted, Budget int64 // bytes
}

// QueueStates returns the states of all queues in use.
func QueueStates() (states []QueueState) {
	eachQueue(func(settings QueueSettings, queue Queue) {
		s := QueueState{QueueSettings: settings, Budget: queue.Budget()}
		s.Running, s.Admitted, s.Waiting = queue.Stats()
		states = append(states, s)
	})
	return states
}

// Forget has later requests share no render that is in flight, and pardons the originals
// that broke a worker. It returns how many there were of either.
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
		if engine, ok := value.(sharedEngine); ok { // else it is being made
			f(settings.(Settings), engine.Engine)
		}
		return true
	})
}

func eachQueue(f func(QueueSettings, Queue)) {
	queues.Range(func(settings, value any) bool {
		if queue, ok := value.(Queue); ok { // else it is being made
			f(settings.(QueueSettings), queue)
		}
		return true
	})
}
