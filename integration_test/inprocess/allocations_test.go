//go:build cgo

package inprocess_test

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// hits are the ways to have an image from the cache, as the performance guide calls them,
// beside file_server with the same bytes.
var hits = []struct{ name, directives, path string }{
	{"file_server", "file_server {\n root ROOT\n}", "/hit.png"},
	{"memory", "images {\n cache memory 64MiB\n ORIGIN\n}", "/a.png?tr=w-20,f-png"},
	{"disk", "images {\n cache disk ROOT/cache 64MiB\n ORIGIN\n}", "/a.png?tr=w-20,f-png"},
	{"origin fs", "images {\n cache memory 64MiB\n origin fs ROOT\n}", "/a.png?tr=w-20,f-png"},
	{"path form", "images {\n cache memory 64MiB\n ORIGIN\n}", "/tr:w-20,f-png/a.png"},
	{"origin next", "root ROOT\nimages\nfile_server", "/a.png?tr=w-20,f-png"},
}

// hitter starts Caddy, and returns what asks it for an image that it has, on one connection
// and with next to no allocations of its own.
func hitter(t *testing.T, directives, path string) (hit func()) {
	t.Helper()
	_, from := newShop(t, "ETag", `"1"`, "Cache-Control", "max-age=3600")
	s := serve(t, strings.Replace(directives, "ORIGIN", from, 1))
	for _, name := range []string{"a.png", "hit.png"} {
		file := filepath.Join(s.root, name)
		if err := os.WriteFile(file, square(blue), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	isHit := func() bool {
		a := s.get(t, path)
		status := a.Header.Get("Cache-Status")
		return a.StatusCode == 200 && !strings.Contains(status, "fwd=miss") // a file that has just changed is read again
	}
	until(t, "a hit", isHit)
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	request := fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", path, strings.TrimPrefix(s.url, "http://"))
	reader := bufio.NewReader(conn)
	length := []byte("Content-Length: ")
	return func() {
		if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Write(request); err != nil {
			t.Fatal(err)
		}
		size := 0
		for line := []byte{0, 0, 0}; len(line) > 2; {
			if line, err = reader.ReadSlice('\n'); err != nil {
				t.Fatal(err)
			}
			if rest, ok := bytes.CutPrefix(line, length); ok {
				size, _ = strconv.Atoi(string(bytes.TrimSpace(rest)))
			}
		}
		if n, err := reader.Discard(size); err != nil || n == 0 {
			t.Fatal(n, err)
		}
	}
}

// What a hit allocates, with Caddy and net/http, is no more than the performance guide says.
//
//	go test -run AllocationsOfHits -v -memprofile hits.pb -memprofilerate 1 ./integration_test/inprocess
func TestAllocationsOfHits(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates, too")
	}
	guide, err := os.ReadFile("../../docs/explanation/performance.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range hits {
		t.Run(h.name, func(t *testing.T) {
			row := regexp.MustCompile("(?m)^\\| `?" + h.name + "`? \\| ([0-9]+) \\|").FindSubmatch(guide)
			if row == nil {
				t.Fatal("the guide does not say it")
			}
			documented, _ := strconv.ParseFloat(string(row[1]), 64)
			hit := hitter(t, h.directives, h.path)
			got := testing.AllocsPerRun(1000, hit)
			t.Logf("%.0f allocations; the guide says %.0f", got, documented)
			if got > 1.03*documented { // what is pooled is made anew now and then
				t.Error("these are more than the guide says")
			}
		})
	}
}
