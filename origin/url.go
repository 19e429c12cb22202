package origin

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/caddy-images/caddy-images/errors"
)

// ParseURL parses a whole URL, `https://host[:port]/path?query`. Its path may
// contain characters that should be percent-encoded; the fragment is ignored.
// The error is of kind errors.BadTransform.
func ParseURL(whole string) (Ref, error) {
	whole, _, _ = strings.Cut(whole, "#")
	scheme, rest, ok := strings.Cut(whole, "://")
	scheme = strings.ToLower(scheme)
	if !ok || scheme != "http" && scheme != "https" {
		return Ref{}, errors.New(errors.BadTransform, "The URL of the original begins with neither http:// nor https://")
	}
	rest, query, _ := strings.Cut(rest, "?")
	authority, path, _ := strings.Cut(rest, "/")
	host, ok := parseHost(scheme, authority)
	if !ok {
		return Ref{}, errors.New(errors.BadTransform, "The URL of the original has no host such as www.example.com or www.example.com:8080")
	}
	ref, err := ParseRef(path, query)
	if err != nil {
		return Ref{}, err
	}
	ref.Server = scheme + "://" + host
	return ref, nil
}

// parseHost normalises a host and its port, which is omitted if it is the
// scheme's default. Users, and names that are not ASCII, are refused.
func parseHost(scheme, authority string) (string, bool) {
	u, err := url.Parse(scheme + "://" + authority)
	if err != nil || u.User != nil || u.Path != "" || strings.Contains(authority, "%") {
		return "", false
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if host == "" || strings.Trim(host, "abcdefghijklmnopqrstuvwxyz0123456789-_.:") != "" {
		return "", false
	}
	if strings.Contains(host, ":") {
		address, err := netip.ParseAddr(host)
		if err != nil {
			return "", false
		}
		host = "[" + address.String() + "]"
	}
	if strings.HasSuffix(authority, ":") {
		return "", false
	}
	port := u.Port()
	if port == "" || port == map[string]string{"http": "80", "https": "443"}[scheme] {
		return host, true
	}
	number, err := strconv.ParseUint(port, 10, 16)
	return host + ":" + strconv.FormatUint(number, 10), err == nil && number > 0
}
