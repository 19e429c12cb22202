package origin

import "testing"

func TestHosts(t *testing.T) {
	hosts, err := ParseHosts([]string{"Example.com", "*.example.org", "example.net:8080"})
	if err != nil {
		t.Fatal(err)
	}
	for server, want := range map[string]bool{
		"https://example.com": true, "http://example.com": true, "http://example.com:8080": false, "https://www.example.com": false,
		"https://notexample.com": false, "https://a.example.org": true, "https://a.b.example.org": true, "https://example.org": false,
		"https://.example.org": false, "https://a.example.org:8443": false, "https://aexample.org": false,
		"https://example.net:8080": true, "https://example.net": false, "": false, "data:": false,
	} {
		if got := hosts.Has(server); got != want {
			t.Errorf("%q is listed: %t", server, got)
		}
		if Hosts(nil).Has(server) {
			t.Errorf("%q is in no list", server)
		}
	}
	for _, host := range []string{"", "*", "*.com", "*.", "https://example.com", "example.com/a", "a@example.com", "exam ple.com", "*.*.example.com", "example.com.", "example.com:443"} {
		if _, err := ParseHosts([]string{"example.org", host}); err == nil {
			t.Errorf("the host %q is accepted", host)
		}
	}
}
