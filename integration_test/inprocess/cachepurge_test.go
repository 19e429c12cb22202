package inprocess_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-images/caddy-images/internal/miniotest"
)

// What was purged is not used, and what began before is not kept.
func TestCachePurge(t *testing.T) {
	const path = "/folder/a.png?tr=w-20,f-png"
	shop, origin := newShop(t, "ETag", `"1"`, "Cache-Tag", "lakes, alps")
	s, admin := administered(t, "images {\n originals 1MiB\n "+origin+"\n}")
	fill := func() {
		t.Helper()
		s.get(t, path).wants(t, 200)
		s.get(t, path).wants(t, 200)
		shop.whole.Store(0)
		shop.unchanged.Store(0)
	}
	for _, purge := range []string{
		"/images/cache", "/images/cache/folder/a.png", "/images/cache/fold*", "/images/cache/*", "/images/cache?tag=alps", "/images/cache?tag=" + url.QueryEscape("lakes"),
	} {
		fill()
		a := admin.ask(t, http.MethodDelete, purge)
		if a.wants(t, 200); !bytes.Contains(a.body, []byte(`"originals": 1`)) {
			t.Errorf("%s answers %s", purge, a.body)
		}
		s.get(t, path).wants(t, 200, "Cache-Status", "caddy-images; fwd=miss; stored")
		shop.asked(t, "after "+purge, 1, 0, 0)
	}
	for _, purge := range []string{"/images/cache/a.png", "/images/cache/other*", "/images/cache?tag=alp"} {
		fill()
		admin.ask(t, http.MethodDelete, purge).wants(t, 200)
		s.get(t, path).wants(t, 200)
		shop.asked(t, "after "+purge, 0, 0, 0)
	}
	fill()
	admin.ask(t, http.MethodDelete, "/images/cache/folder/a.png?soft").wants(t, 200)
	if a := s.get(t, path); !strings.Contains(a.Header.Get("Cache-Status"), "hit; ttl=-") {
		t.Errorf("after a soft purge Cache-Status is %q", a.Header.Get("Cache-Status"))
	}
	until(t, "the origin being asked", func() bool { return shop.unchanged.Load() == 1 })

	shop.unchanged.Store(0)

	// A purge while the original is on its way.
	hold := make(chan struct{})
	shop.set(func() { shop.held = hold })
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.get(t, "/b.png?tr=w-20,f-png").wants(t, 200)
	}()
	until(t, "the fetch", func() bool { return shop.waiting.Load() > 0 })
	admin.ask(t, http.MethodDelete, "/images/cache/b.png").wants(t, 200)
	shop.set(func() { shop.held = nil; shop.image = square(green); shop.header.Set("ETag", `"2"`) })
	close(hold)
	<-done
	shop.whole.Store(0)
	s.get(t, "/b.png?tr=w-20,f-png").wantPixel(t, 5, 5, green)
	shop.asked(t, "what began before the purge", 1, 0, 0)
	for _, wrong := range []string{"/images/cache?tga=a", "/images/cache/a.png?tag=a", "/images/cache?soft=perhaps"} {
		admin.ask(t, http.MethodDelete, wrong).wants(t, 400)
	}
}

// What is on a disk survives a restart, and a purge does, too.
func TestCacheOnDisk(t *testing.T) {
	dir := t.TempDir()
	shop, origin := newShop(t, "ETag", `"1"`, "Cache-Control", "max-age=60")
	const path = "/a.png?tr=w-20,f-png"
	site := func(size string) string { return "images {\n cache disk " + dir + " " + size + "\n " + origin + "\n}" }
	s, admin := administered(t, site("1GiB"))
	first := s.get(t, path)
	first.wants(t, 200, "Cache-Status", "caddy-images; fwd=miss; stored")
	until(t, "the file", func() bool { return strings.HasSuffix(s.get(t, path).Header.Get("Cache-Status"), "detail=disk") })
	s.get(t, path, "Range", "bytes=10-29").wants(t, 206, "Content-Length", "20")
	if err := caddy.Stop(); err != nil {
		t.Fatal(err)
	}
	shop.whole.Store(0)
	s.againWithAdmin(t, admin, site("1GiB"))
	a := s.get(t, path)
	if a.wants(t, 200, "ETag", first.Header.Get("ETag")); !bytes.Equal(a.body, first.body) || !strings.HasSuffix(a.Header.Get("Cache-Status"), "detail=disk") {
		t.Errorf("after a restart Cache-Status is %q", a.Header.Get("Cache-Status"))
	}
	s.againWithAdmin(t, admin, site("512MiB")) // another store of the same directory
	s.get(t, path).wants(t, 200, "ETag", first.Header.Get("ETag"))
	shop.asked(t, "a restart and a reload", 0, 0, 0)

	admin.ask(t, http.MethodDelete, "/images/cache/a.png").wants(t, 200)
	if err := caddy.Stop(); err != nil {
		t.Fatal(err)
	}
	s.againWithAdmin(t, admin, site("1GiB"))
	s.get(t, path).wants(t, 200, "Cache-Status", "caddy-images; fwd=miss; stored")
	shop.asked(t, "a purge before a restart", 1, 0, 0)
}

func (s site) againWithAdmin(t *testing.T, admin site, directives string) {
	t.Helper()
	if err := load(t, strings.Replace(s.config(portOf(t, s), directives), "admin off", "admin "+strings.TrimPrefix(admin.url, "http://"), 1)); err != nil {
		t.Fatal(err)
	}
}

// What is in a bucket is found by the next process, and not what was purged; without the
// bucket images are served all the same.
func TestCacheInBucket(t *testing.T) {
	server := miniotest.Start(t)
	server.MakeBucket(t, "variants")
	shop, origin := newShop(t, "ETag", `"1"`, "Cache-Control", "max-age=60")
	const path = "/a.png?tr=w-20,f-png"
	site := func(bucket string) string {
		return fmt.Sprintf("images {\n cache s3 %s {\n endpoint %s\n region %s\n access_key %s\n secret_key %s\n read_timeout 1m\n }\n %s\n}",
			bucket, server.URL, miniotest.Region, server.AccessKey, server.SecretKey, origin)
	}
	s, admin := administered(t, site("variants"))
	first := s.get(t, path)
	first.wants(t, 200, "Cache-Status", "caddy-images; fwd=miss; stored")
	until(t, "the object", func() bool { return strings.HasSuffix(s.get(t, path).Header.Get("Cache-Status"), "detail=s3") })
	restart := func(bucket string) {
		t.Helper()
		if err := caddy.Stop(); err != nil {
			t.Fatal(err)
		}
		shop.whole.Store(0)
		s.againWithAdmin(t, admin, site(bucket))
	}
	restart("variants")
	a := s.get(t, path)
	if a.wants(t, 200, "ETag", first.Header.Get("ETag")); !bytes.Equal(a.body, first.body) || !strings.HasSuffix(a.Header.Get("Cache-Status"), "detail=s3") {
		t.Errorf("after a restart Cache-Status is %q", a.Header.Get("Cache-Status"))
	}
	shop.asked(t, "a restart", 0, 0, 0)

	admin.ask(t, http.MethodDelete, "/images/cache/a.png").wants(t, 200)
	restart("variants")
	s.get(t, path).wants(t, 200, "Cache-Status", "caddy-images; fwd=miss; stored")
	shop.asked(t, "a purge before a restart", 1, 0, 0)

	restart("missing")
	s.get(t, path).wants(t, 200, "ETag", first.Header.Get("ETag"))
}
