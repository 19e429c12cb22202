//go:build linux && cgo

package main

import (
	"fmt"
	"time"

	"github.com/caddy-images/caddy-images/bench/load"
	"github.com/caddy-images/caddy-images/bench/usage"
)

// key identifies a measurement.
type key struct {
	job       string
	contender string
	clients   int
}

// measurement is the result for a key.
type measurement struct {
	load.Result
	cpu  time.Duration // of all of the contender's processes
	peak int64         // bytes resident, of all of them together
}

// add merges another round.
func (m *measurement) add(other measurement) {
	m.Result.Add(other.Result)
	m.cpu += other.cpu
	m.peak = max(m.peak, other.peak)
}

// each returns the processor time per request.
func (m measurement) each() time.Duration {
	if len(m.Times) == 0 {
		return 0
	}
	return m.cpu / time.Duration(len(m.Times))
}

type measurements map[key]measurement

// measure lets the contenders do a job in turns, so that a temporary
// disturbance of the machine affects them all.
func (all measurements) measure(j job, contenders []contender, o options) error {
	for _, c := range contenders {
		if !c.does(j) {
			continue
		}
		if _, err := c.run(j, o.busy(), o.time/4, 1); err != nil { // whatever the first requests start
			return fmt.Errorf("%s by %s: %w", j.Name, c.name(), err)
		}
	}
	for _, clients := range o.clients {
		for round := range o.rounds {
			for n := range contenders {
				c := contenders[(n+round)%len(contenders)]
				if !c.does(j) {
					continue
				}
				m, err := once(c, j, clients, o)
				if err != nil {
					return fmt.Errorf("%s by %s, %d clients: %w", j.Name, c.name(), clients, err)
				}
				k := key{j.Name, c.name(), clients}
				sum := all[k]
				sum.add(m)
				all[k] = sum
			}
		}
	}
	return nil
}

// once measures one round.
func once(c contender, j job, clients int, o options) (m measurement, err error) {
	before, err := usage.CPU(c.pid())
	if err != nil {
		return m, err
	}
	end := usage.Peak(c.pid())
	m.Result, err = c.run(j, clients, o.time, clients)
	m.peak = end()
	if err != nil {
		return m, err
	}
	after, err := usage.CPU(c.pid())
	m.cpu = after - before
	return m, err
}
