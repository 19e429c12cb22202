//go:build unix

package workers

import (
	"bufio"
	"io"
	"time"

	"go.uber.org/zap"
)

const (
	// maxLine is the length up to which lines are logged.
	maxLine = 1 << 10
	// The burst and the rate of logged lines of a worker. A crash of Go's
	// runtime is explained in the first few.
	lineBurst   = 60
	linesSecond = 1
)

// logStderr logs a worker's output until it is dead.
func logStderr(stderr io.Reader, logger func() *zap.Logger, pid int) {
	lines := bufio.NewReaderSize(stderr, maxLine)
	budget, last, dropped := float64(lineBurst), time.Now(), 0
	for {
		line, more, err := lines.ReadLine()
		if err != nil {
			return
		}
		text := string(line)
		for more && err == nil {
			_, more, err = lines.ReadLine()
		}
		now := time.Now()
		budget = min(lineBurst, budget+now.Sub(last).Seconds()*linesSecond)
		last = now
		if budget < 1 {
			dropped++
			continue
		}
		budget--
		logger().Warn("a worker printed", zap.String("line", text), zap.Int("pid", pid), zap.Int("lines_dropped_before", dropped))
		dropped = 0
	}
}
