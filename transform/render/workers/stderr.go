//go:build unix

package workers

import (
	"bufio"
	"io"
	"time"

	"go.uber.org/zap"
)

const (
	// maxLine is how much of a line is logged.
	maxLine = 1 << 10
	// A worker may have so many lines logged at once, and so many a second from
	// then on. A crash of Go's runtime says what it is in the first few.
	lineBurst   = 60
	linesSecond = 1
)

// logStderr logs what a worker prints, until it is dead.
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
