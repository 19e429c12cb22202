package integration_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// A Caddy that is killed while it writes, again and again, leaves files that the next one
// serves whole, within their limit.
func TestCacheOfKilledCaddy(t *testing.T) {
	const limit = 1 << 20
	originals, kept := t.TempDir(), filepath.Join(t.TempDir(), "kept")
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 300, 300))); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(originals, "a.png"), picture.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(filepath.Join(originals, "a.png"), old, old); err != nil {
		t.Fatal(err)
	}
	found := 0
	for round := range 5 {
		s := startCaddy(t, `http://127.0.0.1:{$PORT} {
	images {
		cache disk {$KEPT} 1MiB {
			min_free off
		}
		origin fs {$ORIGINALS}
	}
}
`, "ORIGINALS="+originals, "KEPT="+kept)
		var clients sync.WaitGroup
		var whole, hits atomic.Int64
		for n := range 4 {
			clients.Go(func() {
				for i := n; ; i++ {
					width := 1 + (i*37+round)%290
					response, err := http.Get(fmt.Sprintf("%s/a.png?tr=w-%d,f-png", s.URL, width))
					if err != nil {
						return // it was killed
					}
					body, err := io.ReadAll(response.Body)
					_ = response.Body.Close()
					if err != nil {
						return
					}
					config, err := png.DecodeConfig(bytes.NewReader(body))
					if response.StatusCode != http.StatusOK || err != nil || config.Width != width {
						t.Errorf("%s: %s, %d pixels wide, %v", response.Request.URL, response.Status, config.Width, err)
						return
					}
					whole.Add(1)
					if strings.HasSuffix(response.Header.Get("Cache-Status"), "detail=disk") {
						hits.Add(1)
					}
				}
			})
		}
		for deadline := time.Now().Add(time.Minute); whole.Load() < 200 && !t.Failed(); time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("only %d images within a minute", whole.Load())
			}
		}
		if err := syscall.Kill(s.pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		clients.Wait()
		if strings.Contains(s.logs(), "damaged") {
			t.Errorf("a file was damaged:\n%s", s.logs())
		}
		found += int(hits.Load())
		size := int64(0)
		files, err := filepath.Glob(filepath.Join(kept, "??", "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if info, err := os.Stat(f); err == nil {
				size += (info.Size() + 4095) / 4096 * 4096
			}
		}
		if size > limit {
			t.Errorf("the files take %d bytes, of at most %d", size, limit)
		}
	}
	if found == 0 {
		t.Error("nothing was found on the disk: this shows nothing")
	}
}
