package imagekit

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
)

// signer returns a dialect that insists on signatures by one of the keys.
func signer(t testing.TB, endpoint string, keys ...string) *Dialect {
	t.Helper()
	d, err := New(Config{Endpoint: endpoint, PrivateKeys: keys, RequireSignature: RequireOn})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// admits reports whether a target that was not rewritten is admitted; a
// refusal is checked to be one.
func admits(t testing.TB, d *Dialect, target string, now time.Time) bool {
	t.Helper()
	path, _, _ := strings.Cut(target, "?")
	proof, err := d.Admit(target, path, transform.Request{}, now)
	if err == nil {
		return proof.Signed
	}
	if e, ok := err.(*errors.Error); !ok || e.Kind != errors.Unauthorized || proof != (transform.Proof{}) {
		t.Errorf("%s gives %+v, %v", target, proof, err)
	}
	return false
}

// hmacOf returns the signature of a text with a key, as ImageKit's page on
// signed URLs tells.
func hmacOf(key, text string) string {
	mac := hmac.New(sha1.New, []byte(key))
	mac.Write([]byte(text))
	return hex.EncodeToString(mac.Sum(nil))
}

type signedVector struct{ key, endpoint, target string }

// signedVectors returns those of vectors.json, and expiring ones of
// ImageKit's SDKs.
func signedVectors(t testing.TB) []signedVector {
	t.Helper()
	list := []signedVector{
		{"private_", "/test", "/test/default-image.jpg?ik-t=1653775928&ik-s=48842eca663c6895331331db6c90f262c601f4e8"},
		{"private_", "/test", "/test/default-image.jpg?tr=h-300%2Cw-300&ik-t=1653775928&ik-s=55f319d3a7db76e652545599a57af3dd94e32e24"},
		{"private_", "/test/", "/test/default-image.jpg?ik-s=48842eca663c6895331331db6c90f262c601f4e8&ik-t=1653775928"},
	}
	for _, v := range vectors(t) {
		if v.PrivateKey != "" {
			_, target, _ := strings.Cut(strings.TrimPrefix(v.URL, "https://"), "/")
			list = append(list, signedVector{v.PrivateKey, v.Endpoint, "/" + target})
		}
	}
	if len(list) != 21 {
		t.Fatalf("there are %d signed vectors, want 21", len(list))
	}
	return list
}

// A second before the expiring vectors expire.
var beforeExpiry = time.Unix(1653775927, 0)

func TestSignedVectors(t *testing.T) {
	for _, v := range signedVectors(t) {
		d := signer(t, v.endpoint, v.key)
		if !admits(t, d, v.target, beforeExpiry) {
			t.Errorf("%s is refused", v.target)
		}
		if !admits(t, d, "https://example.com"+v.target, beforeExpiry) {
			t.Errorf("%s is refused in absolute form", v.target)
		}
		if admits(t, signer(t, v.endpoint, v.key+"x", v.key[1:]), v.target, beforeExpiry) {
			t.Errorf("%s is admitted by another key", v.target)
		}
		// One byte changed, left out or added, anywhere.
		for i := range v.target {
			for _, changed := range []string{
				v.target[:i] + string(v.target[i]^1) + v.target[i+1:],
				v.target[:i] + string(v.target[i]^0x20) + v.target[i+1:],
				v.target[:i] + v.target[i+1:],
				v.target[:i] + "0" + v.target[i:],
				v.target[:i] + "/" + v.target[i:],
			} {
				if changed != v.target && admits(t, d, changed, beforeExpiry) {
					t.Errorf("%s\nis admitted as\n%s", v.target, changed)
				}
			}
		}
		// A parameter added, anywhere; so is an empty one.
		for _, added := range []string{"x=1", "v", "tr=w-9", "ik-t=1653775929", "ik-s=" + strings.Repeat("0", 40), ""} {
			for _, changed := range []string{v.target + "&" + added, strings.Replace(v.target, "?", "?"+added+"&", 1), strings.Replace(v.target, "&", "&"+added+"&", 1)} {
				if changed != v.target && admits(t, d, changed, beforeExpiry) {
					t.Errorf("%s\nis admitted as\n%s", v.target, changed)
				}
			}
		}
	}
}

func TestSignatureExpires(t *testing.T) {
	const target = "/test/default-image.jpg?ik-t=1653775928&ik-s=48842eca663c6895331331db6c90f262c601f4e8"
	d := signer(t, "/test", "private_")
	proof, err := d.Admit(target, "/test/default-image.jpg", transform.Request{}, beforeExpiry)
	if want := (transform.Proof{Signed: true, Until: time.Unix(1653775928, 0)}); err != nil || proof != want {
		t.Errorf("gives %+v, %v, want %+v", proof, err, want)
	}
	for _, late := range []time.Duration{time.Second, time.Hour} {
		if admits(t, d, target, beforeExpiry.Add(late)) {
			t.Errorf("is admitted %v after its last second began", late)
		}
	}
}

func TestSignatureMessages(t *testing.T) {
	sign := func(text string) string { return "ik-s=" + hmacOf("k", text) }
	tests := []struct{ require, target, want string }{
		{RequireOff, "/a.jpg", ""},
		{RequireOff, "/a.jpg?ik-t=1", ""}, // an unsigned URL like any other
		{RequireOn, "/a.jpg", "The URL is not signed; it needs ik-s"},
		{RequireOn, "/a.jpg&ik-s=x", "The URL is not signed; it needs ik-s"},
		{RequireOff, "/a.jpg?ik-s=", "The signature (ik-s) is not valid for this URL"},
		{RequireOff, "/a.jpg?ik-s", "The signature (ik-s) is not valid for this URL"},
		{RequireOff, "/a.jpg?ik-s=" + strings.ToUpper(hmacOf("k", "a.jpg9999999999")), "The signature (ik-s) is not valid for this URL"},
		{RequireOff, "/a.jpg?" + sign("a.jpg1000000000") + "&ik-t=1000000000", "The signature has expired (ik-t)"},
		{RequireOff, "/a.jpg?" + sign("b.jpg1000000000") + "&ik-t=1000000000", "The signature (ik-s) is not valid for this URL"},
		{RequireOff, "/a.jpg?" + sign("a.jpg100") + "&ik-t=100", `ik-t is "100"; it takes the Unix time in seconds, 10 digits`},
		{RequireOff, "/a.jpg?" + sign("a.jpg1900000000000") + "&ik-t=1900000000000", `ik-t is "1900000000000"; it takes the Unix time in seconds, 10 digits`},
		{RequireOff, "/a.jpg?" + sign("a.jpg+123456789") + "&ik-t=+123456789", `ik-t is "+123456789"; it takes the Unix time in seconds, 10 digits`},
		{RequireOff, "/a.jpg?" + sign("a.jpg") + "&ik-t=", `ik-t is ""; it takes the Unix time in seconds, 10 digits`},
		{RequireOff, "/a.jpg?" + sign("a.jpg9999999999") + "&" + sign("a.jpg9999999999"), "The URL has ik-s or ik-t more than once"},
		{RequireOff, "/a.jpg?ik-t=1900000000&ik-t=1900000000&" + sign("a.jpg1900000000"), "The URL has ik-s or ik-t more than once"},
		{RequireOn, "/a.jpg?" + sign("a.jpg9999999999"), ""},
		{RequireOn, "/a.jpg?" + sign("a.jpg9999999999") + "&ik-t=9999999999", ""},
		{RequireOn, "/a.jpg?x=1&" + sign("a.jpg?x=1&y9999999999") + "&y", ""},
	}
	for _, tt := range tests {
		d, err := New(Config{PrivateKeys: []string{"k"}, RequireSignature: tt.require})
		if err != nil {
			t.Fatal(err)
		}
		path, _, _ := strings.Cut(tt.target, "?")
		_, err = d.Admit(tt.target, path, transform.Request{}, time.Unix(1700000000, 0))
		got := ""
		if err != nil {
			got = err.(*errors.Error).Message
		}
		if got != tt.want {
			t.Errorf("%s with require_signature %s\ngives %q\nwant  %q", tt.target, tt.require, got, tt.want)
		}
	}
}

// Digits at the end of a URL are not an expiry, though no separator precedes
// the two where they are signed.
func TestExpiryIsNotMadeOfTheURL(t *testing.T) {
	d := signer(t, "", "k")
	sign := "&ik-s=" + hmacOf("k", "a.jpg?v=121900000000")
	if !admits(t, d, "/a.jpg?v=12&ik-t=1900000000"+sign, beforeExpiry) {
		t.Error("the URL is refused as it was signed")
	}
	for _, target := range []string{"/a.jpg?v=1&ik-t=21900000000", "/a.jpg?v=121&ik-t=900000000", "/a.jpg?v=121900000000&ik-t="} {
		if admits(t, d, target+sign, beforeExpiry) {
			t.Errorf("%s is admitted", target)
		}
	}
}

func TestKeyRotation(t *testing.T) {
	d := signer(t, "", "new", "old")
	for key, want := range map[string]bool{"new": true, "old": true, "older": false, "": false} {
		if got := admits(t, d, "/a.jpg?ik-s="+hmacOf(key, "a.jpg9999999999"), beforeExpiry); got != want {
			t.Errorf("signed with %q: admitted is %t", key, got)
		}
	}
}

// Without a key nothing can be checked, and nothing counts as signed.
func TestNoKeyNoProof(t *testing.T) {
	d, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	proof, err := d.Admit("/a.jpg?ik-s="+hmacOf("", "a.jpg9999999999"), "/a.jpg", transform.Request{}, beforeExpiry)
	if err != nil || proof.Signed {
		t.Errorf("gives %+v, %v", proof, err)
	}
}

// What is signed is what the client sent, whatever the handler gets to see of it.
func TestSignedEndpoint(t *testing.T) {
	tests := []struct {
		name, endpoint, target, seen, text string
		want                               bool
	}{
		{"as it is", "/shop", "/shop/a.jpg", "/shop/a.jpg", "a.jpg", true},
		{"with the endpoint", "/shop", "/shop/a.jpg", "/shop/a.jpg", "shop/a.jpg", false},
		{"two slashes after the endpoint", "/shop", "/shop//a.jpg", "/shop//a.jpg", "/a.jpg", true},
		{"two slashes after the endpoint, signed with one", "/shop", "/shop//a.jpg", "/shop//a.jpg", "a.jpg", false},
		{"two slashes after a stripped prefix", "", "/media//a.jpg", "//a.jpg", "/a.jpg", true},
		{"two slashes after a stripped prefix, signed with one", "", "/media//a.jpg", "//a.jpg", "a.jpg", false},
		{"a prefix was stripped", "", "/media/tr:w-1/a.jpg", "/tr:w-1/a.jpg", "tr:w-1/a.jpg", true},
		{"a prefix was stripped, signed with it", "", "/media/a.jpg", "/a.jpg", "media/a.jpg", true},
		{"a prefix was stripped before the endpoint", "/shop", "/media/shop/a.jpg", "/shop/a.jpg", "a.jpg", true},
		{"a prefix was stripped, too short", "", "/media/x/a.jpg", "/x/a.jpg", "a.jpg", false},
		{"a prefix was added", "/shop", "/a.jpg", "/shop/a.jpg", "a.jpg", true},
		{"encoded anew", "", "/a%62/c%2fd.jpg", "/ab/c%2Fd.jpg", "a%62/c%2fd.jpg", true},
		{"encoded anew, signed as seen", "", "/a%62.jpg", "/ab.jpg", "ab.jpg", false},
		{"another file", "", "/a.jpg", "/b.jpg", "b.jpg", false},
		{"another file, as sent", "", "/a.jpg", "/b.jpg", "a.jpg", true},
		{"another file behind a prefix", "/shop", "/x/a.jpg", "/shop/b.jpg", "a.jpg", false},
		{"a slash is not part of a name", "", "/x/b%2Fa.jpg", "/b/a.jpg", "b%2Fa.jpg", false},
		{"not encoded, signed as a browser sends it", "", "/é.jpg", "/%C3%A9.jpg", "%C3%A9.jpg", true},
		{"not encoded, signed so", "", "/é.jpg", "/%C3%A9.jpg", "é.jpg", true},
		{"nothing left", "/shop", "/shop", "/shop", "", true},
		{"no path", "", "", "", "", false},
		{"malformed", "", "/x/%zz", "/%zz", "%zz", false},
	}
	for _, tt := range tests {
		d := signer(t, tt.endpoint, "k")
		_, err := d.Admit(tt.target+"?ik-s="+hmacOf("k", tt.text+"9999999999"), tt.seen, transform.Request{}, beforeExpiry)
		if got := err == nil; got != tt.want {
			t.Errorf("%s: admitted is %t", tt.name, got)
		}
	}
}

// FuzzAdmit: no target is admitted without a signature that a holder of a key
// made, and none makes it panic.
func FuzzAdmit(f *testing.F) {
	for _, v := range signedVectors(f) {
		f.Add(v.target, v.target)
	}
	f.Add("http://h?ik-s=1&&ik-t", "/")
	f.Add("*", "")
	f.Fuzz(func(t *testing.T, target, seen string) {
		for _, d := range []*Dialect{signer(t, "", "a key", "another"), signer(t, "/demo", "a key")} {
			proof, err := d.Admit(target, seen, transform.Request{}, beforeExpiry)
			if err == nil || proof.Signed {
				t.Fatalf("%q is admitted", target)
			}
			if e, ok := err.(*errors.Error); !ok || e.Kind != errors.Unauthorized || e.Header() != "EPERM - "+e.Message {
				t.Fatalf("%q gives %v", target, err)
			}
		}
	})
}
