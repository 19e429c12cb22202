// Package inprocess_test looks at the project from outside, as integration_test does: real
// configurations and real requests, here to a Caddy in the process of the test, which starts
// in milliseconds. That Caddy is one for all tests, so they run one after the other.
package inprocess_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig"
	_ "github.com/caddyserver/caddy/v2/modules/standard"

	_ "github.com/caddy-images/caddy-images"
)

// site is a real Caddy, in this process, with one site on loopback.
type site struct {
	url  string // without a slash at its end
	root string // a folder, for what the site serves
	log  string // the file of the log
}

// serve starts Caddy with one site, whose directives are given. `ROOT` in them
// is a folder that holds the originals of writeOriginals.
func serve(t *testing.T, directives string) site {
	t.Helper()
	dir := t.TempDir()
	s := site{root: filepath.Join(dir, "originals"), log: filepath.Join(dir, "log")}
	writeOriginals(t, s.root)
	for range 5 {
		port := freePort(t)
		s.url = fmt.Sprintf("http://127.0.0.1:%d", port)
		if err := load(t, s.config(port, directives)); err == nil {
			return s
		}
	}
	t.Fatal("Caddy does not start")
	return s
}

// administered returns a site, and the admin endpoint of its Caddy.
func administered(t *testing.T, directives string) (s, admin site) {
	t.Helper()
	dir := t.TempDir()
	s = site{root: filepath.Join(dir, "originals"), log: filepath.Join(dir, "log")}
	writeOriginals(t, s.root)
	for range 5 {
		port, adminPort := freePort(t), freePort(t)
		s.url, admin.url = "http://127.0.0.1:"+itoa(port), "http://127.0.0.1:"+itoa(adminPort)
		if load(t, strings.Replace(s.config(port, directives), "admin off", "admin 127.0.0.1:"+itoa(adminPort), 1)) == nil {
			return s, admin
		}
	}
	t.Fatal("Caddy does not start")
	return s, admin
}

func (s site) config(port int, directives string) string {
	return fmt.Sprintf(`{
	admin off
	persist_config off
	auto_https off
	skip_install_trust
	storage file_system %[2]s/storage
	log {
		output file %[3]s
		level DEBUG
		format json
	}
}
http://127.0.0.1:%[1]d {
	%[4]s
}
`, port, filepath.Dir(s.root), s.log, string(bytes.ReplaceAll([]byte(directives), []byte("ROOT"), []byte(s.root))))
}

// load replaces the configuration of the process, and has it stopped at the
// end of the test.
func load(t *testing.T, caddyfile string) error {
	t.Helper()
	config, _, err := caddyconfig.GetAdapter("caddyfile").Adapt([]byte(caddyfile), nil)
	if err != nil {
		t.Fatalf("adapting: %v\n%s", err, caddyfile)
	}
	err = caddy.Load(config, true)
	if err != nil {
		t.Logf("loading: %v", err)
		return err
	}
	t.Cleanup(func() {
		if err := caddy.Stop(); err != nil {
			t.Errorf("stopping Caddy: %v", err)
		}
	})
	return nil
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// answer is a response with its body read.
type answer struct {
	*http.Response
	body []byte
}

// ask sends a request; each header is a name and a value.
func (s site) ask(t *testing.T, method, path string, headers ...string) answer {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableCompression: true, DisableKeepAlives: true}, Timeout: patience}
	return s.askBy(t, client, method, path, headers...)
}

func (s site) askBy(t *testing.T, client *http.Client, method, path string, headers ...string) answer {
	t.Helper()
	req, err := http.NewRequest(method, s.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Add(headers[i], headers[i+1])
	}
	resp, err := client.Do(req)
	// A configuration that was just replaced may still take a connection, and closes
	// it before it reads a request.
	for tries := 0; tries < 10 && (errors.Is(err, syscall.ECONNRESET) || errors.Is(err, io.EOF)); tries++ {
		resp, err = client.Do(req)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp, body}
}

func (s site) get(t *testing.T, path string, headers ...string) answer {
	t.Helper()
	return s.ask(t, http.MethodGet, path, headers...)
}

