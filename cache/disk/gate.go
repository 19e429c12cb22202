package disk

import (
	"errors"
	"sync"
	"time"

	"go.uber.org/zap"
)

const (
	firstPause   = 5 * time.Second
	longestPause = time.Minute
)

// errPaused is the error while a disk that failed is left alone.
var errPaused = errors.New("the disk has failed and is tried again later")

// gate keeps work from a disk that fails: after some failures in a row nothing is tried for
// a while, then by one at a time.
type gate struct {
	what     string // for the log
	failures int    // in a row, until the gate closes
	now      func() time.Time
	log      *zap.Logger

	mu     sync.Mutex
	failed int
	pause  time.Duration // 0 while it is open
	until  time.Time
}

// wait returns an error if nothing is to be tried now.
func (g *gate) wait() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.pause == 0 {
		return nil
	}
	now := g.now()
	if now.Before(g.until) {
		return errPaused
	}
	g.until = now.Add(g.pause) // for all but this one
	return nil
}

// note notes how a try ended, and returns its error.
func (g *gate) note(err error) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if err == nil {
		g.failed = 0
		if g.pause != 0 {
			g.pause = 0
			g.log.Info("The disk of the cache can be " + g.what + " again")
		}
		return nil
	}
	if g.failed++; g.failed < g.failures {
		return err
	}
	if g.pause == 0 {
		g.pause = firstPause
		g.log.Warn("The disk of the cache cannot be "+g.what+"; images are rendered all the same, and it is tried again later", zap.Error(err))
	} else {
		g.pause = min(2*g.pause, longestPause)
	}
	g.until = g.now().Add(g.pause)
	return err
}

// failing reports whether the gate is closed.
func (g *gate) failing() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.pause != 0
}
