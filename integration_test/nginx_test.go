package integration_test

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A caching proxy in front gives each client a format that it takes, the size that it has room for, and what is
// compressed only to who reads that: all that a response depends on is in the one line of Vary that it reads.
func TestBehindNginx(t *testing.T) {
	program := findNginx(t)
	photos := t.TempDir()
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, image.NewYCbCr(image.Rect(0, 0, 400, 300), image.YCbCrSubsampleRatio420), nil); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{
		"photo.jpg": photo.Bytes(),
		"icon.svg":  []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">` + strings.Repeat("<g/>", 500) + "</svg>"),
	} {
		if err := os.WriteFile(filepath.Join(photos, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}

	caddy := startCaddy(t, `http://127.0.0.1:{$PORT} {
	encode
	header Vary Origin
	images {
		origin fs {$PHOTOS}
		formats avif webp
		save_data
	}
}
`, "PHOTOS="+photos)
	proxy := startNginx(t, program, strings.TrimPrefix(caddy.URL, "http://"))

	takesAVIF, takesWebP, takesJPEG := "image/avif,image/webp,*/*", "image/webp,*/*", "*/*"
	type client struct {
		headers                []string
		contentType, contentIs string // the second one a header and what it has
	}
	for path, clients := range map[string][]client{
		"/tr:w-40/photo.jpg": {
			{[]string{"Accept", takesAVIF}, "image/avif", ""},
			{[]string{"Accept", takesWebP}, "image/webp", ""},
			{[]string{"Accept", takesJPEG}, "image/jpeg", ""},
			{[]string{"Accept", takesJPEG, "Save-Data", "on"}, "image/jpeg", ""},
		},
		"/tr:w-auto/photo.jpg": {
			{[]string{"Accept", takesWebP, "Sec-CH-Width", "100", "Sec-CH-DPR", "2"}, "image/webp", "Content-DPR: 2"},
			{[]string{"Accept", takesJPEG, "Sec-CH-Width", "100", "Sec-CH-DPR", "2"}, "image/jpeg", "Content-DPR: 2"},
			{[]string{"Accept", takesJPEG, "Sec-CH-Width", "200", "Sec-CH-DPR", "1"}, "image/jpeg", "Content-DPR: 1"},
		},
		"/tr:f-auto/icon.svg": {
			{[]string{"Accept", takesJPEG, "Accept-Encoding", "gzip"}, "image/svg+xml", "Content-Encoding: gzip"},
			{[]string{"Accept", takesJPEG}, "image/svg+xml", "Content-Encoding: "},
		},
	} {
		bodies := map[string]int{} // client by body
		for _, status := range []string{"MISS", "HIT"} {
			for n, c := range clients {
				response, body := ask(t, proxy+path, c.headers)
				what := fmt.Sprintf("%s %v, %s", path, c.headers, status)
				if got := response.Header.Get("Content-Type"); response.StatusCode != http.StatusOK || got != c.contentType {
					t.Errorf("%s: %s, %s, want %s", what, response.Status, got, c.contentType)
				}
				if got := response.Header.Get("X-Cache-Status"); got != status {
					t.Errorf("%s: the cache says %s", what, got)
				}
				if name, want, ok := strings.Cut(c.contentIs, ": "); ok && response.Header.Get(name) != want {
					t.Errorf("%s: %s is %q, want %q", what, name, response.Header.Get(name), want)
				}
				if before, ok := bodies[body]; ok != (status == "HIT") || ok && before != n {
					t.Errorf("%s: the body is that of client %d", what, before)
				}
				bodies[body] = n
			}
		}
	}
}

// With the guide's configuration nginx keeps a URL once for each browser, also one with the
// transformation in its path, and Caddy keeps one variant for all spellings and browsers.
func TestBehindNginxAsInTheGuide(t *testing.T) {
	program := findNginx(t)
	guide, err := os.ReadFile("../docs/how-to/cache.md")
	if err != nil {
		t.Fatal(err)
	}
	_, config, _ := strings.Cut(string(guide), "```nginx\n")
	config, _, _ = strings.Cut(config, "```")
	photos, kept := t.TempDir(), filepath.Join(t.TempDir(), "kept")
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, image.NewYCbCr(image.Rect(0, 0, 400, 300), image.YCbCrSubsampleRatio420), nil); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(photos, "photo.jpg"), photo.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	caddy := startCaddy(t, `http://127.0.0.1:{$PORT} {
	images {
		origin fs {$PHOTOS}
		formats avif webp
	}
}
`, "PHOTOS="+photos)
	replaced := strings.NewReplacer("/var/cache/nginx/images", kept, "http://127.0.0.1:8080", caddy.URL, "$host;", strings.TrimPrefix(caddy.URL, "http://")+";")
	proxy := startNginxWith(t, program, func(address string) string {
		return strings.Replace(replaced.Replace(config), "listen 80", "listen "+address, 1)
	})
	files := func() int {
		t.Helper()
		entries, err := os.ReadDir(kept)
		if err != nil {
			t.Fatal(err)
		}
		return len(entries)
	}
	const (
		chrome  = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"
		firefox = "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"
		old     = "image/png,*/*"
	)
	for _, step := range []struct {
		path, accept, contentType, status string
		isRendered                        bool
		files                             int
	}{
		{"/tr:w-40/photo.jpg", chrome, "image/avif", "MISS", true, 1},
		{"/tr:w-40/photo.jpg", chrome, "image/avif", "HIT", true, 1},
		{"/tr:w-40/photo.jpg", firefox, "image/avif", "MISS", false, 2},
		{"/tr:w-40/photo.jpg", firefox, "image/avif", "HIT", false, 2},
		{"/tr:w-40/photo.jpg", old, "image/jpeg", "MISS", true, 3},
		{"/tr:w-40/photo.jpg", old, "image/jpeg", "HIT", true, 3},
		{"/photo.jpg?tr=w-40", chrome, "image/avif", "MISS", false, 4},
		{"/photo.jpg?tr=w-40", chrome, "image/avif", "HIT", false, 4},
	} {
		response, _ := ask(t, proxy+step.path, []string{"Accept", step.accept})
		if got := response.Header.Get("Content-Type"); response.StatusCode != http.StatusOK || got != step.contentType {
			t.Errorf("%+v: %s, %s", step, response.Status, got)
		}
		if got := response.Header.Get("X-Cache"); got != step.status {
			t.Errorf("%+v: nginx says %s", step, got)
		}
		if got := response.Header.Get("Cache-Status"); step.isRendered != (got == "caddy-images; fwd=miss; stored") {
			t.Errorf("%+v: Caddy says %q", step, got)
		}
		if n := files(); n != step.files {
			t.Errorf("%+v: nginx keeps %d files", step, n)
		}
	}
}

