package httpcache

import (
	"net/http"
	"testing"
	"time"
)

// Expectations are computed by hand from RFC 9111 sections 4.2 and 5.2.
func TestRFC9111_5_2_2_Parse(t *testing.T) {
	for text, want := range map[string]string{
		"":                              "",
		"public, max-age=60":            "public, max-age=60",
		"Public,MAX-AGE=60,Immutable":   "public, max-age=60, immutable",
		"no-store, max-age=60":          "no-store",
		"must-understand, no-store":     "no-store",
		"private, max-age=60":           "private, no-cache",
		`private="Set-Cookie", public`:  "private, no-cache",
		"no-cache, max-age=0":           "no-cache, max-age=0",
		`no-cache="X-A, no-store"`:      "no-cache",
		`x="a\", no-store", s-maxage=1`: "s-maxage=1",
		`x="a, no-store`:                "no-store",
		"no-cache; no-store":            "no-store",
		"public must-revalidate":        "public, must-revalidate",
		`max-age="60"`:                  "max-age=60",
		"max-age":                       "max-age=0",
		"max-age=soon":                  "max-age=0",
		"max-age=-1":                    "max-age=0",
		"max-age=6e3":                   "max-age=0",
		"max-age=60, max-age=5":         "max-age=5",
		"max-age=5, max-age=60":         "max-age=5",
		"max-age=99999999999999999999":  "max-age=2147483648",
		"max-age=60, s-maxage=0":        "max-age=60, s-maxage=0",
		"proxy-revalidate, x-y=1":       "proxy-revalidate",
		"stale-if-error=5, stale-while-revalidate=6, max-age=1": "max-age=1, stale-while-revalidate=6, stale-if-error=5",
	} {
		if got := Parse(text).String(); got != want {
			t.Errorf("%s is %q, want %q", text, got, want)
		}
	}
	if got := Parse("max-age=60", "no-cache").String(); got != "no-cache" {
		t.Errorf("of two lines %q is read", got)
	}
}

func TestRFC9111_4_2_Freshness(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	const hence, ago = "Sun, 01 Mar 2026 13:00:00 GMT", "Sun, 01 Mar 2026 11:59:00 GMT"
	tests := []struct {
		name, cacheControl, want string
		header                   []string
	}{
		{"nothing", "", "", nil},
		{"Expires is a max-age", "", "max-age=3600", []string{"Expires", hence}},
		{"Expires by the origin's clock", "", "max-age=3600", []string{"Expires", "Sun, 01 Mar 2026 14:00:00 GMT", "Date", "Sun, 01 Mar 2026 13:00:00 GMT"}},
		{"an Expires in the past", "", "max-age=0", []string{"Expires", ago}},
		{"an Expires that is not a date", "", "max-age=0", []string{"Expires", "0"}},
		{"an empty Expires", "", "max-age=0", []string{"Expires", ""}},
		{"two Expires", "", "max-age=0", []string{"Expires", hence, "Expires", hence}},
		{"max-age beats Expires", "max-age=60", "max-age=60", []string{"Expires", "0"}},
		{"s-maxage leaves Expires to other caches", "s-maxage=60", "max-age=0, s-maxage=60", []string{"Expires", "0"}},
		{"Pragma", "", "no-cache", []string{"Pragma", "No-Cache"}},
		{"Pragma in a list", "", "no-cache", []string{"Pragma", "x, no-cache"}},
		{"another Pragma", "", "", []string{"Pragma", "public"}},
		{"Cache-Control beats Pragma", "max-age=60", "max-age=60", []string{"Pragma", "no-cache"}},
		{"an Age is used up", "max-age=60, s-maxage=30", "max-age=20, s-maxage=0", []string{"Age", "40"}},
		{"an Age that is not a number", "max-age=60", "max-age=60", []string{"Age", "old"}},
		{"a Date in the past is an Age", "max-age=90", "max-age=30", []string{"Date", ago}},
		{"a Date in the past, and an Age", "max-age=90", "max-age=20", []string{"Date", ago, "Age", "70"}},
		{"a Date in the future", "max-age=90", "max-age=90", []string{"Date", hence}},
		{"what caches of the site are told", "public, max-age=60", "no-store", []string{"CDN-Cache-Control", "no-store"}},
		{"what caches of the site are told of ages", "public, max-age=60", "public, max-age=5", []string{"Surrogate-Control", "max-age=5"}},
		{"nor is a looser word taken", "private", "private, no-cache", []string{"CDN-Cache-Control", "max-age=60"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			header := http.Header{}
			for i := 0; i < len(tt.header); i += 2 {
				header.Add(tt.header[i], tt.header[i+1])
			}
			if got := Of(tt.cacheControl, header, now).String(); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
	if got := Of("max-age=60", nil, now).String(); got != "max-age=60" {
		t.Errorf("without a header %q", got)
	}
}

func TestStrictest(t *testing.T) {
	for _, tt := range []struct {
		want string
		of   []string
	}{
		{"", nil},
		{"", []string{""}},
		{"max-age=5", []string{"max-age=60", "max-age=5", "max-age=30"}},
		{"max-age=60", []string{"max-age=60", ""}},
		{"public, max-age=60", []string{"public, max-age=60", "public"}},
		{"max-age=60", []string{"public, max-age=60, immutable", "max-age=90"}},
		{"no-store", []string{"public", "no-store", "private"}},
		{"private, no-cache", []string{"public, max-age=60", "private"}},
		{"no-cache", []string{"no-cache", "max-age=60"}},
		{"max-age=60, must-revalidate, proxy-revalidate", []string{"must-revalidate", "max-age=60", "proxy-revalidate"}},
		{"max-age=60, s-maxage=5", []string{"max-age=60", "s-maxage=5, max-age=90"}},
		{"max-age=5, s-maxage=5", []string{"max-age=60", "s-maxage=5"}}, // that origin gave other caches no freshness
		{"max-age=10, s-maxage=10", []string{"max-age=10", "max-age=20, s-maxage=30"}},
		{"s-maxage=5", []string{"s-maxage=5", "s-maxage=6"}},
		{"max-age=60", []string{"max-age=60, stale-if-error=9", "max-age=60"}},
		{"max-age=60, stale-while-revalidate=8", []string{"max-age=60, stale-while-revalidate=9", "max-age=60, stale-while-revalidate=8, stale-if-error=1"}},
	} {
		var policies []Policy
		for _, text := range tt.of {
			policies = append(policies, Parse(text))
		}
		if got := Strictest(policies...).String(); got != tt.want {
			t.Errorf("%q are %q, want %q", tt.of, got, tt.want)
		}
	}
}

func TestIsPerUser(t *testing.T) {
	for _, tt := range []struct {
		field, value string
		want         bool
	}{
		{"Set-Cookie", "a=b", true},
		{"Vary", "cookie", true},
		{"Vary", "Accept, Authorization", true},
		{"Vary", "*", true},
		{"Vary", "Accept, X-Cookie", false},
		{"Cookie", "a=b", false},
	} {
		if got := IsPerUser(http.Header{tt.field: {tt.value}}); got != tt.want {
			t.Errorf("%s: %s: %v", tt.field, tt.value, got)
		}
	}
	if !IsPerUser(http.Header{"Vary": {"Accept", "Cookie"}}) {
		t.Error("a second line of Vary is not read")
	}
}
