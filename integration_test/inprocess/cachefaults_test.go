package inprocess_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-images/caddy-images/internal/miniotest"
)

// perUser are responses of handlers behind this one that are for one user, all under the
// same entity tag.
var perUser = []struct {
	name   string
	answer func(w http.ResponseWriter)
	first  []string // headers of the first user
	isKept bool     // what another user gets, who sends none of these headers
}{
	{"set-cookie", with("Set-Cookie", "a=b"), nil, false},
	{"set-cookie, public", with("Set-Cookie", "a=b", "Cache-Control", "public, max-age=60"), nil, false},
	{"vary by cookie", with("Vary", "Cookie", "Cache-Control", "public, max-age=60"), []string{"Cookie", "user=1"}, false},
	{"vary by anything", with("Vary", "*", "Cache-Control", "public, max-age=60"), nil, false},
	{"vary by authorization", with("Vary", "Authorization", "Cache-Control", "public, max-age=60"), nil, false},
	{"private", with("Cache-Control", "private, max-age=60"), nil, false},
	{"private for some fields", with("Cache-Control", `private="x-user", max-age=60`), nil, false},
	{"no-store", with("Cache-Control", "no-store, max-age=60"), nil, false},
	{"no-store for caches of the site", with("Cache-Control", "public, max-age=60", "Surrogate-Control", "no-store"), nil, false},
	{"asked with credentials", with("Cache-Control", "public, max-age=60"), []string{"Authorization", "Bearer 1"}, true},
	{"asked with credentials for a proxy", with("Cache-Control", "public, max-age=60"), []string{"Proxy-Authorization", "Basic 1"}, true},
	{"vary by another header", with("Vary", "X-User", "Cache-Control", "public, max-age=60"), []string{"X-User", "1"}, true},
}

func with(header ...string) func(w http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Add(header[i], header[i+1])
		}
	}
}

// blueThenGreen answers the first request by a blue image, and others by a green one.
func blueThenGreen(t *testing.T, answer func(w http.ResponseWriter)) string {
	var asked atomic.Int32
	return backend(t, func(w http.ResponseWriter, _ *http.Request) {
		answer(w)
		w.Header().Set("Content-Type", "image/png")
		w.Header().Set("ETag", `"same"`)
		if asked.Add(1) == 1 {
			_, _ = w.Write(square(blue))
		} else {
			_, _ = w.Write(square(green))
		}
	})
}

// What is for one user is neither used for another after a reload, nor on the disk.
func TestCacheOnDiskHasNothingOfUsers(t *testing.T) {
	const path = "/a.png?tr=w-20,f-png"
	for _, tt := range perUser {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			directives := "images {\n cache disk " + dir + " 1GiB\n}\nreverse_proxy " + blueThenGreen(t, tt.answer)
			s := serve(t, directives)
			s.get(t, path, tt.first...).wantPixel(t, 5, 5, blue)
			s.again(t, directives)
			s.get(t, path).wantPixel(t, 5, 5, green)
			if err := caddy.Stop(); err != nil { // which writes what waits
				t.Fatal(err)
			}
			if left, err := filepath.Glob(filepath.Join(dir, "??", "*")); err != nil || !tt.isKept && len(left) > 0 {
				t.Errorf("the disk has %q, %v", left, err)
			}
		})
	}
}

// As a layer, it is in nobody else's image either.
func TestCacheKeepsLayersOfUsersApart(t *testing.T) {
	for _, tt := range perUser {
		t.Run(tt.name, func(t *testing.T) {
			addr := blueThenGreen(t, tt.answer)
			s := serve(t, "route {\n images\n file_server /half.png {\n root ROOT\n }\n reverse_proxy "+addr+"\n}")
			const path = "/half.png?tr=w-200,f-png,l-image,i-a.png,lx-0,ly-0,l-end"
			s.get(t, path, tt.first...).wantPixel(t, 5, 5, blue)
			s.get(t, path).wantPixel(t, 5, 5, green)
		})
	}
}

// Two users ask for the same at the same time: each gets what is there for this one.
func TestCacheKeepsSimultaneousUsersApart(t *testing.T) {
	const path = "/a.png?tr=w-20,f-png"
	var here sync.WaitGroup
	here.Add(2)
	addr := backend(t, func(w http.ResponseWriter, r *http.Request) {
		here.Done()
		here.Wait() // for the other one
		w.Header().Set("ETag", `"same"`)
		w.Header().Set("Last-Modified", time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat))
		if r.Header.Get("Cookie") == "user=1" {
			_, _ = w.Write(square(blue))
		} else {
			_, _ = w.Write(square(green))
		}
	})
	s := serve(t, "images\nreverse_proxy "+addr)
	var users sync.WaitGroup
	users.Go(func() { s.get(t, path, "Cookie", "user=1").wantPixel(t, 5, 5, blue) })
	users.Go(func() { s.get(t, path, "Cookie", "user=2").wantPixel(t, 5, 5, green) })
	users.Wait()
}

// An origin that is down for longer than stale_if_error is down.
func TestCacheOfOriginThatStaysDown(t *testing.T) {
	const path = "/a.png?tr=w-20,f-png"
	shop, origin := newShop(t, "ETag", `"1"`, "Cache-Control", "max-age=0")
	s := serve(t, "images {\n stale off\n stale_if_error 300ms\n cache_failures off\n "+origin+"\n}")
	s.get(t, path).wants(t, 200)
	shop.set(func() { shop.status = http.StatusBadGateway })
	until(t, "the end of what is stale", func() bool { return s.get(t, path).StatusCode == http.StatusNotFound })
	shop.set(func() { shop.status = 0 })
	s.get(t, path).wants(t, 200)
	shop.set(func() { shop.status = http.StatusBadGateway })
	if a := s.get(t, path); a.StatusCode == 200 && !strings.Contains(a.Header.Get("Cache-Status"), "ttl=-") {
		t.Errorf("Cache-Status is %q", a.Header.Get("Cache-Status"))
	}
}

