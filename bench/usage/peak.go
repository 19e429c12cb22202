//go:build linux

package usage

import "time"

// interval is the period of sampling the resident size. A sample takes a
// millisecond or two.
const interval = 250 * time.Millisecond

// Peak samples the resident size of a process and its children. The returned
// function stops that and returns the peak.
func Peak(pid int) (end func() int64) {
	stop, most := make(chan struct{}), make(chan int64)
	go func() {
		var peak int64
		look := func() {
			if size, err := Resident(pid); err == nil {
				peak = max(peak, size)
			}
		}
		clock := time.NewTicker(interval)
		defer clock.Stop()
		for {
			select {
			case <-clock.C:
				look()
			case <-stop:
				look()
				most <- peak
				return
			}
		}
	}()
	return func() int64 {
		close(stop)
		return <-most
	}
}
