//go:build cgo

package inprocess_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/caddy-images/caddy-images/internal/miniotest"
)

// film returns a video of n bytes, of which no two windows of 16 bytes are
// alike.
func film(n int) []byte {
	b := make([]byte, 0, n+16)
	b = append(b, mp4...)
	for i := uint64(0); len(b) < n; i++ {
		b = binary.BigEndian.AppendUint64(b, i)
	}
	return b[:n]
}

// streaming returns a site whose one origin is given, and that holds no
// original of more than a mebibyte.
func streaming(t *testing.T, from, more string) site {
	t.Helper()
	return serve(t, "images {\n max_source_size 1MiB\n "+from+"\n "+more+"\n dialect imagekit {\n  unsupported ignore\n  named small w-5\n }\n}")
}

func fromWeb(addr string) string {
	return "origin web http://" + addr + " {\n  allow_private 127.0.0.0/8\n }"
}

// What comes of a video that is longer than max_source_size, from each origin that
// streams, and by each kind of URL.
func TestStreamVideos(t *testing.T) {
	clip := film(5 << 20)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "clip.mp4"), clip, 0o600); err != nil {
		t.Fatal(err)
	}
	asked := atomic.Int64{}
	addr := backend(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		w.Header().Set("ETag", `"v1"`)
		http.ServeFile(w, r, filepath.Join(dir, "clip.mp4"))
	})
	s3 := miniotest.Start(t)
	s3.MakeBucket(t, "films")
	s3.Put(t, "films", "clip.mp4", clip, http.Header{"Content-Type": {"video/mp4"}})
	t.Setenv("CADDY_IMAGES_S3_KEY", s3.AccessKey)
	t.Setenv("CADDY_IMAGES_S3_SECRET", s3.SecretKey)
	for name, from := range map[string]string{
		"fs":  "origin fs " + dir,
		"web": fromWeb(addr),
		"s3": "origin s3 films {\n  region " + miniotest.Region + "\n  endpoint " + s3.URL +
			"\n  path_style\n  access_key {env.CADDY_IMAGES_S3_KEY}\n  secret_key {env.CADDY_IMAGES_S3_SECRET}\n }",
		"a chain": "origin fs ROOT\n " + fromWeb(addr),
	} {
		t.Run(name, func(t *testing.T) {
			s := streaming(t, from, "")
			for path, warned := range map[string]bool{"/clip.mp4": false, "/tr:w-300/clip.mp4": true, "/clip.mp4?tr=vc-h264,so-5": true, "/clip.mp4?tr=n-small": true} {
				a := s.get(t, path)
				a.wants(t, 200, "Content-Type", "video/mp4", "Content-Length", itoa(len(clip)), "Accept-Ranges", "bytes", "X-Content-Type-Options", "nosniff", "Content-Security-Policy", "none")
				if !bytes.Equal(a.body, clip) {
					t.Errorf("%s: another file of %d bytes", path, len(a.body))
				}
				if got := strings.Contains(a.Header.Get("Ik-Warning"), "the transformation was ignored: the original is a video"); got != warned {
					t.Errorf("%s: Ik-Warning is %q", path, a.Header.Get("Ik-Warning"))
				}
				if got := strings.Contains(a.Header.Get("Cache-Control"), "max-age=3600"); got != warned {
					t.Errorf("%s: Cache-Control is %q", path, a.Header.Get("Cache-Control"))
				}
			}
			const path = "/tr:w-300/clip.mp4"
			if name == "fs" {
				until(t, "the file has not just changed", func() bool { return s.ask(t, http.MethodHead, path).Header.Get("ETag") != "" })
			}
			head := s.ask(t, http.MethodHead, path)
			head.wants(t, 200, "Content-Length", itoa(len(clip)))
			tag, modified := head.Header.Get("ETag"), head.Header.Get("Last-Modified")
			if tag == "" || modified == "" || len(head.body) > 0 {
				t.Errorf("ETag %q, Last-Modified %q, a body of %d bytes", tag, modified, len(head.body))
			}
			n := len(clip)
			for _, tt := range []struct {
				headers     []string
				status      int
				first, last int // of the body; none if last < first
			}{
				{[]string{"Range", "bytes=0-0"}, 206, 0, 0},
				{[]string{"Range", "bytes=0-1"}, 206, 0, 1},
				{[]string{"Range", "bytes=4090-4100"}, 206, 4090, 4100},
				{[]string{"Range", "bytes=4096-"}, 206, 4096, n - 1},
				{[]string{"Range", "bytes=3000000-3000099"}, 206, 3000000, 3000099},
				{[]string{"Range", "bytes=-10"}, 206, n - 10, n - 1},
				{[]string{"Range", "bytes=5000000-99999999"}, 206, 5000000, n - 1},
				{[]string{"Range", "bytes=99999999-"}, 416, 0, -1},
				{[]string{"Range", "bytes=9-2"}, 416, 0, -1},
				{[]string{"Range", "pages=1-2"}, 416, 0, -1},
				{[]string{"Range", "bytes=5-9", "If-Range", tag}, 206, 5, 9},
				{[]string{"Range", "bytes=5-9", "If-Range", modified}, 206, 5, 9},
				{[]string{"Range", "bytes=5-9", "If-Range", `"other"`}, 200, 0, n - 1},
				{[]string{"If-None-Match", tag}, 304, 0, -1},
				{[]string{"If-None-Match", tag, "Range", "bytes=0-1"}, 304, 0, -1},
				{[]string{"If-None-Match", `"other"`}, 200, 0, n - 1},
				{[]string{"If-Modified-Since", modified}, 304, 0, -1},
				{[]string{"If-Match", `"other"`}, 412, 0, -1},
				{[]string{"If-Match", tag, "Range", "bytes=7-8"}, 206, 7, 8},
			} {
				a := s.get(t, path, tt.headers...)
				if a.wants(t, tt.status); tt.status == 206 {
					a.wants(t, 206, "Content-Range", fmt.Sprintf("bytes %d-%d/%d", tt.first, tt.last, n))
				}
				if tt.status < 400 && !bytes.Equal(a.body, clip[tt.first:tt.last+1]) {
					t.Errorf("%q: a body of %d bytes, which is not that of %d to %d", tt.headers, len(a.body), tt.first, tt.last)
				}
			}
			s.ask(t, http.MethodHead, path, "If-None-Match", tag).wants(t, 304)
			wantsClosed(t, filepath.Join(dir, "clip.mp4"))
			before := asked.Load()
			many := "bytes=0-0" + strings.Repeat(",2-2,8-9", 1000)
			status := map[bool]int{true: 206, false: 200}[name == "fs"] // a file is read again for free
			s.get(t, path, "Range", many).wants(t, status)
			if name == "web" && asked.Load()-before > 2 {
				t.Errorf("one request with many ranges asks the origin %d times", asked.Load()-before)
			}
		})
	}
}

