package inprocess_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const bearer = "Bearer s3cret-token"

// form returns a form with a file, and fields given as name and value.
func form(t *testing.T, file []byte, fields ...string) (body *bytes.Buffer, contentType string) {
	t.Helper()
	body = new(bytes.Buffer)
	w := multipart.NewWriter(body)
	for i := 0; i < len(fields); i += 2 {
		if err := w.WriteField(fields[i], fields[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if file != nil {
		part, err := w.CreateFormFile("file", "a.jpg")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(file); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return body, w.FormDataContentType()
}

// post sends a body; each header is a name and a value.
func (s site) post(t *testing.T, path string, body io.Reader, contentType string, headers ...string) answer {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, s.url+path, body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Add(headers[i], headers[i+1])
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answered, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp, answered}
}

// sendForm posts a form with the token.
func (s site) sendForm(t *testing.T, path string, file []byte, fields ...string) answer {
	t.Helper()
	body, contentType := form(t, file, fields...)
	return s.post(t, path, body, contentType, "Authorization", bearer)
}

func servePost(t *testing.T, options string) (s site, picture []byte) {
	t.Helper()
	t.Setenv("CADDY_IMAGES_TOKEN", "s3cret-token")
	s = serve(t, "images {\n dialect imagizer {\n  endpoint /img\n  preset small width=20\n  post {\n   token other {env.CADDY_IMAGES_TOKEN}\n   max_size 100KiB\n  }\n  "+options+"\n }\n origin fs ROOT\n}\nrespond other")
	picture, err := os.ReadFile(filepath.Join(s.root, "red.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	return s, picture
}

func TestPost(t *testing.T) {
	s, picture := servePost(t, "")
	for _, tt := range []struct {
		path   string
		fields []string
		width  int
		height int
	}{
		{"/img", []string{"width", "100"}, 100, 75},
		{"/img/", []string{"width", "100", "height", "100", "crop", "fit"}, 100, 100},
		{"/img/?width=40", nil, 40, 30},
		{"/img?width=40", []string{"width", "20"}, 20, 15}, // the form comes behind the URL
		{"/img", []string{"width", "20", "width", "40"}, 40, 30},
		{"/img", []string{"width64", "NDA"}, 40, 30},
		{"/img", []string{"preset", "small"}, 20, 15},
		{"/img", []string{"width", "", "height", "30"}, 40, 30},
		{"/img", []string{"unknown", "a=b&c", "w", "40"}, 40, 30},
		{"/img", []string{"width", "40", "mark", "/half.png", "mark_scale", "50"}, 40, 30},
		{"/img", []string{"width", "40", "layers", `[{"url":"/sub/a b.jpg","scale":50}]`}, 40, 30},
	} {
		a := s.sendForm(t, tt.path, picture, tt.fields...)
		a.wants(t, 200, "Content-Type", "image/jpeg", "Cache-Control", "no-store", "Etag", "none", "X-Content-Type-Options", "nosniff")
		a.wantsSize(t, tt.width, tt.height)
	}
	if a := s.sendForm(t, "/img", picture); !bytes.Equal(a.body, picture) {
		t.Errorf("asking for nothing gives %d %q", a.StatusCode, a.Header.Get("Ik-Error"))
	}
	// Conditions and ranges are about what is read.
	body, contentType := form(t, picture, "width", "10")
	s.post(t, "/img", body, contentType, "Authorization", bearer, "If-None-Match", "*", "Range", "bytes=0-1").wantsSize(t, 10, 8)
	a := s.sendForm(t, "/img", []byte(svg), "format", "auto")
	a.wants(t, 200, "Content-Type", "image/svg+xml", "Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox")
	s.get(t, "/img/red.jpg?width=10").wantsSize(t, 10, 8)
	if a := s.sendForm(t, "/elsewhere", picture); string(a.body) != "other" {
		t.Errorf("a POST elsewhere gives %q", a.body)
	}
}

func TestPostByCurl(t *testing.T) {
	curl, err := exec.LookPath("curl")
	if err != nil {
		t.Skip("there is no curl")
	}
	s, _ := servePost(t, "")
	out := filepath.Join(t.TempDir(), "out.jpg")
	status, err := exec.Command(curl, "-s", "-o", out, "-w", "%{http_code} %{content_type}", "-H", "Authorization: "+bearer,
		"-F", "file=@"+filepath.Join(s.root, "red.jpg"), "-F", "width=40", s.url+"/img?height=30").Output()
	if err != nil || string(status) != "200 image/jpeg" {
		t.Fatalf("%s, %v", status, err)
	}
	body, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	answer{&http.Response{Request: &http.Request{}}, body}.wantsSize(t, 40, 30)
}

// A request without a token is refused, and its body is not read.
func TestPostTakesAToken(t *testing.T) {
	s, picture := servePost(t, "")
	for _, headers := range [][]string{
		nil, {"Authorization", ""}, {"Authorization", "Bearer"}, {"Authorization", "Bearer "}, {"Authorization", "Bearer s3cret-toke"}, {"Authorization", "Bearer s3cret-token2"},
		{"Authorization", "Basic s3cret-token"}, {"Authorization", "s3cret-token"}, {"Authorization", "Bearer {env.CADDY_IMAGES_TOKEN}"}, {"Authorization", "Bearer S3CRET-TOKEN"},
		{"X-Authorization", bearer}, {"Cookie", "Authorization=" + bearer},
	} {
		body, contentType := form(t, picture, "width", "10")
		s.post(t, "/img", body, contentType, headers...).wants(t, 401, "Www-Authenticate", "Bearer", "Cache-Control", "no-store",
			"Ik-Error", "EPERM - The request needs a valid token in the header Authorization: Bearer")
	}
	for _, header := range []string{bearer, "bearer s3cret-token", "Bearer other"} {
		body, contentType := form(t, picture, "width", "10")
		s.post(t, "/img", body, contentType, "Authorization", header).wantsSize(t, 10, 8)
	}
	read := make(chan struct{})
	s.post(t, "/img", io.MultiReader(strings.NewReader(strings.Repeat("x", 10)), readerFunc(func([]byte) (int, error) {
		select {
		case <-read:
		case <-t.Context().Done():
		}
		return 0, io.EOF
	})), "multipart/form-data; boundary=x").wants(t, 401)
	close(read)

	open := serve(t, "images {\n dialect imagizer {\n  post {\n   open\n  }\n }\n origin fs ROOT\n}")
	body, contentType := form(t, picture, "width", "10")
	open.post(t, "/", body, contentType).wantsSize(t, 10, 8)

	off := serve(t, "images {\n dialect imagizer\n origin fs ROOT\n}")
	body, contentType = form(t, picture, "width", "10")
	off.post(t, "/", body, contentType, "Authorization", bearer).wants(t, 405, "Allow", "GET, HEAD", "Ik-Error", "ENOTSUP - Images are read with GET or HEAD")
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// What is wrong with a form is said.
func TestPostRefuses(t *testing.T) {
	s, picture := servePost(t, "image_params_allowed width\n  image_param_validations {\n   width max 100\n  }")
	for _, tt := range []struct {
		what        string
		body        []byte
		contentType string
		status      int
		error       string
	}{
		{"no form", picture, "image/jpeg", 400, "EINVAL - The request takes multipart/form-data with the image in the field file"},
		{"no type", nil, "", 400, "EINVAL - The request takes multipart/form-data"},
		{"a plain form", []byte("width=10"), "application/x-www-form-urlencoded", 400, "EINVAL - The request takes multipart/form-data"},
		{"no boundary", nil, "multipart/form-data", 400, "EINVAL - The request takes multipart/form-data"},
		{"a long boundary", nil, "multipart/form-data; boundary=" + strings.Repeat("b", 71), 400, "EINVAL - The request takes multipart/form-data"},
		{"nothing", nil, "multipart/form-data; boundary=b", 400, "EINVAL - The body is not valid multipart/form-data, or is truncated"},
		{"something else", []byte("hello"), "multipart/form-data; boundary=b", 400, "EINVAL - The body is not valid multipart/form-data, or is truncated"},
		{"breaks off", []byte("--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nabc"), "multipart/form-data; boundary=b", 400, "EINVAL - The body is not valid multipart/form-data, or is truncated"},
		{"no file", []byte("--b--\r\n"), "multipart/form-data; boundary=b", 400, "EINVAL - The form has no field file, which holds the image"},
		{"no picture", []byte("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=a.jpg\r\n\r\nabc\r\n--b--\r\n"), "multipart/form-data; boundary=b", 400, "EBADMSG - The file is not an image in a format that can be read"},
		{"two files", []byte(strings.Repeat("--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nabc\r\n", 2) + "--b--\r\n"), "multipart/form-data; boundary=b", 400, "EINVAL - The form has the field file more than once"},
		{"another file", []byte("--b\r\nContent-Disposition: form-data; name=\"image\"; filename=a.jpg\r\n\r\nabc\r\n--b--\r\n"), "multipart/form-data; boundary=b", 400, "EINVAL - The form has a file in the field \"image\"; it takes one file, in the field file"},
		{"a large header", []byte("--b\r\nContent-Disposition: form-data; name=\"file\"\r\nX: " + strings.Repeat("x", 30<<10) + "\r\n\r\nabc\r\n--b--\r\n"), "multipart/form-data; boundary=b", 400, "ELIMIT - The header of a field of the form has more than 16384 bytes"},
		{"many headers", []byte("--b\r\n" + strings.Repeat("X: y\r\n", 8000) + "\r\nabc\r\n--b--\r\n"), "multipart/form-data; boundary=b", 400, "ELIMIT - The header of a field of the form has more than 16384 bytes"},
		{"many fields", []byte(strings.Repeat("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n", 129) + "--b--\r\n"), "multipart/form-data; boundary=b", 400, "ELIMIT - The form has more than 128 fields"},
		{"a large field", []byte("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n" + strings.Repeat("x", 600<<10) + "\r\n--b--\r\n"), "multipart/form-data; boundary=b", 400, "ELIMIT - The fields of the form except file have more than 512 KiB"},
		{"a large file", []byte("--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n" + strings.Repeat("x", 100<<10+1) + "\r\n--b--\r\n"), "multipart/form-data; boundary=b", 400, "ELIMIT - The file is larger than post max_size, 100 KiB"},
		{"a very large file", []byte("--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n" + strings.Repeat("x", 3<<20) + "\r\n--b--\r\n"), "multipart/form-data; boundary=b", 400, "ELIMIT - The file is larger than post max_size, 100 KiB"},
	} {
		t.Run(tt.what, func(t *testing.T) {
			for what, body := range map[string]io.Reader{"announced": bytes.NewReader(tt.body), "in chunks": struct{ io.Reader }{bytes.NewReader(tt.body)}} {
				a := s.post(t, "/img", body, tt.contentType, "Authorization", bearer)
				a.wants(t, tt.status, "Cache-Control", "no-store")
				if got := a.Header.Get("Ik-Error"); !strings.HasPrefix(got, tt.error) {
					t.Errorf("%s: %s", what, got)
				}
			}
		})
	}
	for _, tt := range []struct {
		fields []string
		status int
		error  string
	}{
		{[]string{"width", "abc"}, 400, "EINVAL - width is \"abc\""},
		{[]string{"width", "101"}, 400, "EINVAL - width is \"101\"; this server takes 100 or less (image_param_validations)"},
		{[]string{"quality", "10"}, 401, "EPERM - The URL has the parameter \"quality\", which this server does not allow (image_params_allowed)"},
	} {
		a := s.sendForm(t, "/img", picture, tt.fields...)
		a.wants(t, tt.status)
		if !strings.HasPrefix(a.Header.Get("Ik-Error"), tt.error) {
			t.Errorf("%q: %s", tt.fields, a.Header.Get("Ik-Error"))
		}
	}
	// Nothing is stored.
	for _, path := range []string{"/img/red.jpg", "/img/new.jpg?width=10", "/img/40x/red.jpg"} {
		s.sendForm(t, path, picture).wants(t, 405, "Allow", "GET, HEAD", "Ik-Error", "ENOTSUP - Images are posted to the endpoint itself and are not stored under a path")
	}
	body, contentType := form(t, picture)
	req, err := http.NewRequest(http.MethodPut, s.url+"/img", body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	answer{resp, nil}.wants(t, 405, "Allow", "GET, HEAD, POST")
}

func TestPostRefusesWhatIsElsewhere(t *testing.T) {
	s, picture := servePost(t, "allow_dynamic_origin any\n  allow_data_urls")
	for _, fields := range [][]string{{"origin", "https://www.example.com"}, {"source_url", "https://www.example.com/a.jpg"}, {"bucket", "photos"}, {"source_url", "data:image/png;base64,AAAA"}, {"cache_processed", "true"}, {"cache_queries", "[]"}} {
		a := s.sendForm(t, "/img", picture, append(fields, "width", "10")...)
		a.wants(t, 400)
		if !strings.HasPrefix(a.Header.Get("Ik-Error"), "EINVAL - ") {
			t.Errorf("%q: %s", fields, a.Header.Get("Ik-Error"))
		}
	}
}

// The limits of an original hold, and what protects a path protects it from forms
// that name it.
func TestPostIsUnderTheSameRules(t *testing.T) {
	s := serve(t, "basic_auth /sub/* {\n who "+hash+"\n}\nimages {\n max_pixels 100000\n max_dimension 300\n dialect imagizer {\n  post {\n   token s3cret-token\n  }\n  preset marked \"width=40&mark=/sub/a%20b.jpg\"\n }\n origin fs ROOT\n}")
	read := func(name string) []byte {
		content, err := os.ReadFile(filepath.Join(s.root, name))
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
	a := s.sendForm(t, "/", read("red.jpg"), "width", "10")
	a.wants(t, 400, "Ik-Error", "ELIMIT - The original has 120000 pixels, more than max_pixels, 100000")
	s.sendForm(t, "/", read("half.png"), "width", "301", "height", "10", "crop", "fit").wants(t, 400)
	for _, path := range []string{"/", "/?mark=/sub/a%20b.jpg"} {
		s.sendForm(t, path, read("half.png"), "mark", "/sub/a%20b.jpg").wants(t, 403)
		s.sendForm(t, path, read("half.png"), "layers", `[{"url":"/sub/a b.jpg"}]`, "mark", "/half.png").wants(t, 403)
	}
	s.sendForm(t, "/", read("half.png"), "mark", "/icon.svg").wants(t, 200)
	s.sendForm(t, "/", read("half.png"), "mark", "/no.jpg").wants(t, 404)
}

// Who is asked for the file of a layer hears nothing of what came with the form.
func TestPostKeepsItsTokenToItself(t *testing.T) {
	var asked atomic.Int32
	addr := backend(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		body, err := io.ReadAll(r.Body)
		if r.Method != http.MethodGet || r.URL.Path != "/half.svg" || r.Header.Get("Authorization") != "" || r.Header.Get("Content-Type") != "" || len(body) > 0 || err != nil {
			t.Errorf("%s %s with %v and %d bytes", r.Method, r.URL, r.Header, len(body))
		}
		w.Header().Set("Content-Type", "image/svg+xml")
		fmt.Fprint(w, svg)
	})
	s := serve(t, "images {\n dialect imagizer {\n  post {\n   token s3cret-token\n  }\n }\n}\nreverse_proxy "+addr)
	s.sendForm(t, "/", []byte(svg), "width", "20", "mark", "/half.svg").wantsSize(t, 20, 15)
	if asked.Load() != 1 {
		t.Errorf("asked %d times", asked.Load())
	}
}

// A file that comes too slowly does not keep its connection for ever.
func TestPostInTime(t *testing.T) {
	s := serve(t, "images {\n fetch_timeout 200ms\n dialect imagizer {\n  post {\n   open\n  }\n }\n origin fs ROOT\n}")
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: %s\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000\r\n\r\n--b\r\n", strings.TrimPrefix(s.url, "http://"))
	_ = conn.SetReadDeadline(time.Now().Add(patience))
	said, err := io.ReadAll(conn)
	if !strings.HasPrefix(string(said), "HTTP/1.1 400 ") || !strings.Contains(string(said), "ELIMIT - The file did not arrive within fetch_timeout, 200ms") {
		t.Errorf("%q, %v", said, err)
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("the connection is kept")
	}
}

// A file of the site that has the name that a sent image has here is
// protected as every other.
func TestPostedLayerNamedAsTheUpload(t *testing.T) {
	s := serve(t, "basic_auth /upload* {\n who "+hash+"\n}\nimages {\n dialect imagizer {\n  post {\n   open\n  }\n }\n origin fs ROOT\n}")
	s.addFile(t, "upload", logo)
	s.addFile(t, "blue.png", logo)
	body, contentType := form(t, logo, "mark", "/upload")
	s.post(t, "/", body, contentType).wants(t, 403)
	body, contentType = form(t, logo, "mark", "/blue.png")
	s.post(t, "/", body, contentType).wants(t, 200)
}
