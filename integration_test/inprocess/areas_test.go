package inprocess_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"strings"
	"testing"
)

// stripes returns an image of ten columns, 10 pixels wide and 20 high, whose
// red says which one it is.
func stripes() []byte {
	columns := image.NewNRGBA(image.Rect(0, 0, 100, 20))
	for x := range 100 {
		for y := range 20 {
			columns.SetNRGBA(x, y, stripe(x/10))
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, columns); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func stripe(n int) color.NRGBA { return color.NRGBA{uint8(20 * n), 0, 200, 255} }

// Custom coordinates come with the file, whichever origin it has.
func TestCustomCoordinates(t *testing.T) {
	headers := map[string][2]string{
		"/right.png":   {"Custom-Coordinates", "70,0,20,20"},
		"/s3.png":      {"X-Amz-Meta-Customcoordinates", "20, 5, 20, 4"},
		"/outside.png": {"Custom-Coordinates", "100,0,20,20"},
		"/broken.png":  {"Custom-Coordinates", "70,0"},
	}
	addr := backend(t, func(w http.ResponseWriter, r *http.Request) {
		if h, ok := headers[r.URL.Path]; ok {
			w.Header().Set(h[0], h[1])
		}
		w.Header().Set("Content-Type", "image/png")
		_, _ = w.Write(stripes())
	})
	const missing = "EINVAL - The image has no custom coordinates to focus on"
	for name, origin := range map[string]string{
		"web":  "origin web http://" + addr + " {\n  allow_private 127.0.0.0/8\n }\n}",
		"next": "}\nreverse_proxy " + addr,
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, "images {\n "+origin)
			tests := []struct {
				url         string
				first, last int // columns of the 20 pixels that are left
			}{
				{"/right.png?tr=w-20,h-20,fo-custom", 7, 8},
				{"/right.png?tr=w-20,h-20,fo-auto-custom_override", 7, 8},
				{"/s3.png?tr=w-20,h-20,fo-custom", 2, 3},
				{"/s3.png?tr=w-20,h-10,fo-custom,cm-extract", 2, 3},
				{"/right.png?tr=w-20,h-20", 4, 5},
				{"/right.png?tr=fl-h:w-20,h-20,fo-custom", 8, 7},
				{"/right.png?tr=w-60,h-20,cm-extract,fo-right:w-20,h-20,fo-custom", 7, 8},
				{"/right.png?tr=t-true:w-20,h-20,fo-custom", 7, 8},
				{"/right.png?tr=if-w_gt_5,w-20,h-20,fo-custom,if-end:q-90", 7, 8},
			}
			for _, tt := range tests {
				a := s.get(t, tt.url+",f-png")
				a.wantPixel(t, 2, 5, stripe(tt.first))
				a.wantPixel(t, 17, 5, stripe(tt.last))
			}
			for _, file := range []string{"/plain.png", "/outside.png"} {
				a := s.get(t, file+"?tr=w-20,h-20,fo-custom")
				a.wants(t, 400)
				if got := a.Header.Get("Ik-Error"); !strings.HasPrefix(got, missing) {
					t.Errorf("%s: %q", file, got)
				}
				s.get(t, file+"?tr=w-20,h-20,fo-auto-custom_override").wants(t, 200)
				s.get(t, file+"?tr=w-20,h-20,cm-pad_resize,fo-custom").wants(t, 200)
			}
			const malformed = `EINVAL - The file's custom coordinates are "70,0"; they must be x,y,width,height in whole pixels, such as 10,20,300,200`
			s.get(t, "/broken.png?tr=w-20,h-20,fo-custom").wants(t, 400, "Ik-Error", malformed)
			s.get(t, "/broken.png?tr=w-20,h-20,fo-auto-custom_override").wants(t, 400, "Ik-Error", malformed)
			s.get(t, "/broken.png?tr=w-20,h-20").wants(t, 200)

			// A layer has its own.
			for file, n := range map[string]int{"s3.png": 2, "right.png": 7} {
				a := s.get(t, "/broken.png?tr=l-image,i-"+file+",w-20,h-20,fo-custom,lx-0,ly-0,l-end,f-png")
				a.wantPixel(t, 2, 5, stripe(n))
				a.wantPixel(t, 95, 5, stripe(9))
			}
			a := s.get(t, "/right.png?tr=l-image,i-broken.png,w-20,h-20,fo-custom,l-end")
			a.wants(t, 400, "Ik-Error", strings.Replace(malformed, "The file", `In the layer "broken.png": The file`, 1))
		})
	}
}

// A file server's files get theirs between this handler and it.
func TestCustomCoordinatesByHeader(t *testing.T) {
	s := serve(t, "root ROOT\nroute {\n images\n @team path /team.png\n header @team Custom-Coordinates 30,0,20,20\n file_server\n}")
	s.addFile(t, "team.png", stripes())
	s.addFile(t, "other.png", stripes())
	s.get(t, "/tr:w-20,h-20,fo-custom,f-png/team.png").wantPixel(t, 2, 5, stripe(3))
	s.get(t, "/tr:w-20,h-20,fo-custom,f-png/other.png").wants(t, 400)
}

// Other coordinates are another image, where they have a say.
func TestCustomCoordinatesETag(t *testing.T) {
	at := 0
	addr := backend(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Custom-Coordinates", fmt.Sprintf("%d,0,20,20", at))
		w.Header().Set("Content-Type", "image/png")
		w.Header().Set("Etag", `"1"`)
		_, _ = w.Write(stripes())
	})
	s := serve(t, "images {\n cache off\n origin web http://"+addr+" {\n  allow_private 127.0.0.0/8\n }\n}")
	const custom, plain = "/a.png?tr=w-20,h-20,fo-custom,f-png", "/a.png?tr=w-20,h-20,f-png"
	first, other := s.get(t, custom).Header.Get("Etag"), s.get(t, plain).Header.Get("Etag")
	at = 60
	s.get(t, plain, "If-None-Match", other).wants(t, 304)
	a := s.get(t, custom, "If-None-Match", first)
	a.wantPixel(t, 2, 5, stripe(6))
	s.get(t, custom, "If-None-Match", a.Header.Get("Etag")).wants(t, 304)
}