// wantsClosed checks, where the system tells, that the process does not have a file
// open for long.
func wantsClosed(t *testing.T, file string) {
	t.Helper()
	until(t, "the file is closed", func() bool {
		open, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			return true
		}
		for _, fd := range open {
			if to, _ := os.Readlink("/proc/self/fd/" + fd.Name()); to == file {
				return false
			}
		}
		return true
	})
}

// Videos larger than memory should be.
func TestStreamTakesNoMemory(t *testing.T) {
	const size = 300 << 20
	file := filepath.Join(t.TempDir(), "clip.mp4")
	if err := os.WriteFile(file, []byte(mp4), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(file, size); err != nil { // it is sparse
		t.Fatal(err)
	}
	sent := atomic.Int64{}
	addr := backend(t, func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(counting{w, &sent}, r, file)
	})
	for name, from := range map[string]string{"fs": "origin fs " + filepath.Dir(file), "web": fromWeb(addr)} {
		t.Run(name, func(t *testing.T) {
			s := streaming(t, from, "")
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			if n, err := io.Copy(io.Discard, s.open(t, "/tr:w-300/clip.mp4").Body); n != size || err != nil {
				t.Errorf("%d bytes, %v", n, err)
			}
			runtime.ReadMemStats(&after)
			// With the race detector, pools lose a part of net/http's buffers.
			most := uint64(size / 10)
			if raceEnabled {
				most = size / 4
			}
			if took := after.TotalAlloc - before.TotalAlloc; took > most {
				t.Errorf("%d bytes were allocated", took)
			}
			sent.Store(0)
			a := s.get(t, "/tr:w-300/clip.mp4", "Range", "bytes=314572790-314572799")
			a.wants(t, 206, "Content-Range", "bytes 314572790-314572799/314572800", "Content-Length", "10")
			s.ask(t, http.MethodHead, "/tr:w-300/clip.mp4").wants(t, 200, "Content-Length", itoa(size))
			s.get(t, "/tr:w-300/clip.mp4", "If-None-Match", a.Header.Get("ETag"), "If-Modified-Since", a.Header.Get("Last-Modified")).wants(t, 304)
			if got := sent.Load(); got > 3*4096+10 {
				t.Errorf("the origin sent %d bytes", got)
			}
		})
	}
}

