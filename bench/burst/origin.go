//go:build linux

package main

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// originServer serves images of any size, such as /2500000-7.jpg: the number
// makes the file different from others.
type originServer struct {
	url    string
	server *http.Server
}

func startOrigin() (*originServer, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		size, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "-")
		n, err := strconv.Atoi(size)
		number, _ := strconv.Atoi(strings.TrimSuffix(rest, ".jpg"))
		if err != nil || n < 20_000 || n > 100_000_000 {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "image/jpeg")
		http.ServeContent(w, r, "", modified, bytes.NewReader(photo(n, number)))
	})}
	go func() { _ = s.Serve(l) }()
	return &originServer{"http://" + l.Addr().String(), s}, nil
}

func (s *originServer) close() { _ = s.server.Close() }

var modified = time.Unix(1_000_000_000, 0)

// small is the image in all files.
var small = func() []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewYCbCr(image.Rect(0, 0, 640, 480), image.YCbCrSubsampleRatio420), nil); err != nil {
		panic(err)
	}
	return b.Bytes()
}()

// photo returns a JPEG of n bytes. Most are in segments that are skipped.
func photo(n, number int) []byte {
	file := make([]byte, 0, n)
	file = append(file, small[:2]...)
	for rest := n - len(small); rest > 4; {
		segment := min(rest, 60_000)
		file = append(file, 0xff, 0xef)
		file = binary.BigEndian.AppendUint16(file, uint16(segment-2))
		file = binary.BigEndian.AppendUint32(file, uint32(number))[:len(file)+max(0, min(4, segment-4))]
		file = file[:len(file)+max(0, segment-8)]
		rest -= segment
	}
	return append(file, small[2:]...)
}
