package errors

import (
	"strings"
	"testing"
)

func TestQuote(t *testing.T) {
	for text, want := range map[string]string{
		"a":                     `"a"`,
		"":                      `""`,
		"<b>&\"\n\u00e9":        `"\x3cb\x3e\x26\"\n\u00e9"`,
		strings.Repeat("a", 38): `"` + strings.Repeat("a", 38) + `"`,
		strings.Repeat("a", 39): `"` + strings.Repeat("a", 35) + `..."`,
		strings.Repeat("<", 39): `"` + strings.Repeat(`\x3c`, 8) + `..."`,
	} {
		if got := Quote(text); got != want {
			t.Errorf("%q gives %s, want %s", text, got, want)
		}
	}
}
