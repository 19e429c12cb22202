package origin

import (
	"fmt"
	"strings"
)

// Hosts is a list of hosts from a configuration: `www.example.com`,
// `*.example.com`, which stands for one or more labels in front, or
// `www.example.com:8080`. The default port is the scheme's. The zero value
// contains no host.
type Hosts []string

// ParseHosts parses a list. Case is ignored. The error names the invalid
// host.
func ParseHosts(names []string) (Hosts, error) {
	var hosts Hosts
	for _, name := range names {
		host := strings.ToLower(name)
		plain := strings.TrimPrefix(host, "*.")
		ref, err := ParseURL("https://" + plain)
		if err != nil || ref != (Ref{Server: "https://" + plain}) || !strings.Contains(plain, ".") && host != plain {
			return nil, fmt.Errorf("the host %q; it takes hosts such as www.example.com, *.example.com or www.example.com:8080", name)
		}
		hosts = append(hosts, host)
	}
	return hosts, nil
}

// Has reports whether a server, in the form of Ref.Server, is one of the
// hosts.
func (h Hosts) Has(server string) bool {
	_, own, _ := strings.Cut(server, "://")
	for _, host := range h {
		if end, wild := strings.CutPrefix(host, "*"); own == host || wild && strings.HasSuffix(own, end) && len(own) > len(end) {
			return true
		}
	}
	return false
}
