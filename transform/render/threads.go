package render

import "runtime"

// mostThreads is how many threads work at one image at most. Each holds some
// rows of it, and of every step on the way to it, and little is faster by
// more: reading and writing files goes on one.
const mostThreads = 8

// Threads returns how many threads a job may have that begins when so many
// are at work, itself included: its share of the processors, one where they
// all have a job.
func Threads(busy int) int {
	return max(1, min(runtime.GOMAXPROCS(0)/max(busy, 1), mostThreads))
}
