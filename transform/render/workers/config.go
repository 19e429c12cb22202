package workers

import (
	"runtime"
	"time"

	"go.uber.org/zap"
)

// Config configures a Pool.
type Config struct {
	// Version is the version of what draws, see render.Engine.
	Version string

	// Workers is the number of images drawn at a time, each in its own
	// process. Default: the number of processors that this process may use.
	Workers int

	// Strict refuses every image if a worker cannot give up all of its
	// rights. Default: what the kernel lacks is logged once.
	Strict bool

	// Fonts is a directory of fonts that texts find by family name, besides
	// the system's. Workers can read everything in it. Default: none.
	Fonts string

	// Logger returns the log, for each line, since it may be replaced while
	// the pool exists. Default: no log.
	Logger func() *zap.Logger

	// MaxJobs is the number of images after which a worker is replaced, which
	// frees what codecs leak. Default: 10000.
	MaxJobs int

	// MaxResident is the resident size, in bytes, above which a worker is
	// replaced after an image. Default: 512 MiB.
	MaxResident int64

	// MaxMemory limits the memory of a worker for an image, in bytes. Beyond
	// it allocations fail, which most libraries do not survive. Default: 4
	// GiB.
	MaxMemory int64

	// Started is called when a worker becomes ready, Ended with the reason
	// when one ends. Default: nothing.
	Started func()
	Ended   func(End)

	// RefusalTime is how long an original that broke a worker is refused.
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
