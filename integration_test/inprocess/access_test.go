package inprocess_test

import (
	"bufio"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// raw sends a request whose target is exactly that, byte by byte.
func (s site) raw(t *testing.T, target string) answer {
	t.Helper()
	c := s.connect(t)
	defer c.conn.Close()
	return c.get(t, target)
}

// connection is one to a site, for requests whose targets are sent byte by byte.
type connection struct {
	site   site
	conn   net.Conn
	reader *bufio.Reader
}

// connect opens a connection, which is closed at the end of the test.
func (s site) connect(t *testing.T) *connection {
	t.Helper()
	c := &connection{site: s}
	c.dial(t)
	t.Cleanup(func() { _ = c.conn.Close() })
	return c
}

func (c *connection) dial(t *testing.T) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(c.site.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	c.conn, c.reader = conn, bufio.NewReader(conn)
}

// get sends a request, on a new connection where the server has closed the one before.
func (c *connection) get(t *testing.T, target string) answer {
	t.Helper()
	_ = c.conn.SetDeadline(time.Now().Add(time.Minute))
	fmt.Fprintf(c.conn, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", target, strings.TrimPrefix(c.site.url, "http://"))
	req, err := http.NewRequest(http.MethodGet, c.site.url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.URL.Opaque = target // for messages
	resp, err := http.ReadResponse(c.reader, req)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.Close {
		_ = c.conn.Close()
		c.dial(t)
	}
	return answer{resp, body}
}

// sign signs a path below the endpoint, with its query, as ImageKit's SDKs do. An
// expiry of 0 is none.
func sign(key, rel string, expiry int64) string {
	text, query := "9999999999", "?"
	if strings.Contains(rel, "?") {
		query = "&"
	}
	if expiry != 0 {
		text = strconv.FormatInt(expiry, 10)
		query += "ik-t=" + text + "&"
	}
	mac := hmac.New(sha1.New, []byte(key))
	mac.Write([]byte(rel + text))
	return rel + query + "ik-s=" + hex.EncodeToString(mac.Sum(nil))
}

const notRight = "EPERM - The signature (ik-s) is not valid for this URL"

// The URLs that ImageKit's SDKs sign get through to the origin, which has no such
// files; changed ones do not.
func TestSignedVectors(t *testing.T) {
	text, err := os.ReadFile("../../transform/imagekit/testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Vectors []struct {
			URL, Endpoint string
			PrivateKey    string `json:"private_key"`
		}
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	var directives strings.Builder
	endpoints := map[string]bool{}
	var targets []string
	for _, v := range file.Vectors {
		if v.PrivateKey == "" {
			continue
		}
		if !endpoints[v.Endpoint] {
			endpoints[v.Endpoint] = true
			fmt.Fprintf(&directives, "handle %[1]s/* {\n images {\n  dialect imagekit {\n   endpoint %[1]s\n   private_key rotated %[2]s\n   require_signature on\n  }\n  origin fs ROOT\n }\n}\n", v.Endpoint, v.PrivateKey)
		}
		_, target, _ := strings.Cut(strings.TrimPrefix(v.URL, "https://"), "/")
		targets = append(targets, "/"+target)
	}
	if len(targets) != 18 {
		t.Fatalf("there are %d signed vectors, want 18", len(targets))
	}
	s := serve(t, directives.String())
	for _, target := range targets {
		if a := s.raw(t, target); a.StatusCode != 404 && a.StatusCode != 400 {
			t.Errorf("%s: %d %s", target, a.StatusCode, a.Header.Get("Ik-Error"))
		}
		signature := strings.Index(target, "ik-s=") + len("ik-s=")
		file := strings.LastIndex(target[:strings.IndexAny(target, "?")], "/") + 1
		for _, at := range []int{file, signature, signature + 20, len(target) - 1} {
			s.raw(t, target[:at]+string(target[at]^1)+target[at+1:]).wants(t, 401, "Ik-Error", notRight, "Cache-Control", "no-store")
		}
		s.raw(t, target+"&w=1").wants(t, 401, "Ik-Error", notRight)
		s.raw(t, target[:signature-len("?ik-s=")]).wants(t, 401, "Ik-Error", "EPERM - The URL is not signed; it needs ik-s")
	}
}

// The signature is about what the client sent, whatever became of it before the
// handler saw it.
func TestSignaturesBehindRewrites(t *testing.T) {
	const options = "dialect imagekit {\n   private_key k\n   require_signature on\n  }\n  origin fs ROOT"
	for name, tt := range map[string]struct{ directives, prefix string }{
		"plain":        {"images {\n " + options + "\n}", "/"},
		"handle_path":  {"handle_path /media/* {\n images {\n " + options + "\n }\n}", "/media/"},
		"uri":          {"uri strip_prefix /media\nimages {\n " + options + "\n}", "/media/"},
		"rewrite":      {"rewrite /media/* /shop{uri}\nhandle_path /shop/media/* {\n images {\n " + options + "\n }\n}", "/media/"},
		"encodes anew": {"rewrite {path}\nimages {\n " + options + "\n}", "/"},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, tt.directives)
			for _, rel := range []string{"red.jpg", "tr:w-10/red.jpg", "tr%3Aw-10/red.jpg", "red.jpg?tr=w-10", "red.jpg?tr=w%2D10&v=2", "tr:w-10/sub/a%20b.jpg?v=2", "tr:w-10/s%75b/a%20b.jpg"} {
				s.raw(t, tt.prefix+sign("k", rel, 0)).wants(t, 200)
				s.raw(t, tt.prefix+sign("k", rel, 0)+"&x").wants(t, 401)
				s.raw(t, tt.prefix+rel).wants(t, 401)
				s.raw(t, tt.prefix+strings.Replace(sign("k", rel, 0), "w", "h", 1)).wants(t, map[bool]int{true: 401, false: 200}[strings.Contains(rel, "w")])
			}
		})
	}
}

