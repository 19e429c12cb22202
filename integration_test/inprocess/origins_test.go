package inprocess_test

import (
	"bytes"
	"image/color"
	"image/png"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/internal/miniotest"
)

// The responses of the origins themselves are tested beside each of them.
// These tests see it arrive at the client, as ImageKit's page of errors says
// ("404 - Not found troubleshooting").

func TestS3ThroughCaddy(t *testing.T) {
	s3 := miniotest.Start(t)
	s3.MakeBucket(t, "photos")
	files := t.TempDir()
	writeOriginals(t, files)
	for key, file := range map[string]string{"red.jpg": "red.jpg", "a b+c/ü.jpg": "red.jpg", "text.txt": "text.txt", "broken.jpg": "broken.jpg"} {
		content, err := os.ReadFile(filepath.Join(files, file))
		if err != nil {
			t.Fatal(err)
		}
		s3.Put(t, "photos", key, content, http.Header{"Content-Type": {"image/jpeg"}})
	}
	t.Setenv("CADDY_IMAGES_S3_KEY", s3.AccessKey)
	t.Setenv("CADDY_IMAGES_S3_SECRET", s3.SecretKey)
	config := func(bucket, secret string) string {
		return "images {\n origin s3 " + bucket + " {\n  region " + miniotest.Region + "\n  endpoint " + s3.URL +
			"\n  path_style\n  access_key {env.CADDY_IMAGES_S3_KEY}\n  secret_key " + secret + "\n }\n}"
	}
	s := serve(t, config("photos", "{env.CADDY_IMAGES_S3_SECRET}"))
	s.get(t, "/tr:w-100/red.jpg").wantsSize(t, 100, 75)
	s.get(t, "/tr:w-100/a%20b+c/%C3%BC.jpg").wantsSize(t, 100, 75)
	s.get(t, "/red.jpg").wantsSize(t, 400, 300)
	s.get(t, "/tr:w-1/no.jpg").wants(t, 404, "Ik-Error", "ENOENT - No file was found on S3 at the specified path")
	s.get(t, "/no.jpg").wants(t, 404, "Ik-Error", "ENOENT - No file was found on S3 at the specified path")
	s.get(t, "/tr:w-1/text.txt").wants(t, 400, "Ik-Error", "EBADMSG - The original is not an image in a format that can be read: JPEG, PNG, WebP, GIF, AVIF, HEIC, TIFF, SVG")
	if a := s.get(t, "/tr:w-1/broken.jpg"); a.StatusCode != 400 || !strings.HasPrefix(a.Header.Get("Ik-Error"), "EBADMSG - The original is damaged or truncated: it lacks ") {
		t.Errorf("a damaged original is %d, %s", a.StatusCode, a.Header.Get("Ik-Error"))
	}

	s = serve(t, config("photos", "wrong-secret"))
	a := s.get(t, "/tr:w-1/red.jpg")
	if a.wants(t, 404); a.Header.Get("Ik-Error")[:6] != "EACCES" {
		t.Errorf("a wrong secret gives %q", a.Header.Get("Ik-Error"))
	}
	s = serve(t, config("no-such-bucket", "{env.CADDY_IMAGES_S3_SECRET}"))
	s.get(t, "/tr:w-1/red.jpg").wants(t, 404, "Ik-Error", "UNIDENTIFIED - The bucket was not found on S3")
}

