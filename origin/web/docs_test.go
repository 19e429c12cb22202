package web

import (
	"fmt"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/caddy-images/caddy-images/internal/docstest"
)

// The docs name every network that is refused.
func TestDocsAddresses(t *testing.T) {
	named := regexp.MustCompile(`[0-9a-f.:]+/\d+`).FindAllString(docstest.Section(t, "Addresses"), -1)
	for _, network := range slices.Concat(special4, special6) {
		if !slices.Contains(named, network.String()) {
			t.Errorf("the docs lack %s", network)
		}
	}
}

func TestDocsDefaults(t *testing.T) {
	want := map[string]string{
		"max_redirects":           fmt.Sprint(defaultMaxRedirects),
		"dial_timeout":            time.Duration(defaultDialTimeout).String(),
		"response_header_timeout": time.Duration(defaultResponseHeaderTimeout).String(),
		"timeout":                 time.Duration(defaultTimeout).String(),
	}
	for _, origin := range []string{"web", "dynamic"} {
		docs := make(map[string]string)
		for _, rows := range docstest.TablesIn(docstest.Section(t, origin), "Option") {
			for _, row := range rows {
				docs[row[0]] = row[2]
			}
		}
		for option, value := range want {
			if docs[option] != value {
				t.Errorf("the default of %s is %s, the docs of %s say %q", option, value, origin, docs[option])
			}
		}
	}
}
