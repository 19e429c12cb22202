//go:build linux

package usage

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// ticks is the number of clock ticks per second in /proc/PID/stat, on every
// system that Go supports.
const ticks = 100

// CPU returns the processor time of a process and its children, including
// those that ended.
func CPU(pid int) (time.Duration, error) {
	var sum time.Duration
	for _, p := range tree(pid) {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p))
		if err != nil {
			if p == pid {
				return 0, err
			}
			continue // it has ended, and counts with its parent's children
		}
		used, err := parseStat(stat)
		if err != nil {
			return 0, err
		}
		sum += used
	}
	return sum, nil
}

// parseStat adds up utime, stime, cutime and cstime: fields 14 to 17, counted
// from after the name, which may have any character (proc(5)).
func parseStat(stat []byte) (time.Duration, error) {
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	const first = 14 - 3
	if len(fields) < first+4 {
		return 0, fmt.Errorf("no processor times in %q", stat)
	}
	var sum time.Duration
	for _, field := range fields[first : first+4] {
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, err
		}
		sum += time.Duration(n) * time.Second / ticks
	}
	return sum, nil
}

// Resident returns the resident memory of a process and its children, in
// bytes. Shared memory counts once (Pss in proc(5)).
func Resident(pid int) (int64, error) {
	var sum int64
	for _, p := range tree(pid) {
		rollup, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", p))
		if err != nil {
			if p == pid {
				return 0, err
			}
			continue
		}
		sum += parsePss(rollup)
	}
	return sum, nil
}

func parsePss(rollup []byte) int64 {
	for line := range strings.Lines(string(rollup)) {
		if rest, ok := strings.CutPrefix(line, "Pss:"); ok {
			n, _ := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
			return n << 10
		}
	}
	return 0
}

// tree returns a process, its children, and theirs.
func tree(pid int) []int {
	all := []int{pid}
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, list := range lists {
		children, _ := os.ReadFile(list)
		for _, field := range strings.Fields(string(children)) {
			if child, err := strconv.Atoi(field); err == nil {
				all = append(all, tree(child)...)
			}
		}
	}
	return all
}
