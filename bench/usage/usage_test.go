//go:build linux

package usage

import (
	"bufio"
	"os"
	"os/exec"
	"testing"
	"time"
)

func TestParseStat(t *testing.T) {
	got, err := parseStat([]byte("42 (a) b (c)) S 1 42 42 0 -1 4194560 1 2 3 4 150 50 7 3 20 0 1 0 5 6 7"))
	if err != nil || got != 2100*time.Millisecond {
		t.Errorf("%s, %v, want 2.1s", got, err)
	}
	if _, err := parseStat([]byte("42 (a) S 1 2")); err == nil {
		t.Error("a short line is understood")
	}
}

func TestParsePss(t *testing.T) {
	if got := parsePss([]byte("5500-7ffc ---p 00000000 00:00 0 [rollup]\nRss:    1740 kB\nPss:     298 kB\nPss_Dirty:  116 kB\n")); got != 298<<10 {
		t.Errorf("%d bytes, want %d", got, 298<<10)
	}
}

// What a child of a child takes counts, while it lives and afterwards.
func TestChildrenCount(t *testing.T) {
	cmd := exec.Command("sh", "-c", `sh -c 'i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; echo done; read line'; echo waited; read line`)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	lines.Scan()
	alive, err := CPU(cmd.Process.Pid)
	if err != nil || alive < 20*time.Millisecond {
		t.Errorf("a busy child took %s, %v", alive, err)
	}
	if n := len(tree(cmd.Process.Pid)); n != 2 {
		t.Errorf("%d processes, want 2", n)
	}
	if _, err := stdin.Write([]byte("\n")); err != nil {
		t.Fatal(err)
	}
	lines.Scan()
	gone, err := CPU(cmd.Process.Pid)
	if err != nil || gone < alive {
		t.Errorf("after its end it took %s, %v, less than %s", gone, err, alive)
	}
	stdin.Close()
	if err := cmd.Wait(); err == nil {
		return // sh may or may not mind the end of its input
	}
}

func TestPeak(t *testing.T) {
	end := Peak(os.Getpid())
	const size = 64 << 20
	taken := make([]byte, size)
	for i := 0; i < size; i += 1 << 12 {
		taken[i] = 1
	}
	if peak := end(); peak < size {
		t.Errorf("the peak is %d, with %d taken", peak, len(taken))
	}
	if size, err := Resident(1 << 30); err == nil {
		t.Errorf("a process that is not there takes %d", size)
	}
}
