package render

import "runtime"

// mostThreads limits the threads for one image. Each holds some rows of it,
// and of every intermediate image, and more make few images faster: decoding
// and encoding use one.
const mostThreads = 8

// Threads returns the number of threads for a job that starts when busy jobs
// are running, including itself: its share of the processors.
func Threads(busy int) int {
	return max(1, min(runtime.GOMAXPROCS(0)/max(busy, 1), mostThreads))
}
