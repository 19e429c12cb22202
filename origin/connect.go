package origin

import (
	"context"
	"net"
	"time"
)

type connectKey struct{}

// WithConnectTimeout returns a context within which the functions of DialWithin
// take that time at most; 0 bounds nothing.
func WithConnectTimeout(ctx context.Context, timeout time.Duration) context.Context {
	if timeout <= 0 {
		return ctx
	}
	return context.WithValue(ctx, connectKey{}, timeout)
}

// DialWithin returns an http.Transport's DialContext: the dialer's own, but
// within the time of WithConnectTimeout, where the dialer's Timeout, which is
// positive, is not shorter. The time includes finding the address.
func DialWithin(dialer *net.Dialer) func(ctx context.Context, network, address string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		within := *dialer
		if timeout, ok := ctx.Value(connectKey{}).(time.Duration); ok {
			within.Timeout = min(within.Timeout, timeout)
		}
		return within.DialContext(ctx, network, address)
	}
}
