package disk

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/zap/zaptest"

	"github.com/caddy-images/caddy-images/cache"
)

func open(t *testing.T, dir string, limit int64) *Tier {
	t.Helper()
	tier, err := Open(dir, limit, 0, zaptest.NewLogger(t))
	if err != nil {
		t.Fatal(err)
	}
	<-tier.scanned
	t.Cleanup(func() { _ = tier.Close() })
	return tier
}

func keyNumber(n int) (key cache.Key) {
	original, entry := sha256.Sum256(fmt.Append(nil, "original", n/4)), sha256.Sum256(fmt.Append(nil, "entry", n))
	copy(key.Original[:], original[:])
	copy(key.Entry[:], entry[:])
	return key
}

// content is the body of an entry, so that one entry's cannot be taken for another's.
func content(n, size int) []byte {
	body := make([]byte, size)
	r := rand.NewChaCha8(sha256.Sum256(fmt.Append(nil, n)))
	_, _ = r.Read(body)
	return body
}

func put(t *testing.T, tier *Tier, n, size int) {
	t.Helper()
	if err := tier.Put(t.Context(), keyNumber(n), fmt.Append(nil, "meta ", n), content(n, size), uint64(n)); err != nil {
		t.Fatal(err)
	}
}

// has reports whether there is an entry; what there is must be as it was put.
func has(t *testing.T, tier *Tier, n, size int) bool {
	t.Helper()
	e, err := tier.Get(t.Context(), keyNumber(n))
	if err != nil {
		t.Fatal(err)
	}
	if e == nil {
		return false
	}
	defer e.Body.Close()
	body, err := io.ReadAll(e.Body)
	if err != nil || !bytes.Equal(body, content(n, size)) || string(e.Meta) != fmt.Sprint("meta ", n) || e.Sequence != uint64(n) || e.Body.Size() != int64(size) {
		t.Fatalf("entry %d is not what was put: %d bytes, meta %q, sequence %d, %v", n, len(body), e.Meta, e.Sequence, err)
	}
	return true
}

func TestRoundTrip(t *testing.T) {
	dir := t.TempDir()
	tier := open(t, dir, 10<<20)
	sizes := []int{0, 1, 4095, 100_000}
	for n, size := range sizes {
		put(t, tier, n, size)
	}
	for range 2 { // the second time by what is known of the file
		for n, size := range sizes {
			if !has(t, tier, n, size) {
				t.Errorf("entry %d is lost", n)
			}
		}
	}
	if has(t, tier, 100, 1) {
		t.Error("there is an entry that was not put")
	}
	if err := tier.Close(); err != nil {
		t.Fatal(err)
	}
	again := open(t, dir, 10<<20)
	if u := again.Usage(); u.Entries != 4 || u.Bytes < 100_000 {
		t.Errorf("after a restart there are %d entries of %d bytes", u.Entries, u.Bytes)
	}
	for n, size := range sizes {
		if !has(t, again, n, size) {
			t.Errorf("entry %d is lost in a restart", n)
		}
	}
	if err := again.Delete(t.Context(), keyNumber(1)); err != nil || has(t, again, 1, 1) {
		t.Errorf("a deleted entry is there: %v", err)
	}
	if err := again.Delete(t.Context(), cache.Key{Original: keyNumber(0).Original}); err != nil {
		t.Fatal(err)
	}
	if u := again.Usage(); u.Entries != 0 || u.Bytes != 0 {
		t.Errorf("after the original was deleted there are %d entries of %d bytes", u.Entries, u.Bytes)
	}
}

