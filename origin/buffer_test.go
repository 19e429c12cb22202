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
	"github.com/caddy-images/caddy-images/internal/held"
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
			got, err := origin.Read(t.Context(), iotest.OneByteReader(strings.NewReader(tt.body)), tt.announced, 10)
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
	if _, err := origin.Read(t.Context(), endless, -1, 10); !errors.Is(err, errors.Limit) || endless.n != 11 {
		t.Errorf("got %v after %d bytes, want a Limit after 11", err, endless.n)
	}
	failing := iotest.ErrReader(io.ErrClosedPipe)
	for _, announced := range []int64{-1, 5} {
		if _, err := origin.Read(t.Context(), failing, announced, 10); err != io.ErrClosedPipe {
			t.Errorf("announced %d: got %v, want the reader's error", announced, err)
		}
	}
}

// counting never ends.
type counting struct{ n int }

func (c *counting) Read(p []byte) (int, error) {
	c.n += len(p)
	return len(p), nil
}

// However a body is written, it is what was written.
func TestBuffer(t *testing.T) {
	for _, size := range []int{0, 1, 32<<10 - 1, 32 << 10, 32<<10 + 1, 100_000, 3_000_000} {
		for _, first := range []int{0, 1, size} { // what room is made for
			for _, piece := range []int{1000, 70_000} {
				b := held.NewBuffer(t.Context())
				if err := b.Grow(first); err != nil {
					t.Fatal(err)
				}
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
			}
		}
	}
}
