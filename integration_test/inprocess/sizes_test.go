//go:build cgo

package inprocess_test

import (
	"image"
	"net/http"
	"strings"
	"testing"
)

// Widths become one of few, in both dialects, and URLs of one size are one variant.
func TestSizes(t *testing.T) {
	_, from := newShop(t, "ETag", `"1"`)
	s := serve(t, "images /kit/* {\n sizes 20 40\n dialect imagekit {\n  endpoint /kit\n  named thumb tr:w-33\n }\n "+from+"\n}\n"+
		"images /zoo/* {\n sizes 40 20 20\n dialect imagizer {\n  endpoint /zoo\n }\n "+from+"\n}\n"+
		"images {\n sizes 20 40 strict\n "+from+"\n}")
	for _, tt := range []struct {
		url, hints    string
		width, height int
		like          string // the URL of the same variant; empty for none
	}{
		{"/kit/a.png?tr=w-20,f-png", "", 20, 20, ""},
		{"/kit/a.png?tr=w-3,f-png", "", 20, 20, "/kit/a.png?tr=w-20,f-png"},
		{"/kit/tr:w-10,dpr-1.5,f-png/a.png", "", 20, 20, "/kit/a.png?tr=w-20,f-png"},
		{"/kit/a.png?tr=w-auto,f-png", "25", 40, 40, "/kit/a.png?tr=w-40,f-png"},
		{"/kit/a.png?tr=h-39,f-png", "", 40, 40, ""},
		{"/kit/a.png?tr=w-30,h-15,f-png", "", 40, 20, "/kit/a.png?tr=w-40,h-20,f-png"},
		{"/kit/a.png?tr=w-4000,f-png", "", 40, 40, "/kit/a.png?tr=w-40,f-png"},
		{"/kit/a.png?tr=n-thumb,f-png", "", 40, 40, ""},
		{"/kit/tr:n-thumb/a.png", "", 33, 33, ""},
		{"/zoo/a.png?width=7&format=png", "", 20, 20, "/zoo/a.png?width=20&format=png"},
		{"/zoo/a.png?width=11&dpr=2&format=png", "", 40, 40, "/zoo/a.png?width=40&format=png"},
		{"/a.png?tr=w-20,f-png", "", 20, 20, ""},
		{"/a.png?tr=w-10,dpr-2,f-png", "", 20, 20, "/a.png?tr=w-20,f-png"},
	} {
		headers := []string{"Accept", "image/png"}
		if tt.hints != "" {
			headers = append(headers, "Sec-CH-Width", tt.hints)
		}
		a := s.get(t, tt.url, headers...)
		a.wants(t, http.StatusOK)
		config, _, err := image.DecodeConfig(strings.NewReader(string(a.body)))
		if err != nil || config.Width != tt.width || config.Height != tt.height {
			t.Errorf("%s: %dx%d, %v, want %dx%d", tt.url, config.Width, config.Height, err, tt.width, tt.height)
		}
		if tt.like == "" {
			continue
		}
		same := s.get(t, tt.like, "Accept", "image/png")
		if same.Header.Get("Etag") != a.Header.Get("Etag") || !strings.HasPrefix(same.Header.Get("Cache-Status"), "caddy-images; hit") {
			t.Errorf("%s and %s are two variants: %s, %s", tt.url, tt.like, same.Header.Get("Etag"), same.Header.Get("Cache-Status"))
		}
	}
	s.get(t, "/a.png?tr=w-21").wants(t, 400, "Ik-Error", "EINVAL - The width 21 is none of the sizes of this site, in pixels: 20, 40")
	s.get(t, "/a.png?tr=w-0.5").wants(t, 400, "Ik-Error", "EINVAL - The width is none of the sizes of this site, in pixels: 20, 40")
	s.get(t, "/a.png?tr=h-5").wants(t, 400)
	s.get(t, "/a.png?tr=w-20,h-20,cm-extract").wants(t, 400)
	s.get(t, "/a.png?tr=q-50,f-jpg").wants(t, 200)
}
