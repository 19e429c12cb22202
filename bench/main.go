//go:build linux && cgo

// Command bench compares the handler with libvips alone, its upper bound, and
// with other image servers: on this machine, in one run, with generated
// images.
//
//	make bench⏎	make bench FOLDER=/srv/photos⏎	make bench BENCH='-quick'
//
// Its tables are in docs/explanation/performance.md.
package main

import (
	"context"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/caddy-images/caddy-images/bench/corpus"
	"github.com/caddy-images/caddy-images/transform/sniff"
	"github.com/caddy-images/caddy-images/transform/vips"
)

func main() {
	if os.Getenv(plainRole) != "" {
		plainMain()
		return
	}
	o, err := parseOptions(os.Args[1:])
	if err == nil {
		err = run(o, os.Stdout, os.Stderr)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run measures and prints the report; progress is written separately.
func run(o options, out, progress io.Writer) error {
	runtime.LockOSThread() // see dieWithParent
	defer runtime.UnlockOSThread()
	var err error
	if o.dir, err = filepath.Abs(o.dir); err != nil {
		return err
	}
	if o.caddy, err = filepath.Abs(o.caddy); err != nil {
		return err
	}
	if err := os.MkdirAll(o.dir, 0o755); err != nil {
		return err
	}
	if len(o.jobs()) > 0 {
		if err := render(o, out, progress); err != nil {
			return err
		}
	}
	if !o.only.MatchString("hits") {
		return nil
	}
	fmt.Fprintln(progress, "hits")
	h, err := measureHits(o)
	if err != nil {
		return err
	}
	h.print(out)
	return nil
}

// render measures what renders.
func render(o options, out, progress io.Writer) error {
	fmt.Fprintln(progress, "making pictures in", o.dir)
	files, err := corpus.Make(o.corpus())
	if err != nil {
		return err
	}
	r := report{options: o, machine: machine(o), all: measurements{}, qualities: map[string]map[string]quality{}}
	contenders, err := r.enter(files)
	for _, c := range contenders {
		defer c.close()
		r.contenders = append(r.contenders, c.name())
	}
	if err != nil {
		return err
	}
	for _, j := range o.jobs() {
		fmt.Fprintln(progress, j.Name)
		if r.qualities[j.Name], err = judge(j, contenders, o, files); err != nil {
			return err
		}
		if err := r.all.measure(j, contenders, o); err != nil {
			return err
		}
		r.jobs = append(r.jobs, j)
	}
	r.print(out)
	return nil
}

// jobs returns the jobs to measure.
func (o options) jobs() []job {
	all := slices.Clone(jobs)
	if o.folder != "" {
		all = append(all, folderJobs...)
	}
	all = slices.DeleteFunc(all, func(j job) bool { return !o.only.MatchString(j.Name) })
	if o.quick {
		for n := range all {
			all[n].Width /= quickScale
			all[n].Height /= quickScale
		}
	}
	return all
}

// quickScale divides the sides of all images in a quick run.
const quickScale = 4

// corpus returns the configuration of the corpus, with enough copies that no
// two clients ask for the same one at a time.
func (o options) corpus() corpus.Config {
	c := corpus.Config{Dir: o.dir, Copies: 2 * o.crowd(), Folder: o.folder, EncodeWebP: encodeWebP}
	if o.quick {
		c.Scale = quickScale
	}
	return c
}

func encodeWebP(i image.Image) ([]byte, error) {
	scope := vips.NewScope(context.Background())
	defer scope.Close()
	file, err := asPNG(i)
	if err != nil {
		return nil, err
	}
	picture, err := scope.NewImageFromBuffer(file, sniff.PNG, vips.LoadOptions{})
	if err != nil {
		return nil, err
	}
	return picture.ExportWebp(vips.WebpOptions{Quality: 85})
}

// enter starts the contenders. It notes which optional peers are missing.
func (r *report) enter(files files) (all []contender, err error) {
	o := r.options
	for _, p := range []struct {
		name string
		gap  int
	}{{nameLibvips, 1}, {nameThumbnail, 2}} {
		if o.wants(p.name) {
			c, err := startPlain(p.name, p.gap, o.dir, files)
			if err != nil {
				return all, err
			}
			all = append(all, c)
		}
	}
	for _, h := range []struct{ name, isolation string }{{nameInProcess, "off"}, {nameWorkers, "processes"}} {
		if o.wants(h.name) {
			s, err := startCaddy(h.name, h.isolation, o, files)
			if err != nil {
				return all, err
			}
			all = append(all, s)
		}
	}
	for _, p := range []struct {
		name  string
		start func() (*server, string, error)
	}{
		{nameSharp, func() (*server, string, error) { return startSharp(o, files) }},
		{nameNginx, func() (*server, string, error) { return startNginx(o, files) }},
	} {
		if !o.wants(p.name) {
			continue
		}
		s, version, err := p.start()
		if err != nil {
			r.skipped = append(r.skipped, fmt.Sprintf("%s: skipped: %v", p.name, err))
			continue
		}
		r.machine = append(r.machine, version)
		all = append(all, s)
	}
	return all, nil
}
