package workers

import (
	"runtime"
	"time"

	"go.uber.org/zap"
)

// Config is what a Pool can be told.
type Config struct {
	// Version is that of the drawing, see render.Engine.
	Version string

	// Workers is how many images are drawn at a time, each in a process of
	// its own. Default: the processors that this process may use.
	Workers int

	// Strict has every image refused where a worker cannot give up all of its
	// rights. Default: what the kernel lacks is logged once.
	Strict bool

	// Fonts is a folder of fonts, in which texts find theirs by the names of their
	// families, beside those of the system. What is in it workers can read.
	// Default: none.
	Fonts string

	// Logger gives the log to write to, asked for each line, since a log may be
	// replaced while the pool lasts. Default: no log.
	Logger func() *zap.Logger

	// MaxJobs is after how many images a worker is replaced, which gives back
	// what codecs leak. Default: 10000.
	MaxJobs int

	// MaxResident is the resident size, in bytes, with which a worker is
	// replaced after an image. Default: 512 MiB.
	MaxResident int64

	// MaxMemory is how many bytes a worker may take for an image. Past that
	// its libraries have no memory, which most of them do not survive.
	// Default: 4 GiB.
	MaxMemory int64

	// Started is called for every worker that is ready, Ended with why one is
	// no more. Default: nothing.
	Started func()
	Ended   func(End)

	// RefusalTime is for how long an original that broke a worker is refused.
	// Default: 5 minutes.
	RefusalTime time.Duration
}

func (c *Config) setDefaults() {
	if c.Workers == 0 {
		c.Workers = runtime.GOMAXPROCS(0)
	}
	if c.Logger == nil {
		c.Logger = zap.NewNop
	}
	if c.Started == nil {
		c.Started = func() {}
	}
	if c.Ended == nil {
		c.Ended = func(End) {}
	}
	if c.MaxJobs == 0 {
		c.MaxJobs = 10_000
	}
	if c.MaxResident == 0 {
		c.MaxResident = 512 << 20
	}
	if c.MaxMemory == 0 {
		c.MaxMemory = 4 << 30
	}
	if c.RefusalTime == 0 {
		c.RefusalTime = 5 * time.Minute
	}
}
