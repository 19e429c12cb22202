//go:build cgo

package inprocess_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// noise returns an image that compresses badly, so that quality decides about
// its size.
func noise(width, height int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	state := uint32(1)
	for i := range m.Pix {
		state = state*1664525 + 1013904223
		m.Pix[i] = byte(state >> 24)
		if i%4 == 3 {
			m.Pix[i] = 255
		}
	}
	return m
}

// located returns a JPEG with an EXIF segment that has an orientation and a
// secret.
func located(t *testing.T, m image.Image, quality, orientation int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	exif := "Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00" + string(rune(orientation)) + "\x00\x00\x00\x00\x00\x00" + gps
	segment := string(binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(exif)+2))) + exif
	return []byte(b.String()[:2] + segment + b.String()[2:])
}

const gps = "N 52 31 E 13 24"

// originals writes files into the folder of a site.
func (s site) originals(t *testing.T, files map[string][]byte) {
	t.Helper()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(s.root, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// A URL of an image that asks for nothing gives the best format that the
// client takes, without metadata; only orig-true gives the file.
func TestOptimizePlain(t *testing.T) {
	s := serve(t, "images {\n origin fs ROOT\n}")
	large, small := located(t, noise(64, 48), 100, 1), located(t, noise(64, 48), 5, 6)
	s.originals(t, map[string][]byte{"large.jpg": large, "small.jpg": small, "clip.mp4": []byte(mp4)})
	const webp = "image/avif,image/webp,image/*,*/*;q=0.8"
	moving := apng(t)
	s.originals(t, map[string][]byte{"moving.png": moving})
	for _, tt := range []struct {
		path, accept, contentType string
		original                  []byte // that the response is, byte for byte
	}{
		{"/large.jpg", webp, "image/webp", nil},
		{"/large.jpg", "", "image/jpeg", nil},
		{"/large.jpg?v=2", webp, "image/webp", nil},
		{"/large.jpg?tr=", webp, "image/webp", nil},
		{"/large.jpg?tr=orig-true", webp, "image/jpeg", large},
		{"/large.jpg?tr=orig", webp, "image/jpeg", large},
		{"/tr:orig-true/large.jpg", webp, "image/jpeg", large},
		{"/small.jpg", "", "image/jpeg", nil},
		{"/half.png", webp, "image/webp", nil},
		{"/icon.svg", webp, "image/svg+xml", []byte(svg)},
		{"/text.txt", webp, "text/plain; charset=utf-8", []byte("just text")},
		{"/clip.mp4", webp, "video/mp4", []byte(mp4)},
		{"/moving.png", webp, "image/png", moving}, // of which one frame would be left
	} {
		t.Run(tt.path+" "+tt.accept, func(t *testing.T) {
			a := s.get(t, tt.path, "Accept", tt.accept)
			a.wants(t, 200, "Content-Type", tt.contentType)
			if tt.original != nil {
				if !bytes.Equal(a.body, tt.original) {
					t.Errorf("%d bytes that are not the original's", len(a.body))
				}
				return
			}
			a.wants(t, 200, "Vary", "Accept")
			if bytes.Contains(a.body, []byte(gps)) {
				t.Error("the metadata are delivered")
			}
			tag := a.Header.Get("ETag")
			if again := s.get(t, tt.path, "Accept", tt.accept); again.Header.Get("ETag") != tag || !bytes.Equal(again.body, a.body) {
				t.Error("it is another the second time")
			}
			known := s.get(t, tt.path, "Accept", tt.accept, "If-None-Match", tag)
			known.wants(t, 304, "ETag", tag, "Vary", "Accept")
			head := s.ask(t, http.MethodHead, tt.path, "Accept", tt.accept)
			head.wants(t, 200, "ETag", tag, "Content-Type", tt.contentType, "Content-Length", itoa(len(a.body)))
			part := s.get(t, tt.path, "Accept", tt.accept, "Range", "bytes=2-5", "If-Range", tag)
			part.wants(t, 206, "ETag", tag)
			if !bytes.Equal(part.body, a.body[2:6]) {
				t.Error("a range has other bytes")
			}
		})
	}
}

// Where only format and quality would change there are never more bytes than in the
// original, which then stays, without its metadata and turned as it was.
func TestOptimizePlainIsNeverLarger(t *testing.T) {
	s := serve(t, "images {\n origin fs ROOT\n quality 100\n device_size mobile 32x32\n}")
	small := located(t, noise(64, 48), 5, 6)
	s.originals(t, map[string][]byte{"small.jpg": small, "animation.gif": tinyGIF(t)})
	for _, accept := range []string{"", "image/webp", "image/webp, image/avif"} {
		a := s.get(t, "/small.jpg", "Accept", accept)
		a.wants(t, 200, "Content-Type", "image/jpeg")
		if len(a.body) > len(small) || bytes.Contains(a.body, []byte(gps)) {
			t.Errorf("%d bytes of %d, with or without metadata", len(a.body), len(small))
		}
		if at := bytes.Index(small, []byte("\xff\xdb")); !bytes.HasSuffix(a.body, small[at:]) {
			t.Error("it was encoded anew")
		}
		if !bytes.Contains(a.body, []byte("\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06")) {
			t.Error("the orientation is gone")
		}
	}
	// Other plans are drawn whatever that takes, and so is what a device is too small for.
	if a := s.get(t, "/small.jpg?tr=f-auto"); len(a.body) <= len(small) {
		t.Errorf("f-auto gives %d bytes of %d", len(a.body), len(small))
	}
	s.get(t, "/small.jpg", "Sec-CH-UA-Mobile", "?1").wantsSize(t, 24, 32)

	a := s.get(t, "/animation.gif")
	a.wants(t, 200, "Content-Type", "image/gif")
	if g, err := gif.DecodeAll(bytes.NewReader(a.body)); err != nil || len(g.Image) != 2 {
		t.Errorf("the animation has other frames: %v", err)
	}
}

// apng returns a PNG that says it is an animation.
func apng(t *testing.T) []byte {
	t.Helper()
	still := solidPNG(20, 10, color.NRGBA{R: 255, A: 255})
	const head = 8 + 25 // signature and IHDR
	control := []byte("acTL\x00\x00\x00\x02\x00\x00\x00\x00")
	chunk := binary.BigEndian.AppendUint32(append([]byte{0, 0, 0, 8}, control...), crc32.ChecksumIEEE(control))
	return slices.Concat(still[:head], chunk, still[head:])
}

func tinyGIF(t *testing.T) []byte {
	t.Helper()
	frames := &gif.GIF{Delay: []int{10, 10}}
	for i := range 2 {
		frame := image.NewPaletted(image.Rect(0, 0, 8, 8), color.Palette{color.Black, color.White})
		frame.Pix[i] = 1
		frames.Image = append(frames.Image, frame)
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, frames); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// An animation of which only the first frame is wanted is not delivered moving because
// it is small.
func TestOptimizePlainStill(t *testing.T) {
	s := serve(t, "images {\n origin fs ROOT\n allow_animated_gifs off\n}")
	s.originals(t, map[string][]byte{"animation.gif": tinyGIF(t)})
	if g, err := gif.DecodeAll(bytes.NewReader(s.get(t, "/animation.gif").body)); err == nil && len(g.Image) > 1 {
		t.Errorf("%d frames", len(g.Image))
	}
	if got := s.get(t, "/animation.gif?tr=orig-true").body; !bytes.Equal(got, tinyGIF(t)) {
		t.Error("orig-true does not give the original")
	}
}

// What cannot be drawn was delivered before it was optimised, and is: for an hour, and
// marked.
func TestOptimizePlainOfWhatCannotBeDrawn(t *testing.T) {
	s := serve(t, "images {\n origin fs ROOT\n max_pixels 10000\n}")
	broken := located(t, noise(64, 48), 90, 1)[:1500]
	s.originals(t, map[string][]byte{"cut.jpg": broken})
	a := s.get(t, "/cut.jpg")
	a.wants(t, 200, "Content-Type", "image/jpeg", "Cache-Control", "public, max-age=3600")
	if cut := broken[bytes.Index(broken, []byte("\xff\xdb")):]; !bytes.HasSuffix(a.body, cut) || bytes.Contains(a.body, []byte(gps)) || !strings.HasPrefix(a.Header.Get("Ik-Warning"), "EBADMSG - ") {
		t.Errorf("%d bytes of %d, %s", len(a.body), len(broken), a.Header.Get("Ik-Warning"))
	}
	tag := a.Header.Get("ETag")
	s.get(t, "/cut.jpg", "If-None-Match", tag).wants(t, 304, "ETag", tag)
	a = s.get(t, "/red.jpg") // 120000 pixels
	a.wants(t, 200, "Content-Type", "image/jpeg")
	if !strings.HasPrefix(a.Header.Get("Ik-Warning"), "ELIMIT - ") {
		t.Error(a.Header.Get("Ik-Warning"))
	}
	s.get(t, "/red.jpg?tr=f-auto").wants(t, 400, "Ik-Warning", "none")
	s.get(t, "/no.jpg").wants(t, 404)
}

// What is there of a damaged original is for a minute, whether it was encoded anew or the
// original stays, being smaller.
func TestOptimizePlainOfWhatIsDamaged(t *testing.T) {
	s := metered(t, "images {\n origin fs ROOT\n quality 90\n damaged deliver\n}")
	for _, quality := range []int{5, 100} {
		whole := located(t, noise(320, 240), quality, 1)
		broken := append(bytes.Clone(whole[:len(whole)*3/4]), 0xff, 0xd9)
		s.originals(t, map[string][]byte{"cut.jpg": broken})
		before := s.readings(t)
		a := s.get(t, "/cut.jpg")
		a.wants(t, 200, "Content-Type", "image/jpeg", "Cache-Control", "public, max-age=60")
		tag := a.Header.Get("ETag")
		s.get(t, "/cut.jpg", "If-None-Match", tag).wants(t, 304, "ETag", tag, "Cache-Control", "public, max-age=60", "Vary", "Accept")
		if stays := bytes.HasSuffix(a.body, broken[bytes.Index(broken, []byte("\xff\xdb")):]); stays != (quality == 5) {
			t.Errorf("quality %d: the original stays: %v", quality, stays)
		}
		if bytes.Contains(a.body, []byte(gps)) {
			t.Errorf("quality %d: the metadata are delivered", quality)
		}
		if n := s.readings(t)["damaged_total"] - before["damaged_total"]; n != 1 {
			t.Errorf("quality %d: it counts %v times as damaged", quality, n)
		}
	}
}

// An image that is large by its metadata only is not encoded anew.
func TestOptimizePlainComparesPictures(t *testing.T) {
	s := serve(t, "images {\n origin fs ROOT\n quality 90\n}")
	small := located(t, noise(320, 240), 5, 1)
	comment := string(binary.BigEndian.AppendUint16([]byte{0xff, 0xfe}, 60002)) + strings.Repeat(gps, 4000)
	s.originals(t, map[string][]byte{"small.jpg": []byte(string(small[:2]) + comment + string(small[2:]))})
	a := s.get(t, "/small.jpg")
	a.wants(t, 200)
	if !bytes.HasSuffix(a.body, small[bytes.Index(small, []byte("\xff\xdb")):]) || bytes.Contains(a.body, []byte(gps)) {
		t.Errorf("%d bytes; the image has %d", len(a.body), len(small))
	}
}

// Plain URLs are optimised by default with any origin but next.
func TestOptimizePlainDefaults(t *testing.T) {
	large := located(t, noise(64, 48), 100, 1)
	for _, tt := range []struct {
		directives string
		optimized  bool
	}{
		{"images {\n origin fs ROOT\n}", true},
		{"images {\n origin fs ROOT\n dialect imagekit {\n  optimize_plain off\n }\n}", false},
		{"images {\n origin fs ROOT\n dialect imagizer\n}", false},
		{"root ROOT\nimages\nfile_server", false},
		{"root ROOT\nimages {\n dialect imagekit {\n  optimize_plain\n }\n}\nfile_server", true},
		{"root ROOT\nimages {\n origin fs ROOT/sub\n origin next\n}\nfile_server", true},
		{"images {\n origin fs ROOT\n cache_control \"max-age=5\"\n dialect imagekit {\n  restrict_unnamed\n  named a w-1\n }\n}", true},
	} {
		t.Run(strings.NewReplacer("\n", ",", "{", "", "}", "").Replace(tt.directives), func(t *testing.T) {
			s := serve(t, tt.directives)
			s.originals(t, map[string][]byte{"large.jpg": large, "clip.mp4": []byte(mp4)})
			a := s.get(t, "/large.jpg", "Accept", "image/webp")
			a.wants(t, 200)
			if got := !bytes.Equal(a.body, large); got != tt.optimized {
				t.Errorf("optimised: %v, want %v", got, tt.optimized)
			}
			if got := s.get(t, "/text.txt"); string(got.body) != "just text" {
				t.Errorf("another file is %q", got.body)
			}
			if strings.Contains(tt.directives, "origin next") {
				return // in a chain the handlers behind are asked for all of a file
			}
			// Ranges of what is not an image are the handlers' behind.
			part := s.get(t, "/clip.mp4", "Range", "bytes=4-7")
			part.wants(t, 206)
			if string(part.body) != "ftyp" {
				t.Errorf("a range of a video is %q", part.body)
			}
		})
	}
	s := serve(t, "images {\n origin fs ROOT\n allow_original_image_request off\n}")
	s.get(t, "/red.jpg").wants(t, 401)
}

// mp4 is the beginning of a video.
const mp4 = "\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom\x00\x00\x00\x08mdat"

// A plain image that is saved as a file has the extension of what it is.
func TestOptimizePlainAttachment(t *testing.T) {
	s := serve(t, "images {\n origin fs ROOT\n}")
	s.originals(t, map[string][]byte{"large.jpg": located(t, noise(64, 48), 100, 1)})
	s.get(t, "/large.jpg?ik-attachment=true", "Accept", "image/webp").wants(t, 200, "Content-Disposition", `attachment; filename="large.webp"`)
	s.get(t, "/large.jpg?ik-attachment=true&tr=orig-true", "Accept", "image/webp").wants(t, 200, "Content-Disposition", `attachment; filename="large.jpg"`)
}