// counting counts what a server sends.
type counting struct {
	http.ResponseWriter
	sent *atomic.Int64
}

func (w counting) Write(p []byte) (int, error) {
	w.sent.Add(int64(len(p)))
	return w.ResponseWriter.Write(p)
}

// open returns a response whose body is still to be read.
func (s site) open(t *testing.T, path string) *http.Response {
	t.Helper()
	client := http.Client{Transport: &http.Transport{DisableCompression: true, DisableKeepAlives: true}, Timeout: patience}
	resp, err := client.Get(s.url + path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	return resp
}

// inTwoParts returns a server that sends a video in two parts; the second
// once it is told to. Without its length, the response says nothing of that.
func inTwoParts(t *testing.T, hasLength bool, second func(w http.ResponseWriter, r *http.Request, rest []byte)) string {
	t.Helper()
	clip := film(2 << 20)
	return backend(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "video/mp4")
		if hasLength {
			w.Header().Set("Content-Length", itoa(len(clip)))
		}
		_, _ = w.Write(clip[:5000])
		w.(http.Flusher).Flush()
		second(w, r, clip[5000:])
	})
}

// eachLength runs a test with a server that says how long the video is, and with one
// that does not.
func eachLength(t *testing.T, test func(t *testing.T, hasLength bool)) {
	for name, hasLength := range map[string]bool{"with its length": true, "without its length": false} {
		t.Run(name, func(t *testing.T) { test(t, hasLength) })
	}
}

// The first bytes are with the client before the last have left the origin.
func TestStreamSendsWhatArrives(t *testing.T) {
	eachLength(t, func(t *testing.T, hasLength bool) {
		goOn := make(chan struct{})
		s := streaming(t, fromWeb(inTwoParts(t, hasLength, func(w http.ResponseWriter, r *http.Request, rest []byte) {
			select {
			case <-goOn:
				_, _ = w.Write(rest)
			case <-r.Context().Done():
			}
		})), "")
		resp := s.open(t, "/tr:w-300/clip.mp4")
		start, clip := make([]byte, 5000), film(2<<20)
		if _, err := io.ReadFull(resp.Body, start); err != nil || !bytes.Equal(start, clip[:5000]) {
			t.Fatalf("the first bytes: %v", err)
		}
		close(goOn)
		rest, err := io.ReadAll(resp.Body)
		if err != nil || !bytes.Equal(rest, clip[5000:]) {
			t.Errorf("the rest: %d bytes, %v", len(rest), err)
		}
	})
}

