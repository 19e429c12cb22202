package disk

import (
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"go.uber.org/zap/zaptest/observer"

	"github.com/caddy-images/caddy-images/cache"
	"github.com/caddy-images/caddy-images/cache/internal/breaker"
)

// TestDiskFails: writing is tried again after a pause that grows, with one warning, and what
// is there can be had.
func TestDiskFails(t *testing.T) {
	for _, fault := range []error{syscall.EIO, syscall.ENOSPC, syscall.EROFS, syscall.EACCES, syscall.EMFILE} {
		var logs *observer.ObservedLogs
		var failing atomic.Bool
		tries := 0
		clock := &clock{time.Now()}
		tier := openIn(t, t.TempDir(), 1<<20, logged(&logs), func(c *config) {
			c.now = clock.now
			c.create = func(path string) (*os.File, error) {
				if !failing.Load() {
					return createFile(path)
				}
				tries++
				return nil, &os.PathError{Op: "open", Path: path, Err: fault}
			}
		})
		put(t, tier, keyOf(1, 1), 100)
		if fault == syscall.ENOSPC { // which evicts, and tries again
			if err := tier.Delete(t.Context(), keyOf(1, 1)); err != nil {
				t.Fatal(err)
			}
		}
		failing.Store(true)
		again := func() error { return tier.Put(t.Context(), keyOf(2, 1), nil, content(keyOf(2, 1), 100), 1) }
		if err := again(); !errors.Is(err, fault) || !tier.Usage().Failing {
			t.Errorf("%v: got %v, failing %v", fault, err, tier.Usage().Failing)
		}
		for pause := firstPause; pause < 4*longestPause; pause *= 2 {
			before := tries
			clock.at = clock.at.Add(min(pause, longestPause) - time.Millisecond)
			if err := again(); err != breaker.ErrOpen || tries != before {
				t.Errorf("%v: before %v have passed: %v", fault, pause, err)
			}
			clock.at = clock.at.Add(time.Millisecond)
			if err := again(); !errors.Is(err, fault) || tries == before {
				t.Errorf("%v: after %v: %v", fault, pause, err)
			}
		}
		if fault != syscall.ENOSPC && !has(t, tier, keyOf(1, 1), 100) {
			t.Errorf("%v: what was there is lost", fault)
		}
		failing.Store(false)
		clock.at = clock.at.Add(longestPause)
		put(t, tier, keyOf(3, 1), 100)
		if u := consistent(t, tier); u.Failing || messages(logs, "warn") != 1 || messages(logs, "info") != 1 {
			t.Errorf("%v: %+v, logged %v", fault, u, logs.All())
		}
	}
}

// TestReadingFails uses files that cannot be opened.
func TestReadingFails(t *testing.T) {
	var logs *observer.ObservedLogs
	clock := &clock{time.Now()}
	tier := openIn(t, t.TempDir(), 1<<20, logged(&logs), func(c *config) { c.now = clock.now })
	good, bad := keyOf(1, 1), keyOf(2, 1)
	put(t, tier, good, 100)
	put(t, tier, bad, 100)
	loop := tier.file(bad)
	if err := os.Remove(loop); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(loop, loop); err != nil {
		t.Skip(err)
	}
	fail := func() error {
		e, err := tier.Get(t.Context(), bad)
		if e != nil || err == nil {
			t.Fatalf("got %v, %v", e, err)
		}
		return err
	}
	for range tier.reads.Failures - 1 {
		if err := fail(); err == breaker.ErrOpen || tier.Usage().Failing {
			t.Errorf("a few failures give %v, failing %v", err, tier.Usage().Failing)
		}
	}
	if !has(t, tier, good, 100) {
		t.Error("others cannot be had")
	}
	for range tier.reads.Failures {
		_ = fail()
	}
	if err := fail(); err != breaker.ErrOpen || !tier.Usage().Failing {
		t.Errorf("after many failures: %v, failing %v", err, tier.Usage().Failing)
	}
	if e, err := tier.Get(t.Context(), good); e != nil || err != breaker.ErrOpen {
		t.Errorf("others give %v, %v", e, err)
	}
	clock.at = clock.at.Add(firstPause)
	if !has(t, tier, good, 100) || tier.Usage().Failing || messages(logs, "warn") != 1 {
		t.Errorf("after the pause: %+v, %v", tier.Usage(), logs.All())
	}
}

