package images

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/caddyserver/caddy/v2"
	"golang.org/x/net/http/httpguts"
)

// reserved are the headers that cannot be added, and why.
var reserved = map[string]string{
	"Connection":             "it is the connection's",
	"Keep-Alive":             "it is the connection's",
	"Proxy-Authenticate":     "it is the connection's",
	"Proxy-Authorization":    "it is the connection's",
	"Proxy-Connection":       "it is the connection's",
	"Te":                     "it is the connection's",
	"Trailer":                "it is the connection's",
	"Transfer-Encoding":      "it is the connection's",
	"Upgrade":                "it is the connection's",
	"Accept-Ranges":          "it follows from the answer",
	"Allow":                  "it follows from the answer",
	"Content-Dpr":            "it follows from the answer",
	"Content-Encoding":       "it follows from the answer",
	"Content-Length":         "it follows from the answer",
	"Content-Range":          "it follows from the answer",
	"Content-Type":           "it follows from the answer",
	"Date":                   "it follows from the answer",
	"Etag":                   "it follows from the answer",
	"Ik-Error":               "it follows from the answer",
	"Ik-Warning":             "it follows from the answer",
	"Last-Modified":          "it follows from the answer",
	"Retry-After":            "it follows from the answer",
	"X-Content-Type-Options": "it is there anyway",
	"Cache-Control":          "use cache_control",
	"Expires":                "use cache_control",
}

// parseAdded reads headers to add to responses, each as `Name: value`. Its
// errors do not show the value of a placeholder.
func parseAdded(lines []string) (http.Header, error) {
	repl, added := caddy.NewReplacer(), make(http.Header)
	for _, line := range lines {
		name, value, ok := strings.Cut(line, ":")
		if !ok || !httpguts.ValidHeaderFieldName(name) {
			return nil, fmt.Errorf("add_response_headers has %q; it takes a name and a value, such as \"Access-Control-Allow-Origin: *\"", line)
		}
		name = http.CanonicalHeaderKey(name)
		if why, is := reserved[name]; is {
			return nil, fmt.Errorf("add_response_headers has %s, which cannot be added: %s", name, why)
		}
		value, err := replaced(repl, "add_response_headers "+name, strings.TrimSpace(value))
		if err != nil {
			return nil, err
		}
		if value == "" || !httpguts.ValidHeaderFieldValue(value) {
			return nil, fmt.Errorf("add_response_headers has %s with a value that is empty or not valid in HTTP", name)
		}
		added.Add(name, value)
	}
	return added, nil
}