// An origin that breaks off, or sends nothing any more, ends the response, and it is
// known whose fault that was.
func TestStreamBreaksOff(t *testing.T) {
	eachLength(t, func(t *testing.T, hasLength bool) {
		for name, second := range map[string]func(http.ResponseWriter, *http.Request, []byte){
			"breaks off": func(http.ResponseWriter, *http.Request, []byte) { panic(http.ErrAbortHandler) },
			"is silent":  func(_ http.ResponseWriter, r *http.Request, _ []byte) { <-r.Context().Done() },
		} {
			t.Run(name, func(t *testing.T) {
				from := fromWeb(inTwoParts(t, hasLength, second))
				if name == "is silent" {
					from = strings.Replace(from, "allow_private", "timeout 2s\n  allow_private", 1)
				}
				s := metered(t, "images {\n "+from+"\n dialect imagekit {\n  unsupported ignore\n }\n}")
				before := s.readings(t)
				resp := s.open(t, "/tr:w-300/clip.mp4")
				if n, err := io.Copy(io.Discard, resp.Body); err == nil || n != 5000 || resp.StatusCode != 200 {
					t.Errorf("status %d, %d bytes, %v", resp.StatusCode, n, err)
				}
				until(t, "it is counted", func() bool {
					is := s.readings(t).since(before)
					return is[`errors_total{code="UNIDENTIFIED",dialect="imagekit",fault="origin"}`] == 1 &&
						is[`requests_total{code="UNIDENTIFIED",dialect="imagekit",status="200"}`] == 1 &&
						is[`fetches_total{code="ok",origin="web",outcome="found"}`] == 1 &&
						is[`original_bytes_total{origin="web"}`] == 5000
				})
			})
		}
	})
}

// A client that leaves ends the fetch.
func TestStreamEndsWithItsClient(t *testing.T) {
	eachLength(t, func(t *testing.T, hasLength bool) {
		ended := make(chan struct{})
		from := fromWeb(inTwoParts(t, hasLength, func(_ http.ResponseWriter, r *http.Request, _ []byte) {
			<-r.Context().Done()
			close(ended)
		}))
		s := streaming(t, strings.Replace(from, "allow_private", "timeout 1h\n  allow_private", 1), "")
		resp := s.open(t, "/tr:w-300/clip.mp4")
		if _, err := bufio.NewReader(resp.Body).Peek(1); err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		select {
		case <-ended:
		case <-time.After(patience):
			t.Error("the fetch goes on")
		}
	})
}

// The same of a file of the disk that the client does not read to its end.
func TestStreamClosesItsFile(t *testing.T) {
	s := streaming(t, "origin fs ROOT", "")
	s.originals(t, map[string][]byte{"clip.mp4": film(16 << 20)})
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // the collector closes files, too
	s.get(t, "/tr:w-300/clip.mp4", "Range", "bytes=5-9").wants(t, 206)
	s.get(t, "/tr:bl-30/clip.mp4").wants(t, 400)
	s.ask(t, http.MethodHead, "/clip.mp4").wants(t, 200)
	resp := s.open(t, "/tr:w-300/clip.mp4")
	if _, err := bufio.NewReader(resp.Body).Peek(1); err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	wantsClosed(t, filepath.Join(s.root, "clip.mp4"))
}

