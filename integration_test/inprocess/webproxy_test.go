package inprocess_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// The URL of an original is fetched for who signs it, or where its host is listed,
// and for nobody else.
func TestWebProxy(t *testing.T) {
	picture, err := os.ReadFile(filepath.Join(serve(t, "images").root, "red.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	var asked atomic.Int32
	remote := func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if to := r.URL.Query().Get("to"); to != "" {
			http.Redirect(w, r, to, http.StatusFound)
			return
		}
		if r.Header.Get("Cdn-Loop") != "caddy-images" || r.Header.Get("Ik-S") != "" || strings.Contains(r.URL.RawQuery, "ik-") {
			t.Errorf("the server is asked for %s with %v", r.URL, r.Header)
		}
		if r.URL.Path == "/missing" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "image/jpeg")
		_, _ = w.Write(picture)
	}
	listed, other := backend(t, remote), backend(t, remote)
	const dynamic = "origin dynamic {\n  allow_private 127.0.0.0/8\n }\n origin fs ROOT\n}"
	refused := func(a answer) {
		t.Helper()
		before := asked.Load()
		a.wants(t, 401)
		if !strings.HasSuffix(a.Header.Get("Ik-Error"), "must be signed (ik-s)") || asked.Load() != before {
			t.Errorf("%s: %s", a.Request.URL, a.Header.Get("Ik-Error"))
		}
	}

	s := serve(t, "images {\n dialect imagekit {\n  private_key k\n  web_proxy "+listed+"\n }\n "+dynamic)
	for _, form := range []string{"http://HOST/a%20b.jpg", "http:/HOST/a.jpg", url.QueryEscape("http://HOST/a.jpg?x=1"), "http://HOST/a.jpg?x=1"} {
		for _, tr := range []string{"", "tr:w-10/"} {
			ok, no := tr+strings.ReplaceAll(form, "HOST", listed), tr+strings.ReplaceAll(form, "HOST", other)
			width, height := 400, 300
			if tr != "" {
				width, height = 10, 8
			}
			s.raw(t, "/"+ok).wantsSize(t, width, height)
			s.raw(t, "/"+sign("k", no, 0)).wantsSize(t, width, height)
			refused(s.raw(t, "/"+no))
		}
	}
	s.get(t, "/red.jpg?tr=w-10").wantsSize(t, 10, 8) // files as ever
	s.raw(t, "/tr:w-10/http://"+listed+"/missing?tr-x").wants(t, 404)

	// A redirect leads out of the list only with a signature.
	away := "http://" + listed + "/a.jpg?to=" + url.QueryEscape("http://"+other+"/b.jpg")
	s.raw(t, "/"+away).wants(t, 404, "Ik-Error", "EACCES - The web server redirected to a host that may not be fetched from")
	s.raw(t, "/"+sign("k", away, 0)).wants(t, 200)
	s.raw(t, "/http://"+listed+"/a.jpg?to=/b.jpg").wants(t, 200)

	// Nor does a URL lead to here and on and on.
	s.get(t, "/http://"+listed+"/a.jpg", "CDN-Loop", "other, caddy-images").
		wants(t, 400, "Ik-Error", "EINVAL - The URL leads back to an image server")

	s = serve(t, "images {\n dialect imagekit {\n  private_key k\n  require_signature remote\n  web_proxy\n }\n "+dynamic)
	s.get(t, "/red.jpg").wants(t, 200)
	refused(s.raw(t, "/http://"+listed+"/a.jpg"))
	s.raw(t, "/"+sign("k", "http://"+listed+"/a.jpg", 0)).wants(t, 200)

	// Private networks stay closed, and what the site itself has is not asked.
	s = serve(t, "root ROOT\nimages {\n dialect imagekit {\n  private_key k\n  web_proxy "+listed+"\n }\n}\nfile_server")
	before := asked.Load()
	for _, rel := range []string{"http://" + listed + "/a.jpg", "tr:w-10/http://" + listed + "/a.jpg", sign("k", "http://"+other+"/a.jpg", 0)} {
		s.raw(t, "/"+rel).wants(t, 404, "Ik-Error", "EACCES - The address of the web server is not public; allow_private must name its network")
	}
	if asked.Load() != before {
		t.Error("a private address was connected to")
	}
	s.get(t, "/red.jpg?tr=w-10").wantsSize(t, 10, 8)

	// Without web_proxy it is the path of a file.
	s = serve(t, "images {\n dialect imagekit {\n  private_key k\n }\n origin fs ROOT\n}")
	s.raw(t, "/"+sign("k", "http://"+listed+"/a.jpg", 0)).wants(t, 404, "Ik-Error", "ENOENT - No file was found on disk at the specified path")
}

// A file of the site that is drawn with somebody else's, or instead of it, is
// still protected by the site's rules.
func TestFilesBesideAWholeURL(t *testing.T) {
	picture, err := os.ReadFile(filepath.Join(serve(t, "images").root, "red.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	listed := backend(t, func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/base.jpg") {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "image/jpeg")
		_, _ = w.Write(picture)
	})
	s := serve(t, "basic_auth /sub/* {\n who "+hash+"\n}\nimages {\n dialect imagekit {\n  web_proxy "+listed+"\n }\n origin dynamic {\n  allow_private 127.0.0.0/8\n }\n origin fs ROOT\n}")
	for file, open := range map[string]bool{"sub@@a b.jpg": false, "red.jpg": true} {
		missing, base := "http://"+listed+"/"+url.PathEscape(strings.ReplaceAll(file, "@@", "/")), "http://"+listed+"/sub/base.jpg"
		encoded := url.QueryEscape(missing)
		for _, target := range []string{
			"/tr:w-10,di-" + url.PathEscape(file) + "/" + missing,
			"/tr:w-10,di-" + url.PathEscape(file) + "/" + encoded,
			"/" + missing + "?tr=w-10,di-" + url.QueryEscape(file),
		} {
			s.raw(t, target).wants(t, map[bool]int{true: 200, false: 404}[open])
		}
		s.raw(t, "/tr:w-10,l-image,i-"+url.PathEscape(file)+",l-end/"+base).wants(t, map[bool]int{true: 200, false: 403}[open])
	}
}