// As the guide says, bytes that change under the same entity tag, or under the same time, are
// not noticed until the file is fetched again; then they are, for all variants. A time of
// this second says nothing.
func TestCacheOfBytesThatChangeSecretly(t *testing.T) {
	const path, other = "/a.png?tr=w-20,f-png", "/a.png?tr=w-10,f-png"
	for _, tt := range []struct {
		name      string
		validator func(http.Header)
		isNoticed bool
	}{
		{"entity tag", func(h http.Header) { h.Set("ETag", `"1"`) }, false},
		{"time", func(h http.Header) {
			h.Set("Last-Modified", time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat))
		}, false},
		{"time of just now", func(h http.Header) { h.Set("Last-Modified", time.Now().UTC().Format(http.TimeFormat)) }, true},
		{"neither", func(http.Header) {}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			header := http.Header{"Cache-Control": {"no-cache"}}
			tt.validator(header)
			var image atomic.Value
			image.Store(square(blue))
			addr := backend(t, func(w http.ResponseWriter, r *http.Request) {
				for name, values := range header {
					w.Header()[name] = values
				}
				if r.Header.Get("If-None-Match") != "" || r.Header.Get("If-Modified-Since") != "" {
					w.WriteHeader(http.StatusNotModified)
					return
				}
				_, _ = w.Write(image.Load().([]byte))
			})
			s := serve(t, "images {\n origin web http://"+addr+" {\n  allow_private 127.0.0.0/8\n }\n}")
			s.get(t, path).wantPixel(t, 5, 5, blue)
			image.Store(square(green))
			if tt.isNoticed {
				s.get(t, path).wantPixel(t, 5, 5, green)
			} else {
				s.get(t, path).wantPixel(t, 5, 5, blue)
			}
			s.get(t, other).wantPixel(t, 5, 5, green) // needs the bytes
			s.get(t, path).wantPixel(t, 5, 5, green)
		})
	}
}

// What is being revalidated when it is purged does not come back with the answer.
func TestCachePurgeWhileRevalidating(t *testing.T) {
	const path = "/a.png?tr=w-20,f-png"
	shop, origin := newShop(t, "ETag", `"1"`, "Cache-Control", "max-age=0")
	s, admin := administered(t, "images {\n "+origin+"\n}")
	s.get(t, path).wantPixel(t, 5, 5, blue)
	hold := make(chan struct{})
	shop.set(func() { shop.held = hold })
	s.get(t, path).wants(t, 200) // stale; the origin is asked behind it
	until(t, "the origin being asked", func() bool { return shop.waiting.Load() == 1 })
	admin.ask(t, http.MethodDelete, "/images/cache/a.png").wants(t, 200)
	shop.whole.Store(0)
	shop.set(func() { shop.held = nil })
	close(hold)
	until(t, "the answer", func() bool { return shop.unchanged.Load() == 1 })
	s.get(t, path).wants(t, 200)
	if shop.whole.Load() == 0 {
		t.Error("what was purged is used, because its origin has said that it is unchanged")
	}
}

// While images are asked for, Caddy gets other tiers again and again, and one that fails. No
// request does.
func TestCacheTiersChangeUnderLoad(t *testing.T) {
	server := miniotest.Start(t)
	server.MakeBucket(t, "variants")
	_, origin := newShop(t, "ETag", `"1"`, "Cache-Control", "max-age=60")
	bucket := func(endpoint string) string {
		return fmt.Sprintf("cache s3 variants {\n endpoint %s\n region %s\n access_key %s\n secret_key %s\n }", endpoint, miniotest.Region, server.AccessKey, server.SecretKey)
	}
	var all []string
	for _, cache := range []string{
		"cache memory 64MiB",
		"cache disk " + t.TempDir() + " 64MiB",
		"cache memory 1MiB\n cache disk " + t.TempDir() + " 1MiB",
		"cache memory 1MiB\n " + bucket(server.URL),
		bucket("http://127.0.0.1:1"),
		"cache off",
		"originals 1MiB",
	} {
		all = append(all, "images {\n "+cache+"\n "+origin+"\n}")
	}
	s := serve(t, all[0])
	stop := make(chan struct{})
	var clients sync.WaitGroup
	var answers atomic.Int64
	for n := range 8 {
		clients.Go(func() {
			for i := n; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				width := 5 + i%30
				a := s.get(t, fmt.Sprintf("/a%d.png?tr=w-%d,f-png", i%7, width))
				if a.wants(t, 200); a.StatusCode == 200 {
					a.wantsSize(t, width, width)
				}
				answers.Add(1)
			}
		})
	}
	for i := range 3 * len(all) {
		enough := answers.Load() + 20
		until(t, "some answers", func() bool { return answers.Load() >= enough || t.Failed() })
		s.again(t, all[(i+1)%len(all)])
	}
	close(stop)
	clients.Wait()
	t.Logf("%d answers during %d reloads", answers.Load(), 3*len(all))
}

// With a directory that cannot be made, images are served all the same.
func TestCacheOnNoDisk(t *testing.T) {
	_, origin := newShop(t, "ETag", `"1"`, "Cache-Control", "max-age=60")
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s := serve(t, "images {\n cache disk "+file+" 1GiB\n "+origin+"\n}")
	for range 3 {
		s.get(t, "/a.png?tr=w-20,f-png").wantPixel(t, 5, 5, blue)
	}
}
