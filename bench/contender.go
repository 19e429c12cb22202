//go:build linux && cgo

package main

import (
	"time"

	"github.com/caddy-images/caddy-images/bench/load"
)

// contender is something that does jobs.
type contender interface {
	name() string

	// does reports whether it can do the job at all.
	does(j job) bool

	// once does the job at the file of that number, and returns the image.
	once(j job, file int) ([]byte, error)

	// run does the job for so many clients, see load.Run.
	run(j job, clients int, duration time.Duration, least int) (load.Result, error)

	// pid is that of the process that, with its children, does all of it.
	pid() int

	close()
}

// The names of contenders that results are compared by.
const (
	nameLibvips   = "libvips"
	nameThumbnail = "vips_thumbnail"
	nameInProcess = "isolation off"
	nameWorkers   = "workers"
	nameSharp     = "sharp"
	nameNginx     = "nginx"
)

// files are those of each kind, by their paths in the corpus.
type files map[string][]string

func (f files) of(j job, n int) string { return f[j.Original][n%len(f[j.Original])] }
