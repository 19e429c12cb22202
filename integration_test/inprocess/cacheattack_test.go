package inprocess_test

import (
	"bytes"
	"context"
	"fmt"
	"image/color"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// open starts Caddy with sites that take any host, which is what a client likes to call it.
// Each has the directives given, at a port of its own.
func open(t *testing.T, directives ...string) (sites []site, again func()) {
	t.Helper()
	var config strings.Builder
	fmt.Fprintf(&config, "{\n admin off\n persist_config off\n auto_https off\n storage file_system %s\n}\n", t.TempDir())
	for _, d := range directives {
		port := freePort(t)
		sites = append(sites, site{url: fmt.Sprintf("http://127.0.0.1:%d", port)})
		fmt.Fprintf(&config, ":%d {\n%s\n}\n", port, d)
	}
	again = func() {
		t.Helper()
		if err := load(t, config.String()); err != nil {
			t.Fatal(err)
		}
	}
	again()
	return sites, again
}

// getAs is get with a Host of the client's choice.
func (s site) getAs(t *testing.T, host, path string, headers ...string) answer {
	t.Helper()
	addr := strings.TrimPrefix(s.url, "http://")
	asHost := &http.Client{Transport: &http.Transport{DisableCompression: true, DisableKeepAlives: true, DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, addr)
	}}, Timeout: patience}
	return site{url: "http://" + host}.askBy(t, asHost, http.MethodGet, path, headers...)
}

// coloured is a backend whose image is of one colour, which anyone may keep and which it
// calls what others call theirs.
func coloured(t *testing.T, c color.NRGBA, control string) string {
	return backend(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"1"`)
		w.Header().Set("Cache-Control", control)
		if r.Header.Get("If-None-Match") == `"1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = w.Write(square(c))
	})
}

// Two handlers with equal settings, of which a client asks for the same path at the same
// host, have different handlers behind them.
func TestCacheKeepsHandlersApart(t *testing.T) {
	const path = "/a.png?tr=w-20,f-png"
	for _, control := range []string{"public, max-age=60", "max-age=60", "no-cache"} {
		t.Run("ports, "+control, func(t *testing.T) {
			a, b := coloured(t, blue, control), coloured(t, green, control)
			sites, again := open(t, "images\nreverse_proxy "+a, "images\nreverse_proxy "+b)
			for range 3 {
				for range 2 {
					sites[0].getAs(t, "shop.example", path).wantPixel(t, 5, 5, blue)
					sites[1].getAs(t, "shop.example", path).wantPixel(t, 5, 5, green)
				}
				again()
			}
		})
		t.Run("matchers, "+control, func(t *testing.T) {
			a, b := coloured(t, blue, control), coloured(t, green, control)
			s := serve(t, "@b header X-Site b\n handle @b {\n images\n reverse_proxy "+b+"\n}\nhandle {\n images\n reverse_proxy "+a+"\n}")
			for range 2 {
				s.get(t, path).wantPixel(t, 5, 5, blue)
				s.get(t, path, "X-Site", "b").wantPixel(t, 5, 5, green)
			}
		})
		t.Run("reload, "+control, func(t *testing.T) {
			a, b := coloured(t, blue, control), coloured(t, green, control)
			s := serve(t, "images\nreverse_proxy "+a)
			s.get(t, path).wantPixel(t, 5, 5, blue)
			s.again(t, "images\nreverse_proxy "+b)
			s.get(t, path).wantPixel(t, 5, 5, green)
		})
	}
}

// A status of 304 is about the version that its headers name (RFC 9111 section 4.3.4). By
// If-Modified-Since, one user's older image is "not modified" since another's.
func TestCacheChecksWhatIsUnchanged(t *testing.T) {
	const path = "/me.png?tr=w-20,f-png"
	begin := time.Now().Add(-24 * time.Hour)
	addr := backend(t, func(w http.ResponseWriter, r *http.Request) {
		image, modified := square(blue), begin
		if r.Header.Get("Cookie") == "user=2" {
			image, modified = square(green), begin.Add(-time.Hour)
		}
		http.ServeContent(w, r, "me.png", modified, bytes.NewReader(image))
	})
	s := serve(t, "images\nreverse_proxy "+addr)
	for range 2 {
		s.get(t, path, "Cookie", "user=1").wantPixel(t, 5, 5, blue)
		s.get(t, path, "Cookie", "user=2").wantPixel(t, 5, 5, green)
	}
}

// What a 304 says of the headers that the image depends on holds from then on.
func TestCacheHeedsVaryOfUnchanged(t *testing.T) {
	const path = "/a.png?tr=w-20,f-png"
	addr := backend(t, func(w http.ResponseWriter, r *http.Request) {
		user := r.Header.Get("X-User")
		w.Header().Set("ETag", `"`+user+`"`)
		if r.Header.Get("If-None-Match") == `"1"` && user == "1" {
			w.Header().Set("Vary", "X-User")
			w.Header().Set("Cache-Control", "public, max-age=60")
			w.WriteHeader(http.StatusNotModified)
			return
		}
		c := green
		if user == "1" {
			c = blue
		}
		_, _ = w.Write(square(c))
	})
	s := serve(t, "images\nreverse_proxy "+addr)
	for range 3 {
		s.get(t, path, "X-User", "1").wantPixel(t, 5, 5, blue)
	}
	s.get(t, path, "X-User", "2").wantPixel(t, 5, 5, green)
}

