package cache_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"
	"go.uber.org/zap/zaptest"

	"github.com/caddy-images/caddy-images/cache"
	"github.com/caddy-images/caddy-images/cache/disk"
	"github.com/caddy-images/caddy-images/cache/memory"
	"github.com/caddy-images/caddy-images/internal/long"
)

// resident is how much memory this process uses, and has, in bytes, without what the garbage
// collector keeps for later.
func resident(t *testing.T) (used, has int64) {
	t.Helper()
	debug.FreeOSMemory()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	var kilobytes int64
	if _, err := fmt.Sscan(rest, &kilobytes); err != nil {
		t.Fatal(err)
	}
	return int64(stats.HeapAlloc), kilobytes << 10
}

// A store that a million variants have passed through uses no more memory than after the
// first fifty thousand, which fill its tier in memory. The process has more than it uses: Go
// cannot give back a page on which one small variant is left.
func TestMillionVariants(t *testing.T) {
	long.Only(t)
	const first, all, size = 50_000, 1_000_000, 6000
	onDisk := &disk.Cache{Path: t.TempDir(), Size: 2 << 30, MinFree: -1}
	if err := onDisk.Provision(caddy.Context{}); err != nil {
		t.Fatal(err)
	}
	s, err := cache.New(cache.Config{Guests: []cache.Guest{&memory.Cache{Size: 256 << 20}, onDisk}, Records: 32 << 20, Log: zaptest.NewLogger(t), Count: counters{}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	settled := func(most int) {
		t.Helper()
		for deadline := time.Now().Add(10 * time.Minute); ; time.Sleep(time.Millisecond) {
			_, waiting, dropped := s.Usage()
			if dropped > 0 {
				t.Fatalf("%d variants were not written", dropped)
			}
			if waiting <= most {
				return
			}
			if time.Now().After(deadline) {
				t.Fatal("the disk does not get on")
			}
		}
	}
	var before, hadBefore int64
	for i := range all {
		if i == first {
			settled(0)
			before, hadBefore = resident(t)
		}
		if i%200 == 0 {
			settled(200)
		}
		var key cache.Key
		binary.BigEndian.PutUint64(key.Original[:], uint64(i)*0x9e3779b97f4a7c15) // all folders in turn
		key.Entry[0] = 1
		s.Keep(key, cache.Variant{ContentType: "image/webp"}, bytes.Repeat([]byte{byte(i) | 1}, size), 0, 0) // memory that is only zero is not resident
	}
	settled(0)
	after, has := resident(t)
	tiers, _, _ := s.Usage()
	t.Logf("%d MiB used and %d resident after %d variants, %d used and %d resident after %d: %+v", before>>20, hadBefore>>20, first, after>>20, has>>20, all, tiers)
	if after > before+before/10 {
		t.Errorf("%d MiB are used after %d variants, and %d MiB after %d", before>>20, first, after>>20, all)
	}
	if has > 2*after {
		t.Errorf("%d MiB are resident for %d that are used", has>>20, after>>20)
	}
	for _, u := range tiers {
		if u.Limit > 0 && u.Bytes > u.Limit {
			t.Errorf("the tier %s has more than its limit: %+v", u.Name, u)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
