package disk

import (
	"context"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/zap/zaptest/observer"

	"github.com/caddy-images/caddy-images/cache/internal/breaker"
)

func TestLimit(t *testing.T) {
	const limit = 2 << 20
	tier := openIn(t, t.TempDir(), limit)
	for i := range 300 {
		put(t, tier, keyOf(i, 1), 1+i*997%90_000)
		if _, size := files(t, tier.path); size > limit {
			t.Fatalf("%d bytes after %d entries, of at most %d", size, i+1, limit)
		}
	}
	if u := consistent(t, tier); u.Evictions == 0 || u.Bytes < limit*9/10 {
		t.Errorf("the usage is %+v", u)
	}
	put(t, tier, keyOf(1000, 1), limit/4)
	if has(t, tier, keyOf(1000, 1), limit/4) {
		t.Error("an entry of more than a quarter is kept")
	}
}

// TestLowerLimit has a former process leave more than there may be.
func TestLowerLimit(t *testing.T) {
	path := t.TempDir()
	tier := openIn(t, path, 8<<20)
	for i := range 100 {
		put(t, tier, keyOf(i, 1), 50_000)
	}
	closeTier(t, tier)
	tier = openIn(t, path, 1<<20)
	eventually(t, func() bool { return tier.Usage().Bytes <= 1<<20 })
	consistent(t, tier)

	// In a reload, both configurations have the directory open for a moment.
	second, err := open(config{path: path, limit: 1 << 19, log: tier.log})
	if err != nil {
		t.Fatal(err)
	}
	if second != tier {
		t.Error("a directory is opened twice")
	}
	closeTier(t, tier)
	eventually(t, func() bool { return tier.Usage().Bytes <= 1<<19 })
	put(t, tier, keyOf(200, 1), 50_000)
	consistent(t, tier)
}

// TestEmptyFiles: files that a crash of the system left empty go, too.
func TestEmptyFiles(t *testing.T) {
	path := t.TempDir()
	tier := openIn(t, path, 1<<20)
	for i := range 300 {
		key := keyOf(i, 1)
		if err := os.MkdirAll(tier.folder(key.Original), 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, tier.file(key), nil)
	}
	closeTier(t, tier)
	tier = openIn(t, path, 1<<20)
	eventually(t, func() bool { return tier.Usage().Entries <= 256 })
	for i := range 100 {
		put(t, tier, keyOf(1000+i, 1), 10_000)
	}
	consistent(t, tier)
}

// TestWritesWhileCounting: the limit holds, with what a former process left, before
// that is known.
func TestWritesWhileCounting(t *testing.T) {
	for _, tt := range []struct {
		name   string
		limit  int64
		before int
	}{
		{"above the limit", 1 << 20, 60},
		{"below the limit", 8 << 20, 60},
		{"empty", 1 << 20, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := t.TempDir()
			tier := openIn(t, path, 64<<20)
			for i := range tt.before {
				put(t, tier, keyOf(i, 1), 50_000)
			}
			_, before := files(t, path)
			closeTier(t, tier)

			uncounted := newTier(config{path: path, limit: tt.limit, minFree: -1, log: tier.log})
			if err := uncounted.own(); err != nil {
				t.Fatal(err)
			}
			defer uncounted.owned.Close()

			// Nothing is known: it is not written, and an entry can be had.
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
			defer cancel()
			if err := uncounted.Put(ctx, keyOf(1000, 1), metaOf(keyOf(1000, 1)), content(keyOf(1000, 1), 50_000), 1); err != context.DeadlineExceeded {
				t.Errorf("putting gave %v", err)
			}
			if uncounted.Usage().Failing {
				t.Error("waiting counts as a failure of the disk")
			}
			for i := range tt.before / 2 {
				if !has(t, uncounted, keyOf(i, 1), 50_000) {
					t.Fatalf("entry %d is not there", i)
				}
			}

			// Half is known, by having been read: as much goes as comes.
			for i := range tt.before / 2 {
				put(t, uncounted, keyOf(2000+i, 1), 30_000)
				if _, size := files(t, path); size > before {
					t.Fatalf("the directory grows from %d to %d bytes", before, size)
				}
			}
			done := make(chan error)
			if tt.before == 0 {
				key := keyOf(3000, 1)
				go func() { done <- uncounted.Put(t.Context(), key, metaOf(key), content(key, 10), 1) }()
			}
			uncounted.scan()
			if tt.before == 0 {
				if err := <-done; err != nil {
					t.Errorf("who waits for the count gets %v", err)
				}
			}
			if u := consistent(t, uncounted); u.Bytes > max(tt.limit, 0) {
				t.Errorf("the usage is %+v", u)
			}
		})
	}
}

