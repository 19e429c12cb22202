//go:build linux

package main

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// burst is a number of requests at a time.
type burst struct {
	name string
	run  func(base string) *outcome
}

var bursts = []burst{
	{"1000 originals of 2.5 MB", originals},
	{"80 slow readers of 20 MB", slowReaders},
	{"14 requests with 7 layers of 20 MB", layers},
	{"40 unfinished posts of 19 MB", posts},
}

// outcome is what clients were answered.
type outcome struct {
	mu      sync.Mutex
	counts  map[string]int
	longest time.Duration
}

func (o *outcome) add(what string, took time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.counts == nil {
		o.counts = map[string]int{}
	}
	o.counts[what]++
	o.longest = max(o.longest, took)
}

func (o *outcome) statuses() string {
	var words []string
	for _, what := range slices.Sorted(maps.Keys(o.counts)) {
		words = append(words, fmt.Sprintf("%dx%s", o.counts[what], what))
	}
	return strings.Join(words, " ")
}

func client() *http.Client {
	return &http.Client{Timeout: 2 * time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 1000}}
}

// each runs n clients at the same time.
func each(n int, do func(client int)) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { do(i) })
	}
	all.Wait()
}

// get reads a response whole.
func (o *outcome) get(c *http.Client, url string) {
	began := time.Now()
	response, err := c.Get(url)
	if err != nil {
		o.add("failed", time.Since(began))
		return
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	what := fmt.Sprint(response.StatusCode)
	if code, _, ok := strings.Cut(response.Header.Get("Ik-Error"), " "); ok {
		what += " " + code
	}
	if err != nil {
		what += " cut off"
	}
	o.add(what, time.Since(began))
}

func originals(base string) *outcome {
	o, c := new(outcome), client()
	defer c.CloseIdleConnections() // a thousand of them take 30 MiB in Caddy
	each(1000, func(i int) { o.get(c, fmt.Sprintf("%s/tr:w-100/2500000-%d.jpg", base, i)) })
	return o
}

func layers(base string) *outcome {
	o, c := new(outcome), client()
	defer c.CloseIdleConnections()
	each(14, func(i int) {
		var steps []string
		for n := range 7 {
			steps = append(steps, fmt.Sprintf("l-image,i-20000000-%d.jpg,w-20,l-end", 7*i+n))
		}
		o.get(c, fmt.Sprintf("%s/tr:w-100,%s/2500000-%d.jpg", base, strings.Join(steps, ","), i))
	})
	return o
}

// slowReaders read a few bytes, and no more for twenty seconds.
func slowReaders(base string) *outcome {
	o := new(outcome)
	u, _ := url.Parse(base)
	each(80, func(int) {
		began := time.Now()
		conn, err := net.Dial("tcp", u.Host)
		if err != nil {
			o.add("failed", time.Since(began))
			return
		}
		defer conn.Close()
		fmt.Fprintf(conn, "GET /20000000-1.jpg HTTP/1.1\r\nHost: %s\r\n\r\n", u.Host)
		start := make([]byte, 1000)
		_ = conn.SetReadDeadline(time.Now().Add(time.Minute))
		if _, err := io.ReadFull(conn, start); err != nil {
			o.add("failed", time.Since(began))
			return
		}
		o.add(string(start[9:12]), time.Since(began))
		time.Sleep(20 * time.Second)
	})
	return o
}

// posts send most of an image, and nothing more for twenty seconds.
func posts(base string) *outcome {
	o := new(outcome)
	u, _ := url.Parse(base)
	form := []byte("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\r\n")
	form = append(form, photo(19_000_000, 0)...)
	each(40, func(int) {
		began := time.Now()
		conn, err := net.Dial("tcp", u.Host)
		if err != nil {
			o.add("failed", time.Since(began))
			return
		}
		defer conn.Close()
		fmt.Fprintf(conn, "POST /post?width=100 HTTP/1.1\r\nHost: %s\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: %d\r\n\r\n", u.Host, len(form)+1000)
		go func() { _, _ = io.Copy(conn, bytes.NewReader(form)) }()
		status := make([]byte, 12)
		_ = conn.SetReadDeadline(time.Now().Add(20 * time.Second))
		if _, err := io.ReadFull(conn, status); err != nil {
			o.add("unfinished", time.Since(began))
			return
		}
		o.add(string(status[9:]), time.Since(began))
	})
	return o
}
