//go:build unix

package workers

import (
	"slices"
	"sync"
	"time"
)

// record is what a slot shows of its worker.
type record struct {
	mu      sync.Mutex
	process *process // nil if there is none
	state   State
}

// ready records a new worker.
func (r *record) ready(w *process, greeting *ready) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.process, r.state = w, State{PID: w.pid(), Since: time.Now(), Version: cut(greeting.Version, maxLine)}
}

// gone records that there is no worker.
func (r *record) gone() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.process = nil
}

// begin records that the worker gets a job, end that the job is done.
func (r *record) begin() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.state.Jobs++
	r.state.Busy = true
}

func (r *record) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.state.Busy = false
}

func (r *record) read() (s State, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.process == nil {
		return State{}, false
	}
	s = r.state
	s.Resident = r.process.size.resident()
	return s, true
}

// States returns the workers that are ready or drawing, by PID.
func (p *Pool) States() []State {
	p.mu.Lock()
	records := slices.Clone(p.records)
	p.mu.Unlock()
	var all []State
	for _, r := range records {
		if s, ok := r.read(); ok {
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(a, b State) int { return a.PID - b.PID })
	return all
}
