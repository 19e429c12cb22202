package disk

import (
	"bytes"
	"testing"

	"github.com/caddy-images/caddy-images/cache"
)

func TestReadEndRefuses(t *testing.T) {
	key := keyOf(1, 1)
	for _, sizes := range [][2]int{{0, 0}, {20, 100}, {5000, 100}} {
		meta, body := content(key, sizes[0]), content(key, sizes[1])
		whole := append(bytes.Clone(body), appendEnd(nil, key, meta, body, 7)...)
		if _, _, err := readEnd(bytes.NewReader(whole), int64(len(whole))); err != nil {
			t.Fatalf("the whole file: %v", err)
		}
		for n := range whole {
			if _, _, err := readEnd(bytes.NewReader(whole[:n]), int64(n)); err != errDamaged {
				t.Fatalf("the first %d of %d bytes: %v", n, len(whole), err)
			}
		}
		for at := len(body); at < len(whole); at++ { // the body has a sum of its own
			noisy := bytes.Clone(whole)
			noisy[at] ^= 0x10
			want := errDamaged
			if at == len(whole)-1 {
				want = errOutdated
			}
			if _, _, err := readEnd(bytes.NewReader(noisy), int64(len(noisy))); err != want {
				t.Fatalf("byte %d of %d changed: %v, want %v", at, len(whole), err, want)
			}
		}
		if sizes[1] > 0 {
			end, _, err := readEnd(bytes.NewReader(whole), int64(len(whole)))
			if err != nil || verify(bytes.NewReader(whole), end) != nil {
				t.Fatalf("the whole body: %v", err)
			}
			whole[len(body)/2] ^= 1
			if err := verify(bytes.NewReader(whole), end); err != errDamaged {
				t.Errorf("a changed body: %v", err)
			}
		}
	}
}

func FuzzReadEnd(f *testing.F) {
	key := keyOf(1, 1)
	for _, sizes := range [][2]int{{0, 0}, {1, 3}, {60, 20}, {tailSize, 1}} {
		meta, body := content(key, sizes[0]), content(key, sizes[1])
		f.Add(append(bytes.Clone(body), appendEnd(nil, key, meta, body, 7)...))
	}
	f.Add(make([]byte, trailerSize))
	f.Fuzz(func(t *testing.T, file []byte) {
		end, meta, err := readEnd(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			if err != errDamaged && err != errOutdated {
				t.Fatalf("reading from memory gave %v", err)
			}
			return
		}
		if len(meta) > cache.MaxMeta || end.body+int64(len(meta))+trailerSize != int64(len(file)) {
			t.Fatalf("the lengths are %d and %d, of a file of %d", end.body, len(meta), len(file))
		}
		if verify(bytes.NewReader(file), end) != nil {
			return
		}
		body := file[:end.body]
		if again := appendEnd(nil, end.key, meta, body, end.sequence); !bytes.Equal(again, file[end.body:]) {
			t.Error("what was read is written in another way")
		}
	})
}

func TestNames(t *testing.T) {
	key := keyOf(1, 2)
	folder, name := folderName(key.Original), fileName(key)
	if got, ok := parseName(folder, name); !ok || got != key {
		t.Errorf("%s: got %v, %v", name, got, ok)
	}
	for _, other := range []string{
		"", name[1:], name + "0", "x" + name[1:], name[:40] + "G" + name[41:], name[:32] + "_" + name[33:], name[:60] + "ABCDE",
	} {
		if got, ok := parseName(folder, other); ok {
			t.Errorf("%s: got %v", other, got)
		}
	}
	if _, ok := parseName("zz", name); ok {
		t.Error("a name is one in another folder")
	}

	if name := temporaryName(5, 7); isLeftBehind(name, 5) || !isLeftBehind(name, 6) || isLeftBehind(name+"x", 6) {
		t.Errorf("%s: %v, %v, %v", name, isLeftBehind(name, 5), isLeftBehind(name, 6), isLeftBehind(name+"x", 6))
	}
}
