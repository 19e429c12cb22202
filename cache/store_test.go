package cache_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/caddyserver/caddy/v2"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest"

	"github.com/caddy-images/caddy-images/cache"
	"github.com/caddy-images/caddy-images/cache/disk"
	"github.com/caddy-images/caddy-images/cache/memory"
	"github.com/caddy-images/caddy-images/origin"
)

// counters count nothing.
type counters struct{}

func (counters) Lookup(string, string, string) {}
func (counters) TierError(string, string)      {}
func (counters) Dropped()                      {}

// openStore opens a store on a directory, as each start of Caddy does.
func openStore(t *testing.T, dir string) *cache.Store {
	t.Helper()
	guest := &disk.Cache{Path: dir, Size: 10 << 20, MinFree: -1}
	if err := guest.Provision(caddy.Context{}); err != nil {
		t.Fatal(err)
	}
	s, err := cache.New(cache.Config{Guests: []cache.Guest{guest}, Records: 1 << 20, Log: zaptest.NewLogger(t), Count: counters{}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	return s
}

var (
	lake = cache.Key{Original: cache.ID{1}, Entry: cache.ID{2}}
	sea  = cache.Key{Original: cache.ID{3}, Entry: cache.ID{4}}
)

func keep(t *testing.T, s *cache.Store, key cache.Key) {
	t.Helper()
	if !s.Keep(key, cache.Variant{ContentType: "image/png"}, []byte("an image"), s.Sequence(), 0) {
		t.Fatal("it is not kept")
	}
}

func has(t *testing.T, s *cache.Store, key cache.Key) bool {
	t.Helper()
	v, _, ok := s.Variant(t.Context(), key, s.Required(cache.Subject{Ref: origin.Ref{Path: "lake.jpg"}}))
	if !ok {
		return false
	}
	defer v.Body.Close()
	if body, err := io.ReadAll(v.Body); err != nil || !bytes.Equal(body, []byte("an image")) {
		t.Errorf("%q, %v", body, err)
	}
	return true
}

// restart closes a store, which writes what waits, and opens the directory again.
func restart(t *testing.T, s *cache.Store, dir string, between func()) *cache.Store {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if between != nil {
		between()
	}
	return openStore(t, dir)
}

// Purges survive a restart. If they were lost, what they forbade stays unused, and what is
// kept from then on is used.
func TestPurgesSurvive(t *testing.T) {
	purge := cache.Rule{Kind: cache.PurgeOriginal, Value: "/lake.jpg"}
	for _, tt := range []struct {
		name string
		lose func(t *testing.T, file string)
	}{
		{"whole", func(*testing.T, string) {}},
		{"damaged", func(t *testing.T, file string) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			text[0] ^= 1
			if err := os.WriteFile(file, text, 0o600); err != nil {
				t.Fatal(err)
			}
		}},
		{"removed", func(t *testing.T, file string) {
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			s := openStore(t, dir)
			keep(t, s, lake)
			s = restart(t, s, dir, nil)
			if !has(t, s, lake) {
				t.Fatal("it is lost in a restart")
			}
			if _, err := s.Purge(t.Context(), purge); err != nil {
				t.Fatal(err)
			}
			keep(t, s, sea) // after the purge, so that it shows whether the purge is known
			s = restart(t, s, dir, func() { tt.lose(t, filepath.Join(dir, "purges")) })
			if used := has(t, s, sea); used != (tt.name == "whole") {
				t.Errorf("what was kept after the purge is used: %t", used)
			}
			if has(t, s, lake) {
				t.Error("it is used after a restart")
			}
			keep(t, s, sea)
			s = restart(t, s, dir, nil)
			if !has(t, s, sea) {
				t.Error("what was kept later is purged once more")
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// Two stores of one directory learn of each other's purges.
func TestStoresShareALedger(t *testing.T) {
	dir := t.TempDir()
	a := openStore(t, dir)
	b := openStore(t, dir)
	keep(t, a, lake)
	if _, err := a.Purge(t.Context(), cache.Rule{Kind: cache.PurgeTag, Value: "seas"}); err != nil {
		t.Fatal(err)
	}
	keep(t, a, sea)
	if err := a.Close(); err != nil { // which writes what waits
		t.Fatal(err)
	}
	has(t, b, sea) // it is newer than what b knows
	if !has(t, b, sea) || !has(t, b, lake) {
		t.Error("a purge of another store purges everything")
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
}

// slowTier is a tier whose writes wait until they are let through.
type slowTier struct {
	cache.Tier
	begun, through chan struct{}
}

func (t slowTier) Put(ctx context.Context, key cache.Key, meta, body []byte, sequence uint64) error {
	t.begun <- struct{}{}
	<-t.through
	return t.Tier.Put(ctx, key, meta, body, sequence)
}

// Settings implements cache.Guest.
func (slowTier) Settings() string { return "" }

// Open implements cache.Guest.
func (t slowTier) Open(*zap.Logger) (cache.Tier, error) { return t, nil }

// What is being written when it is purged is not used, and what is kept later is.
func TestPurgeWhileStoring(t *testing.T) {
	inner, err := memory.New(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	slow := slowTier{inner, make(chan struct{}), make(chan struct{})}
	s, err := cache.New(cache.Config{Guests: []cache.Guest{slow}, Records: 1 << 20, Log: zaptest.NewLogger(t), Count: counters{}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	keep(t, s, lake)
	<-slow.begun
	if _, err := s.Purge(t.Context(), cache.Rule{Kind: cache.PurgeOriginal, Value: "/lake.jpg"}); err != nil {
		t.Fatal(err)
	}
	slow.through <- struct{}{}
	keep(t, s, cache.Key{Original: lake.Original, Entry: sea.Entry}) // written after it
	<-slow.begun
	if e, err := inner.Get(t.Context(), lake); err != nil || e == nil {
		t.Fatalf("it was not written: %v, %v", e, err)
	}
	if has(t, s, lake) {
		t.Error("it is used")
	}
	slow.through <- struct{}{}
	go func() {
		for range slow.begun {
			slow.through <- struct{}{}
		}
	}()
	if s.Keep(lake, cache.Variant{}, []byte("an image"), 0, s.Sequence()) {
		t.Error("what was asked for before the purge is kept after it")
	}
	if err := s.Close(); err != nil { // which writes what waits
		t.Fatal(err)
	}
	close(slow.begun)
}
