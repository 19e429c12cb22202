//go:build linux && cgo

package main

import (
	"time"

	"github.com/caddy-images/caddy-images/bench/load"
)

// contender is a program under measurement.
type contender interface {
	name() string

	// does reports whether it supports the job.
	does(j job) bool

	// once does the job on the file of that number, and returns the image.
	once(j job, file int) ([]byte, error)

	// run does the job for a number of clients, see load.Run.
	run(j job, clients int, duration time.Duration, least int) (load.Result, error)

	// pid is the process that, with its children, does all the work.
	pid() int

	close()
}

// Names of contenders that results are compared with.
const (
	nameLibvips   = "libvips"
	nameThumbnail = "vips_thumbnail"
	nameInProcess = "isolation off"
	nameWorkers   = "workers"
	nameSharp     = "sharp"
	nameNginx     = "nginx"
)

// files are the paths of each kind in the corpus.
type files map[string][]string

func (f files) of(j job, n int) string { return f[j.Original][n%len(f[j.Original])] }
