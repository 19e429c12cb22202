//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/caddy-images/caddy-images/bench/usage"
)

// sample returns the memory of all processes: each page once, and files in
// memory that no process has mapped.
func (s *caddy) sample() int64 {
	resident, _ := usage.Resident(s.command.Process.Pid)
	return resident + unmapped(s.command.Process.Pid)
}

// unmapped returns the size of the memfds of a process that it has not mapped.
// Those that a worker has mapped are in its resident size.
func unmapped(pid int) (sum int64) {
	maps, _ := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid))
	children, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, list := range children {
		text, _ := os.ReadFile(list)
		for child := range strings.FieldsSeq(string(text)) {
			more, _ := os.ReadFile("/proc/" + child + "/maps")
			maps = append(maps, more...)
		}
	}
	links, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	seen := map[uint64]bool{}
	for _, link := range links {
		if to, err := os.Readlink(link); err != nil || !strings.HasPrefix(to, "/memfd:") {
			continue
		}
		var stat syscall.Stat_t
		if syscall.Stat(link, &stat) != nil || seen[stat.Ino] || strings.Contains(string(maps), fmt.Sprintf(" %d ", stat.Ino)) {
			continue
		}
		seen[stat.Ino] = true
		sum += stat.Blocks * 512
	}
	return sum
}

// peaks are the largest samples.
type peaks struct{ process, group int64 }

// watch samples ten times a second until the returned function is called.
func (s *caddy) watch() (end func() peaks) {
	stop, result := make(chan struct{}), make(chan peaks)
	go func() {
		var most peaks
		clock := time.NewTicker(100 * time.Millisecond)
		defer clock.Stop()
		for {
			most.process = max(most.process, s.sample())
			most.group = max(most.group, s.group.used())
			select {
			case <-clock.C:
			case <-stop:
				result <- most
				return
			}
		}
	}()
	return func() peaks {
		close(stop)
		return <-result
	}
}

// group is a control group; nil is none.
type group struct{ dir string }

func newGroup(dir string, limit int64) (*group, error) {
	if dir == "" {
		return nil, nil
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, err
	}
	g := &group{dir}
	if limit > 0 {
		err := os.WriteFile(filepath.Join(dir, "memory.max"), []byte(strconv.FormatInt(limit, 10)), 0o644)
		if os.IsNotExist(err) || os.IsPermission(err) {
			err = os.WriteFile(filepath.Join(dir, "memory.limit_in_bytes"), []byte(strconv.FormatInt(limit, 10)), 0o644)
		}
		if err != nil {
			return nil, err
		}
	}
	return g, nil
}

// start starts a command in the group.
func (g *group) start(c *exec.Cmd) error {
	if g != nil {
		// A shell enters the group and becomes the command.
		c.Args = append([]string{"sh", "-c", `echo $$ >"$0"/cgroup.procs; exec "$@"`, g.dir, c.Path}, c.Args[1:]...)
		c.Path = "/bin/sh"
	}
	return c.Start()
}

// used returns the anonymous and shared memory of the group.
func (g *group) used() (sum int64) {
	if g == nil {
		return 0
	}
	text, _ := os.ReadFile(filepath.Join(g.dir, "memory.stat"))
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		if name == "anon" || name == "shmem" || name == "rss" {
			n, _ := strconv.ParseInt(value, 10, 64)
			sum += n
		}
	}
	return sum
}

// remove removes the group when its last process is gone.
func (g *group) remove() {
	if g == nil {
		return
	}
	for deadline := time.Now().Add(10 * time.Second); os.Remove(g.dir) != nil && time.Now().Before(deadline); {
		time.Sleep(50 * time.Millisecond)
	}
}