// Seeking and reading stay within the body: what describes it stands behind.
func TestBodyEnds(t *testing.T) {
	tier := open(t, t.TempDir(), 10<<20)
	put(t, tier, 1, 1000)
	e, err := tier.Get(t.Context(), keyNumber(1))
	if err != nil || e == nil {
		t.Fatal(err)
	}
	defer e.Body.Close()
	for _, tt := range []struct {
		offset int64
		whence int
		at     int64
		left   int
	}{{0, io.SeekEnd, 1000, 0}, {-10, io.SeekEnd, 990, 10}, {5, io.SeekStart, 5, 995}, {2000, io.SeekStart, 2000, 0}} {
		at, err := e.Body.Seek(tt.offset, tt.whence)
		rest, _ := io.ReadAll(e.Body)
		if err != nil || at != tt.at || len(rest) != tt.left {
			t.Errorf("Seek(%d, %d) gives %d, %v and %d bytes; want %d and %d bytes", tt.offset, tt.whence, at, err, len(rest), tt.at, tt.left)
		}
	}
	if _, err := e.Body.Seek(-1, io.SeekStart); err == nil {
		t.Error("there is a place before the start")
	}
}

// A tenth of the files is overwritten with noise, cut, emptied or swapped: none of them is
// ever served, and all others are.
func TestDamagedFiles(t *testing.T) {
	dir := t.TempDir()
	tier := open(t, dir, 100<<20)
	const count, size = 200, 5000
	for n := range count {
		put(t, tier, n, size)
	}
	_ = tier.Close()
	damaged := map[int]bool{}
	for n := 0; n < count; n += 10 {
		damaged[n] = true
		name := tier.name(keyNumber(n))
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		switch n / 10 % 6 {
		case 0:
			text[size/2] ^= 1
		case 1:
			text = text[:len(text)-1]
		case 2:
			text = nil
		case 3: // swapped with another one
			damaged[n+1] = true
			other := tier.name(keyNumber(n + 1))
			theirs, err := os.ReadFile(other)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(other, text, 0o600); err != nil {
				t.Fatal(err)
			}
			text = theirs
		case 4:
			text[len(text)-trailerSize+40] ^= 1 // the sequence
		case 5:
			text[size] ^= 1 // the meta
		}
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tier = open(t, dir, 100<<20)
	for n := range count {
		if got := has(t, tier, n, size); got == damaged[n] {
			t.Errorf("entry %d is damaged: %t; it is served: %t", n, damaged[n], got)
		}
	}
	if u := tier.Usage(); u.Broken != int64(len(damaged)) || u.Entries != int64(count-len(damaged)) {
		t.Errorf("%d are broken, %d are left", u.Broken, u.Entries)
	}
	for n := range damaged {
		if _, err := os.Stat(tier.name(keyNumber(n))); err == nil {
			t.Errorf("the file of entry %d is still there", n)
		}
	}
}

// A file that is overwritten while the process runs is noticed by its size or time.
func TestFileIsReplacedBehindOurBack(t *testing.T) {
	tier := open(t, t.TempDir(), 10<<20)
	put(t, tier, 1, 1000)
	if !has(t, tier, 1, 1000) {
		t.Fatal("it is not there")
	}
	name := tier.name(keyNumber(1))
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	text[3] ^= 1
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if has(t, tier, 1, 1000) {
		t.Error("it is served")
	}
}

// Files that are not ours are left alone; what we were writing is removed, also what an
// older version wrote, once it is asked for.
func TestForeignFiles(t *testing.T) {
	dir := t.TempDir()
	original := keyNumber(1).Original.String()
	folder := filepath.Join(dir, original[:2])
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	foreign := []string{
		filepath.Join(dir, "photo.jpg"), filepath.Join(folder, "notes.txt"), filepath.Join(folder, original),
		filepath.Join(folder, strings.ToUpper(original)+"-"+original), filepath.Join(folder, "zz"+original[2:]+"-"+original),
	}
	left := filepath.Join(folder, temporary+"0000000000-1")
	for _, name := range append(foreign, left) {
		if err := os.WriteFile(name, []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tier := open(t, dir, 1<<20)
	for n := range 400 { // more than there is room for
		put(t, tier, n, 8000)
	}
	_ = tier.Delete(t.Context(), cache.Key{Original: keyNumber(1).Original})
	for _, name := range foreign {
		if _, err := os.Stat(name); err != nil {
			t.Errorf("%s is gone", name)
		}
	}
	if _, err := os.Stat(left); err == nil {
		t.Error("what a former process was writing is still there")
	}
	put(t, tier, 1, 100)
	name := tier.name(keyNumber(1))
	text, _ := os.ReadFile(name)
	text[len(text)-1] = 0 // the version before the first
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if has(t, tier, 1, 100) {
		t.Error("a file of another version is served")
	}
	if _, err := os.Stat(name); err == nil {
		t.Error("a file of another version is kept")
	}
}

func sizeOf(t *testing.T, dir string) (sum int64) {
	t.Helper()
	_ = filepath.Walk(dir, func(_ string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().IsRegular() && info.Name() != "lock" {
			sum += blocks(info.Size())
		}
		return nil
	})
	return sum
}

// The limit holds at every moment, from the first write on, also if it was lowered; what
// was used last stays.
func TestLimit(t *testing.T) {
	dir := t.TempDir()
	tier := open(t, dir, 2<<20)
	for n := range 300 {
		put(t, tier, n, 10_000)
		if got := sizeOf(t, dir); got > 2<<20 {
			t.Fatalf("after %d entries there are %d bytes", n, got)
		}
	}
	if u := tier.Usage(); u.Evictions < 100 || u.Bytes != sizeOf(t, dir) {
		t.Errorf("%+v, and %d bytes on the disk", u, sizeOf(t, dir))
	}
	_ = tier.Close()
	tier = open(t, dir, 1<<20)
	if got := sizeOf(t, dir); got > 1<<20 {
		t.Errorf("with a lower limit there are %d bytes", got)
	}
	put(t, tier, 1000, 1<<20) // more than a quarter
	if has(t, tier, 1000, 1<<20) {
		t.Error("an entry is kept that leaves no room for others")
	}
}

func TestLeastUsedGoesFirst(t *testing.T) {
	tier := open(t, t.TempDir(), 1<<20)
	for n := range 100 {
		put(t, tier, n, 8000)
	}
	tier.mu.Lock()
	for n := range 100 {
		i := tier.index[keyNumber(n)]
		i.used -= int64(1000 - n) // the first were used longest ago
		tier.index[keyNumber(n)] = i
	}
	tier.mu.Unlock()
	for n := range 40 {
		put(t, tier, 1000+n, 8000)
	}
	kept := 0
	for n := 50; n < 100; n++ {
		if has(t, tier, n, 8000) {
			kept++
		}
	}
	if kept < 40 {
		t.Errorf("%d of the 50 are left that were used last", kept)
	}
}

// A disk that fails is an error for the store and a line in the log. Images go on, and the
// disk is tried again.
func TestDiskFails(t *testing.T) {
	tier := open(t, t.TempDir(), 10<<20)
	put(t, tier, 1, 1000)
	works := tier.openFile
	for _, fault := range []error{syscall.ENOSPC, syscall.EIO, syscall.EROFS} {
		tier.openFile = func(string) (*os.File, error) { return nil, fault }
		if err := tier.Put(t.Context(), keyNumber(2), nil, content(2, 10), 2); !errors.Is(err, fault) {
			t.Errorf("%v: Put says %v", fault, err)
		}
		if !tier.Usage().Failing || !has(t, tier, 1, 1000) {
			t.Errorf("%v: what is there is not served, or it is not said that the disk fails", fault)
		}
		if err := tier.Put(t.Context(), keyNumber(2), nil, content(2, 10), 2); !errors.Is(err, errPaused) {
			t.Errorf("%v: the disk is tried at once: %v", fault, err)
		}
		past := time.Now().Add(-time.Second)
		tier.failing.Store(&past)
		tier.openFile = works
		put(t, tier, 3, 10)
		if tier.Usage().Failing {
			t.Errorf("%v: the disk works again, and is said to fail", fault)
		}
	}
}

// A full disk is one on which a write stops in the middle.
func TestFullDisk(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("there is no /dev/full")
	}
	tier := open(t, t.TempDir(), 10<<20)
	tier.openFile = func(string) (*os.File, error) { return os.OpenFile("/dev/full", os.O_WRONLY, 0) }
	if err := tier.Put(t.Context(), keyNumber(2), nil, content(2, 10), 2); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("Put says %v", err)
	}
	if has(t, tier, 2, 10) {
		t.Error("the entry is there")
	}
}

func TestDirectoryIsDeleted(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cache")
	tier := open(t, dir, 10<<20)
	put(t, tier, 1, 1000)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if has(t, tier, 1, 1000) {
		t.Error("it is served")
	}
	put(t, tier, 2, 1000)
	if !has(t, tier, 2, 1000) {
		t.Error("nothing is kept any more")
	}
	if err := tier.Append(t.Context(), cache.Rule{Sequence: 1, Kind: cache.PurgeAll}); err != nil {
		t.Error(err)
	}
}

// DeleteAll forgets what is older.
func TestDeleteAll(t *testing.T) {
	tier := open(t, t.TempDir(), 10<<20)
	for n := range 10 {
		put(t, tier, n, 100)
	}
	if err := tier.DeleteAll(t.Context(), 5); err != nil {
		t.Fatal(err)
	}
	tier.running.Wait()
	for n := range 10 {
		if got := has(t, tier, n, 100); got != (n >= 5) {
			t.Errorf("entry %d is there: %t", n, got)
		}
	}
}

// Purges survive a crash: what was answered is there, and a line that was being written is
// not.
func TestLedger(t *testing.T) {
	dir := t.TempDir()
	tier := open(t, dir, 10<<20)
	rules := []cache.Rule{{Sequence: 1, Kind: cache.PurgeTag, Value: "a"}, {Sequence: 2, Kind: cache.PurgePrefix, Value: "/x\ny", Soft: true}}
	for _, rule := range rules {
		if err := tier.Append(t.Context(), rule); err != nil {
			t.Fatal(err)
		}
	}
	check := func(why string, want ...cache.Rule) {
		t.Helper()
		got, err := tier.Rules(t.Context())
		if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %v and %v, want %v", why, got, err, want)
		}
	}
	check("all", rules...)
	text, err := os.ReadFile(tier.purges())
	if err != nil {
		t.Fatal(err)
	}
	firstLine := bytes.IndexByte(text, '\n') + 1
	for end := firstLine; end < len(text)-1; end++ {
		if err := os.WriteFile(tier.purges(), text[:end], 0o600); err != nil {
			t.Fatal(err)
		}
		check(fmt.Sprintf("cut after %d bytes", end), rules[0])
	}
	if err := tier.Append(t.Context(), rules[1]); err != nil { // behind a line that was cut
		t.Fatal(err)
	}
	check("appended", rules...)
	text[3] ^= 1
	if err := os.WriteFile(tier.purges(), text, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := tier.Rules(t.Context()); err == nil {
		t.Error("a damaged line in the middle is no error")
	}
	if err := tier.Replace(t.Context(), rules[1:]); err != nil {
		t.Fatal(err)
	}
	check("replaced", rules[1])
}

// TestHelperProcess is not a test: it is the process that TestKill kills, and the one that
// uses a directory in TestTwoProcesses.
func TestHelperProcess(t *testing.T) {
	dir := os.Getenv("CADDY_IMAGES_DISK_HELPER")
	if dir == "" {
		t.Skip("for other tests")
	}
	tier := open(t, dir, 4<<20)
	fmt.Println("ready")
	if os.Getenv("CADDY_IMAGES_DISK_WRITES") == "" {
		_, _ = io.Copy(io.Discard, os.Stdin)
		return
	}
	for n := 0; ; n = (n + 1) % 1000 {
		_ = tier.Put(context.Background(), keyNumber(n), fmt.Append(nil, "meta ", n), content(n, 50_000), uint64(n))
	}
}

func helper(t *testing.T, dir string, env ...string) (*exec.Cmd, io.WriteCloser) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestHelperProcess$", "-test.v")
	cmd.Env = append(os.Environ(), append(env, "CADDY_IMAGES_DISK_HELPER="+dir)...)
	in, err := cmd.StdinPipe()
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
	var said []byte
	for one := make([]byte, 1); !bytes.Contains(said, []byte("ready\n")); {
		if _, err := out.Read(one); err != nil {
			t.Fatalf("the other process says %q: %v", said, err)
		}
		said = append(said, one[0])
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	return cmd, in
}

// A process that is killed in the middle of a write or of a rename leaves whole entries
// or none, and stays below the limit.
func TestKill(t *testing.T) {
	dir := t.TempDir()
	for range 5 {
		cmd, _ := helper(t, dir, "CADDY_IMAGES_DISK_WRITES=1")
		before := sizeOf(t, dir)
		for tries := 0; sizeOf(t, dir) == before && tries < 1000; tries++ {
			runtime.Gosched()
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		tier := open(t, dir, 4<<20)
		for n := range 1000 {
			has(t, tier, n, 50_000) // which fails if it is not whole
		}
		if got := sizeOf(t, dir); got > 4<<20 {
			t.Errorf("%d bytes are left", got)
		}
		if u := tier.Usage(); u.Broken != 0 {
			t.Errorf("%d files were not whole", u.Broken)
		}
		_ = tier.Close()
	}
}

// A directory is one process'; within the process, another configuration may open it.
func TestTwoProcesses(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("directories are locked on Linux only")
	}
	dir := t.TempDir()
	cmd, in := helper(t, dir)
	if _, err := Open(dir, 1<<20, 0, zaptest.NewLogger(t)); err == nil || !strings.Contains(err.Error(), "another process uses "+dir) {
		t.Errorf("a second process is told %v", err)
	}
	_ = in.Close()
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	first, second := open(t, dir, 1<<20), open(t, dir, 2<<20)
	put(t, first, 1, 10)
	if !has(t, second, 1, 10) {
		t.Error("another tier of the directory lacks an entry")
	}
}

func TestMinFree(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("free space is known on Linux only")
	}
	dir := t.TempDir()
	tier, err := Open(dir, 10<<20, 1<<60, zaptest.NewLogger(t)) // more than any disk has
	if err != nil {
		t.Fatal(err)
	}
	defer tier.Close()
	if err := tier.Put(t.Context(), keyNumber(1), nil, content(1, 10), 1); err == nil || !strings.Contains(err.Error(), "min_free") {
		t.Errorf("Put says %v", err)
	}
	if n := sizeOf(t, dir); n != 0 {
		t.Errorf("%d bytes were written", n)
	}
}

func FuzzEnding(f *testing.F) {
	key := keyNumber(1)
	f.Add(append([]byte("body"), ending(key, []byte("meta"), []byte("body"), 7)...))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, file []byte) {
		end, meta, err := readEnding(bytes.NewReader(file), int64(len(file)), key)
		if err != nil {
			return
		}
		if int64(len(file)) != end.body+int64(len(meta))+trailerSize || len(meta) != end.meta {
			t.Errorf("%d bytes have a body of %d and a meta of %d", len(file), end.body, len(meta))
		}
	})
}

func BenchmarkGet(b *testing.B) {
	tier, err := Open(b.TempDir(), 1<<30, 0, zaptest.NewLogger(b))
	if err != nil {
		b.Fatal(err)
	}
	defer tier.Close()
	if err := tier.Put(b.Context(), keyNumber(1), []byte("meta"), content(1, 20_000), 1); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		e, err := tier.Get(b.Context(), keyNumber(1))
		if err != nil || e == nil {
			b.Fatal(err)
		}
		_ = e.Body.Close()
	}
}
