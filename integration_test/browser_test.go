package integration_test

import (
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Files that an origin gives a type of more than one meaning, or one that browsers run, run nothing when they are opened
// as pages of the site: each would say so to the page that has
// it in a frame, as the first ones do where the site itself sends them.
func TestBrowserRunsNothingOfAnOrigin(t *testing.T) {
	browser := findBrowser(t)
	files := []struct {
		kind  string // of its body
		types []string
	}{
		{"html", []string{"text/html"}},
		{"svg", []string{"image/svg+xml"}},
		{"xml", []string{"application/xhtml+xml"}},
		{"html", []string{"image/png, text/html"}},
		{"html", []string{"text/html, image/png"}},
		{"html", []string{"image/png", "text/html"}},
		{"html", []string{"image/png;, text/html"}},
		{"html", []string{"text/html; charset=\"utf-8\"; charset=utf-7"}},
		{"html", []string{"image/x-foo"}},
		{"html", []string{"unknown/unknown"}},
		{"html", []string{"*/*"}},
		{"html", []string{""}},
		{"svg", []string{"image/svg+xml;charset=utf-8, image/png"}},
		{"xml", []string{"text/xml"}},
		{"xml", []string{"image/png+xml"}},
		{"xml", []string{"video/x+xml"}},
		{"mime", []string{"multipart/x-mixed-replace; boundary=b"}},
	}
	const controls = 3 // the first ones
	const script = `parent.postMessage(location.pathname, "*")`
	bodies := map[string]string{
		"html": "<!doctype html><title>page</title><script>" + script + "</script>",
		"svg":  `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>` + script + `</script></svg>`,
		"xml":  `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><script>` + script + `</script></head></html>`,
		"mime": "--b\r\nContent-Type: text/html\r\n\r\n<script>" + script + "</script>\r\n--b--\r\n",
	}
	origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/"))
		w.Header()["Content-Type"] = files[n].types
		_, _ = fmt.Fprint(w, bodies[files[n].kind])
	}))
	t.Cleanup(origin.Close)

	var page strings.Builder
	page.WriteString(`<!doctype html><html data-ran=""><script>addEventListener("message", e => document.documentElement.dataset.ran += e.data + " ")</script>`)
	for n := range files {
		fmt.Fprintf(&page, `<iframe src="/img/%d"></iframe>`, n)
	}
	var want []string
	for n := range controls { // the same files without the images handler: the site's own
		fmt.Fprintf(&page, `<iframe src="/control/%d"></iframe>`, n)
		want = append(want, fmt.Sprintf("/control/%d", n))
	}
	s := startCaddy(t, `http://127.0.0.1:{$PORT} {
	handle /img/* {
		images {
			dialect imagekit {
				endpoint /img
			}
			origin web {$ORIGIN} {
				allow_private 127.0.0.0/8
			}
		}
	}
	handle_path /control/* {
		reverse_proxy {$BACKEND}
	}
	handle {
		header Content-Type text/html
		respond `+"`"+page.String()+"`"+`
	}
}
`, "ORIGIN="+origin.URL, "BACKEND="+origin.Listener.Addr().String())

	ran := strings.Fields(html.UnescapeString(attribute(dumpDOM(t, browser, s.URL+"/"), "data-ran")))
	slices.Sort(ran)
	if !slices.Equal(ran, want) {
		t.Errorf("these ran: %v, want %v", ran, want)
	}
}
