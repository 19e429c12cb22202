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

// noExpiry is the expiry that is signed where the URL has no ik-t (ImageKit,
// "Signed URLs").
const noExpiry = "9999999999"

// signature is what a query says of its own signature.
type signature struct {
	given  bool
	hex    string
	expiry string // ik-t as it is
	twice  bool   // one of the two is there more than once

	// rest is the query without the two, as received, with its question mark;
	// empty where nothing else is there.
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

// until is when the signature expires; zero is never.
//
// What is signed is the URL followed by the expiry, with nothing in between. So
// an expiry has exactly ten digits, all seconds from 2001 to 2286: otherwise the
// last digits of a query could be taken for the first ones of an expiry.
func (s signature) until() (time.Time, bool) {
	if s.expiry == noExpiry {
		return time.Time{}, true
	}
	seconds, err := strconv.ParseInt(s.expiry, 10, 64)
	return time.Unix(seconds, 0), err == nil && len(s.expiry) == len(noExpiry) && digits(s.expiry)
}

// isBy reports whether one of the keys signed one of the texts. It takes the
// same time for each key and each text, whichever was the right one.
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

// verify checks the signature of a request target, which is as the client sent
// it. seen is the escaped path that the request had where its transformation
// still was in it: rewrites may have taken a prefix away.
//
// A target without ik-s is not signed, and neither is any without a key to check
// it with. A signature that is there must be right, whether it is required or
// not.
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
		return transform.Proof{}, errors.New(errors.Unauthorized, "The signature (ik-s) is not right for this URL")
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

// signedTexts returns what may have been signed of a received path and the
// rest of its query: what is left after the endpoint. The endpoint that the
// client knows is the handler's, or else all that stands before what the
// handler gets to see, with prefixes that were stripped before. In either
// case nothing is left out but a prefix of the operator's.
//
// A byte that is not ASCII, and should have been percent-encoded, is taken for
// its encoding too: some SDKs sign what a browser would send.
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

// sameTail returns the end of a path that has the same segments as tail,
// perhaps in another percent-encoding.
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
