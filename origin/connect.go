package origin

import (
	"context"
	"net"
	"time"
)

type connectKey struct{}

// WithConnectTimeout returns a context that limits the functions of
// DialWithin to the timeout; 0 is no limit.
func WithConnectTimeout(ctx context.Context, timeout time.Duration) context.Context {
	if timeout <= 0 {
		return ctx
	}
	return context.WithValue(ctx, connectKey{}, timeout)
}

// DialWithin returns an http.Transport's DialContext that uses the dialer,
// within the shorter of WithConnectTimeout and the dialer's positive Timeout.
// Both include name resolution.
func DialWithin(dialer *net.Dialer) func(ctx context.Context, network, address string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		within := *dialer
		if timeout, ok := ctx.Value(connectKey{}).(time.Duration); ok {
			within.Timeout = min(within.Timeout, timeout)
		}
		return within.DialContext(ctx, network, address)
	}
}
