//go:build linux && cgo

package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"github.com/caddy-images/caddy-images/bench/load"
)

// plain is the contender libvips alone, in a process of its own: no HTTP, no
// files, one thread per processor. It is the upper bound for the others.
type plain struct {
	called  string
	gap     int // see job.draw
	files   files
	dir     string
	command *exec.Cmd
	orders  *json.Encoder
	answers *json.Decoder
	stdin   io.Closer
}

// order is a message to the process, one line of JSON each.
type order struct {
	Job      job
	Gap      int
	Files    []string // to take turns with
	Once     bool     // do it once, and answer with the image
	Clients  int
	Duration time.Duration
	Least    int
}

type reply struct {
	Picture []byte
	Result  load.Result
	Error   string
}

// plainRole is the environment variable that makes this program that process.
const plainRole = "CADDY_IMAGES_BENCH_PLAIN"

func startPlain(called string, gap int, dir string, files files) (*plain, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &plain{called: called, gap: gap, dir: dir, files: files, command: exec.Command(program)}
	p.command.Env = append(os.Environ(), plainRole+"=1")
	p.command.Stderr = os.Stderr
	dieWithParent(p.command)
	stdin, err := p.command.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := p.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.stdin, p.orders, p.answers = stdin, json.NewEncoder(stdin), json.NewDecoder(bufio.NewReader(stdout))
	return p, p.command.Start()
}

func (p *plain) name() string { return p.called }
func (p *plain) pid() int     { return p.command.Process.Pid }

// does skips jobs for which vips_thumbnail's rule makes no difference.
func (p *plain) does(j job) bool { return p.gap == 1 || j.Share > 0 && j.isResize() }

func (p *plain) close() {
	_ = p.stdin.Close()
	_ = p.command.Wait()
}

// held is the number of originals in memory: too many for the processor's
// cache.
const held = 16

func (p *plain) ask(o order) (reply, error) {
	for n, file := range o.Files {
		o.Files[n] = filepath.Join(p.dir, filepath.FromSlash(file))
	}
	o.Gap = p.gap
	var r reply
	if err := p.orders.Encode(o); err != nil {
		return r, err
	}
	if err := p.answers.Decode(&r); err != nil {
		return r, err
	}
	if r.Error != "" {
		return r, errors.New(r.Error)
	}
	return r, nil
}

func (p *plain) once(j job, file int) ([]byte, error) {
	r, err := p.ask(order{Job: j, Once: true, Files: []string{p.files.of(j, file)}})
	return r.Picture, err
}

func (p *plain) run(j job, clients int, duration time.Duration, least int) (load.Result, error) {
	o := order{Job: j, Clients: clients, Duration: duration, Least: least}
	for n := range min(held, len(p.files[j.Original])) {
		o.Files = append(o.Files, p.files.of(j, n))
	}
	r, err := p.ask(o)
	return r.Result, err
}

// plainMain is the main function of the process.
func plainMain() {
	tasks := make(chan func())
	for range runtime.GOMAXPROCS(0) {
		go func() {
			runtime.LockOSThread() // libvips keeps buffers a thread
			for task := range tasks {
				task()
			}
		}()
	}
	orders, answers := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		var o order
		if orders.Decode(&o) != nil {
			return
		}
		r, err := o.do(tasks)
		if err != nil {
			r.Error = err.Error()
		}
		if answers.Encode(r) != nil {
			return
		}
	}
}

func (o order) do(tasks chan<- func()) (r reply, err error) {
	var originals [][]byte
	for _, file := range o.Files {
		original, err := os.ReadFile(file)
		if err != nil {
			return r, err
		}
		originals = append(originals, original)
	}
	if o.Once {
		r.Picture, err = o.Job.draw(originals[0], o.Gap)
		return r, err
	}
	r.Result, err = load.Run(o.Clients, o.Duration, o.Least, func() (load.Do, error) {
		done := make(chan error, 1)
		return func(n int) error {
			tasks <- func() {
				_, err := o.Job.draw(originals[n%len(originals)], o.Gap)
				done <- err
			}
			return <-done
		}, nil
	})
	return r, err
}