func TestSignatureIsCheckedWhereNoneIsRequired(t *testing.T) {
	s := serve(t, "images {\n dialect imagekit {\n  private_key k\n }\n origin fs ROOT\n}")
	s.get(t, "/red.jpg").wants(t, 200)
	s.get(t, "/"+sign("k", "red.jpg", 0)).wants(t, 200)
	s.get(t, "/"+sign("other", "red.jpg", 0)).wants(t, 401, "Ik-Error", notRight)
	s.get(t, "/"+sign("k", "red.jpg", 1000000000)).wants(t, 401, "Ik-Error", "EPERM - The signature has expired (ik-t)")

	s = serve(t, "images {\n origin fs ROOT\n}")
	s.get(t, "/"+sign("other", "red.jpg", 0)).wants(t, 200)
}

// Nothing passes the handler by, where signatures are required.
func TestRequiredSignatureBeforeTheNextHandler(t *testing.T) {
	s := serve(t, "root ROOT\nimages {\n dialect imagekit {\n  private_key k\n  require_signature on\n }\n}\nfile_server")
	for _, path := range []string{"/red.jpg", "/text.txt", "/", "/red.jpg?tr=w-10", "/tr:w-10/red.jpg", "/tr:nonsense/red.jpg", "/a/../red.jpg"} {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
			s.ask(t, method, path).wants(t, 401)
		}
	}
	s.get(t, "/"+sign("k", "red.jpg", 0)).wantsSize(t, 400, 300)
	s.get(t, "/"+sign("k", "tr:w-10/red.jpg", 0)).wantsSize(t, 10, 8)
	s.get(t, "/"+sign("k", "text.txt", 0)).wants(t, 200)
}

// The handlers behind may clean paths; what they then find below the endpoint needs
// a signature all the same.
func TestRequiredSignatureOfHiddenPaths(t *testing.T) {
	s := serve(t, "root ROOT\nimages {\n dialect imagekit {\n  endpoint /sub\n  private_key k\n  require_signature on\n }\n}\nfile_server")
	for _, target := range []string{"/sub/a%20b.jpg", "//sub/a%20b.jpg", "/./sub/a%20b.jpg", "/x/../sub/a%20b.jpg", "/%2e/sub/a%20b.jpg", "/%2Fsub/a%20b.jpg"} {
		s.raw(t, target).wants(t, 401)
	}
	s.raw(t, "/red.jpg").wants(t, 200)
	s.raw(t, "//red.jpg").wants(t, 200)
}

