package disk

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/caddy-images/caddy-images/cache"
)

func TestRoundTrip(t *testing.T) {
	path := t.TempDir()
	tier := openIn(t, path, 64<<20)
	for i, tt := range []struct{ meta, body int }{
		{0, 0}, {1, 0}, {0, 1}, {100, 5000}, {10_000, 10}, {cache.MaxMeta, 300_000}, {16, 4000}, {17, 4000},
	} {
		key := keyOf(i, i)
		meta, body := content(keyOf(i, 99), tt.meta), content(key, tt.body)
		if err := tier.Put(t.Context(), key, meta, body, uint64(1000+i)); err != nil {
			t.Fatal(err)
		}
		for range 2 { // verified, and not verified again
			e, err := tier.Get(t.Context(), key)
			if err != nil || e == nil {
				t.Fatalf("%+v: got %v, %v", tt, e, err)
			}
			got, err := io.ReadAll(e.Body)
			if err != nil || !bytes.Equal(got, body) || !bytes.Equal(e.Meta, meta) || e.Sequence != uint64(1000+i) {
				t.Errorf("%+v: got %d bytes, meta of %d bytes, sequence %d, %v", tt, len(got), len(e.Meta), e.Sequence, err)
			}
			if err := e.Body.Close(); err != nil {
				t.Error(err)
			}
		}
	}
	consistent(t, tier)

	// The next process has them, too.
	closeTier(t, tier)
	tier = openIn(t, path, 64<<20)
	if e, err := tier.Get(t.Context(), keyOf(3, 3)); err != nil || e == nil || e.Body.Size() != 5000 {
		t.Errorf("after a restart: %v, %v", e, err)
	}
	if u := consistent(t, tier); u.Entries != 8 {
		t.Errorf("after a restart there are %d entries, want 8", u.Entries)
	}
}

func TestBody(t *testing.T) {
	tier := openIn(t, t.TempDir(), 1<<20)
	key := keyOf(1, 1)
	put(t, tier, key, 3000)
	e, err := tier.Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Body.Close()
	if err := iotest.TestReader(e.Body, content(key, 3000)); err != nil {
		t.Error(err)
	}
	if end, err := e.Body.Seek(0, io.SeekEnd); end != 3000 || err != nil {
		t.Errorf("the end is at %d, %v; want 3000", end, err)
	}
	if at, err := e.Body.Seek(-10, io.SeekStart); err == nil {
		t.Errorf("seeking before the start gives %d", at)
	}
	if _, err := e.Body.Seek(1000, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	file := e.Body.(interface{ File() *os.File }).File()
	if got, err := io.ReadAll(io.LimitReader(file, 2000)); err != nil || !bytes.Equal(got, content(key, 3000)[1000:]) {
		t.Errorf("the file gives %d bytes, %v", len(got), err)
	}
}

func TestReplace(t *testing.T) {
	tier := openIn(t, t.TempDir(), 1<<20)
	key := keyOf(1, 1)
	put(t, tier, key, 100_000)
	old, err := tier.Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	defer old.Body.Close()
	put(t, tier, key, 10)
	if !has(t, tier, key, 10) {
		t.Error("the new entry is not there")
	}
	if got, err := io.ReadAll(old.Body); err != nil || !bytes.Equal(got, content(key, 100_000)) {
		t.Errorf("who was reading the old entry got %d bytes, %v", len(got), err)
	}
	if u := consistent(t, tier); u.Entries != 1 || u.Bytes != blockSize {
		t.Errorf("the usage is %+v", u)
	}
}

func TestDelete(t *testing.T) {
	tier := openIn(t, t.TempDir(), 1<<20)
	for _, key := range []cache.Key{keyOf(1, 0), keyOf(1, 1), keyOf(1, 2), keyOf(2, 0), keyOf(2, 1)} {
		put(t, tier, key, 10)
	}
	neighbour := keyOf(1, 1) // in the same folder
	neighbour.Original[15]++
	put(t, tier, neighbour, 10)

	for range 2 { // what is not there is deleted, too
		if err := tier.Delete(t.Context(), keyOf(2, 1)); err != nil {
			t.Fatal(err)
		}
		if err := tier.Delete(t.Context(), keyOf(1, 0)); err != nil {
			t.Fatal(err)
		}
	}
	for key, want := range map[cache.Key]bool{
		keyOf(1, 0): false, keyOf(1, 1): false, keyOf(1, 2): false, keyOf(2, 0): true, keyOf(2, 1): false, neighbour: true,
	} {
		if got := has(t, tier, key, 10); got != want {
			t.Errorf("%v: got %v, want %v", key, got, want)
		}
	}
	consistent(t, tier)
}

func TestDeleteAll(t *testing.T) {
	tier := openIn(t, t.TempDir(), 1<<20)
	for i := range 20 {
		if err := tier.Put(t.Context(), keyOf(i, 1), metaOf(keyOf(i, 1)), content(keyOf(i, 1), 10), uint64(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := tier.DeleteAll(t.Context(), 12); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { return tier.Usage().Entries == 8 })
	for i := range 20 {
		if got := has(t, tier, keyOf(i, 1), 10); got != (i >= 12) {
			t.Errorf("the entry of sequence %d: %v", i, got)
		}
	}
	consistent(t, tier)
}

func eventually(t *testing.T, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !done(); {
		if time.Now().After(deadline) {
			t.Fatal("it did not happen within a minute")
		}
		time.Sleep(time.Millisecond)
	}
}

// TestConcurrently lets the race detector look, and counts afterwards.
func TestConcurrently(t *testing.T) {
	tier := openIn(t, t.TempDir(), 1<<20)
	var all sync.WaitGroup
	for worker := range 8 {
		all.Go(func() {
			for i := range 150 {
				key := keyOf(i%13, (i*7+worker)%11)
				switch i % 5 {
				case 0, 1:
					if err := tier.Put(t.Context(), key, metaOf(key), content(key, 20_000), 1); err != nil && err != errNoRoom {
						t.Error(err)
					}
				case 2, 3:
					e, err := tier.Get(t.Context(), key)
					if err != nil {
						t.Error(err)
					}
					if e == nil {
						continue
					}
					if got, err := io.ReadAll(e.Body); err != nil || !bytes.Equal(got, content(key, 20_000)) {
						t.Errorf("%v: got %d bytes, %v", key, len(got), err)
					}
					_ = e.Body.Close()
				case 4:
					key.Entry = keyOf(0, i%3).Entry
					if err := tier.Delete(context.Background(), key); err != nil {
						t.Error(err)
					}
				}
				if i == 100 {
					_ = tier.DeleteAll(t.Context(), 1)
				}
			}
		})
	}
	all.Wait()
	if u := consistent(t, tier); u.Broken != 0 || u.Failing {
		t.Errorf("the usage is %+v", u)
	}
	left, err := filepath.Glob(filepath.Join(tier.path, "*", temporary+"*"))
	if err != nil || len(left) > 0 {
		t.Errorf("temporary files are left: %q, %v", left, err)
	}
}
