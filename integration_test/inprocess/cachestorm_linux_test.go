//go:build linux && cgo

package inprocess_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// Five hundred clients ask for twenty variants of an original, and half of them leave
// before they have it: that is one fetch and twenty renders, the others get whole images,
// and all are kept.
func TestCacheStorm(t *testing.T) {
	noWorkers(t)
	const variants, clients = 20, 500
	shop, origin := newShop(t, "ETag", `"1"`, "Cache-Control", "max-age=60")
	s := serve(t, "handle /metrics {\n metrics\n}\nhandle {\n images {\n workers 2\n queue_size 1000\n queue_timeout 1h\n render_timeout 1h\n originals 1MiB\n "+origin+"\n }\n}")
	path := func(n int) string { return fmt.Sprintf("/a.png?tr=w-%d,f-png", 10+n%variants) }
	frozen := ready(t, 2)
	freeze(t, 2)
	before := s.readings(t)

	var all sync.WaitGroup
	var mu sync.Mutex
	bodies := make(map[string][]byte)
	leaving, leave := context.WithCancel(t.Context())
	client := &http.Client{Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: clients}, Timeout: patience}
	defer client.CloseIdleConnections()
	ask := func(n int) {
		ctx, stays := leaving, n%2 == n/variants%2 // of each variant half
		if stays {
			ctx = t.Context()
		}
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+path(n), nil)
		if err != nil {
			t.Error(err)
			return
		}
		response, err := client.Do(r)
		if err != nil {
			if stays {
				t.Error(err)
			}
			return
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if !stays {
			return
		}
		if err != nil || response.StatusCode != http.StatusOK {
			t.Errorf("%s: %s with %d bytes, %v", path(n), response.Status, len(body), err)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		if first, ok := bodies[path(n)]; ok && !bytes.Equal(first, body) {
			t.Errorf("%s: two images differ", path(n))
		}
		bodies[path(n)] = body
	}
	for n := range clients {
		all.Go(func() { ask(n) })
	}
	until(t, "all variants being asked for", func() bool {
		now := s.readings(t)
		return now["jobs_running"]+now["jobs_waiting"] == variants
	})
	leave()
	for _, pid := range frozen {
		if err := syscall.Kill(pid, syscall.SIGCONT); err != nil {
			t.Fatal(err)
		}
	}
	all.Wait()
	shop.asked(t, "a storm", 1, 0, 0)
	for n := range variants {
		if a := s.get(t, path(n)); !strings.HasSuffix(a.Header.Get("Cache-Status"), "detail=memory") || !bytes.Equal(a.body, bodies[path(n)]) {
			t.Errorf("%s is not kept: Cache-Status is %q", path(n), a.Header.Get("Cache-Status"))
		}
	}
	if got := s.readings(t).since(before); got[`render_duration_seconds_count{format="png"}`] != variants || got[`render_duration_seconds_count{format="none"}`] != 0 {
		t.Errorf("rendered %v times, and %v times in vain; want %d times", got[`render_duration_seconds_count{format="png"}`], got[`render_duration_seconds_count{format="none"}`], variants)
	}
}

// What is being rendered when it is purged is not kept.
func TestCachePurgeWhileRendering(t *testing.T) {
	noWorkers(t)
	const path = "/a.png?tr=w-20,f-png"
	shop, origin := newShop(t, "ETag", `"1"`, "Cache-Control", "max-age=60", "Cache-Tag", "lakes")
	s, admin := administered(t, "images {\n workers 1\n queue_timeout 1h\n render_timeout 1h\n "+origin+"\n}")
	pid := ready(t, 1)[0]
	for _, purge := range []string{"/images/cache/a.png", "/images/cache/*", "/images/cache?tag=lakes", "/images/cache"} {
		freeze(t, 1)
		var client sync.WaitGroup
		client.Go(func() { s.get(t, path).wants(t, 200, "Cache-Status", "caddy-images; fwd=miss") })
		untilBusy(t, 1)
		admin.ask(t, http.MethodDelete, purge).wants(t, 200)
		if err := syscall.Kill(pid, syscall.SIGCONT); err != nil {
			t.Fatal(err)
		}
		client.Wait()
		shop.whole.Store(0)
		s.get(t, path).wants(t, 200, "Cache-Status", "caddy-images; fwd=miss; stored")
		shop.asked(t, "what was rendered before "+purge, 1, 0, 0)
		admin.ask(t, http.MethodDelete, "/images/cache").wants(t, 200)
	}
}
