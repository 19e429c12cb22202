package disk

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/caddy-images/caddy-images/cache"
)

// keyOf is a key that is told apart by two numbers; entry 0 is a record's.
func keyOf(original, entry int) (key cache.Key) {
	r := rand.New(rand.NewPCG(1, uint64(original)))
	binary.BigEndian.PutUint64(key.Original[:], r.Uint64())
	binary.BigEndian.PutUint64(key.Original[8:], uint64(original))
	binary.BigEndian.PutUint64(key.Entry[8:], uint64(entry))
	return key
}

// content is a body of n bytes that only this key has.
func content(key cache.Key, n int) []byte {
	seed := [32]byte(append(key.Original[:], key.Entry[:]...))
	b := make([]byte, n)
	_, _ = rand.NewChaCha8(seed).Read(b)
	return b
}

// meta is what describes content.
func metaOf(key cache.Key) []byte { return fmt.Appendf(nil, "meta of %x", key.Entry) }

// openIn opens a tier whose files are counted, and closes it with the test.
func openIn(t testing.TB, path string, limit int64, options ...func(*config)) *Tier {
	t.Helper()
	c := config{path: path, limit: limit, minFree: -1, log: zap.NewNop()}
	for _, o := range options {
		o(&c)
	}
	tier, err := open(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if tier.quit.Err() == nil {
			closeTier(t, tier)
		}
	})
	waitCounted(t, tier)
	return tier
}

func waitCounted(t testing.TB, tier *Tier) {
	t.Helper()
	_, whole := tier.index.state()
	select {
	case <-whole:
	case <-time.After(time.Minute):
		t.Fatal("the files were not counted within a minute")
	}
}

func closeTier(t testing.TB, tier *Tier) {
	t.Helper()
	if err := tier.Close(); err != nil {
		t.Errorf("closing: %v", err)
	}
}

func put(t testing.TB, tier *Tier, key cache.Key, size int) {
	t.Helper()
	if err := tier.Put(t.Context(), key, metaOf(key), content(key, size), 1); err != nil {
		t.Fatalf("putting %v: %v", key, err)
	}
}

// has reports whether an entry is there; one that is must be as it was put.
func has(t testing.TB, tier *Tier, key cache.Key, size int) bool {
	t.Helper()
	e, err := tier.Get(t.Context(), key)
	if err != nil {
		t.Fatalf("getting %v: %v", key, err)
	}
	if e == nil {
		return false
	}
	defer e.Body.Close()
	got, err := io.ReadAll(e.Body)
	if err != nil || !bytes.Equal(got, content(key, size)) || e.Body.Size() != int64(size) || !bytes.Equal(e.Meta, metaOf(key)) {
		t.Fatalf("%v is not as it was put: %d of %d bytes, meta %q, %v", key, len(got), size, e.Meta, err)
	}
	return true
}

// files are those below a directory that are entries.
func files(t testing.TB, path string) (entries []string, size int64) {
	t.Helper()
	err := filepath.WalkDir(path, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if _, ok := parseName(filepath.Base(filepath.Dir(path)), d.Name()); !ok {
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		entries = append(entries, path)
		size += int64(blocksOf(info.Size())) * blockSize
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return entries, size
}

// consistent checks that the usage is what the directory holds.
func consistent(t testing.TB, tier *Tier) cache.Usage {
	t.Helper()
	entries, size := files(t, tier.path)
	u := tier.Usage()
	if u.Entries != int64(len(entries)) || u.Bytes != size {
		t.Errorf("the usage is %d entries with %d bytes, the directory has %d with %d", u.Entries, u.Bytes, len(entries), size)
	}
	if tier.index.reserved != 0 {
		t.Errorf("%d bytes stay reserved", tier.index.reserved)
	}
	return u
}

// clock is a time that tests set.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

// logged has what a tier logs in an observer.
func logged(logs **observer.ObservedLogs) func(*config) {
	return func(c *config) {
		core, seen := observer.New(zap.InfoLevel)
		c.log, *logs = zap.New(core), seen
	}
}

func messages(logs *observer.ObservedLogs, level string) (n int) {
	for _, e := range logs.All() {
		if strings.EqualFold(e.Level.String(), level) {
			n++
		}
	}
	return n
}

func write(t testing.TB, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
