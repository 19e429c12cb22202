package web

import (
	"context"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/caddy-images/caddy-images/errors"
)

// resolver asks a real name server of the test's own, whose responses come
// from answer: an IPv4 address or none, with a code. A code of silent is no
// response at all.
func resolver(t *testing.T, response func(name string) (dnsmessage.RCode, string)) *net.Resolver {
	t.Helper()
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	go func() {
		packet := make([]byte, 1500)
		for {
			n, from, err := server.ReadFrom(packet)
			if err != nil {
				return
			}
			if reply := dnsReply(packet[:n], response); reply != nil {
				_, _ = server.WriteTo(reply, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", server.LocalAddr().String())
	}}
}

const silent = dnsmessage.RCode(0xfff)

func dnsReply(packet []byte, response func(string) (dnsmessage.RCode, string)) []byte {
	var m dnsmessage.Message
	if m.Unpack(packet) != nil || len(m.Questions) != 1 {
		return nil
	}
	q := m.Questions[0]
	code, address := response(q.Name.String())
	if code == silent {
		return nil
	}
	m.Response, m.RCode, m.Additionals = true, code, nil
	if q.Type == dnsmessage.TypeA && address != "" {
		m.Answers = []dnsmessage.Resource{{
			Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class},
			Body:   &dnsmessage.AResource{A: [4]byte(net.ParseIP(address).To4())},
		}}
	}
	reply, _ := m.Pack()
	return reply
}

func TestDNS(t *testing.T) {
	tests := []struct {
		name    string
		code    dnsmessage.RCode
		address string
		kind    errors.Kind
		message string
	}{
		{"no such name", dnsmessage.RCodeNameError, "", errors.Unresolved, "The name of the web server does not resolve"},
		{"no address", dnsmessage.RCodeSuccess, "", errors.Unresolved, "The name of the web server does not resolve"},
		{"the name server fails", dnsmessage.RCodeServerFailure, "", errors.Unresolved, "The name of the web server does not resolve"},
		{"the name server is silent", silent, "", errors.OriginTimeout, notInTime},
		{"a private address", dnsmessage.RCodeSuccess, "10.0.0.7", errors.AccessDenied, "The address of the web server is not public; allow_private must name its network"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := provisioned(t, &Origin{
				BaseURL:  "http://images.invalid",
				Timeout:  timeoutFor(tt.kind),
				resolver: resolver(t, func(string) (dnsmessage.RCode, string) { return tt.code, tt.address }),
			})
			_, err := fetch(t.Context(), t, o, "a.jpg", "")
			wantError(t, err, tt.kind, tt.message)
		})
	}
}

// A name that resolves to an allowed address first and to another one later is
// judged at each connection.
func TestDNSRebinding(t *testing.T) {
	var rebound atomic.Bool
	names := resolver(t, func(string) (dnsmessage.RCode, string) {
		if rebound.Load() {
			return dnsmessage.RCodeSuccess, "127.0.0.2"
		}
		return dnsmessage.RCodeSuccess, "127.0.0.1"
	})
	url := serving(t, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Connection", "close") })
	o := provisioned(t, &Origin{BaseURL: strings.Replace(url, "127.0.0.1", "images.invalid", 1), resolver: names})
	if _, err := fetch(t.Context(), t, o, "a.jpg", ""); err != nil {
		t.Fatal(err)
	}
	rebound.Store(true)
	_, err := fetch(t.Context(), t, o, "a.jpg", "")
	wantError(t, err, errors.AccessDenied, "The address of the web server is not public; allow_private must name its network")
}
