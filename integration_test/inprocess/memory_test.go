//go:build cgo

package inprocess_test

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// slowFiles serves files of 3 MiB that do not arrive before land is closed.
func slowFiles(t *testing.T) (addr string, land func()) {
	t.Helper()
	landed := make(chan struct{})
	land = sync.OnceFunc(func() { close(landed) })
	t.Cleanup(land)
	file := append(picture(t), make([]byte, 3<<20)...)[:3<<20]
	return backend(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "image/jpeg")
		w.Header().Set("Content-Length", strconv.Itoa(len(file)))
		_, _ = w.Write(file[:100])
		_ = http.NewResponseController(w).Flush()
		select {
		case <-landed:
			_, _ = w.Write(file[100:])
		case <-r.Context().Done():
		}
	}), land
}

// picture returns a JPEG.
func picture(t *testing.T) []byte {
	t.Helper()
	s := serve(t, "root ROOT\nfile_server")
	return s.get(t, "/red.jpg").body
}

// bodies returns how much memory files hold.
func bodies(t *testing.T, admin site) (sum part) {
	t.Helper()
	for _, q := range admin.stats(t).Queues {
		sum.Bytes += q.Bodies.Bytes + q.Results.Bytes
		sum.Waiting += q.Bodies.Waiting + q.Results.Waiting
	}
	return sum
}

// A file takes twice its size of a quarter of `memory`. When that is in use others wait,
// before their origin is asked, and are told to come back: the origin is not to blame.
func TestFilesWaitForMemory(t *testing.T) {
	for name, origins := range map[string]string{
		"web":  "images {\n SETTINGS\n origin web http://ADDRESS {\n  allow_private 127.0.0.0/8\n }\n}",
		"next": "images {\n SETTINGS\n}\nreverse_proxy ADDRESS",
	} {
		t.Run(name, func(t *testing.T) {
			addr, land := slowFiles(t)
			config := strings.NewReplacer("SETTINGS", "memory 32MiB\n queue_timeout 200ms\n cache off\n isolation off", "ADDRESS", addr).Replace(origins)
			s, admin := administered(t, config)
			first := make(chan answer, 1)
			go func() { first <- s.get(t, "/tr:w-10/1.jpg") }()
			until(t, "the first file to be held", func() bool { return bodies(t, admin).Bytes == 6<<20 })
			second := s.get(t, "/tr:w-10/2.jpg")
			second.wants(t, http.StatusServiceUnavailable, "Ik-Error", "EAGAIN - The server is busy; no memory for the files of this request was free within queue_timeout, 200ms",
				"Cache-Control", "no-store", "Retry-After", "2")
			land()
			(<-first).wants(t, http.StatusOK)
			until(t, "the memory", func() bool { return bodies(t, admin) == part{} })
			s.get(t, "/tr:w-10/2.jpg").wants(t, http.StatusOK)
		})
	}
}

// What waits gets its turn when the memory is free.
func TestWaitingForMemoryEnds(t *testing.T) {
	addr, land := slowFiles(t)
	s, admin := administered(t, "images {\n memory 32MiB\n queue_timeout 10m\n cache off\n origin web http://"+addr+" {\n  allow_private 127.0.0.0/8\n }\n}")
	var all sync.WaitGroup
	get := func(n int) { all.Go(func() { s.get(t, fmt.Sprintf("/tr:w-10/%d.jpg", n)).wants(t, http.StatusOK) }) }
	get(0)
	until(t, "the first file to be held", func() bool { return bodies(t, admin).Bytes == 6<<20 })
	for n := range 10 {
		get(n + 1)
	}
	until(t, "the others to wait", func() bool { return bodies(t, admin).Waiting == 10 })
	land()
	all.Wait()
	until(t, "the memory", func() bool { return bodies(t, admin) == part{} })
}