// TestDirectoryDeleted: somebody clears the disk while Caddy runs.
func TestDirectoryDeleted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "cache")
	var logs *observer.ObservedLogs
	tier := openIn(t, path, 1<<20, logged(&logs))
	for i := range 20 {
		put(t, tier, keyOf(i, 1), 40_000)
	}
	rule := cache.Rule{Sequence: 1, Kind: cache.PurgeAll}
	if err := tier.Append(t.Context(), rule); err != nil {
		t.Fatal(err)
	}

	// One folder.
	if err := os.RemoveAll(tier.folder(keyOf(3, 1).Original)); err != nil {
		t.Fatal(err)
	}
	if has(t, tier, keyOf(3, 1), 40_000) {
		t.Error("a file that is gone is an entry")
	}
	put(t, tier, keyOf(3, 1), 40_000)
	consistent(t, tier)

	// Everything.
	if err := os.RemoveAll(filepath.Dir(path)); err != nil {
		t.Fatal(err)
	}
	if has(t, tier, keyOf(3, 1), 40_000) {
		t.Error("a file that is gone is an entry")
	}
	if err := tier.Delete(t.Context(), keyOf(4, 0)); err != nil {
		t.Error(err)
	}
	put(t, tier, keyOf(5, 1), 40_000)
	waitCounted(t, tier)
	if u := consistent(t, tier); u.Entries != 1 || u.Failing || len(logs.All()) > 0 {
		t.Errorf("the usage is %+v, logged %v", u, logs.All())
	}
	if !tier.isOwned() {
		t.Error("the directory is not locked")
	}

	// Everything again, and a purge is the next to come.
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := tier.Append(t.Context(), rule); err != nil {
			t.Fatal(err)
		}
	}
	if rules, err := tier.Rules(t.Context()); err != nil || len(rules) != 2 {
		t.Errorf("the rules are %v, %v", rules, err)
	}
	waitCounted(t, tier)
	if u := consistent(t, tier); u.Entries != 0 {
		t.Errorf("the usage is %+v", u)
	}
}

// TestDirectoryCannotBeMade: Caddy starts, and goes on when it can be.
func TestDirectoryCannotBeMade(t *testing.T) {
	parent := filepath.Join(t.TempDir(), "mount")
	write(t, parent, nil) // not a directory
	var logs *observer.ObservedLogs
	clock := &clock{time.Now()}
	tier := openIn(t, filepath.Join(parent, "cache"), 1<<20, logged(&logs), func(c *config) { c.now = clock.now })
	if u := tier.Usage(); !u.Failing || messages(logs, "warn") != 1 {
		t.Errorf("the usage is %+v, logged %v", u, logs.All())
	}
	if err := tier.Put(t.Context(), keyOf(1, 1), nil, nil, 1); err != breaker.ErrOpen {
		t.Errorf("putting gives %v", err)
	}
	if err := tier.Append(t.Context(), cache.Rule{Sequence: 1}); err == nil {
		t.Error("a purge is kept")
	}
	if _, err := tier.Rules(t.Context()); err == nil {
		t.Error("there are no purges, as far as that can be known")
	}
	if err := os.Remove(parent); err != nil {
		t.Fatal(err)
	}
	clock.at = clock.at.Add(firstPause)
	put(t, tier, keyOf(1, 1), 10)
	waitCounted(t, tier)
	if u := consistent(t, tier); u.Failing || u.Entries != 1 {
		t.Errorf("the usage is %+v", u)
	}
}