// What may not be shown is refused, and no more than its start was fetched.
func TestStreamsThatAreRefused(t *testing.T) {
	for _, tt := range []struct {
		name, more, path string
		status           int
	}{
		{"originals are not shown", "allow_original_image_request off", "/tr:w-300/clip.mp4", 401},
		{"originals are not shown", "allow_original_image_request off", "/clip.mp4", 401},
		{"a blur", "", "/tr:bl-30/clip.mp4", 400},
		{"a blur", "", "/tr:w-300:bl-30/clip.mp4", 400},
		{"private", "", "/clip.mp4?tr=n-small&private", 401},
		{"private", "", "/clip.mp4?private", 401},
		{"a page", "", "/clip.mp4/ik-thumbnail.jpg", 400},
		{"a page", "", "/tr:pg-1/clip.mp4", 400},
		{"missing", "", "/tr:w-300/missing.mp4", 404},
		{"denied", "", "/tr:w-300/denied.mp4", 404},
	} {
		t.Run(tt.name+" "+tt.path, func(t *testing.T) {
			sent := atomic.Int64{}
			addr := backend(t, func(w http.ResponseWriter, r *http.Request) {
				switch {
				case strings.HasPrefix(r.URL.Path, "/missing"):
					http.NotFound(w, r)
					return
				case strings.HasPrefix(r.URL.Path, "/denied"):
					w.WriteHeader(http.StatusForbidden)
					return
				case r.URL.Query().Has("private"):
					w.Header().Set("Is-Private-File", "true")
				}
				http.ServeContent(counting{w, &sent}, r, "clip.mp4", time.Unix(1e9, 0), bytes.NewReader(film(32<<20)))
			})
			s := streaming(t, fromWeb(addr), tt.more)
			for _, header := range []string{"X-None", "Range"} {
				a := s.get(t, tt.path, header, "bytes=0-99")
				a.wants(t, tt.status, "Content-Range", "none", "ETag", "none", "Content-Disposition", "none")
				if bytes.Contains(a.body, []byte("ftyp")) || a.Header.Get("Ik-Error") == "" {
					t.Errorf("%s is answered with %d bytes, ik-error %q", tt.path, len(a.body), a.Header.Get("Ik-Error"))
				}
			}
		})
	}
}

// A server that gives no ranges.
func TestStreamWithoutRanges(t *testing.T) {
	short, long := film(500_000), film(3<<20)
	addr := backend(t, func(w http.ResponseWriter, r *http.Request) {
		body := long
		if r.URL.Path == "/short.mp4" {
			body = short
		}
		w.Header().Set("Content-Type", "video/mp4")
		w.Header().Set("Content-Length", itoa(len(body)))
		_, _ = w.Write(body)
	})
	s := streaming(t, fromWeb(addr), "")
	a := s.get(t, "/tr:w-300/short.mp4", "Range", "bytes=400000-400009")
	a.wants(t, 206, "Content-Range", "bytes 400000-400009/500000")
	if !bytes.Equal(a.body, short[400000:400010]) {
		t.Errorf("%q", a.body)
	}
	a = s.get(t, "/tr:w-300/long.mp4", "Range", "bytes=400000-400009")
	a.wants(t, 200, "Content-Length", itoa(len(long)))
	if ranges := a.Header.Get("Accept-Ranges"); ranges != "none" || !bytes.Equal(a.body, long) {
		t.Errorf("%d bytes, Accept-Ranges: %s", len(a.body), ranges)
	}
}

// A server that does not say how long the video is.
func TestStreamWithoutLength(t *testing.T) {
	clip := film(3 << 20)
	addr := backend(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("ETag", `"v1"`)
		for rest := clip; len(rest) > 0; rest = rest[1<<20:] {
			_, _ = w.Write(rest[:1<<20])
			w.(http.Flusher).Flush()
		}
	})
	s := streaming(t, fromWeb(addr), "")
	for _, headers := range [][]string{nil, {"Range", "bytes=5-9"}, {"Range", "bytes=5-9", "If-Range", `"v1"`}, {"If-None-Match", `"v2"`}, {"If-Match", `"v1"`}} {
		a := s.get(t, "/tr:w-300/clip.mp4", headers...)
		a.wants(t, 200, "Content-Type", "video/mp4", "Cache-Control", "public, max-age=3600", "Content-Range", "none")
		if ranges := a.Header.Get("Accept-Ranges"); ranges != "none" || !bytes.Equal(a.body, clip) {
			t.Errorf("%q: %d bytes, Accept-Ranges: %s", headers, len(a.body), ranges)
		}
	}
	s.get(t, "/tr:w-300/clip.mp4", "If-None-Match", `"v1"`).wants(t, 304, "ETag", `"v1"`)
	s.get(t, "/tr:w-300/clip.mp4", "If-Match", `"v2"`).wants(t, 412, "Cache-Control", "no-store")
	s.ask(t, http.MethodHead, "/tr:w-300/clip.mp4").wants(t, 200, "ETag", `"v1"`)
	s.get(t, "/clip.mp4?ik-attachment=true").wants(t, 200, "Content-Disposition", `attachment; filename="clip.mp4"`)
}

