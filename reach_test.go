package images

import "testing"

// A rewrite may decode a URL once more, so all encodings of a text count.
func TestMayHave(t *testing.T) {
	for escaped, want := range map[string]bool{
		"/a.png": false, "tr=n-wm": false, "x=100%25": true, // not well encoded, once decoded
		"tr=l-image": true, "tr=%6C-image": true, "tr=l%2Dimage": true, "tr=%zz": true,
		"tr=%256C-image": true, "tr=%25256C-image": true, "tr=%2525252525256C": true,
		"/a%20b.png": false, "/a%2520b.png": false,
	} {
		if got := mayHave(escaped, "l-"); got != want {
			t.Errorf("mayHave(%q) is %t, want %t", escaped, got, want)
		}
	}
}
