package damage

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/caddy-images/caddy-images/transform/sniff"
)

// testdata has 40x24 pixels of noise, as libjpeg writes them: progressive ones in ten
// scans (six of a gray one), one with a restart marker behind each row of blocks.
//
//go:embed testdata
var testdata embed.FS

func jpegs(t testing.TB) map[string][]byte {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	colours, grays := image.NewRGBA(image.Rect(0, 0, 40, 24)), image.NewGray(image.Rect(0, 0, 41, 23))
	for n := range colours.Pix {
		colours.Pix[n] = byte(r.IntN(256)) | byte(255*(n&3/3))
	}
	for n := range grays.Pix {
		grays.Pix[n] = byte(r.IntN(256))
	}
	files := map[string][]byte{}
	for name, i := range map[string]image.Image{"baseline": colours, "gray": grays, "flat": image.NewUniform(color.White)} {
		if name == "flat" {
			i = image.NewRGBA(image.Rect(0, 0, 100, 100))
		}
		var b bytes.Buffer
		if err := jpeg.Encode(&b, i, &jpeg.Options{Quality: 60}); err != nil {
			t.Fatal(err)
		}
		files[name] = b.Bytes()
	}
	entries, err := testdata.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if file, err := testdata.ReadFile("testdata/" + e.Name()); err != nil {
			t.Fatal(err)
		} else if name, ok := strings.CutSuffix(e.Name(), ".jpg"); ok {
			files[name] = file
		}
	}
	return files
}

