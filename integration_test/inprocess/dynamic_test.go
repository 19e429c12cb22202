package inprocess_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/internal/miniotest"
)

// URLs of Imagizer say where their original is, and those of marks and layers, as
// far as the lists go and no further.
func TestImagizerDynamicOrigins(t *testing.T) {
	listed, asked := remotePicture(t)
	other, askedOther := remotePicture(t)
	const rest = "\n }\n origin dynamic {\n  allow_private 127.0.0.0/8\n }\n origin fs ROOT\n}"
	forms := func(host string) []string {
		return []string{
			"/a.jpg?width=10&origin=http://" + host, "/a.jpg?width=10&origin=" + url.QueryEscape("http://"+host+"/below"), "/a.jpg?width=10&hostname=http://" + host,
			"/?width=10&source_url=http://" + host + "/a.jpg", "/x?width=10&source_url=" + url.QueryEscape("http://"+host+"/a.jpg?x=1"),
			"/" + url.QueryEscape("http://"+host+"/a.jpg") + "?width=10", "/a.jpg?width=10&origin64=" + base64of([]byte("http://"+host)),
		}
	}
	onIt := func(host string) []string {
		return []string{
			"/red.jpg?width=10&mark=http://" + host + "/a.jpg", "/red.jpg?width=10&mark=" + url.QueryEscape("http://"+host+"/a.jpg"),
			"/red.jpg?width=10&layers=" + url.QueryEscape(`[{"url":"http://`+host+`/a.jpg","scale":50}]`),
		}
	}
	all := func(host string) []string { return append(forms(host), onIt(host)...) }
	away := "http://" + listed + "/a.jpg?to=" + url.QueryEscape("http://"+other+"/b.jpg")

	t.Run("listed", func(t *testing.T) {
		s := serve(t, "images {\n dialect imagizer {\n  hosts_allowed "+listed+rest)
		for _, path := range all(listed) {
			s.raw(t, path).wantsSize(t, 10, 8)
		}
		before := askedOther.Load()
		for _, path := range all(other) {
			a := s.raw(t, path)
			a.wants(t, 401, "Www-Authenticate", "none")
			if e := a.Header.Get("Ik-Error"); !strings.HasPrefix(e, "EPERM - ") || !strings.HasSuffix(e, "(hosts_allowed)") {
				t.Errorf("%s: %s", path, e)
			}
		}
		const redirected = "EACCES - The web server redirected to a host that may not be fetched from"
		s.get(t, "/?source_url="+url.QueryEscape(away)).wants(t, 403, "Ik-Error", redirected)
		a := s.get(t, "/red.jpg?mark="+url.QueryEscape(away))
		a.wants(t, 403)
		if !strings.HasSuffix(a.Header.Get("Ik-Error"), strings.TrimPrefix(redirected, "EACCES - ")) {
			t.Error(a.Header.Get("Ik-Error"))
		}
		if askedOther.Load() != before {
			t.Error("a host that is not listed was asked")
		}
		s.get(t, "/?width=10&source_url="+url.QueryEscape("http://"+listed+"/a.jpg?to=/b.jpg")).wantsSize(t, 10, 8)
		s.get(t, "/?source_url="+url.QueryEscape("http://"+listed+"/missing.jpg")).wants(t, 404)
		s.get(t, "/red.jpg?width=10").wantsSize(t, 10, 8)
		before = asked.Load()
		for _, path := range all(listed) { // nor does a URL lead to here and on and on
			s.get(t, path, "CDN-Loop", "other, caddy-images").wants(t, 400, "Ik-Error", "EINVAL - The URL leads back to an image server")
		}
		if asked.Load() != before {
			t.Error("a loop goes on")
		}
		s.get(t, "/red.jpg?width=10&mark=/half.png", "CDN-Loop", "other, caddy-images").wants(t, 200)
	})
	t.Run("any", func(t *testing.T) {
		s := serve(t, "images {\n dialect imagizer {\n  allow_dynamic_origin any"+rest)
		for _, path := range append(all(listed), all(other)...) {
			s.raw(t, path).wantsSize(t, 10, 8)
		}
		s.get(t, "/?width=10&source_url="+url.QueryEscape(away)).wantsSize(t, 10, 8)
		s.get(t, "/a.jpg?bucket=photos").wants(t, 401, "Ik-Error", "EPERM - The URL names an origin that this server does not fetch from")
	})
	t.Run("off", func(t *testing.T) {
		before := asked.Load()
		for _, options := range []string{"allow_dynamic_origin off", "allow_dynamic_origin listed", ""} {
			s := serve(t, "images {\n dialect imagizer {\n  "+options+"\n }\n origin fs ROOT\n}")
			for _, path := range all(listed) {
				if strings.Contains(path, "%2Fa.jpg?") {
					s.raw(t, path).wants(t, 404) // the name of a file like any other
					continue
				}
				s.raw(t, path).wants(t, 401)
			}
		}
		if asked.Load() != before {
			t.Error("a server was asked")
		}
	})
	t.Run("private addresses", func(t *testing.T) {
		s := serve(t, "images {\n dialect imagizer {\n  allow_dynamic_origin any\n }\n origin fs ROOT\n}")
		before := asked.Load()
		for _, path := range all(listed) {
			a := s.raw(t, path)
			a.wants(t, 403)
			if e := a.Header.Get("Ik-Error"); !strings.HasSuffix(e, "The address of the web server is not public; allow_private must name its network") {
				t.Errorf("%s: %s", path, e)
			}
		}
		if asked.Load() != before {
			t.Error("a private address was connected to")
		}
	})
}

