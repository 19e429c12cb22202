package origin

import (
	"fmt"
	"strings"
)

// Hosts is a list of hosts that a configuration names: `www.example.com`,
// `*.example.com`, which is any number of labels in front but not none, or
// `www.example.com:8080`. Without a port it is that of the scheme. The zero value
// has none.
type Hosts []string

// ParseHosts reads a list. Case is no matter. The error says which host is none.
func ParseHosts(names []string) (Hosts, error) {
	var hosts Hosts
	for _, name := range names {
		host := strings.ToLower(name)
		plain := strings.TrimPrefix(host, "*.")
		ref, err := ParseURL("https://" + plain)
		if err != nil || ref != (Ref{Server: "https://" + plain}) || !strings.Contains(plain, ".") && host != plain {
			return nil, fmt.Errorf("the host %q; one looks like www.example.com, *.example.com or www.example.com:8080", name)
		}
		hosts = append(hosts, host)
	}
	return hosts, nil
}

// Has reports whether a server, named as in Ref, is one of the hosts.
func (h Hosts) Has(server string) bool {
	_, own, _ := strings.Cut(server, "://")
	for _, host := range h {
		if end, wild := strings.CutPrefix(host, "*"); own == host || wild && strings.HasSuffix(own, end) && len(own) > len(end) {
			return true
		}
	}
	return false
}
