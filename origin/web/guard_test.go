package web

import (
	"net/netip"
	"strings"
	"testing"
)

// TestGuardRefusesSpecialNetworks asks for the first and the last address of
// each special network, and for the neighbours just outside, which are public
// unless the row says that the next network is special too.
func TestGuardRefusesSpecialNetworks(t *testing.T) {
	tests := []struct {
		network               string
		publicBelow, publicUp bool
	}{
		{"0.0.0.0/8", false, true},
		{"10.0.0.0/8", true, true},
		{"100.64.0.0/10", true, true},
		{"127.0.0.0/8", true, true},
		{"169.254.0.0/16", true, true},
		{"172.16.0.0/12", true, true},
		{"192.0.0.0/24", true, true},
		{"192.0.2.0/24", true, true},
		{"192.31.196.0/24", true, true},
		{"192.52.193.0/24", true, true},
		{"192.88.99.0/24", true, true},
		{"192.168.0.0/16", true, true},
		{"192.175.48.0/24", true, true},
		{"198.18.0.0/15", true, true},
		{"198.51.100.0/24", true, true},
		{"203.0.113.0/24", true, true},
		{"224.0.0.0/4", true, false},
		{"240.0.0.0/4", false, false},
		{"255.255.255.255/32", false, false},

		{"::/3", false, true},
		{"::/128", false, false},
		{"::1/128", false, false},
		{"::/96", false, false},
		{"::ffff:0:0:0/96", false, false},
		{"64:ff9b:1::/48", false, false},
		{"100::/64", false, false},
		{"100:0:0:1::/64", false, false},
		{"2001::/23", true, true},
		{"2001::/32", true, false},
		{"2001:db8::/32", true, true},
		{"2620:4f:8000::/48", true, true},
		{"3fff::/20", true, true},
		{"4000::/2", true, false},
		{"5f00::/16", false, false},
		{"8000::/1", false, false},
		{"fc00::/7", false, false},
		{"fe80::/10", false, false},
		{"fec0::/10", false, false},
		{"ff00::/8", false, false},
	}
	var g guard
	for _, tt := range tests {
		network := netip.MustParsePrefix(tt.network)
		first, last := network.Masked().Addr(), lastOf(network)
		for _, a := range []netip.Addr{first, last} {
			if g.allows(a) {
				t.Errorf("%s: %s is allowed", network, a)
			}
		}
		if below := first.Prev(); below.IsValid() && g.allows(below) != tt.publicBelow {
			t.Errorf("%s: the neighbour %s: allowed is %t", network, below, !tt.publicBelow)
		}
		if up := last.Next(); up.IsValid() && g.allows(up) != tt.publicUp {
			t.Errorf("%s: the neighbour %s: allowed is %t", network, up, !tt.publicUp)
		}
	}
}

func lastOf(network netip.Prefix) netip.Addr {
	b := network.Addr().AsSlice()
	for i := network.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	last, _ := netip.AddrFromSlice(b)
	return last
}

func TestGuardJudgesIPv4InIPv6(t *testing.T) {
	tests := []struct {
		address string
		allowed bool
	}{
		{"::ffff:127.0.0.1", false}, // IPv4-mapped
		{"::ffff:169.254.169.254", false},
		{"::ffff:8.8.8.8", true},
		{"64:ff9b::10.0.0.1", false}, // NAT64
		{"64:ff9b::100.100.100.200", false},
		{"64:ff9b::8.8.8.8", true},
		{"64:ff9b:1::8.8.8.8", false},        // local-use NAT64
		{"2002:7f00:1::", false},             // 6to4
		{"2002:a9fe:a9fe::1", false},         // 6to4
		{"2002:c0a8:101::1", false},          // 6to4
		{"2002:808:808::1", true},            // 6to4
		{"::127.0.0.1", false},               // IPv4-compatible
		{"::8.8.8.8", false},                 // IPv4-compatible
		{"::ffff:0:8.8.8.8", false},          // IPv4-translated
		{"2001:0:808:808::f7f7:f7f7", false}, // Teredo
		{"2600::5efe:10.0.0.1", false},       // ISATAP
		{"2600::200:5efe:10.0.0.1", false},   // ISATAP
		{"2600::5efe:8.8.8.8", true},
		{"fe80::5efe:8.8.8.8", false},
		{"2002:808:808::5efe:10.0.0.1", false}, // ISATAP in 6to4
		{"fe80::1%eth0", false},
		{"2600::1%eth0", true},
		{"::1%lo", false},
	}
	for _, tt := range tests {
		if got := (guard{}).allows(netip.MustParseAddr(tt.address)); got != tt.allowed {
			t.Errorf("%s: allowed is %t", tt.address, got)
		}
	}
}

func TestGuardAllowsPrivateNetworks(t *testing.T) {
	var g guard
	for _, text := range []string{"10.1.2.3/16", "127.0.0.1", "fd00::/8", "fe80::/64"} {
		network, err := parseNetwork(text)
		if err != nil {
			t.Fatal(err)
		}
		g.private = append(g.private, network)
	}
	for address, allowed := range map[string]bool{
		"10.1.255.255":        true,
		"10.2.0.0":            false,
		"127.0.0.1":           true,
		"127.0.0.2":           false,
		"::ffff:127.0.0.1":    true,
		"64:ff9b::127.0.0.1":  true,
		"2002:7f00:1::1":      true,
		"2600::5efe:10.1.0.1": true,
		"fd12::1":             true,
		"fc12::1":             false,
		"fe80::1%eth0":        true,
		"8.8.8.8":             true,
	} {
		if got := g.allows(netip.MustParseAddr(address)); got != allowed {
			t.Errorf("%s: allowed is %t", address, got)
		}
	}
	for _, text := range []string{"", "10.0.0.0/33", "10.0.0", "localhost", "fe80::1%eth0", "::ffff:10.0.0.0/104", "::ffff:10.0.0.1"} {
		if network, err := parseNetwork(text); err == nil || !strings.Contains(err.Error(), "is not a network such as 10.0.0.0/8") {
			t.Errorf("parseNetwork(%q) = %v, %v", text, network, err)
		}
	}
}

func TestGuardRefusesWhatItCannotRead(t *testing.T) {
	for _, address := range []string{"", "localhost:80", "/run/socket", "8.8.8.8"} {
		if (guard{}).control(t.Context(), "tcp", address, nil) == nil {
			t.Errorf("%q is allowed", address)
		}
	}
}