// ask sends a request, and reads the body.
func ask(t *testing.T, url string, headers []string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	client := http.Client{Transport: &http.Transport{DisableCompression: true, DisableKeepAlives: true}}
	response, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

// findNginx gives an nginx. Without one the test is skipped, except in CI.
func findNginx(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"nginx", "/usr/sbin/nginx"} { // the search path of users may have no servers
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("no nginx is installed")
	}
	t.Skip("no nginx is installed")
	return ""
}

// startNginx runs a caching nginx in front of a server until the test ends, and gives its URL.
func startNginx(t *testing.T, program, backend string) string {
	t.Helper()
	return startNginxWith(t, program, func(address string) string {
		return fmt.Sprintf(`proxy_cache_path cache keys_zone=cache:1m;
	server {
		listen %s;
		location / {
			proxy_pass http://%s;
			proxy_set_header Accept-Encoding $http_accept_encoding;
			proxy_cache cache;
			add_header X-Cache-Status $upstream_cache_status;
		}
	}`, address, backend)
	})
}

// startNginxWith runs nginx with what config has for an address to listen at.
func startNginxWith(t *testing.T, program string, config func(address string) string) string {
	t.Helper()
	for range 5 {
		address := "127.0.0.1:" + freePort(t)
		if tryNginx(t, program, address, config(address)) {
			return "http://" + address
		}
	}
	t.Fatal("no free port found")
	return ""
}

func tryNginx(t *testing.T, program, address, servers string) bool {
	t.Helper()
	dir := t.TempDir()
	config := fmt.Sprintf(`daemon off;
master_process off;
pid %[1]s/pid;
error_log %[1]s/errors;
events {
}
http {
	access_log off;
	client_body_temp_path %[1]s/body;
	proxy_temp_path %[1]s/proxy;
	fastcgi_temp_path %[1]s/fastcgi;
	uwsgi_temp_path %[1]s/uwsgi;
	scgi_temp_path %[1]s/scgi;
	%[2]s
}
`, dir, servers)
	path := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	log := new(syncBuffer)
	cmd := command(t, program, "-p", dir, "-e", filepath.Join(dir, "errors"), "-c", path)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(ended)
	}()
	stop := func() {
		_ = cmd.Process.Kill()
		<-ended
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		select {
		case <-ended:
			if strings.Contains(log.String(), "Address already in use") {
				return false
			}
			t.Fatalf("nginx ended before it listened:\n%s", log.String())
		default:
		}
		if conn, err := net.DialTimeout("tcp", address, time.Second); err == nil {
			_ = conn.Close()
			break
		}
		if time.Now().After(deadline) {
			stop()
			t.Fatalf("nginx does not listen:\n%s", log.String())
		}
	}
	t.Cleanup(func() {
		stop()
		if t.Failed() {
			errors, _ := os.ReadFile(filepath.Join(dir, "errors"))
			t.Logf("nginx's log:\n%s%s", log.String(), errors)
		}
	})
	return true
}