func find(t testing.TB, file []byte, format sniff.Format) Missing {
	t.Helper()
	found, err := Find(context.Background(), file, format)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func scans(t testing.TB, file []byte) Missing {
	t.Helper()
	found, err := Scans(context.Background(), file)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

var eoi = []byte{0xff, 0xd9}

// A file that ends anywhere within its data is damaged, with an end mark behind them and
// without; one that lacks nothing but its end mark is not.
func TestEndsOfJPEG(t *testing.T) {
	for name, file := range jpegs(t) {
		data := bytes.LastIndex(file, []byte{0xff, jpegSOS})
		first := bytes.Index(file, []byte{0xff, jpegSOS})
		whole := len(file) - len(eoi)
		if found := find(t, file, sniff.JPEG); found != "" {
			t.Errorf("%s lacks %s", name, found)
		}
		if found := scans(t, file); found != "" {
			t.Errorf("the scans of %s lack %s", name, found)
		}
		for _, end := range [][]byte{nil, {0xff}} {
			if found := find(t, append(file[:whole:whole], end...), sniff.JPEG); found != "" {
				t.Errorf("%s without an end mark lacks %s", name, found)
			}
		}
		for n := first; n < whole; n++ {
			if find(t, file[:n:n], sniff.JPEG) == "" {
				t.Errorf("%s, %d of %d bytes: lacks nothing", name, n, len(file))
			}
			ended := append(file[:n:n], eoi...)
			if scans(t, ended) == "" {
				t.Errorf("%s, %d of %d bytes and an end mark: the scans lack nothing", name, n, len(file))
			}
			if n < data && find(t, ended, sniff.JPEG) == "" {
				t.Errorf("%s, %d of %d bytes and an end mark: lacks nothing, without the last scan", name, n, len(file))
			}
		}
	}
}

// What nothing needs is not damage: libjpeg skips it.
func TestExtraneousBytes(t *testing.T) {
	for name, file := range jpegs(t) {
		first := bytes.Index(file, []byte{0xff, 0xdb})
		padded := slices.Concat(file[:first], []byte{1, 2, 3}, file[first:len(file)-2], []byte{4, 5, 6, 7, 8, 9, 10}, eoi, []byte("behind the end"))
		if find(t, padded, sniff.JPEG) != "" || scans(t, padded) != "" {
			t.Errorf("%s with bytes between its segments lacks %s", name, scans(t, padded))
		}
		app := slices.Concat(file[:2], []byte("\xff\xe1\x00\x0cExif\x00\x00\xff\xd9\xff\xda"), file[2:])
		if find(t, app, sniff.JPEG) != "" || scans(t, app) != "" {
			t.Errorf("%s with bad EXIF lacks %s", name, scans(t, app))
		}
		filled := bytes.ReplaceAll(file, []byte{0xff, jpegSOS}, []byte{0xff, 0xff, 0xff, jpegSOS})
		if find(t, filled, sniff.JPEG) != "" || scans(t, filled) != "" {
			t.Errorf("%s with fill bytes lacks %s", name, scans(t, filled))
		}
	}
}

// Each scan of a progressive JPEG is needed, the last ones too, and each restart marker.
func TestScansAreMissing(t *testing.T) {
	for name, file := range jpegs(t) {
		if !strings.HasPrefix(name, "progressive") {
			continue
		}
		starts := indexes(file, []byte{0xff, jpegSOS})
		if len(starts) < 6 {
			t.Fatalf("%s has %d scans", name, len(starts))
		}
		for n, start := range starts {
			end := len(file) - 2
			if n+1 < len(starts) {
				end = starts[n+1]
			}
			without := slices.Concat(file[:start], file[end:])
			if n < len(starts)-1 {
				// The tables of the next scan were behind this one's data.
				if dht := bytes.Index(file[start:end], []byte{0xff, jpegDHT}); dht >= 0 {
					without = slices.Concat(file[:start], file[start+dht:])
				}
			}
			if n >= len(starts)-3 && find(t, without, sniff.JPEG) == "" {
				t.Errorf("%s without scan %d lacks nothing", name, n+1)
			}
		}
	}
	file := jpegs(t)["restart"]
	markers := 0
	for n := range byte(8) {
		for _, at := range indexes(file, []byte{0xff, jpegRST + n}) {
			markers++
			if scans(t, slices.Concat(file[:at], file[at+2:])) == "" {
				t.Errorf("without the restart marker at %d nothing is missing", at)
			}
		}
	}
	if markers == 0 {
		t.Error("no restart markers")
	}
}

func indexes(file, sep []byte) (at []int) {
	for from := 0; ; {
		n := bytes.Index(file[from:], sep)
		if n < 0 {
			return at
		}
		at = append(at, from+n)
		from += n + len(sep)
	}
}

// A channel of which there is no scan is missing.
func TestChannelsAreMissing(t *testing.T) {
	file := jpegs(t)["baseline"]
	at := bytes.Index(file, []byte{0xff, jpegSOS})
	// A scan of the first channel alone, over the same data.
	one := slices.Concat(file[:at], []byte{0xff, jpegSOS, 0, 8, 1, 1, 0, 0, 63, 0}, file[at+14:])
	if found := find(t, one, sniff.JPEG); !strings.Contains(string(found), "there are 1, for 3 channels") {
		t.Errorf("lacks %q", found)
	}
}

// Nothing takes long: not a scan of a few bytes over a large image, nor many.
func TestJPEGStops(t *testing.T) {
	var b strings.Builder
	b.WriteString("\xff\xd8\xff\xc2\x00\x0b\x08\x20\x00\x20\x00\x01\x01\x11\x00") // 8192x8192, gray
	b.WriteString("\xff\xc4\x00\x14\x10\x01" + strings.Repeat("\x00", 15) + "\xe0")
	for range 200 {
		b.WriteString("\xff\xda\x00\x08\x01\x01\x00\x01\x3f\x00")
		b.WriteString(strings.Repeat("\x00", 64))
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Scans(ctx, []byte(b.String())); err != context.Canceled {
		t.Errorf("%v after it was cancelled", err)
	}
}

func FuzzFind(f *testing.F) {
	for _, file := range jpegs(f) {
		f.Add(file)
		f.Add(file[:len(file)/2])
	}
	f.Add(goGIF(f))
	f.Add(goPNG(f, 9, 7))
	f.Add([]byte("II*\x00\x08\x00\x00\x00\x02\x00\x11\x01\x04\x00\x01\x00\x00\x00\x00\x00\x00\x00"))
	f.Add([]byte("%PDF-1.7\nstartxref\n0\n%%EOF"))
	f.Fuzz(func(t *testing.T, file []byte) {
		if len(file) < 16 {
			return
		}
		if h := file; len(h) > 1<<16 {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		for _, format := range []sniff.Format{sniff.JPEG, sniff.PNG, sniff.GIF, sniff.TIFF, sniff.PDF, sniff.WebP} {
			if isLarge(file, format) {
				continue // its size is checked before
			}
			first, err := Find(ctx, file, format)
			if err != nil {
				t.Fatal(err)
			}
			if again, _ := Find(ctx, file, format); again != first {
				t.Errorf("%q, then %q", first, again)
			}
			Repair(ctx, file, format, 1e6)
		}
	})
}

// isLarge reports whether a JPEG or PNG says of itself that it is.
func isLarge(file []byte, format sniff.Format) bool {
	switch format {
	case sniff.JPEG:
		for n := 2; n+9 < len(file); n++ {
			if file[n] == 0xff && file[n+1]&0xf0 == 0xc0 && (file[n+5] > 2 || file[n+7] > 2) {
				return true
			}
		}
	case sniff.PNG:
		return len(file) > 24 && (file[16]|file[17]|file[20]|file[21]) != 0
	}
	return false
}

func BenchmarkFind(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	i := image.NewGray(image.Rect(0, 0, 2000, 2000))
	for n := range i.Pix {
		i.Pix[n] = byte(128 + r.IntN(40))
	}
	var file bytes.Buffer
	if err := jpeg.Encode(&file, i, nil); err != nil {
		b.Fatal(err)
	}
	for name, f := range map[string]func([]byte) (Missing, error){
		"markers": func(file []byte) (Missing, error) { return Find(context.Background(), file, sniff.JPEG) },
		"scans":   func(file []byte) (Missing, error) { return Scans(context.Background(), file) },
	} {
		b.Run(fmt.Sprint(name), func(b *testing.B) {
			b.SetBytes(int64(file.Len()))
			for range b.N {
				if found, err := f(file.Bytes()); found != "" || err != nil {
					b.Fatal(found, err)
				}
			}
		})
	}
}