// wants checks the status, and headers given as name and value; the value
// "none" means a missing header.
func (a answer) wants(t *testing.T, status int, headers ...string) {
	t.Helper()
	if a.StatusCode != status {
		t.Errorf("%s: status %d, want %d (ik-error: %s)", a.Request.URL, a.StatusCode, status, a.Header.Get("Ik-Error"))
	}
	for i := 0; i < len(headers); i += 2 {
		got, want := a.Header.Get(headers[i]), headers[i+1]
		if want == "none" {
			want = ""
		}
		if got != want {
			t.Errorf("%s: %s is %q, want %q", a.Request.URL, headers[i], got, want)
		}
	}
}

// wantsSize checks that the body is an image of the size, in a format that Go
// reads.
func (a answer) wantsSize(t *testing.T, width, height int) {
	t.Helper()
	config, _, err := image.DecodeConfig(bytes.NewReader(a.body))
	if err != nil {
		t.Fatalf("%s: %v", a.Request.URL, err)
	}
	if config.Width != width || config.Height != height {
		t.Errorf("%s: %dx%d, want %dx%d", a.Request.URL, config.Width, config.Height, width, height)
	}
}

// logged returns the fields of the log lines of the handler.
func (s site) logged(t *testing.T) []map[string]any {
	t.Helper()
	content, err := os.ReadFile(s.log)
	if err != nil {
		t.Fatal(err)
	}
	var lines []map[string]any
	for line := range bytes.Lines(content) {
		var fields map[string]any
		if err := json.Unmarshal(line, &fields); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if fields["logger"] == "http.handlers.images" {
			lines = append(lines, fields)
		}
	}
	return lines
}

// patience is how long tests wait for what must happen: the machine may have other
// work.
const patience = 5 * time.Minute

// until polls, until it is so.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !ok(); {
		if time.Now().After(deadline) {
			t.Fatalf("%s did not happen within %s", what, patience)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><script>alert(1)</script><rect width="40" height="30" fill="#00f"/></svg>`

// writeOriginals writes red.jpg (400x300), half.png (200x100, its right half
// transparent), icon.svg, text.txt, page.html and broken.jpg.
func writeOriginals(t *testing.T, dir string) {
	t.Helper()
	red := image.NewRGBA(image.Rect(0, 0, 400, 300))
	for i := range red.Pix {
		red.Pix[i] = []byte{255, 0, 0, 255}[i%4]
	}
	half := image.NewNRGBA(image.Rect(0, 0, 200, 100))
	for y := range 100 {
		for x := range 100 {
			half.Set(x, y, color.NRGBA{G: 255, A: 255})
		}
	}
	var asJPEG, asPNG bytes.Buffer
	if err := jpeg.Encode(&asJPEG, red, nil); err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(&asPNG, half); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "sub"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{
		"red.jpg":     asJPEG.Bytes(),
		"half.png":    asPNG.Bytes(),
		"icon.svg":    []byte(svg),
		"text.txt":    []byte("just text"),
		"page.html":   []byte("<script>alert(1)</script>"),
		"broken.jpg":  asJPEG.Bytes()[:asJPEG.Len()/2],
		"unnamed":     asPNG.Bytes(),
		"strange":     []byte("no picture, and no extension to say what"),
		"sub/a b.jpg": asJPEG.Bytes(),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// loadJSON loads a JSON configuration with PORT and ROOT in it, and points s to
// it.
func loadJSON(t *testing.T, s *site, port int, config string) {
	t.Helper()
	config = strings.NewReplacer("PORT", itoa(port), "ROOT", s.root).Replace(config)
	if err := caddy.Load([]byte(config), true); err != nil {
		t.Fatal(err)
	}
	s.url = "http://127.0.0.1:" + itoa(port)
}

func itoa(n int) string { return strconv.Itoa(n) }

func portOf(t *testing.T, s site) int {
	t.Helper()
	_, port, _ := strings.Cut(strings.TrimPrefix(s.url, "http://"), ":")
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
