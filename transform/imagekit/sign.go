package imagekit

import (
	"crypto/hmac"
	"crypto/sha1" // #nosec G505 -- the vendor's algorithm; HMAC does not need collision resistance
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
)

// noExpiry is signed as the expiry if the URL has no ik-t (ImageKit, "Signed
// URLs").
const noExpiry = "9999999999"

// signature is the signature in a query.
type signature struct {
	given  bool
	hex    string
	expiry string // ik-t as received
	twice  bool   // one of the two is repeated

	// rest is the query without the two, as received, with its question mark;
	// empty if nothing is left.
	rest string
}

func readSignature(rawQuery string, hasQuery bool) signature {
	s := signature{expiry: noExpiry}
	if !hasQuery {
		return s
	}
	var rest []string
	seen := make(map[string]bool, 2)
	for part := range strings.SplitSeq(rawQuery, "&") {
		key, value, _ := strings.Cut(part, "=")
		switch key {
		case "ik-s":
			s.given, s.hex = true, value
		case "ik-t":
			s.expiry = value
		default:
			rest = append(rest, part)
			continue
		}
		s.twice = s.twice || seen[key]
		seen[key] = true
	}
	if rest != nil {
		s.rest = "?" + strings.Join(rest, "&")
	}
	return s
}

// until returns the expiry of the signature; zero for none.
//
// The signed text is the URL directly followed by the expiry. So an expiry
// must have exactly ten digits, for 2001 to 2286: otherwise digits could move
// from the end of a query to the beginning of the expiry.
func (s signature) until() (time.Time, bool) {
	if s.expiry == noExpiry {
		return time.Time{}, true
	}
	seconds, err := strconv.ParseInt(s.expiry, 10, 64)
	return time.Unix(seconds, 0), err == nil && len(s.expiry) == len(noExpiry) && digits(s.expiry)
}

// isBy reports whether one of the keys signed one of the texts. Its time does
// not depend on which.
func (s signature) isBy(keys [][]byte, texts []string) bool {
	right := 0
	for _, key := range keys {
		for _, text := range texts {
			mac := hmac.New(sha1.New, key)
			mac.Write([]byte(text + s.expiry))
			right |= subtle.ConstantTimeCompare([]byte(hex.EncodeToString(mac.Sum(nil))), []byte(s.hex))
		}
	}
	return right == 1
}

// verify checks the signature of a request target, exactly as the client sent
// it. seen is the escaped path that still contained the transformation:
// rewrites may have removed a prefix.
//
// A target without ik-s is unsigned, and so is any target if there is no key.
// A signature that is present must be valid even if none is required.
func (d *Dialect) verify(target, seen string, now time.Time) (transform.Proof, error) {
	if len(d.keys) == 0 {
		return transform.Proof{}, nil
	}
	path, query, hasQuery := strings.Cut(originForm(target), "?")
	s := readSignature(query, hasQuery)
	if !s.given {
		return transform.Proof{}, nil
	}
	right := s.isBy(d.keys, d.signedTexts(path, seen, s.rest))
	until, ok := s.until()
	switch {
	case s.twice:
		return transform.Proof{}, errors.New(errors.Unauthorized, "The URL has ik-s or ik-t more than once")
	case !ok:
		return transform.Proof{}, errors.New(errors.Unauthorized, "ik-t is %s; it takes the Unix time in seconds, 10 digits", errors.Quote(s.expiry))
	case !right:
		return transform.Proof{}, errors.New(errors.Unauthorized, "The signature (ik-s) is not valid for this URL")
	case !until.IsZero() && !now.Before(until):
		return transform.Proof{}, errors.New(errors.Unauthorized, "The signature has expired (ik-t)")
	}
	return transform.Proof{Signed: true, Until: until}, nil
}

// originForm returns a request target without scheme and host, which a client
// may send and which are not signed.
func originForm(target string) string {
	if strings.HasPrefix(target, "/") {
		return target
	}
	_, rest, _ := strings.Cut(target, "://")
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		return rest[i:]
	}
	return ""
}

// signedTexts returns the texts that a client may have signed for a received
// path and the rest of its query: everything after the endpoint. The endpoint
// known to the client is the handler's, or everything before the path that
// the handler sees, including prefixes that were stripped earlier. Either way
// only a prefix of the operator's is left out.
//
// A byte that is not ASCII, and should have been percent-encoded, is also
// tried encoded: some SDKs sign what a browser would send.
func (d *Dialect) signedTexts(received, seen, rest string) []string {
	var texts []string
	if behind, ok := d.endpoint.Behind(received); ok {
		texts = append(texts, behind+rest)
	}
	if behind, ok := d.endpoint.Behind(seen); ok {
		if tail, ok := sameTail(received, behind); ok {
			texts = append(texts, tail+rest)
		}
	}
	for _, text := range texts {
		if encoded := encodeNonASCII(text); encoded != text {
			texts = append(texts, encoded)
		}
	}
	slices.Sort(texts)
	return slices.Compact(texts)
}

// sameTail returns the end of a path with the same segments as tail, in any
// percent-encoding.
func sameTail(path, tail string) (string, bool) {
	start := len(path)
	for range strings.Count(tail, "/") + 1 {
		if start = strings.LastIndexByte(path[:max(start, 0)], '/'); start < 0 {
			return "", false
		}
	}
	found := path[start+1:]
	rest := found
	for segment := range strings.SplitSeq(tail, "/") {
		var own string
		own, rest, _ = strings.Cut(rest, "/")
		if a, err := url.PathUnescape(segment); err != nil {
			return "", false
		} else if b, err := url.PathUnescape(own); err != nil || a != b {
			return "", false
		}
	}
	return found, true
}

func encodeNonASCII(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return s
	}
	var b strings.Builder
	for i := range len(s) {
		if s[i] < utf8.RuneSelf {
			b.WriteByte(s[i])
		} else {
			fmt.Fprintf(&b, "%%%02X", s[i])
		}
	}
	return b.String()
}
