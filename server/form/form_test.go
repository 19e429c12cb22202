package form

import (
	"bytes"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/errors"
)

// Whatever somebody sends as a form: what comes of it is within the limits, or an
// error for the client.
func FuzzForm(f *testing.F) {
	const head = "--b\r\nContent-Disposition: form-data; name=\""
	for _, body := range []string{
		"", "--b--", head + "file\"; filename=\"a.jpg\"\r\n\r\npicture\r\n--b--\r\n", head + "width\"\r\n\r\n100\r\n" + head + "file\"\r\n\r\npicture\r\n--b--",
		head + "file\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=41=\r\n--b--", head + strings.Repeat("x", 20<<10), head + "\"\r\n\r\n\r\n--b--", strings.Repeat("preamble\r\n", 3000),
	} {
		f.Add([]byte(body), "multipart/form-data; boundary=b")
	}
	f.Add([]byte("x"), "multipart/form-data; boundary*=utf-8''%ff")
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		sent, err := read(t.Context(), bytes.NewReader(body), contentType, 1000)
		if err != nil {
			if kind := errors.From(err).Kind; kind != errors.BadTransform && kind != errors.Limit {
				t.Errorf("%v", err)
			}
			return
		}
		if len(sent.File.Body) > 1000 || len(sent.Query) > 4*mostOfFields {
			t.Errorf("%d bytes of file, %d of query", len(sent.File.Body), len(sent.Query))
		}
		if strings.ContainsAny(sent.Query, " #?\r\n") {
			t.Errorf("query %q", sent.Query)
		}
	})
}
