package integration_test

import (
	"bytes"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What becomes of an Imagizer's configuration serves Imagizer's URLs, with its
// restrictions.
func TestImportImagizer(t *testing.T) {
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 40, 20))); err != nil {
		t.Fatal(err)
	}
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/photos/a.png" {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(picture.Bytes())
	}))
	t.Cleanup(backend.Close)
	config := filepath.Join(t.TempDir(), "config.json")
	if err := os.WriteFile(config, []byte(`{
		"backend": "`+backend.URL+`/photos",
		"backendTimeout": 20,
		"allowOriginalImageRequest": false,
		"imageParamValidations": {"width": [10, 20]},
		"addResponseHeaders": ["X-Team: images"]
	}`), 0o600); err != nil {
		t.Fatal(err)
	}
	const address = "http://127.0.0.1:8080"
	caddyfile := run(t, caddyCommand(t, "images", "import-imagizer", "--address", address, config))
	if strings.Count(caddyfile, address+" {") != 1 {
		t.Fatalf("the address is not in\n%s", caddyfile)
	}
	s := startCaddy(t, strings.Replace(caddyfile, address, "http://127.0.0.1:{$PORT}", 1))
	for query, want := range map[string]struct {
		status int
		width  int
	}{
		"?width=10": {200, 10},
		"?width=30": {400, 0}, // imageParamValidations
		"":          {401, 0}, // allowOriginalImageRequest
		"?width=10&origin=https://www.example.com": {401, 0}, // allowDynamicOrigin, which is not taken over
	} {
		resp, err := http.Get(s.URL + "/a.png" + query)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != want.status || resp.Header.Get("X-Team") != "images" {
			t.Errorf("%s: %v, status %d, want %d; %s", query, err, resp.StatusCode, want.status, resp.Header.Get("Ik-Error"))
			continue
		}
		if want.width == 0 {
			continue
		}
		if got, _, err := image.DecodeConfig(bytes.NewReader(body)); err != nil || got.Width != want.width {
			t.Errorf("%s: %v, %d wide", query, err, got.Width)
		}
	}
}
