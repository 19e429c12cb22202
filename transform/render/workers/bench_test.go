//go:build linux && cgo

package workers

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/render/draw"
)

// BenchmarkOverhead does the same jobs in process and in workers, by turns, and
// gives the ratio of the median times as x, on one processor and on all. On a
// busy machine the ratio of the least times says more.
//
//	go test -run - -bench Overhead -benchtime 200x -count 3 ./transform/render/workers
func BenchmarkOverhead(b *testing.B) {
	for _, picture := range []struct {
		name     string
		original []byte
		width    int
	}{
		{"12MP", photo(b, 4000, 3000), 512},
		{"1MP", photo(b, 1200, 900), 256},
		{"tiny", icon(), 32},
	} {
		for _, clients := range []int{1, runtime.GOMAXPROCS(0)} {
			b.Run(fmt.Sprintf("%s/clients=%d", picture.name, clients), func(b *testing.B) {
				j := job(picture.original, picture.width)
				here := render.NewInProcess(draw.Draw, draw.Version())
				p := newPool(b, Config{})
				for range 20 {
					do(b, here, j, clients)
					do(b, p, j, clients)
				}
				var inProcess, inWorkers []float64
				for b.Loop() {
					inProcess = append(inProcess, do(b, here, j, clients))
					inWorkers = append(inWorkers, do(b, p, j, clients))
				}
				b.ReportMetric(median(inProcess)*1e3, "ms/in-process")
				b.ReportMetric(median(inWorkers)*1e3, "ms/workers")
				b.ReportMetric(median(inWorkers)/median(inProcess), "x")
				b.ReportMetric(slices.Min(inWorkers)/slices.Min(inProcess), "x-least")
			})
		}
	}
}

// do has each client do the job some times, and returns the seconds that one job
// took.
func do(b *testing.B, engine render.Engine, j render.Job, clients int) float64 {
	b.Helper()
	const turns = 4
	begun := time.Now()
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			for range turns {
				if _, err := engine.Render(b.Context(), j); err != nil {
					b.Error(err)
				}
			}
		})
	}
	all.Wait()
	return time.Since(begun).Seconds() / float64(turns*clients)
}

func median(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}
