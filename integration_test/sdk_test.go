package integration_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"
)

// sdkKey is what URLs are signed with.
const sdkKey = "private_integration_test"

// sdkCall is a call of one of ImageKit's SDKs; see tools/imagekit/urls.mjs.
type sdkCall struct {
	SDK      string `json:"sdk"`
	Function string `json:"function"`
	Options  any    `json:"options"`
}

// sdkResults has the SDKs, as the npm registry has them, do calls.
func sdkResults(t *testing.T, calls []sdkCall) []json.RawMessage {
	t.Helper()
	input, err := json.Marshal(calls)
	if err != nil {
		t.Fatal(err)
	}
	cmd := sdkCommand(t, "urls.mjs")
	cmd.Stdin = bytes.NewReader(input)
	var results []json.RawMessage
	if err := json.Unmarshal([]byte(run(t, cmd)), &results); err != nil || len(results) != len(calls) {
		t.Fatalf("%d results for %d calls, %v", len(results), len(calls), err)
	}
	return results
}

// sdkCommand returns a command that runs a program with the SDKs.
func sdkCommand(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	dir := filepath.Join(root(t), "tools", "imagekit")
	node, err := exec.LookPath("node")
	if _, missing := os.Stat(filepath.Join(dir, "node_modules")); err != nil || missing != nil {
		const what = "ImageKit's SDKs are not installed; `make test` does it, where there is Node"
		if os.Getenv("CI") == "true" {
			t.Fatal(what)
		}
		t.Skip(what)
	}
	cmd := exec.Command(node, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "IMAGEKIT_PRIVATE_KEY="+sdkKey)
	return cmd
}

// picture is a response to a URL.
type picture struct {
	image.Image
	format string
	header http.Header
}

// getPicture asks for an image. Lossy formats are decoded too.
func getPicture(t *testing.T, url string, headers ...string) picture {
	t.Helper()
	status, header, body := get(t, url, headers...)
	if status != http.StatusOK {
		t.Fatalf("%s\nanswers %d, ik-error %q", url, status, header.Get("ik-error"))
	}
	decoded, format, err := image.Decode(bytes.NewReader(body))
	if err != nil {
		t.Fatalf("%s\nis no picture: %v", url, err)
	}
	return picture{decoded, format, header}
}

func get(t *testing.T, url string, headers ...string) (status int, header http.Header, body []byte) {
	t.Helper()
	request, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err = io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, response.Header, body
}

// pixel is a place in an image and the colour that it must have there.
type pixel struct {
	x, y int
	want color.NRGBA
}

// check compares an image with what was computed by hand.
func (p picture) check(t *testing.T, url, format string, w, h int, pixels []pixel) {
	t.Helper()
	if size := p.Bounds().Size(); size != image.Pt(w, h) || p.format != format {
		t.Errorf("%s\nis %s of %v, want %s of (%d,%d)", url, p.format, size, format, w, h)
		return
	}
	for _, at := range pixels {
		got := color.NRGBAModel.Convert(p.At(at.x, at.y)).(color.NRGBA)
		if !alike(got, at.want) {
			t.Errorf("%s\nhas %v at %d,%d, want %v", url, got, at.x, at.y, at.want)
		}
	}
}

// alike allows for what lossy formats change in a plain area. What is invisible
// has no colour.
func alike(a, b color.NRGBA) bool {
	const most = 6
	far := func(x, y uint8) bool { return max(x, y)-min(x, y) > most }
	if far(a.A, b.A) {
		return false
	}
	return b.A <= most || !far(a.R, b.R) && !far(a.G, b.G) && !far(a.B, b.B)
}

// withoutHost returns what a URL asks a server for.
func withoutHost(url string) string {
	_, rest, _ := strings.Cut(strings.TrimPrefix(url, "http://"), "/")
	return "/" + rest
}
