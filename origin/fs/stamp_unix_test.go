//go:build linux || darwin || freebsd || netbsd

package fs

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/caddy-images/caddy-images/origin"
)

// streamed returns a file as it is streamed at some time.
func streamed(t *testing.T, name string, now time.Time) *origin.Source {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	source, err := read(t.Context(), file, "a.mp4", origin.Request{MaxBytes: 100, Stream: origin.Streaming{Wanted: true}}, now)
	if err != nil || source.Stream == nil {
		t.Fatal(source, err)
	}
	return source
}

// The entity tag of a file that is not read is that of its version, also if the time and
// the size are those of another one.
func TestETagOfStreams(t *testing.T) {
	later := time.Now().Add(time.Hour)
	dir := t.TempDir()
	name, other := filepath.Join(dir, "a.mp4"), filepath.Join(dir, "b.mp4")
	for _, mtime := range []time.Time{modified, time.Unix(0, 0), time.Unix(1, 0)} {
		seen := map[string]string{}
		check := func(what string) {
			t.Helper()
			tag := streamed(t, name, later).ETag
			if !origin.IsStrong(tag) {
				t.Errorf("%s: %s is not a strong entity tag", what, tag)
			}
			if again := streamed(t, name, later).ETag; again != tag {
				t.Errorf("%s: %s, and then %s", what, tag, again)
			}
			if before := seen[tag]; before != "" {
				t.Errorf("%s has the tag of %s", what, before)
			}
			seen[tag] = what
		}
		write := func(to, body string) {
			t.Helper()
			if err := os.WriteFile(to, bytes.Repeat([]byte(body), origin.StreamStart), 0o644); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(to, mtime, mtime); err != nil {
				t.Fatal(err)
			}
		}
		write(name, "one")
		check("a file")
		write(name, "longer")
		check("a longer one")
		write(other, "second")
		if err := os.Rename(other, name); err != nil {
			t.Fatal(err)
		}
		check("another one of the same size and time")
	}
}

// A file that has just changed may change again without another time.
func TestETagOfChangingFiles(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a.mp4")
	if err := os.WriteFile(name, []byte(strings.Repeat("a", origin.StreamStart+1)), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(name, modified, modified); err != nil {
		t.Fatal(err)
	}
	if tag := streamed(t, name, time.Now()).ETag; tag != "" {
		t.Errorf("it has the tag %s", tag)
	}
}

// image is a file of a read-only image, which has one time.
type image struct {
	fs.FileInfo
	at time.Time
}

func (i image) ModTime() time.Time { return i.at }

// The time that a file of an image has is that of its build.
func TestETagOfImages(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a.mp4")
	if err := os.WriteFile(name, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		changed, modified time.Time
		shows             bool
	}{
		{modified.Add(5), modified.Add(5), true},
		{modified, modified.Add(-time.Hour), true},
		{modified, modified, false},
		{time.Unix(1, 0), modified, false},
		{time.Unix(0, 5), time.Unix(0, 5), false},
	} {
		stat := info.Sys().(*syscall.Stat_t)
		setChangeTime(stat, tt.changed)
		if got := showsChanges(image{info, tt.modified}); got != tt.shows {
			t.Errorf("changed %s, modified %s: %t", tt.changed, tt.modified, got)
		}
		if tag := etag(image{info, tt.modified}, "1 2 3"); (tag != "") != tt.shows {
			t.Errorf("changed %s, modified %s: the tag is %s", tt.changed, tt.modified, tag)
		}
	}
}