// No cache keeps what a signature shows for longer than the signature.
func TestSignedAnswersExpire(t *testing.T) {
	for _, cacheControl := range []string{"", "cache_control \"public, max-age=999999, stale-while-revalidate=60\"", "cache_control origin"} {
		s := serve(t, "images {\n dialect imagekit {\n  private_key k\n }\n origin fs ROOT\n "+cacheControl+"\n}")
		expiry := time.Now().Add(time.Hour).Unix()
		a := s.get(t, "/"+sign("k", "red.jpg?tr=w-10", expiry))
		a.wants(t, 200)
		wantsAge(t, a, 3600)
		b := s.get(t, "/"+sign("k", "red.jpg?tr=w-10", expiry), "If-None-Match", a.Header.Get("Etag"))
		b.wants(t, 304)
		wantsAge(t, b, 3600)
		c := s.get(t, "/"+sign("k", "no.jpg?tr=w-10,di-half.png", time.Now().Add(30*time.Second).Unix()))
		c.wants(t, 200)
		wantsAge(t, c, 30)
	}
	s := serve(t, "root ROOT\nimages {\n dialect imagekit {\n  private_key k\n }\n}\nfile_server")
	for _, rel := range []string{"red.jpg", "text.txt?tr=w-10"} {
		a := s.get(t, "/"+sign("k", rel, time.Now().Add(time.Minute).Unix()))
		a.wants(t, 200)
		wantsAge(t, a, 60)
	}
}

// wantsAge checks that a response may be kept for at most so many seconds,
// and not for much less.
func wantsAge(t *testing.T, a answer, most int) {
	t.Helper()
	value := a.Header.Get("Cache-Control")
	var age int
	for d := range strings.SplitSeq(value, ", ") {
		if seconds, ok := strings.CutPrefix(d, "max-age="); ok {
			age, _ = strconv.Atoi(seconds)
		}
	}
	if age > most || age < most-30 || !strings.Contains(value, "must-revalidate") || strings.Contains(value, "stale") {
		t.Errorf("%s: Cache-Control is %q, want a max-age of %d at most", a.Request.URL, value, most)
	}
}