// An image in the URL is none to fetch, and no way around limits.
func TestImagizerDataURLs(t *testing.T) {
	dir := t.TempDir()
	writeOriginals(t, dir)
	picture, err := os.ReadFile(filepath.Join(dir, "half.png"))
	if err != nil {
		t.Fatal(err)
	}
	inBase64, plain := "data:image/png;base64,"+base64of(picture), "data:image/svg+xml,"+url.PathEscape(svg)
	paths := map[string][2]int{
		"/?width=20&source_url=" + url.QueryEscape(inBase64):                                 {20, 10},
		"/x/y?width=20&source_url64=" + base64of([]byte(inBase64)):                           {20, 10},
		"/?width=20&format=png&source_url=" + url.QueryEscape(plain):                         {20, 15},
		"/red.jpg?width=20&mark=" + url.QueryEscape(inBase64):                                {20, 15},
		"/red.jpg?width=20&layers=" + url.QueryEscape(`[{"url":"`+inBase64+`","scale":50}]`): {20, 15},
	}
	s := serve(t, "images {\n dialect imagizer {\n  allow_data_urls\n }\n origin fs ROOT\n}")
	for path, size := range paths {
		s.get(t, path).wantsSize(t, size[0], size[1])
	}
	whole := s.get(t, "/?source_url="+url.QueryEscape(plain))
	whole.wants(t, 200, "Content-Type", "image/svg+xml", "Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox", "X-Content-Type-Options", "nosniff")
	if string(whole.body) != svg {
		t.Errorf("%q", whole.body)
	}
	s.get(t, "/?source_url="+url.QueryEscape(plain), "If-None-Match", whole.Header.Get("Etag")).wants(t, 304)
	s.get(t, "/?source_url=data:text/html,x").wants(t, 400)
	s.get(t, "/?width=1&source_url=data:image/png,x").wants(t, 400)
	s.get(t, "/?source_url=data:image/html,%3Cscript%3Ealert(1)%3C/script%3E").wants(t, 400, "Ik-Error", "EINVAL - The data URL does not contain an image")

	small := serve(t, fmt.Sprintf("images {\n max_source_size %d\n dialect imagizer {\n  allow_data_urls\n }\n origin fs ROOT\n}", len(picture)-1))
	a := small.get(t, "/?width=20&source_url="+url.QueryEscape(inBase64))
	a.wants(t, 400)
	if !strings.HasPrefix(a.Header.Get("Ik-Error"), "ELIMIT - The original is larger than max_source_size") {
		t.Error(a.Header.Get("Ik-Error"))
	}
	closed := serve(t, "images {\n dialect imagizer {\n  allow_dynamic_origin any\n }\n origin fs ROOT\n}")
	for path := range paths {
		a := closed.get(t, path)
		a.wants(t, 401)
		if !strings.HasSuffix(a.Header.Get("Ik-Error"), "(allow_data_urls)") {
			t.Errorf("%s: %s", path, a.Header.Get("Ik-Error"))
		}
	}
}

// Other buckets than the origin's, on a real server.
func TestImagizerBuckets(t *testing.T) {
	server := miniotest.Start(t)
	dir := t.TempDir()
	writeOriginals(t, dir)
	picture, err := os.ReadFile(filepath.Join(dir, "red.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	for _, bucket := range []string{"photos", "archive", "secrets"} {
		server.MakeBucket(t, bucket)
	}
	server.Put(t, "archive", "folder/a b.jpg", picture, http.Header{"Content-Type": {"image/jpeg"}})
	server.Put(t, "secrets", "a.jpg", picture, nil)
	origin := fmt.Sprintf("origin s3 photos {\n  endpoint %s\n  region %s\n  access_key %s\n  secret_key %s\n }\n}", server.URL, miniotest.Region, server.AccessKey, server.SecretKey)
	s := serve(t, "images {\n dialect imagizer {\n  buckets_allowed archive missing\n }\n "+origin)
	for _, query := range []string{"&bucket=archive", "&bucket=archive&region=" + miniotest.Region} {
		s.get(t, "/folder/a%20b.jpg?width=10"+query).wantsSize(t, 10, 8)
	}
	s.get(t, "/folder/a%20b.jpg?width=10").wants(t, 404, "Ik-Error", "ENOENT - No file was found on S3 at the specified path")
	s.get(t, "/no.jpg?width=10&bucket=archive").wants(t, 404, "Ik-Error", "ENOENT - No file was found on S3 at the specified path")
	s.get(t, "/no.jpg?width=10&bucket=missing").wants(t, 404, "Ik-Error", "UNIDENTIFIED - The bucket was not found on S3")
	s.get(t, "/folder/a%20b.jpg?bucket=archive&region=eu-west-1").wants(t, 502, "Ik-Error", "UNIDENTIFIED - The bucket on S3 is in another region; region must name it")
	a := s.get(t, "/a.jpg?width=10&bucket=secrets")
	a.wants(t, 401)
	if !strings.HasSuffix(a.Header.Get("Ik-Error"), "(buckets_allowed)") {
		t.Error(a.Header.Get("Ik-Error"))
	}
}
