package disk

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/zap/zaptest/observer"

	"github.com/caddy-images/caddy-images/cache"
)

// TestDamagedFiles damages a tenth of the files, each in one way of many, between two
// processes and while one runs.
func TestDamagedFiles(t *testing.T) {
	const n, size = 400, 6000
	path := t.TempDir()
	var logs *observer.ObservedLogs
	tier := openIn(t, path, 64<<20, logged(&logs))
	for i := range n {
		put(t, tier, keyOf(i, 1), size)
	}
	damage := func(i int) {
		file := tier.file(keyOf(i, 1))
		b := read(t, file)
		switch i / 10 % 6 {
		case 0:
			copy(b, content(keyOf(i, 2), len(b))) // noise
		case 1:
			b = b[:len(b)-1]
		case 2:
			b = nil
		case 3:
			b[i%size] ^= 0x40
		case 4:
			other := tier.file(keyOf(i+1, 1)) // swapped with its neighbour
			write(t, file, read(t, other))
			write(t, other, b)
			return
		case 5:
			b = append(b, 0)
		}
		write(t, file, b)
	}
	check := func(first int) {
		t.Helper()
		before := tier.Usage().Broken
		bad := int64(0)
		for i := range n {
			damaged := i%20 == first || i%20 == first+1 && i/10%6 == 4
			if damaged {
				bad++
			}
			if got := has(t, tier, keyOf(i, 1), size); got == damaged {
				t.Errorf("entry %d, damaged %v: found %v", i, damaged, got)
			}
		}
		if got := consistent(t, tier).Broken - before; got != bad {
			t.Errorf("%d files are counted as damaged, want %d", got, bad)
		}
		for i := range n { // a file that was removed can be put again
			if i%20 == first || i%20 == first+1 {
				put(t, tier, keyOf(i, 1), size)
			}
			if !has(t, tier, keyOf(i, 1), size) {
				t.Fatalf("entry %d is not there after it was put again", i)
			}
		}
	}

	for i := 10; i < n; i += 20 {
		damage(i) // before its first use
	}
	check(10)
	for i := 0; i < n; i += 20 {
		damage(i) // after it was verified
	}
	check(0)
	closeTier(t, tier)
	for i := 10; i < n; i += 20 {
		damage(i)
	}
	tier = openIn(t, path, 64<<20)
	check(10)
	if got := messages(logs, "warn"); got != 1 {
		t.Errorf("%d warnings within a minute, want 1: %v", got, logs.All())
	}
}

// TestWarnsOnceAMinute is about damaged files, too.
func TestWarnsOnceAMinute(t *testing.T) {
	clock := &clock{time.Now()}
	var logs *observer.ObservedLogs
	tier := openIn(t, t.TempDir(), 1<<20, logged(&logs), func(c *config) { c.now = clock.now })
	for i := range 6 {
		put(t, tier, keyOf(i, 1), 10)
		write(t, tier.file(keyOf(i, 1)), nil)
		if has(t, tier, keyOf(i, 1), 10) {
			t.Fatal("an empty file is an entry")
		}
		if want := i/3 + 1; messages(logs, "warn") != want {
			t.Errorf("after %d damaged files: %d warnings, want %d", i+1, messages(logs, "warn"), want)
		}
		clock.at = clock.at.Add(20 * time.Second)
	}
}

// TestVerifiesAgain: a body is verified once, and again when its file has changed.
func TestVerifiesAgain(t *testing.T) {
	tier := openIn(t, t.TempDir(), 1<<20)
	key := keyOf(1, 1)
	put(t, tier, key, 5000)
	if !has(t, tier, key, 5000) {
		t.Fatal("the entry is not there")
	}
	info, err := os.Stat(tier.file(key))
	if err != nil {
		t.Fatal(err)
	}
	b := read(t, tier.file(key))
	b[100] ^= 1
	write(t, tier.file(key), b)
	if err := os.Chtimes(tier.file(key), time.Time{}, info.ModTime()); err != nil {
		t.Fatal(err)
	}
	e, err := tier.Get(t.Context(), key) // with the times that it had, this cannot be seen
	if err != nil || e == nil {
		t.Fatalf("a file of the same time is read again: %v, %v", e, err)
	}
	_ = e.Body.Close()
	if err := os.Chtimes(tier.file(key), time.Time{}, info.ModTime().Add(time.Nanosecond)); err != nil {
		t.Fatal(err)
	}
	if e, err := tier.Get(t.Context(), key); err != nil || e != nil {
		t.Errorf("a file that has changed gives %v, %v", e, err)
	}
}