// A video that changes between the requests for its parts is not patched together.
func TestStreamOfWhatChanges(t *testing.T) {
	for _, name := range []string{"ETag", "Last-Modified", "its length"} {
		t.Run(name, func(t *testing.T) {
			asked := atomic.Int64{}
			addr := backend(t, func(w http.ResponseWriter, r *http.Request) {
				n, size := asked.Add(1), 3<<20
				modified := time.Unix(1e9, 0)
				switch name {
				case "ETag":
					w.Header().Set("ETag", fmt.Sprintf(`"v%d"`, n))
				case "Last-Modified":
					modified = time.Unix(1e9+n, 0)
				default:
					size += int(n)
				}
				http.ServeContent(w, r, "clip.mp4", modified, bytes.NewReader(film(size)))
			})
			s := streaming(t, fromWeb(addr), "")
			a := s.get(t, "/tr:w-300/clip.mp4", "Range", "bytes=2000000-2000009")
			a.wants(t, 404, "Ik-Error", "UNIDENTIFIED - The original changed while it was read", "Content-Range", "none", "Accept-Ranges", "none", "Ik-Warning", "none")
		})
	}
}

// What has the name of a video and is none is what it is.
func TestStreamOfWhatIsNoVideo(t *testing.T) {
	s := streaming(t, "origin fs ROOT", "")
	red, err := os.ReadFile(filepath.Join(s.root, "red.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	padding := strings.Repeat(" ", 8<<10)
	s.originals(t, map[string][]byte{
		"red.mp4":   append(red, padding...),
		"icon.mp4":  []byte("<!--" + padding + "-->" + svg),
		"clip.mp4":  film(3 << 20),
		"large.mp4": append(red, film(3<<20)...),
		"empty.mp4": {},
		"short.mp4": []byte(mp4),
	})
	s.get(t, "/tr:w-40/red.mp4").wantsSize(t, 40, 30)
	s.get(t, "/tr:w-40/red.mp4", "Range", "bytes=0-").wants(t, 206, "Content-Type", "image/jpeg")
	s.get(t, "/tr:w-40,f-png/icon.mp4").wantsSize(t, 40, 30)
	s.get(t, "/tr:w-40/large.mp4").wants(t, 400, "Ik-Error", "ELIMIT - The original is larger than max_source_size, 1.0 MiB")
	s.get(t, "/tr:w-40/short.mp4").wants(t, 200, "Content-Type", "video/mp4", "Content-Length", itoa(len(mp4)))
	if a := s.get(t, "/tr:w-40/empty.mp4"); a.StatusCode >= 500 {
		t.Errorf("an empty file is %d", a.StatusCode)
	}
	wantsClosed(t, filepath.Join(s.root, "large.mp4"))
	// Without the policy a video is no image to transform.
	s = serve(t, "images {\n max_source_size 1MiB\n origin fs ROOT\n}")
	s.originals(t, map[string][]byte{"clip.mp4": film(3 << 20)})
	s.get(t, "/clip.mp4").wants(t, 200, "Content-Type", "video/mp4", "Content-Length", itoa(3<<20))
	s.get(t, "/tr:w-300/clip.mp4").wants(t, 400, "Ik-Error", "ELIMIT - The original is larger than max_source_size, 1.0 MiB")
}
