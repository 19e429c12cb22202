package disk

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/caddy-images/caddy-images/cache"
)

// childPath is the variable with the directory of a process that writes until it is killed.
const childPath = "CADDY_IMAGES_DISK_TEST"

const childLimit = 8 << 20

// countPath is that of a process that has the files in a directory counted.
const countPath = "CADDY_IMAGES_DISK_COUNT"

func TestMain(m *testing.M) {
	if path := os.Getenv(childPath); path != "" {
		writeUntilKilled(path)
	}
	if path := os.Getenv(countPath); path != "" {
		countOnce(path)
		return
	}
	os.Exit(m.Run())
}

// writeUntilKilled says when it begins, and each purge that was kept.
func writeUntilKilled(path string) {
	tier, err := open(config{path: path, limit: childLimit, minFree: -1, log: zap.NewNop()})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("open")
	for worker := range 4 {
		go func() {
			for i := worker; ; i += 4 {
				key := keyOf(i%500, 1+i%3)
				if err := tier.Put(tier.quit, key, metaOf(key), content(key, childSize(i%500)), 1); err != nil && err != errNoRoom {
					fmt.Println(err)
					os.Exit(1)
				}
				if i%50 == 0 {
					_ = tier.Delete(tier.quit, cache.Key{Original: key.Original})
				}
			}
		}()
	}
	for sequence := uint64(time.Now().UnixNano()); ; sequence++ {
		if err := tier.Append(tier.quit, cache.Rule{Sequence: sequence, Kind: cache.PurgeTag, Value: strings.Repeat("x", int(sequence%200))}); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("purged", sequence)
	}
}

func childSize(i int) int { return 1000 + i*i }

// startChild starts such a process, and returns when it has opened the directory.
func startChild(t *testing.T, path string) (*exec.Cmd, *bufio.Reader) {
	t.Helper()
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(executable)
	child.Env = append(os.Environ(), childPath+"="+path)
	output, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = child.Process.Kill() })
	lines := bufio.NewReader(output)
	if line, err := lines.ReadString('\n'); line != "open\n" {
		t.Fatalf("the process says %q, %v", line, err)
	}
	return child, lines
}

// TestKilled kills processes in the middle of counting, writing, renaming, evicting and
// purging, again and again in one directory.
func TestKilled(t *testing.T) {
	path := t.TempDir()
	torn, purges, found := 0, 0, 0
	for range 15 {
		child, lines := startChild(t, path)
		delay := time.Duration(rand.Int64N(int64(80 * time.Millisecond)))
		time.AfterFunc(delay, func() { _ = child.Process.Kill() })
		said, err := io.ReadAll(lines)
		if err != nil {
			t.Fatal(err)
		}
		_ = child.Wait()
		left, err := filepath.Glob(filepath.Join(path, "*", temporary+"*"))
		if err != nil {
			t.Fatal(err)
		}
		torn += len(left)
		if _, size := files(t, path); size > childLimit {
			t.Fatalf("the files take %d bytes, of at most %d", size, childLimit)
		}

		tier := openIn(t, path, childLimit)
		for i := range 500 {
			for j := 1; j <= 3; j++ {
				if has(t, tier, keyOf(i, j), childSize(i)) {
					found++
				}
			}
		}
		if u := consistent(t, tier); u.Broken != 0 || u.Failing {
			t.Errorf("after a process was killed: %+v", u)
		}
		if left, err := filepath.Glob(filepath.Join(path, "*", temporary+"*")); err != nil || len(left) > 0 {
			t.Errorf("temporary files are left: %q, %v", left, err)
		}
		rules, err := tier.Rules(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		kept := make(map[uint64]bool)
		for _, r := range rules {
			kept[r.Sequence] = true
		}
		for line := range strings.Lines(string(said)) {
			number, ok := strings.CutPrefix(strings.TrimSpace(line), "purged ")
			sequence, err := strconv.ParseUint(number, 10, 64)
			if !ok || err != nil || !strings.HasSuffix(line, "\n") {
				t.Fatalf("the process said %q", line)
			}
			purges++
			if !kept[sequence] {
				t.Errorf("purge %d was lost", sequence)
			}
		}
		closeTier(t, tier)
	}
	if torn == 0 || purges == 0 || found == 0 {
		t.Errorf("%d files were being written, %d purges and %d entries were kept: this shows nothing", torn, purges, found)
	}
}

func TestTwoProcesses(t *testing.T) {
	path := t.TempDir()
	child, _ := startChild(t, path)
	other := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(path, other); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{path, other} {
		tier, err := open(config{path: p, limit: 1 << 20, log: zap.NewNop()})
		if err == nil {
			t.Fatalf("it is opened: %+v", tier.Usage())
		}
		if want := "cache disk " + p + ": another process uses the directory"; err.Error() != want {
			t.Errorf("got %q, want %q", err, want)
		}
	}
	_ = child.Process.Kill()
	_ = child.Wait()
	put(t, openIn(t, path, 1<<20), keyOf(1, 1), 10)
}
