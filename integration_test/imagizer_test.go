package integration_test

import (
	"encoding/base64"
	"encoding/json"
	"image/color"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

var (
	black = color.NRGBA{0, 0, 0, 255}
	gray  = color.NRGBA{128, 128, 128, 255}
)

// Queries in Imagizer's language give the images that can be computed by
// hand, of the originals that sdkTests have: halves.png, white.png and
// square.png.
var imagizerTests = []struct {
	name   string
	url    string
	w, h   int
	pixels []pixel
}{
	{"a width", "halves.png?width=100", 100, 50, []pixel{{45, 25, red}, {55, 25, blue}}},
	{"a width by its short name", "halves.png?w=100", 100, 50, nil},
	{"a height", "halves.png?height=50", 100, 50, nil},
	{"more than there is", "halves.png?width=400", 200, 100, []pixel{{99, 99, red}, {100, 0, blue}}},
	{"enlarged", "halves.png?width=400&upscale=true", 400, 200, []pixel{{190, 0, red}, {210, 199, blue}}},
	{"inside a box", "halves.png?width=100&height=100", 100, 50, []pixel{{45, 25, red}, {55, 25, blue}}},
	{"a device's pixels", "halves.png?width=50&dpr=2", 100, 50, nil},
	{"covering a box", "halves.png?width=50&height=50&crop=fit", 50, 50, []pixel{{20, 0, red}, {30, 49, blue}}},
	{"covering a larger box", "white.png?width=300&height=150&crop=fit", 300, 150, []pixel{{0, 0, white}, {299, 149, white}}},
	{"the upper part", "tall.png?width=100&height=100&crop=top", 100, 100, []pixel{{0, 0, red}, {99, 98, red}}},
	{"the lower part", "tall.png?width=100&height=100&crop=bottom", 100, 100, []pixel{{0, 1, blue}, {99, 99, blue}}},
	{"padding", "halves.png?width=200&height=200&crop=pad&pad_color=008000", 200, 200,
		[]pixel{{0, 49, green}, {0, 50, red}, {199, 149, blue}, {199, 150, green}}},
	{"padding is white", "halves.png?width=200&height=200&crop=pad", 200, 200, []pixel{{0, 49, white}, {0, 50, red}, {199, 150, white}}},
	{"a rectangle", "halves.png?crop=90,0,20,50", 20, 50, []pixel{{9, 0, red}, {10, 49, blue}}},
	{"a rectangle, encoded", "halves.png?crop=90%2C0%2C20%2C50", 20, 50, []pixel{{9, 0, red}, {10, 49, blue}}},
	{"a rectangle, scaled", "halves.png?width=20&crop=80,0,40,50", 20, 25, []pixel{{8, 0, red}, {11, 24, blue}}},
	{"a rectangle that sticks out", "halves.png?crop=150,60,100,100", 50, 40, []pixel{{0, 0, blue}, {49, 39, blue}}},
	{"room around", "white.png?pad=10&pad_color=F00", 120, 120, []pixel{{9, 9, red}, {10, 10, white}, {109, 109, white}, {110, 60, red}}},
	{"a quarter turn", "halves.png?angle=90", 100, 200, []pixel{{50, 99, red}, {50, 100, blue}}},
	{"black", "halves.png?brightness=-1", 200, 100, []pixel{{0, 0, black}, {199, 99, black}}},
	{"white", "halves.png?brightness=1", 200, 100, []pixel{{0, 0, white}, {199, 99, white}}},
	{"no contrast", "halves.png?contrast=-1", 200, 100, []pixel{{0, 0, gray}, {199, 99, gray}}},
	{"gray stays gray", "white.png?filter=21", 100, 100, []pixel{{0, 0, white}}},
	{"on white", "square.png?flatten=true&format=png", 40, 40, []pixel{{0, 0, white}, {10, 10, green}, {30, 30, white}}},
	{"a mark, a fifth as wide, in the corner", "white.png?mark=/square.png&mark_scale=40&mark_pos=bottom,right&mark_offset=0&mark_alpha=100", 100, 100,
		[]pixel{{69, 75, white}, {70, 70, green}, {89, 89, green}, {90, 90, white}}},
	{"a mark away from the edge", "white.png?mark=%2Fsquare.png&mark_scale=40&mark_pos=top%2Cleft&mark_offset=10", 100, 100,
		[]pixel{{19, 20, white}, {20, 20, green}, {39, 39, green}, {40, 40, white}}},
	{"layers", "white.png?layers=" + url.QueryEscape(`[{"url":"/square.png","pos":"top|left","scale":40,"offset":10},{"url":"/halves.png?width=20","pos":"bottom|right","offset":0,"scale":20}]`), 100, 100,
		[]pixel{{19, 20, white}, {20, 20, green}, {39, 39, green}, {79, 99, white}, {80, 99, red}, {99, 90, blue}, {99, 89, white}}},
	{"layers in Base64", "white.png?layers64=" + base64.RawURLEncoding.EncodeToString([]byte(`[{"url":"/square.png","pos":"top|left","scale":40,"offset":0}]`)), 100, 100,
		[]pixel{{9, 10, white}, {10, 10, green}, {29, 29, green}, {30, 30, white}}},
	{"a width in Base64", "halves.png?width64=NTA", 50, 25, nil},
	{"the last of two", "halves.png?width=10&width=50", 50, 25, nil},
	{"an empty value", "halves.png?width=50&height=", 50, 25, nil},
	{"a mirror", "halves.png?flip=h", 200, 100, []pixel{{99, 0, blue}, {100, 0, red}}},
	{"trimmed", "square.png?trim=true", 20, 20, []pixel{{0, 0, green}, {19, 19, green}}},
	{"a border", "white.png?border=5&border_color=FF0000", 110, 110, []pixel{{4, 50, red}, {5, 5, white}, {105, 50, red}}},
	{"round", "white.png?radius=max", 100, 100, []pixel{{0, 0, hidden}, {50, 50, white}}},
	{"around a point", "halves.png?width=50&height=100&crop=fit&fp_x=1&fp_y=0.5", 50, 100, []pixel{{0, 0, blue}, {49, 99, blue}}},
	{"a preset", "halves.png?preset=stamp", 20, 20, []pixel{{2, 10, red}, {17, 10, blue}}},
	{"by its path", "50x50/c/halves.png", 50, 50, []pixel{{20, 0, red}, {30, 49, blue}}},
	{"by its path, for two pixels each", "50xq90/x2/halves.png", 100, 50, nil},
}

func TestImagizer(t *testing.T) {
	s := startImagizer(t, "preset stamp width=20&height=20&crop=fit", "legacy_paths")
	for _, tt := range imagizerTests {
		t.Run(tt.name, func(t *testing.T) {
			url := s.URL + "/img/" + tt.url
			getPicture(t, url).check(t, url, "png", tt.w, tt.h, tt.pixels)
		})
	}
}

// Without a parameter that means anything the file itself is answered.
func TestImagizerOriginals(t *testing.T) {
	s := startImagizer(t)
	_, _, original := get(t, s.URL+"/img/halves.png")
	for _, query := range []string{"?", "?webp=true&mobile=true", "?v=7"} {
		if status, _, body := get(t, s.URL+"/img/halves.png"+query); status != http.StatusOK || string(body) != string(original) {
			t.Errorf("%s: status %d, %d bytes, want the original's %d", query, status, len(body), len(original))
		}
	}
}

// The format is the original's, what is asked for, or what the client takes.
func TestImagizerFormats(t *testing.T) {
	s := startImagizer(t)
	for query, want := range map[string]string{
		"width=50":             "image/png",
		"width=50&format=jpeg": "image/jpeg",
		"width=50&format=webp": "image/webp",
		"width=50&format=auto": "image/png",
	} {
		if _, header, _ := get(t, s.URL+"/img/halves.png?"+query); header.Get("Content-Type") != want {
			t.Errorf("%s: %s, want %s", query, header.Get("Content-Type"), want)
		}
	}
	if _, header, _ := get(t, s.URL+"/img/halves.png?width=50&format=auto", "Accept", "image/webp,*/*"); header.Get("Content-Type") != "image/webp" || !strings.Contains(header.Get("Vary"), "Accept") {
		t.Errorf("a client that takes WebP gets %s, Vary %q", header.Get("Content-Type"), header.Get("Vary"))
	}
}

func TestImagizerMeta(t *testing.T) {
	s := startImagizer(t)
	status, header, body := get(t, s.URL+"/img/halves.png?meta=true")
	var meta struct {
		FileSize, Width, Height int
		FileType, MimeType      string
		HasAlpha                *bool
		Faces                   *[]any
	}
	if err := json.Unmarshal(body, &meta); err != nil || status != http.StatusOK || !strings.HasPrefix(header.Get("Content-Type"), "application/json") {
		t.Fatalf("status %d, %s, %v\n%s", status, header.Get("Content-Type"), err, body)
	}
	_, _, original := get(t, s.URL+"/img/halves.png")
	if meta.FileSize != len(original) || meta.Width != 200 || meta.Height != 100 || meta.FileType != "png" || meta.MimeType != "image/png" || meta.HasAlpha == nil || meta.Faces == nil {
		t.Errorf("%s", body)
	}
}

// startImagizer serves the originals of imagizerTests at the endpoint /img.
func startImagizer(t *testing.T, more ...string) *server {
	t.Helper()
	return startCaddy(t, `http://127.0.0.1:{$PORT} {
	images {
		dialect imagizer {
			endpoint /img
			`+strings.Join(more, "\n\t\t\t")+`
		}
		origin fs {$ORIGINALS}
	}
}
`, "ORIGINALS="+writeOriginals(t))
}
