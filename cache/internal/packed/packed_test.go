package packed

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/caddy-images/caddy-images/cache"
)

var key = cache.Key{Original: cache.ID{1, 2, 3}, Entry: cache.ID{4, 5, 6}}

// noise is n bytes that compress to nothing.
func noise(seed byte, n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{seed}).Read(b)
	return b
}

func pack(meta, body []byte) []byte {
	return append(bytes.Clone(body), AppendEnd(nil, key, meta, body, 7)...)
}

func TestPacked(t *testing.T) {
	for _, sizes := range [][2]int{{0, 0}, {20, 100}, {tailSize - trailerSize, 10}, {tailSize - trailerSize + 1, 10}, {cache.MaxMeta, 300_000}} {
		meta, body := noise(1, sizes[0]), noise(2, sizes[1])
		whole := pack(meta, body)
		e, err := ReadEnd(bytes.NewReader(whole), int64(len(whole)))
		if err != nil || e.Key != key || e.Sequence != 7 || e.Body != int64(len(body)) || !bytes.Equal(e.Meta, meta) || Size(meta, body) != int64(len(whole)) {
			t.Errorf("%v: got %+v, %v", sizes, e, err)
		}
		if err := e.Verify(bytes.NewReader(whole)); err != nil {
			t.Errorf("%v: %v", sizes, err)
		}
	}
}

func TestDamaged(t *testing.T) {
	for _, sizes := range [][2]int{{0, 0}, {20, 100}, {5000, 100}} {
		meta, body := noise(1, sizes[0]), noise(2, sizes[1])
		whole := pack(meta, body)
		for n := range whole {
			if _, err := ReadEnd(bytes.NewReader(whole[:n]), int64(n)); err != ErrDamaged {
				t.Fatalf("the first %d of %d bytes: %v", n, len(whole), err)
			}
			if _, err := ReadEnd(bytes.NewReader(whole[:n]), int64(len(whole))); err != ErrDamaged {
				t.Fatalf("the first %d bytes of what had %d: %v", n, len(whole), err)
			}
		}
		for at := len(body); at < len(whole); at++ { // the body has a sum of its own
			noisy := bytes.Clone(whole)
			noisy[at] ^= 0x10
			want := ErrDamaged
			if at == len(whole)-1 {
				want = ErrOutdated
			}
			if _, err := ReadEnd(bytes.NewReader(noisy), int64(len(noisy))); err != want {
				t.Fatalf("byte %d of %d changed: %v, want %v", at, len(whole), err, want)
			}
		}
		e, err := ReadEnd(bytes.NewReader(whole), int64(len(whole)))
		if err != nil {
			t.Fatal(err)
		}
		for at := range body {
			whole[at] ^= 1
			if err := e.Verify(bytes.NewReader(whole)); err != ErrDamaged {
				t.Errorf("byte %d of the body changed: %v", at, err)
			}
			whole[at] ^= 1
		}
	}
}

func FuzzReadEnd(f *testing.F) {
	for _, sizes := range [][2]int{{0, 0}, {1, 3}, {60, 20}, {tailSize, 1}} {
		f.Add(pack(noise(1, sizes[0]), noise(2, sizes[1])))
	}
	f.Add(make([]byte, trailerSize))
	f.Fuzz(func(t *testing.T, whole []byte) {
		r := bytes.NewReader(whole)
		e, err := ReadEnd(r, int64(len(whole)))
		if err != nil {
			if err != ErrDamaged && err != ErrOutdated {
				t.Fatalf("reading from memory gave %v", err)
			}
			return
		}
		if len(e.Meta) > cache.MaxMeta || e.Body+int64(len(e.Meta))+trailerSize != int64(len(whole)) {
			t.Fatalf("the lengths are %d and %d, of %d bytes", e.Body, len(e.Meta), len(whole))
		}
		if e.Verify(r) != nil {
			return
		}
		if again := AppendEnd(nil, e.Key, e.Meta, whole[:e.Body], e.Sequence); !bytes.Equal(again, whole[e.Body:]) {
			t.Error("what was read is written in another way")
		}
	})
}
