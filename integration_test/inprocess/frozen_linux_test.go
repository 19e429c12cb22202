//go:build linux && cgo

package inprocess_test

import (
	"syscall"
	"testing"
	"time"

	"github.com/caddy-images/caddy-images/internal/engines"
)

// ready waits until so many workers, and no others, are ready for jobs.
func ready(t *testing.T, workers int) (pids []int) {
	t.Helper()
	until(t, "workers that are ready", func() bool {
		pids = workerPIDs(t)
		running, _ := engines.Workers()
		return running == workers && len(pids) == workers
	})
	return pids
}

// freeze has so many workers, once they are ready, stand still: on any machine, a
// job that one of them is given takes until the server ends it.
func freeze(t *testing.T, workers int) {
	t.Helper()
	for _, pid := range ready(t, workers) {
		if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
	}
}

// untilBusy waits until so many workers have a job.
func untilBusy(t *testing.T, workers int) {
	t.Helper()
	until(t, "a job for a worker", func() bool { _, busy := engines.Workers(); return busy == workers })
}

// untilDrawing waits until a worker, which had had so much of the processor
// when it was ready, has its image and is at work.
func untilDrawing(t *testing.T, pid int, before time.Duration) {
	t.Helper()
	untilBusy(t, 1)
	until(t, "the worker's work", func() bool { return cpuTime(t, pid) > before+200*time.Millisecond })
}