// TestForeignFilesStay: nothing is removed that is not the tier's.
func TestForeignFilesStay(t *testing.T) {
	path := t.TempDir()
	mine := keyOf(1, 1)
	folder := folderName(mine.Original)
	other := "00"
	if folder == other {
		other = "01"
	}
	foreign := []string{
		"README.md", "lost+found/x", folder + "/notes.txt", folder + "/.hidden", folder + "/" + fileName(mine) + ".bak",
		folder + "/" + fileName(mine)[:40], folder + "/.caddy-images-x.tmp", folder + "/.caddy-images-1-1.tmp",
		other + "/" + fileName(mine), "zz/" + fileName(mine), fileName(mine), folder + "/sub/" + fileName(mine), "photos/2024/a.jpg",
	}
	for _, name := range foreign {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(path, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(path, name), []byte(name))
	}
	directory := keyOf(1, 7) // a directory with the name of an entry
	if err := os.MkdirAll(filepath.Join(path, folder, fileName(directory), "a"), 0o700); err != nil {
		t.Fatal(err)
	}

	tier := openIn(t, path, 1<<20)
	for i := range 40 { // more than there is room for
		put(t, tier, keyOf(i, 1), 60_000)
	}
	if e, err := tier.Get(t.Context(), directory); e != nil || err != nil {
		t.Errorf("a directory gives %v, %v", e, err)
	}
	for _, key := range []cache.Key{keyOf(1, 0), mine} {
		if err := tier.Delete(t.Context(), key); err != nil && key == mine {
			t.Error(err)
		}
	}
	if err := tier.DeleteAll(t.Context(), 100); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { return tier.Usage().Entries == 0 })
	closeTier(t, tier)
	for _, name := range foreign {
		if got := string(read(t, filepath.Join(path, name))); got != name {
			t.Errorf("%s has %q", name, got)
		}
	}
	if _, err := os.Stat(filepath.Join(path, folder, fileName(directory), "a")); err != nil {
		t.Error(err)
	}
}

func TestOlderFormat(t *testing.T) {
	path := t.TempDir()
	tier := openIn(t, path, 1<<20)
	for i := range 30 {
		put(t, tier, keyOf(i, 1), 100)
	}
	outdate := func(i int) {
		b := read(t, tier.file(keyOf(i, 1)))
		b[len(b)-1]--
		write(t, tier.file(keyOf(i, 1)), b)
	}

	// One file is met, and is a miss that nothing is wrong with.
	outdate(0)
	if has(t, tier, keyOf(0, 1), 100) {
		t.Error("a file of an older format is an entry")
	}
	if u := consistent(t, tier); u.Broken != 0 || u.Entries != 29 {
		t.Errorf("the usage is %+v", u)
	}

	// A directory that an older version wrote is cleared, but of what is new.
	for i := 1; i < 20; i++ {
		outdate(i)
	}
	closeTier(t, tier)
	write(t, filepath.Join(path, lockName), []byte("caddy-images cache, format 0 or so\n"))
	tier = openIn(t, path, 1<<20)
	if u := consistent(t, tier); u.Entries != 10 || u.Broken != 0 {
		t.Errorf("the usage is %+v", u)
	}
	if got := string(read(t, filepath.Join(path, lockName))); got != formatLine {
		t.Errorf("the format is noted as %q", got)
	}
}

// TestNoiseAnywhere overwrites parts of files at random.
func TestNoiseAnywhere(t *testing.T) {
	tier := openIn(t, t.TempDir(), 8<<20)
	r := rand.New(rand.NewPCG(3, 4))
	for i := range 300 {
		key := keyOf(i, 1)
		put(t, tier, key, 500)
		b := read(t, tier.file(key))
		before := string(b)
		at, n := r.IntN(len(b)), 1+r.IntN(100)
		for j := at; j < min(at+n, len(b)); j++ {
			b[j] = byte(r.Uint32())
		}
		write(t, tier.file(key), b)
		if got := has(t, tier, key, 500); got != (string(b) == before) {
			t.Errorf("%d bytes of noise at %d of %d: found %v", n, at, len(b), got)
		}
	}
	consistent(t, tier)
}