// The metadata of S3 marks an object as private, and its area of interest.
func TestS3Metadata(t *testing.T) {
	s3 := miniotest.Start(t)
	s3.MakeBucket(t, "photos")
	picture := stripes()
	for key, header := range map[string]http.Header{
		"private.png": {"X-Amz-Meta-Isprivatefile": {"true"}},
		"public.png":  {"X-Amz-Meta-Isprivatefile": {"false"}},
		"area.png":    {"X-Amz-Meta-Customcoordinates": {"40,0,20,20"}},
	} {
		s3.Put(t, "photos", key, picture, header)
	}
	s := serve(t, "images {\n dialect imagekit {\n  private_key k\n }\n origin s3 photos {\n  region "+miniotest.Region+"\n  endpoint "+s3.URL+
		"\n  path_style\n  access_key "+s3.AccessKey+"\n  secret_key "+s3.SecretKey+"\n }\n}")
	for _, path := range []string{"/private.png", "/tr:w-10/private.png"} {
		s.get(t, path).wants(t, 401, "Ik-Error", "EPERM - The file is private; its URL needs a signature (ik-s), or only named transformations")
	}
	s.get(t, "/tr:w-10/public.png").wants(t, 200)
	a := s.get(t, "/tr:w-20,h-20,fo-custom,f-png/area.png")
	a.wants(t, 200)
	cut, err := png.Decode(bytes.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	// Scaled by nothing, the area's columns are the stripes 4 and 5.
	at := func(x int) color.Color { return color.NRGBAModel.Convert(cut.At(x, 0)) }
	if first, last := at(0), at(19); first != stripe(4) || last != stripe(5) {
		t.Errorf("from %v to %v, want %v to %v", first, last, stripe(4), stripe(5))
	}
}

func TestWebThroughCaddy(t *testing.T) {
	files := t.TempDir()
	writeOriginals(t, files)
	addr := backend(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/base/500":
			w.WriteHeader(500)
		case "/base/loop":
			http.Redirect(w, r, "/base/loop", http.StatusFound)
		case "/base/reset":
			conn, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				_ = conn.(*net.TCPConn).SetLinger(0)
				_ = conn.Close()
			}
		case "/base/query":
			_, _ = io.WriteString(w, r.URL.RawQuery)
		default:
			http.StripPrefix("/base", http.FileServer(http.Dir(files))).ServeHTTP(w, r)
		}
	})
	s := serve(t, "images {\n origin web http://"+addr+"/base {\n  allow_private 127.0.0.0/8\n }\n}")
	s.get(t, "/tr:w-100/red.jpg").wantsSize(t, 100, 75)
	if a := s.get(t, "/query?a=1&tr=orig-true&b=%20"); string(a.body) != "a=1&b=%20" {
		t.Errorf("the origin got the query %q", a.body)
	}
	for path, want := range map[string]string{
		"no.jpg": "ENOENT - No file was found on the web server at the specified path",
		"500":    "UNIDENTIFIED - The web server responded with status 500",
		"loop":   "UNIDENTIFIED - The web server redirected too often",
		"reset":  "UNIDENTIFIED - The web server reset the connection",
	} {
		s.get(t, "/tr:w-1/"+path).wants(t, 404, "Ik-Error", want)
	}
	guarded := serve(t, "images {\n origin web http://localhost"+addr[len("127.0.0.1"):]+"\n}")
	guarded.get(t, "/tr:w-1/red.jpg").wants(t, 404, "Ik-Error", "EACCES - The address of the web server is not public; allow_private must name its network")
	unresolved := serve(t, "images {\n origin web https://no-such-host.invalid\n}")
	unresolved.get(t, "/tr:w-1/red.jpg").wants(t, 404, "Ik-Error", "ENOTFOUND - The name of the web server does not resolve")
}

// Several origins are asked in order. Only "not there" goes on, unless more is
// said to.
func TestOriginsInOrder(t *testing.T) {
	refused := "origin web http://127.0.0.1:1 {\n allow_private 127.0.0.0/8\n}\n"
	s := serve(t, "images {\n origin fs ROOT/sub\n origin fs ROOT\n}")
	s.get(t, "/tr:w-100/red.jpg").wants(t, 200)
	s.get(t, "/tr:w-100/a%20b.jpg").wants(t, 200)
	s.get(t, "/tr:w-100/no.jpg").wants(t, 404, "Ik-Error", "ENOENT - No file was found at any origin at the specified path")

	s = serve(t, "images {\n"+refused+"origin fs ROOT\n}")
	s.get(t, "/tr:w-100/red.jpg").wants(t, 404, "Ik-Error", "ECONNREFUSED - The web server refused the connection")

	s = serve(t, "images {\n"+refused+"origin fs ROOT\n go_on refused\n}")
	s.get(t, "/tr:w-100/red.jpg").wants(t, 200)
	s.get(t, "/tr:w-100/no.jpg").wants(t, 404, "Ik-Error", "ECONNREFUSED - The web server refused the connection")
}

// An origin fs without a root has the site's, as file_server does, whichever the
// request is for.
func TestRootOfTheSite(t *testing.T) {
	s := serve(t, "@sub header X-Site sub\nroot @sub ROOT/sub\nroot /none/* ROOT/none\nimages {\n origin fs\n}")
	const none = "UNIDENTIFIED - The site has no root directory; set one for the origin, or with the directive root"
	s.get(t, "/red.jpg?tr=w-10").wants(t, 404, "Ik-Error", none)
	s.get(t, "/a%20b.jpg?tr=w-10", "X-Site", "sub").wantsSize(t, 10, 8)
	s.get(t, "/tr:w-10/a%20b.jpg", "X-Site", "sub").wantsSize(t, 10, 8)
	s.get(t, "/red.jpg?tr=w-10", "X-Site", "sub").wants(t, 404)
	s.get(t, "/a%20b.jpg?tr=w-10").wants(t, 404, "Ik-Error", none)
}
