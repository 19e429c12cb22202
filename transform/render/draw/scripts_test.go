//go:build cgo

package draw_test

import (
	"fmt"
	"image"
	"os/exec"
	"testing"

	"github.com/caddy-images/caddy-images/transform"
)

// needLetters skips where no font has a letter. The tests' machine has fonts for
// Chinese and Devanagari, see scripts/setup.sh.
func needLetters(t *testing.T, letter rune) {
	t.Helper()
	out, err := exec.Command("fc-list", fmt.Sprintf(":charset=%x", letter)).Output()
	if err == nil && len(out) == 0 {
		t.Skipf("no font with %c is installed", letter)
	}
	if err != nil {
		t.Skip("without fc-list nobody knows which fonts there are")
	}
}

// large returns a text alone, 60 pixels high.
func large(t *testing.T, content string) (*image.NRGBA, image.Rectangle) {
	t.Helper()
	i := onWhite(t, text(content, func(text *transform.Text) { text.Size = transform.Num(60) }))
	return i, inked(i)
}

// isBox reports whether the ink has a frame, as what is drawn for a letter
// that no font has: the outermost columns are ink from top to bottom, and the
// rows from side to side. Corners may be round, so a tenth may be missing.
func isBox(i *image.NRGBA, r image.Rectangle) bool {
	full := func(line image.Rectangle) bool {
		ink := 0
		for y := line.Min.Y; y < line.Max.Y; y++ {
			for x := line.Min.X; x < line.Max.X; x++ {
				if distance(i.NRGBAAt(x, y), white) > 40 {
					ink++
				}
			}
		}
		return 10*ink >= 9*line.Dx()*line.Dy()
	}
	return full(image.Rect(r.Min.X, r.Min.Y, r.Min.X+1, r.Max.Y)) && full(image.Rect(r.Max.X-1, r.Min.Y, r.Max.X, r.Max.Y)) &&
		full(image.Rect(r.Min.X, r.Min.Y, r.Max.X, r.Min.Y+1)) && full(image.Rect(r.Min.X, r.Max.Y-1, r.Max.X, r.Max.Y))
}

// Letters of other scripts are themselves, not boxes, though the font that is asked
// for has none of them.
func TestScripts(t *testing.T) {
	for name, letters := range map[string]string{"chinese": "永水人你好", "devanagari": "कमशक्ष"} {
		t.Run(name, func(t *testing.T) {
			needLetters(t, []rune(letters)[0])
			for _, letter := range letters {
				if i, r := large(t, string(letter)); isBox(i, r) {
					t.Errorf("%c is a box", letter)
				}
			}
		})
	}
	// This is how it would look: a letter that no font has.
	if i, r := large(t, "\U0010fffd"); !isBox(i, r) {
		t.Errorf("a letter that no font has is not a box, but %v", r)
	}
}

// The forms of letters are where those of two fonts agree: 一 is one stroke across,
// 十 two that cross, 口 four around a hole.
func TestChineseLetters(t *testing.T) {
	needLetters(t, '永')
	_, one := large(t, "一")
	if one.Dx() < 40 || one.Dy() > 12 {
		t.Errorf("one stroke is %v", one)
	}
	ten, r := large(t, "十")
	middle := image.Pt((r.Min.X+r.Max.X)/2, (r.Min.Y+r.Max.Y)/2)
	if r.Dx() < 40 || r.Dy() < 40 || darkPixels(ten, image.Rect(middle.X-8, middle.Y-8, middle.X+8, middle.Y+8)) == 0 || darkPixels(ten, image.Rect(r.Min.X, r.Min.Y, r.Min.X+12, r.Min.Y+12)) > 0 {
		t.Errorf("two strokes are %v", r)
	}
	mouth, r := large(t, "口")
	middle = image.Pt((r.Min.X+r.Max.X)/2, (r.Min.Y+r.Max.Y)/2)
	if r.Dx() < 30 || darkPixels(mouth, image.Rect(middle.X-8, middle.Y-8, middle.X+8, middle.Y+8)) > 0 {
		t.Errorf("four strokes are %v", r)
	}
}

// Devanagari is more than one letter after the other: two consonants with a
// virama between them become one, a short i precedes the consonant that it
// follows, and one line is over all of a word.
func TestDevanagariIsShaped(t *testing.T) {
	needLetters(t, 'क')
	width := func(content string) int {
		_, r := large(t, content)
		return r.Dx()
	}
	if both, apart := width("क्ष"), width("क")+width("ष"); 10*both > 8*apart {
		t.Errorf("क्ष is %d wide, its parts %d", both, apart)
	}
	// The stem of the vowel sign is to the left: the consonant's own is where it is
	// alone, from the right.
	alone, r := large(t, "क")
	with, s := large(t, "कि")
	if s.Dx() <= r.Dx() {
		t.Fatalf("कि is %v, क %v", s, r)
	}
	same := 0
	for y := range 30 {
		for x := range r.Dx() / 2 {
			a := distance(alone.NRGBAAt(r.Max.X-1-x, r.Max.Y-1-y), white) > 100
			b := distance(with.NRGBAAt(s.Max.X-1-x, s.Max.Y-1-y), white) > 100
			if a == b {
				same++
			}
		}
	}
	if all := 30 * (r.Dx() / 2); 10*same < 9*all {
		t.Errorf("%d of %d pixels at the right are those of the consonant", same, all)
	}
	i, r := large(t, "नमन")
	longest := 0
	for y := r.Min.Y; y < r.Max.Y; y++ {
		longest = max(longest, darkPixels(i, image.Rect(r.Min.X, y, r.Max.X, y+1)))
	}
	if 10*longest < 9*r.Dx() {
		t.Errorf("the longest line over a word of %d pixels has %d", r.Dx(), longest)
	}
}