// TestLeastRecentlyUsed: what is used stays, also by a former process.
func TestLeastRecentlyUsed(t *testing.T) {
	const n = 200
	path := t.TempDir()
	clock := &clock{time.Now()}
	withClock := func(c *config) { c.now = clock.now }
	tier := openIn(t, path, n*2*blockSize, withClock)
	for i := range n {
		put(t, tier, keyOf(i, 1), 5000)
	}
	clock.at = clock.at.Add(2 * time.Hour)
	for i := range n / 2 {
		has(t, tier, keyOf(i, 1), 5000)
	}
	modified := func() time.Time {
		info, err := os.Stat(tier.file(keyOf(0, 1)))
		if err != nil {
			t.Fatal(err)
		}
		return info.ModTime()
	}
	before := modified()
	survivors := func() (used, others int) {
		for i := range n {
			if _, err := os.Stat(tier.file(keyOf(i, 1))); err == nil && i < n/2 {
				used++
			} else if err == nil {
				others++
			}
		}
		return used, others
	}
	closeTier(t, tier)
	clock.at = clock.at.Add(time.Hour)
	tier = openIn(t, path, n*2*blockSize, withClock)
	for i := range n / 4 {
		put(t, tier, keyOf(1000+i, 1), 5000)
	}
	used, others := survivors()
	if used < n/2-2 || used+others != n*3/4 {
		t.Errorf("of %d that were used later %d survive, of the others %d", n/2, used, others)
	}
	if got := modified(); !got.Equal(before) {
		t.Errorf("a use changes the modification time from %v to %v", before, got)
	}
}

// TestClockJumps: a clock that was wrong for a while makes no entry stay for ever, and
// none go at once.
func TestClockJumps(t *testing.T) {
	for _, jump := range []time.Duration{-time.Hour, time.Hour, -10000 * time.Hour} {
		path := t.TempDir()
		clock := &clock{time.Now()}
		withClock := func(c *config) { c.now = clock.now }
		tier := openIn(t, path, 100*2*blockSize, withClock)
		for i := range 100 {
			put(t, tier, keyOf(i, 1), 5000)
			has(t, tier, keyOf(i, 1), 5000)
		}
		closeTier(t, tier)
		clock.at = clock.at.Add(jump)
		tier = openIn(t, path, 100*2*blockSize, withClock)
		clock.at = clock.at.Add(time.Minute)
		for i := range 100 {
			put(t, tier, keyOf(1000+i, 1), 5000)
			has(t, tier, keyOf(1000+i, 1), 5000)
			clock.at = clock.at.Add(time.Second)
		}
		old, fresh := 0, 0
		for i := range 100 {
			if has(t, tier, keyOf(i, 1), 5000) {
				old++
			}
			if has(t, tier, keyOf(1000+i, 1), 5000) {
				fresh++
			}
		}
		if old > 20 || fresh < 80 {
			t.Errorf("after a jump of %v: %d old ones and %d new ones are left of 100", jump, old, fresh)
		}
		closeTier(t, tier)
	}
}

func TestMinFree(t *testing.T) {
	var free atomic.Int64 // without the entries
	free.Store(10 << 20)
	path := t.TempDir()
	var logs *observer.ObservedLogs
	clock := &clock{time.Now()}
	tier := openIn(t, path, 64<<20, logged(&logs), func(c *config) {
		c.minFree = 9 << 20
		c.now = clock.now
		c.space = func(string) (int64, int64, bool) {
			_, size := files(t, path)
			return free.Load() - size, 100 << 20, true
		}
	})
	for i := range 50 {
		put(t, tier, keyOf(i, 1), 50_000)
	}
	if u := consistent(t, tier); u.Bytes > 1<<20 || u.Bytes < 1<<19 || u.Failing {
		t.Errorf("the usage is %+v", u)
	}

	free.Store(8 << 20) // others need it all
	if err := tier.Put(t.Context(), keyOf(100, 1), nil, content(keyOf(100, 1), 10), 1); err == nil {
		t.Error("an entry is kept")
	}
	if u := consistent(t, tier); u.Entries != 0 || !u.Failing {
		t.Errorf("the usage is %+v", u)
	}
	if err := tier.Put(t.Context(), keyOf(100, 1), nil, nil, 1); err != breaker.ErrOpen {
		t.Errorf("the next one gives %v", err)
	}
	free.Store(20 << 20)
	clock.at = clock.at.Add(firstPause)
	put(t, tier, keyOf(101, 1), 50_000)
	if u := consistent(t, tier); u.Entries != 1 || u.Failing || messages(logs, "warn") != 1 || messages(logs, "info") != 1 {
		t.Errorf("the usage is %+v, and was logged as %v", u, logs.All())
	}
}

func TestDefaultMinFree(t *testing.T) {
	tier := newTier(config{path: t.TempDir(), limit: 1 << 20, log: nil})
	for total, want := range map[int64]int64{1 << 30: 1 << 30 / 20, 1 << 40: 1 << 30} {
		tier.space = func(string) (int64, int64, bool) { return 0, total, true }
		if got := tier.short(0); got != want {
			t.Errorf("of %d bytes %d are left free, want %d", total, got, want)
		}
	}
	if free, total, ok := space(t.TempDir()); ok && (free <= 0 || total < free) {
		t.Errorf("%d of %d bytes are free", free, total)
	}
	if _, _, ok := space(filepath.Join(t.TempDir(), "missing")); ok {
		t.Error("the room in a directory that is not there is known")
	}
}
