//go:build linux && cgo

package main

import (
	"fmt"
	"time"
)

// target is a goal for the handler with workers.
type target struct {
	what    string
	got     string
	reached bool
}

// longest is the largest allowed ratio of the 99th percentile to the mean
// wait.
const longest = 1.3

// queueing returns the shortest time of a request if all clients ask at once
// and each processor serves one at a time.
func queueing(clients, processors int, single time.Duration) time.Duration {
	return time.Duration(float64(clients) / float64(processors) * float64(single))
}

func targets(done []job, all measurements, o options) []target {
	var list []target
	var peak int64
	for _, j := range done {
		limit, got := all[key{j.Name, nameLibvips, o.busy()}], all[key{j.Name, nameWorkers, o.busy()}]
		if j.Share > 0 && limit.Rate() > 0 {
			share := got.Rate() / limit.Rate()
			list = append(list, target{
				fmt.Sprintf("%s: at least %.2f of libvips' requests/s with %d clients", j.Name, j.Share, o.busy()),
				fmt.Sprintf("%.3f", share), share >= j.Share,
			})
		}
		for _, clients := range o.clients {
			peak = max(peak, all[key{j.Name, nameWorkers, clients}].peak)
		}
	}
	for _, j := range done {
		alone, crowd := all[key{j.Name, nameWorkers, o.alone()}], all[key{j.Name, nameWorkers, o.crowd()}]
		if len(crowd.Times) == 0 || o.crowd() <= o.processors {
			continue
		}
		bound := queueing(o.crowd(), o.processors, alone.Mean())
		// A single image may use all processors; the expected wait by its
		// processor time is shown as well.
		busy := queueing(o.crowd(), o.processors, alone.each())
		got := crowd.Percentile(.99)
		list = append(list, target{
			fmt.Sprintf("%s: p99 with %d clients below %.1f × the wait for one's turn, %s ms (%s ms by processor time)", j.Name, o.crowd(), longest, milliseconds(bound), milliseconds(busy)),
			fmt.Sprintf("%.2f × (%s)", float64(got)/float64(bound), ratio(float64(got), float64(busy))), float64(got) < longest*float64(bound),
		})
	}
	return append(list, target{
		"all processes together are resident in no more than `memory`, " + o.memory,
		megabytes(peak) + " MiB", peak <= o.budget,
	})
}
