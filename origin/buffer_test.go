package origin_test

import (
	"bytes"
	stderrors "errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
)

func TestRead(t *testing.T) {
	tests := []struct {
		name      string
		body      string
		announced int64
		want      string
		kind      errors.Kind
		err       error
	}{
		{"announced", "12345", 5, "12345", 0, nil},
		{"announced, empty", "", 0, "", 0, nil},
		{"announced, at the limit", "1234567890", 10, "1234567890", 0, nil},
		{"announced, more follows", "12345", 3, "123", 0, nil},
		{"announced, short", "123", 5, "", 0, origin.ErrShortBody},
		{"announced, nothing comes", "", 5, "", 0, origin.ErrShortBody},
		{"announced, above the limit", "", 11, "", errors.Limit, nil},
		{"unknown", "12345", -1, "12345", 0, nil},
		{"unknown, at the limit", "1234567890", -1, "1234567890", 0, nil},
		{"unknown, above the limit", "12345678901", -1, "", errors.Limit, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := origin.Read(iotest.OneByteReader(strings.NewReader(tt.body)), tt.announced, 10)
			switch {
			case tt.err != nil && !stderrors.Is(err, tt.err), tt.kind != 0 && !errors.Is(err, tt.kind):
				t.Errorf("got error %v", err)
			case tt.err == nil && tt.kind == 0 && (err != nil || string(got.Body) != tt.want):
				t.Errorf("got %+v, %v, want %q", got, err, tt.want)
			}
		})
	}
}

func TestReadStopsAtTheLimit(t *testing.T) {
	endless := &counting{}
	if _, err := origin.Read(endless, -1, 10); !errors.Is(err, errors.Limit) || endless.n != 11 {
		t.Errorf("got %v after %d bytes, want a Limit after 11", err, endless.n)
	}
	failing := iotest.ErrReader(io.ErrClosedPipe)
	for _, announced := range []int64{-1, 5} {
		if _, err := origin.Read(failing, announced, 10); err != io.ErrClosedPipe {
			t.Errorf("announced %d: got %v, want the reader's error", announced, err)
		}
	}
}

// A reader that failed may be writing still, though it should not: file systems that
// wait for a network no longer than they are allowed to do that. Nobody is given what
// it writes to.
func TestFailedReadIsNotRecycled(t *testing.T) {
	for range 20 {
		failing := &keeping{}
		if _, err := origin.Read(failing, 100_000, 1<<20); err != io.ErrClosedPipe {
			t.Fatal(err)
		}
		for range 3 {
			source, err := origin.Read(strings.NewReader(strings.Repeat("a", 100_000)), 100_000, 1<<20)
			if err != nil {
				t.Fatal(err)
			}
			if &source.Body[0] == &failing.p[0] {
				t.Fatal("the memory is used again")
			}
		}
	}
}

// keeping keeps what it was to read into.
type keeping struct{ p []byte }

func (k *keeping) Read(p []byte) (int, error) {
	k.p = p
	return 0, io.ErrClosedPipe
}

// counting never ends.
type counting struct{ n int }

func (c *counting) Read(p []byte) (int, error) {
	c.n += len(p)
	return len(p), nil
}

// However a body is written, it is what was written, and so it is where its memory
// had another one.
func TestBuffer(t *testing.T) {
	for _, size := range []int{0, 1, 32<<10 - 1, 32 << 10, 32<<10 + 1, 100_000, 3_000_000} {
		for _, first := range []int{0, 1, size} { // what room is made for
			for _, piece := range []int{1000, 70_000} {
				for range 2 { // the second time in memory of the first
					var b origin.Buffer
					b.Grow(first)
					want := make([]byte, size)
					for at := range want {
						want[at] = byte(at * piece / 7)
					}
					for part := range slices.Chunk(want, piece) {
						if n, err := b.Write(part); n != len(part) || err != nil {
							t.Fatal(n, err)
						}
					}
					if b.Len() != size || !bytes.Equal(b.Bytes(), want) {
						t.Errorf("%d bytes in pieces of %d, room for %d: got others", size, piece, first)
					}
					source := b.Source()
					if !bytes.Equal(source.Body, want) || b.Len() != 0 || len(b.Bytes()) != 0 {
						t.Errorf("%d bytes in pieces of %d, room for %d: the source has others", size, piece, first)
					}
					source.Recycle()
				}
			}
		}
	}
}

// Memory is reused only if nothing else can refer to it.
func TestRecycle(t *testing.T) {
	read := func(letter string) *origin.Source {
		source, err := origin.Read(strings.NewReader(strings.Repeat(letter, 100_000)), 100_000, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		return source
	}
	isUsedAgain := func(body []byte) bool {
		for range 100 { // the collector, and the race detector, let some memory go
			if other := read("b"); &other.Body[0] == &body[0] {
				return true
			}
		}
		return false
	}
	used := 0
	for range 20 {
		source := read("a")
		body := source.Body
		source.Recycle()
		source.Recycle()
		if source.Body != nil {
			t.Error("the body is there when its memory is others'")
		}
		if isUsedAgain(body) {
			used++
		}
	}
	if used == 0 {
		t.Error("memory is never used again")
	}
	for name, keep := range map[string]func(*origin.Source) *origin.Source{
		"shared":       (*origin.Source).Shared,
		"an origin's":  func(s *origin.Source) *origin.Source { return &origin.Source{Body: s.Body} },
		"not recycled": func(s *origin.Source) *origin.Source { return new(origin.Source) },
	} {
		source := read("a")
		keep(source).Recycle()
		if isUsedAgain(source.Body) || source.Body[99_999] != 'a' {
			t.Errorf("%s: the memory is used again", name)
		}
	}
}