// What a client calls the host makes no other original of one that does not depend on it,
// so that it cannot have it fetched and rendered without end.
func TestCacheIgnoresTheHost(t *testing.T) {
	const path = "/a.png?tr=w-20,f-png"
	shop, from := newShop(t, "ETag", `"1"`, "Cache-Control", "max-age=60")
	dir := t.TempDir()
	sites, _ := open(t,
		"root "+dir+"\nimages {\n "+from+"\n}",
		"images {\n "+strings.Replace(from, "allow_private", "forward_host\n allow_private", 1)+"\n}",
	)
	for i := range 5 {
		sites[0].getAs(t, fmt.Sprintf("x%d.example", i), path).wants(t, 200)
	}
	shop.asked(t, "under five names", 1, 0, 0)
	for i := range 5 {
		sites[1].getAs(t, fmt.Sprintf("x%d.example", i), path).wants(t, 200)
	}
	shop.asked(t, "with forward_host", 5, 0, 0)
}

// A file is there as soon as it is there: looking costs nothing.
func TestCacheOfMissingFiles(t *testing.T) {
	shop, from := newShop(t, "Cache-Control", "max-age=60")
	s := serve(t, "images {\n origin fs ROOT\n "+from+"\n}")
	const path = "/a.png?tr=w-20,f-png"
	shop.set(func() { shop.status = http.StatusNotFound })
	s.get(t, path).wants(t, 404)
	if err := os.WriteFile(filepath.Join(s.root, "a.png"), square(green), 0o644); err != nil {
		t.Fatal(err)
	}
	s.get(t, path).wantPixel(t, 5, 5, green)
}

// A file that has gone ends at once, also where its absence is not remembered.
func TestCacheEndsWithTheFile(t *testing.T) {
	for _, remembered := range []string{"10s", "off"} {
		shop, from := newShop(t, "ETag", `"1"`, "Cache-Control", "max-age=0")
		s := serve(t, "images {\n cache_not_found "+remembered+"\n "+from+"\n}")
		const path = "/a.png?tr=w-20,f-png"
		s.get(t, path).wants(t, 200)
		shop.set(func() { shop.status = http.StatusGone })
		s.get(t, path) // stale, while the origin is asked
		until(t, "the end of the image", func() bool { return s.get(t, path).StatusCode == http.StatusNotFound })
	}
}

// Who may see a layer or a signed URL is decided each time, also where the variant is there.
func TestCacheOpensNoLayers(t *testing.T) {
	_, from := newShop(t, "ETag", `"1"`, "Cache-Control", "max-age=60")
	s := serve(t, "@other {\n not header X-Key secret\n path /secret/*\n}\nroute {\n respond @other 403\n images {\n dialect imagekit {\n  private_key secret\n }\n default_image secret/default.png\n "+from+"\n }\n}")
	const path = "/a.png?tr=w-20,f-png,l-image,i-secret@@b.png,w-5,l-end"
	for _, form := range []string{path, "/tr:w-20,f-png,l-image,i-secret@@b.png,w-5,l-end/a.png"} {
		for range 2 {
			s.get(t, form, "X-Key", "secret").wants(t, 200)
			if a := s.get(t, form); a.StatusCode == 200 {
				t.Errorf("%s is served from the cache: %s", form, a.Header.Get("Cache-Status"))
			}
			if a := s.get(t, form, "If-None-Match", s.get(t, form, "X-Key", "secret").Header.Get("ETag")); a.StatusCode != 403 && a.StatusCode != 404 {
				t.Errorf("%s is confirmed to who may not see it: %d", form, a.StatusCode)
			}
		}
	}
	s.get(t, "/"+sign("secret", "b.png?tr=w-20,f-png", time.Now().Add(time.Hour).Unix())).wants(t, 200)
	s.get(t, "/"+sign("secret", "b.png?tr=w-20,f-png", time.Now().Add(-time.Hour).Unix())).wants(t, 401)
}

// A transformation keeps its name in a reload, and what it says.
func TestCacheOfNamesThatChange(t *testing.T) {
	shop, from := newShop(t, "ETag", `"1"`, "Cache-Control", "max-age=60")
	named := func(tr string) string {
		return "images {\n dialect imagekit {\n  named thumb " + tr + "\n }\n " + from + "\n}"
	}
	s := serve(t, named("w-20,f-png"))
	s.get(t, "/a.png?tr=n-thumb").wantsSize(t, 20, 20)
	s.again(t, named("w-10,f-png"))
	s.get(t, "/a.png?tr=n-thumb").wantsSize(t, 10, 10)
	s.again(t, named("w-20,f-png"))
	shop.whole.Store(0)
	s.get(t, "/a.png?tr=n-thumb").wantsSize(t, 20, 20)
	shop.asked(t, "the first one again", 0, 0, 0)
}
