package sniff

import (
	"strings"
	"testing"
)

func ftyp(major string, compatible ...string) string {
	box := "ftyp" + major + "\x00\x00\x00\x00" + strings.Join(compatible, "")
	return "\x00\x00\x00" + string(rune(len(box)+4)) + box + "\x00\x00\x00\x08mdat"
}

var samples = []struct {
	name string
	buf  string
	want Format
}{
	{"empty", "", ""},
	{"one byte", "\xff", ""},
	{"text", "hello", ""},
	{"jpeg", "\xff\xd8\xff\xe0\x00\x10JFIF", JPEG},
	{"jpeg cut short", "\xff\xd8", ""},
	{"png", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", PNG},
	{"png with mangled line ends", "\x89PNG\n\x1a\n", ""},
	{"gif87", "GIF87a", GIF},
	{"gif89", "GIF89a", GIF},
	{"gif of another year", "GIF90a", ""},
	{"webp", "RIFF\x24\x00\x00\x00WEBPVP8 ", WebP},
	{"wave", "RIFF\x24\x00\x00\x00WAVEfmt ", ""},
	{"little-endian tiff", "II*\x00\x08\x00\x00\x00", TIFF},
	{"big-endian tiff", "MM\x00*\x00\x00\x00\x08", TIFF},
	{"big tiff", "II+\x00\x08\x00\x00\x00", TIFF},
	{"avif", ftyp("avif", "mif1", "miaf"), AVIF},
	{"avif sequence", ftyp("avis", "msf1"), AVIF},
	{"avif under a general brand", ftyp("mif1", "miaf", "avif"), AVIF},
	{"heic", ftyp("heic", "mif1"), HEIC},
	{"heic, 10 bits", ftyp("heix"), HEIC},
	{"heic sequence", ftyp("hevc", "msf1"), HEIC},
	{"heic layered", ftyp("heim"), HEIC},
	{"heic scalable", ftyp("heis"), HEIC},
	{"hevm", ftyp("hevm"), HEIC},
	{"hevs", ftyp("hevs"), HEIC},
	{"general heif", ftyp("mif1", "miaf"), HEIC},
	{"general sequence", ftyp("msf1"), HEIC},
	{"heic under a general brand", ftyp("mif1", "heic"), HEIC},
	{"brand after the box", ftyp("isom") + "avif", ""},
	{"mp4", ftyp("isom", "mp42"), ""},
	{"box too small", "\x00\x00\x00\x08ftypavif\x00\x00\x00\x00", ""},
	{"svg", `<svg xmlns="http://www.w3.org/2000/svg"/>`, SVG},
	{"svg, nothing else", "<svg>", SVG},
	{"svg with a prefix", `<svg:svg xmlns:svg="http://www.w3.org/2000/svg">`, SVG},
	{"svg after a mark and a declaration", "\xef\xbb\xbf<?xml version=\"1.0\"?>\n<svg\n>", SVG},
	{"svg after comments", "\n <!-- <html> --><!-- a -- --> <svg >", SVG},
	{"svg after a style sheet", `<?xml version="1.0"?><?xml-stylesheet href="a.css"?><svg>`, SVG},
	{"svg with a document type", `<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd"><svg>`, SVG},
	{"svg with entities", `<!DOCTYPE svg [<!ENTITY ns "http://a/>]"><!-- ]> ' --><!ENTITY b 'c'>]><svg>`, SVG},
	{"svg with a prefix in its document type", `<!DOCTYPE svg:svg><svg:svg>`, SVG},
	{"html", "<html><body><svg></svg></body></html>", ""},
	{"html with a document type", "<!DOCTYPE html><svg></svg>", ""},
	{"html in lower case", "<!doctype html><html><svg>", ""},
	{"html after a comment", "<!-- <svg> --><html><svg>", ""},
	{"another element", "<svgx>", ""},
	{"another vocabulary", `<?xml version="1.0"?><feed><svg/></feed>`, ""},
	{"text before", "a <svg>", ""},
	{"open comment", "<!-- <svg>", ""},
	{"open declaration", "<?xml <svg", ""},
	{"open document type", "<!DOCTYPE svg [ <svg>", ""},
	{"open quote", `<!DOCTYPE svg "> <svg>`, ""},
	{"open comment in a document type", `<!DOCTYPE svg [<!-- ]><svg>`, ""},
	{"cut short", "<svg", ""},
	{"only an angle", "<", ""},
	{"pdf", "%PDF-1.7", ""},
}

func TestSniff(t *testing.T) {
	for _, s := range samples {
		got, ok := Sniff([]byte(s.buf))
		if got != s.want || ok != (s.want != "") {
			t.Errorf("%s: %q %t, want %q", s.name, got, ok, s.want)
		}
	}
}

// Only requests for a page accept a PDF.
func TestDocument(t *testing.T) {
	for name, buf := range map[string]string{
		"pdf": "%PDF-1.7\n", "late": strings.Repeat("x", 1019) + "%PDF-", "too late": strings.Repeat("x", 1020) + "%PDF-", "no version": "%PDF",
	} {
		want := Format("")
		if strings.Contains(name, "pdf") || name == "late" {
			want = PDF
		}
		if got, ok := Document([]byte(buf)); got != want || ok != (want != "") {
			t.Errorf("%s: %q %t, want %q", name, got, ok, want)
		}
		if got, ok := Sniff([]byte(buf)); ok {
			t.Errorf("%s is an image: %q", name, got)
		}
	}
	for _, s := range samples {
		if got, _ := Document([]byte(s.buf)); s.want != "" && got != s.want {
			t.Errorf("%s: %q, want %q", s.name, got, s.want)
		}
	}
	if got, _ := Document([]byte(`<svg id="%PDF-1.7">`)); got != SVG {
		t.Errorf("an image that speaks of PDF is %q", got)
	}
}

func TestMediaType(t *testing.T) {
	for format, want := range map[Format]string{"": "", JPEG: "image/jpeg", AVIF: "image/avif", SVG: "image/svg+xml", PDF: "application/pdf"} {
		if got := format.MediaType(); got != want {
			t.Errorf("%q: %q, want %q", format, got, want)
		}
	}
}

func FuzzSniff(f *testing.F) {
	for _, s := range samples {
		f.Add([]byte(s.buf))
	}
	f.Fuzz(func(t *testing.T, buf []byte) {
		format, ok := Sniff(buf)
		if ok != (format.MediaType() != "") {
			t.Errorf("%q %t", format, ok)
		}
		if again, _ := Sniff(buf); again != format {
			t.Errorf("%q, then %q", format, again)
		}
	})
}