// A private file is shown to those with a signed URL only, the original and its
// variants, whichever origin it has.
func TestPrivateFiles(t *testing.T) {
	picture, err := os.ReadFile(filepath.Join(serve(t, "images").root, "red.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	addr := backend(t, func(w http.ResponseWriter, r *http.Request) {
		switch name := strings.TrimPrefix(r.URL.Path, "/"); {
		case strings.HasPrefix(name, "private"):
			w.Header().Set("Is-Private-File", "true")
		case strings.HasPrefix(name, "metadata"):
			w.Header().Set("X-Amz-Meta-Isprivatefile", "True")
		case strings.HasPrefix(name, "slip"):
			w.Header().Set("Is-Private-File", "yes")
		default:
			w.Header().Set("Is-Private-File", "false")
		}
		w.Header().Set("Etag", `"1"`)
		switch {
		case strings.Contains(r.URL.Path, "text"):
			w.Header().Set("Content-Type", "text/plain")
			_, _ = io.WriteString(w, "secret")
		case strings.HasSuffix(r.URL.Path, ".svg"):
			w.Header().Set("Content-Type", "image/svg+xml")
			_, _ = io.WriteString(w, svg)
		case r.Header.Get("If-None-Match") != "":
			w.WriteHeader(304)
		default:
			w.Header().Set("Content-Type", "image/jpeg")
			if strings.Contains(r.URL.Path, "kept") {
				w.Header().Set("Cache-Control", "no-transform")
			}
			_, _ = w.Write(picture)
		}
	})
	const private = "EPERM - The file is private; its URL needs a signature (ik-s), or only named transformations"
	for name, origin := range map[string]string{
		"web":  "origin web http://" + addr + " {\n  allow_private 127.0.0.0/8\n }\n}",
		"next": "}\nreverse_proxy " + addr,
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, "images {\n dialect imagekit {\n  private_key k\n }\n "+origin)
			for _, file := range []string{"private.jpg", "metadata.jpg", "slip.jpg", "private-text", "private-kept.jpg"} {
				for _, rel := range []string{file, file + "?tr=w-10", "tr:w-10/" + file, file + "?tr=orig-true"} {
					for _, headers := range [][]string{nil, {"If-None-Match", "*"}, {"Range", "bytes=0-1"}} {
						s.ask(t, http.MethodGet, "/"+rel, headers...).wants(t, 401, "Ik-Error", private, "Etag", "none", "Cache-Control", "no-store")
						s.ask(t, http.MethodHead, "/"+rel, headers...).wants(t, 401)
					}
					if a := s.get(t, "/"+sign("k", rel, 0)); a.StatusCode == 401 {
						t.Errorf("%s is refused though it is signed: %s", rel, a.Header.Get("Ik-Error"))
					}
				}
			}
			s.get(t, "/public.jpg").wants(t, 200)
			s.get(t, "/public.jpg?tr=w-10").wantsSize(t, 10, 8)
			s.get(t, "/"+sign("k", "private.jpg?tr=w-10", 0)).wantsSize(t, 10, 8)

			// Nothing but names shows a private file, but never the file itself.
			s = serve(t, "images {\n dialect imagekit {\n  private_key k\n  named thumb w-10\n  named asis orig-true\n  named svg f-svg\n  named auto w-auto\n }\n "+origin)
			for _, rel := range []string{"private.jpg?tr=n-thumb", "tr:n-thumb/private.jpg", "tr:n-thumb:n-thumb/private.jpg"} {
				s.get(t, "/"+rel).wantsSize(t, 10, 8)
			}
			for _, rel := range []string{"private.jpg?tr=n-thumb,q-50", "tr:n-thumb:rt-90/private.jpg", "private.jpg?tr=n-asis", "private.svg?tr=n-svg", "private.svg?tr=n-auto", "private-kept.jpg?tr=orig-true,n-thumb"} {
				s.get(t, "/"+rel).wants(t, 401, "Ik-Error", private)
			}
			if name == "next" {
				for _, file := range []string{"private-kept.jpg", "private-text"} {
					s.get(t, "/"+file+"?tr=n-thumb").wants(t, 401, "Ik-Error", private)
				}
			}

			s = serve(t, "images {\n "+origin)
			for _, rel := range []string{"private.jpg", "private.jpg?tr=w-10", sign("", "private.jpg", 0)} {
				s.get(t, "/"+rel).wants(t, 401, "Ik-Error", "EPERM - The file is private, and there is no private_key to sign its URL with")
			}
		})
	}
}

// Keys reach neither messages nor the log.
func TestKeysStaySecret(t *testing.T) {
	t.Setenv("CADDY_IMAGES_KEY", "hunter2hunter2")
	s := serve(t, "images {\n dialect imagekit {\n  private_key {env.CADDY_IMAGES_KEY}\n  require_signature on\n }\n origin fs ROOT\n}")
	s.get(t, "/"+sign("hunter2hunter2", "red.jpg", 0)).wants(t, 200)
	a := s.get(t, "/"+sign("hunter3", "red.jpg", 0))
	a.wants(t, 401)
	log, err := os.ReadFile(s.log)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{fmt.Sprint(a.Header), string(a.body), string(log)} {
		if strings.Contains(text, "hunter2") {
			t.Errorf("the key is shown: %s", text)
		}
	}
}

func TestRestrictUnnamed(t *testing.T) {
	s := serve(t, "images {\n dialect imagekit {\n  named thumb w-10\n  named old w-20 disabled\n  restrict_unnamed\n }\n origin fs ROOT\n}")
	s.get(t, "/red.jpg").wants(t, 200)
	s.get(t, "/red.jpg?tr=n-thumb").wantsSize(t, 10, 8)
	s.get(t, "/tr:n-thumb/red.jpg").wantsSize(t, 10, 8)
	for rel, want := range map[string]string{
		"/tr:w-10/red.jpg":         `EINVAL - Bad Image Transformation Request: "w-10" has no name; this server takes named transformations (n-) only`,
		"/red.jpg?tr=n-thumb,w-10": `EINVAL - Bad Image Transformation Request: "w-10" has no name; this server takes named transformations (n-) only`,
		"/red.jpg?tr=n-old":        `EINVAL - n is "old", a named transformation that is disabled (character 1)`,
		"/red.jpg?tr=n-other":      `EINVAL - n is "other", which is not the name of a transformation (character 1)`,
	} {
		s.get(t, rel).wants(t, 400, "Ik-Error", want)
	}
}
