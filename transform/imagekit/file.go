package imagekit

import (
	"net/url"
	"strings"

	"github.com/caddy-images/caddy-images/origin"
)

// readFile reads the path of a file, in which @@ stands for a slash. Slashes
// at both ends are ignored. An empty path is not a file.
func readFile(v string) (origin.Ref, bool) {
	path := strings.Trim(strings.ReplaceAll(v, "@@", "/"), "/")
	ref, err := origin.ParseRef((&url.URL{Path: path}).EscapedPath(), "")
	return ref, err == nil
}

// readDefault also accepts an empty value, which ImageKit's SDKs write.
func readDefault(s *step, v string) (ok bool) {
	*s.defaultImage, ok = readFile(v)
	return ok
}
