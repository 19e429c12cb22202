package disk

import "testing"

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
