package web

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"syscall"

	"github.com/caddy-images/caddy-images/errors"
)

// guard decides which addresses may be dialled. It is asked after name
// resolution, with the address that is dialled next, so neither DNS rebinding
// nor a redirect can bypass it.
type guard struct {
	// private are the private networks that are allowed.
	private []netip.Prefix
}

// control is a net.Dialer's ControlContext.
func (g guard) control(_ context.Context, _, address string, _ syscall.RawConn) error {
	dialled, err := netip.ParseAddrPort(address)
	if err == nil && g.allows(dialled.Addr()) {
		return nil
	}
	return errors.New(errors.AccessDenied, "The address of the web server is not public; allow_private must name its network").
		Because(fmt.Errorf("dialling %s: not a public address", address))
}

// allows reports whether an address is public, or private and allowed. An
// IPv6 address that carries an IPv4 address is judged by that.
func (g guard) allows(a netip.Addr) bool {
	a = a.WithZone("").Unmap()
	if contains(g.private, a) {
		return true
	}
	if a.Is4() {
		return !contains(special4, a)
	}
	for _, carried := range carriedIPv4(a) {
		if !g.allows(carried) {
			return false
		}
	}
	return nat64.Contains(a) || globalUnicast.Contains(a) && !contains(special6, a)
}

func contains(networks []netip.Prefix, a netip.Addr) bool {
	return slices.ContainsFunc(networks, func(n netip.Prefix) bool { return n.Contains(a) })
}

// carriedIPv4 returns the IPv4 addresses in a translated or tunnelled IPv6
// address: NAT64 (RFC 6052), 6to4 (RFC 3056), ISATAP (RFC 5214 section 6.1).
func carriedIPv4(a netip.Addr) []netip.Addr {
	var carried []netip.Addr
	b := a.As16()
	if nat64.Contains(a) {
		carried = append(carried, netip.AddrFrom4([4]byte(b[12:16])))
	}
	if sixToFour.Contains(a) {
		carried = append(carried, netip.AddrFrom4([4]byte(b[2:6])))
	}
	if b[8]&^0x02 == 0 && b[9] == 0 && b[10] == 0x5e && b[11] == 0xfe {
		carried = append(carried, netip.AddrFrom4([4]byte(b[12:16])))
	}
	return carried
}

var (
	// globalUnicast is the public IPv6 space of IANA. Everything outside is
	// refused without a list: ::/96, ::ffff:0:0:0/96, 64:ff9b:1::/48,
	// 100::/64, 5f00::/16, fc00::/7, fe80::/10, fec0::/10, ff00::/8, and
	// reserved space.
	globalUnicast = netip.MustParsePrefix("2000::/3")

	nat64     = netip.MustParsePrefix("64:ff9b::/96")
	sixToFour = netip.MustParsePrefix("2002::/16")
)

// special4 is IANA's complete IPv4 Special-Purpose Address Registry plus
// multicast: anycast services for name servers or relays are not image
// servers either.
var special4 = prefixes(
	"0.0.0.0/8",       // this network, RFC 791
	"10.0.0.0/8",      // private, RFC 1918
	"100.64.0.0/10",   // carrier-grade NAT, RFC 6598; cloud metadata too
	"127.0.0.0/8",     // loopback, RFC 1122
	"169.254.0.0/16",  // link local, RFC 3927; cloud metadata
	"172.16.0.0/12",   // private, RFC 1918
	"192.0.0.0/24",    // IETF protocol assignments, RFC 6890
	"192.0.2.0/24",    // documentation, RFC 5737
	"192.31.196.0/24", // AS112-v4, RFC 7535
	"192.52.193.0/24", // AMT, RFC 7450
	"192.88.99.0/24",  // 6to4 relays, RFC 7526
	"192.168.0.0/16",  // private, RFC 1918
	"192.175.48.0/24", // AS112 direct delegation, RFC 7534
	"198.18.0.0/15",   // benchmarking, RFC 2544
	"198.51.100.0/24", // documentation, RFC 5737
	"203.0.113.0/24",  // documentation, RFC 5737
	"224.0.0.0/4",     // multicast, RFC 5771
	"240.0.0.0/4",     // reserved, RFC 1112, and 255.255.255.255, RFC 919
)

// special6 are the networks of IANA's IPv6 Special-Purpose Address Registry
// within globalUnicast.
var special6 = prefixes(
	"2001::/23",         // IETF protocol assignments, RFC 2928: Teredo, ORCHID, benchmarking…
	"2001:db8::/32",     // documentation, RFC 3849
	"2620:4f:8000::/48", // AS112 direct delegation, RFC 7534
	"3fff::/20",         // documentation, RFC 9637
)

func prefixes(texts ...string) []netip.Prefix {
	parsed := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		parsed[i] = netip.MustParsePrefix(text)
	}
	return parsed
}

// parseNetwork parses a network of allow_private: CIDR, or one address.
func parseNetwork(text string) (netip.Prefix, error) {
	network, err := netip.ParsePrefix(text)
	if a, addrErr := netip.ParseAddr(text); addrErr == nil && a.Zone() == "" {
		network, err = netip.PrefixFrom(a, a.BitLen()), nil
	}
	if err != nil || network.Addr().Is4In6() {
		return netip.Prefix{}, fmt.Errorf("%q is not a network such as 10.0.0.0/8 or fd00::/8", text)
	}
	return network.Masked(), nil
}
