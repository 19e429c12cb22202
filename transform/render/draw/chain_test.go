//go:build cgo && unix

package draw_test

import (
	"syscall"
	"testing"
	"time"

	"github.com/caddy-images/caddy-images/transform"
)

// A long chain costs what its steps cost one by one. Were they computed together, on
// demand, each would have pixels of all before it computed many times. Processor time
// is compared, which is much the same beside whatever else the machine does.
func TestChainCosts(t *testing.T) {
	const links = 16
	size := transform.Resize{Width: transform.Px(600), Height: transform.Px(600)}
	original := asPNG(t, solid(600, 600, red))
	for name, step := range map[string]transform.Step{
		"rotate":  {Resize: size, Rotate: transform.Num(45)},
		"blur":    {Resize: size, Effects: transform.Effects{Blur: transform.Num(20)}},
		"unsharp": {Resize: size, Effects: transform.Effects{Unsharp: transform.Unsharp{Radius: 20, Sigma: 20, Amount: 1}}},
	} {
		t.Run(name, func(t *testing.T) {
			cost := func(links int) time.Duration {
				steps := make([]transform.Step, links)
				for i := range steps {
					steps[i] = step
				}
				before := processorTime(t)
				result(t, newJob(original, transform.Output{}, steps...))
				return processorTime(t) - before
			}
			cost(1) // what is done once a process
			one, all := cost(1), cost(links)
			t.Logf("one link takes %s, %d take %s: %.2f each", one, links, all, float64(all)/float64(one)/links)
			if all > 2*links*one {
				t.Errorf("one link takes %s, %d take %s", one, links, all)
			}
		})
	}
}

// processorTime returns what this process has had of the processors.
func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
