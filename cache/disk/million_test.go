package disk

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/caddy-images/caddy-images/internal/long"
)

// counting is what a process says that counted files.
type counting struct {
	Entries  int64
	Took     time.Duration
	Resident int64 // how far the most resident memory grew, in bytes; 0 if it is not known
	Requests int   // for entries, while it counted
	P99, Max time.Duration
}

// countOnce opens a directory and asks for the entries of keyOf(0 to 99, 0), like clients.
func countOnce(path string) {
	before := peak()
	start := time.Now()
	tier, err := open(config{path: path, limit: 1 << 40, minFree: -1, log: zap.NewNop()})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	var c counting
	var times []time.Duration
	_, whole := tier.index.state()
	for i := 0; c.Took == 0; i++ {
		select {
		case <-whole:
			c.Took = time.Since(start)
			continue
		case <-time.After(time.Millisecond):
		}
		asked := time.Now()
		e, err := tier.Get(tier.quit, keyOf(i%100, 0))
		if err != nil || e == nil {
			fmt.Println("there is no entry:", err)
			os.Exit(1)
		}
		_ = e.Body.Close()
		times = append(times, time.Since(asked))
	}
	c.Entries = tier.Usage().Entries
	if before > 0 {
		c.Resident = peak() - before
	}
	if c.Requests = len(times); c.Requests > 0 {
		slices.Sort(times)
		c.P99, c.Max = times[len(times)*99/100], times[len(times)-1]
	}
	_ = json.NewEncoder(os.Stdout).Encode(c)
}

// peak is the most memory that this process had resident, in bytes; 0 where that is not
// known.
func peak() int64 {
	status, _ := os.ReadFile("/proc/self/status")
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	var kilobytes int64
	_, _ = fmt.Sscan(rest, &kilobytes)
	return kilobytes << 10
}

// TestMillionFiles: a start with a million entries takes less than 200 MB, and entries can
// be had at once.
func TestMillionFiles(t *testing.T) {
	n := 3000
	if long.Wanted() {
		n = 1_000_000
	}
	path := t.TempDir()
	tier := openIn(t, path, 1<<30)
	for i := range 100 {
		put(t, tier, keyOf(i, 0), 20_000)
	}
	closeTier(t, tier)
	for i := range 256 {
		_ = os.Mkdir(filepath.Join(path, fmt.Sprintf("%02x", i)), 0o700)
	}
	for i := 100; i < n; i++ {
		write(t, tier.file(keyOf(i/10, 1+i%10)), nil)
	}
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(executable)
	child.Env = append(os.Environ(), countPath+"="+path)
	said, err := child.CombinedOutput()
	var c counting
	if err != nil || json.Unmarshal(said, &c) != nil {
		t.Fatalf("the process says %s, %v", said, err)
	}
	t.Logf("%+v", c)
	if c.Entries != int64(n) {
		t.Errorf("%d of %d entries were counted", c.Entries, n)
	}
	if c.Resident > 200<<20 {
		t.Errorf("counting took %d bytes", c.Resident)
	}
}