// A file that can never be held, or several together, is refused at once.
func TestFilesThatNeverFit(t *testing.T) {
	large := append(picture(t), make([]byte, 5<<20)...)
	addr := backend(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "image/jpeg")
		if strings.Contains(r.URL.Path, "small") {
			_, _ = w.Write(large[:1<<20])
			return
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(large)))
		_, _ = w.Write(large)
	})
	s, admin := administered(t, "images {\n memory 32MiB\n cache off\n origin web http://"+addr+" {\n  allow_private 127.0.0.0/8\n }\n}")
	refused := func(url string) {
		t.Helper()
		a := s.get(t, url)
		a.wants(t, http.StatusBadRequest)
		if said := a.Header.Get("Ik-Error"); !strings.HasPrefix(said, "ELIMIT - ") || !strings.HasSuffix(said, " of memory, more than the part of memory for files, 8.0 MiB") {
			t.Errorf("%s: %s", url, said)
		}
	}
	refused("/tr:w-10/large.jpg")
	layers := ""
	for n := range 4 {
		layers += fmt.Sprintf(",l-image,i-small%d.jpg,w-2,l-end", n)
	}
	refused("/tr:w-10" + layers + "/small.jpg")
	until(t, "the memory", func() bool { return bodies(t, admin) == part{} })
	s.get(t, "/tr:w-10,l-image,i-small1.jpg,w-2,l-end/small.jpg").wants(t, http.StatusOK)
}

// Posts that never end leave half of the memory of files to others, and what they held
// when their clients leave.
func TestPostsThatNeverEnd(t *testing.T) {
	file := append(picture(t), make([]byte, 900<<10)...)[:900<<10]
	s, admin := administered(t, "images {\n memory 32MiB\n dialect imagizer {\n  endpoint /img\n  post {\n   open\n  }\n }\n origin fs ROOT\n}")
	const head = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\r\n"
	var conns []net.Conn
	for n := range 2 {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conns = append(conns, conn)
		fmt.Fprintf(conn, "POST /img?width=10 HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 2000000\r\n\r\n%s%s", head, file)
		until(t, "the posted file to be held", func() bool { return bodies(t, admin).Bytes == int64(n+1)*2<<20 })
	}
	whole := append([]byte(head), file...)
	whole = append(whole, "\r\n--b--\r\n"...)
	post := func() answer {
		response, err := http.Post(s.url+"/img?width=10", "multipart/form-data; boundary=b", bytes.NewReader(whole))
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, _ := io.ReadAll(response.Body)
		return answer{response, body}
	}
	post().wants(t, http.StatusServiceUnavailable, "Ik-Error", "EAGAIN - The server is busy; too many files are being posted", "Retry-After", "2")
	s.get(t, "/img/red.jpg?width=10").wants(t, http.StatusOK)
	for _, conn := range conns {
		_ = conn.Close()
	}
	until(t, "the memory", func() bool { return bodies(t, admin) == part{} })
	post().wants(t, http.StatusOK)
	until(t, "the memory", func() bool { return bodies(t, admin) == part{} })
}

// A client that does not read holds its result, and no more, until it leaves.
func TestSlowReader(t *testing.T) {
	s, admin := administered(t, "images {\n cache off\n origin fs ROOT\n}")
	// More than the buffers of the system take.
	noise := image.NewGray(image.Rect(0, 0, 4000, 3000))
	_, _ = rand.NewChaCha8([32]byte{}).Read(noise.Pix)
	var file bytes.Buffer
	if err := jpeg.Encode(&file, noise, nil); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.root, "noise.jpg"), file.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	const url = "/tr:w-4000,f-jpg,q-100/noise.jpg"
	size := int64(len(s.get(t, url).body))
	until(t, "the memory", func() bool { return bodies(t, admin) == part{} })
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.(*net.TCPConn).SetReadBuffer(4 << 10)
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", url)
	if size < 8<<20 {
		t.Fatalf("a result of %d bytes may fit into the buffers of the system", size)
	}
	until(t, "the result to be held alone", func() bool { return bodies(t, admin).Bytes == size })
	_ = conn.Close()
	until(t, "the memory", func() bool { return bodies(t, admin) == part{} })
}
