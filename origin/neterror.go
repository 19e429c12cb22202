package origin

import (
	"context"
	"crypto/tls"
	stderrors "errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"syscall"

	"github.com/caddy-images/caddy-images/errors"
)

// GivenUp returns the error of a fetch whose context is done: the client
// left, or its time was up.
func GivenUp(ctx context.Context) *errors.Error {
	if stderrors.Is(ctx.Err(), context.DeadlineExceeded) || stderrors.Is(context.Cause(ctx), context.DeadlineExceeded) {
		return errors.New(errors.OriginTimeout, "The original did not arrive in time").Because(context.Cause(ctx))
	}
	return errors.New(errors.ClientClosed, "The client closed the request").Because(context.Cause(ctx))
}

// NetError classifies an error of the network between us and a server, from
// the first packet to the last byte of the body. ctx is the context of the
// caller, without the origin's own timeout; server is the server's name in
// messages, such as "the web server", without its host name.
//
// The cause, which is for the log, contains no URL: the URL of a redirect may
// be signed.
func NetError(ctx context.Context, server string, err error) *errors.Error {
	if ctx.Err() != nil {
		return GivenUp(ctx)
	}
	var known *errors.Error
	if stderrors.As(err, &known) {
		return known
	}
	if withURL, ok := stderrors.AsType[*url.Error](err); ok {
		err = withURL.Err
	}
	return classify(err).of(server, err)
}

// verdict is a kind and its message, with a %s for the server.
type verdict struct {
	kind    errors.Kind
	message string
}

func (v verdict) of(server string, err error) *errors.Error {
	e := errors.New(v.kind, v.message, server).Because(err)
	e.Message = upperFirst(e.Message)
	return e
}

func classify(err error) verdict {
	switch {
	case isTimeout(err):
		return verdict{errors.OriginTimeout, "%s did not answer in time"}
	case is[*net.DNSError](err):
		return verdict{errors.Unresolved, "The name of %s does not resolve"}
	case stderrors.Is(err, syscall.ECONNREFUSED):
		return verdict{errors.Refused, "%s refused the connection"}
	case isAny(err, syscall.ECONNRESET, syscall.EPIPE, syscall.ECONNABORTED), is[streamError](err):
		return verdict{errors.Unidentified, "%s reset the connection"}
	case isAny(err, syscall.EHOSTUNREACH, syscall.ENETUNREACH, syscall.EADDRNOTAVAIL):
		return verdict{errors.Unidentified, "%s cannot be reached"}
	case is[*tls.CertificateVerificationError](err):
		return verdict{errors.Unidentified, "The certificate of %s is not trusted"}
	case isTLS(err):
		return verdict{errors.Unidentified, "The TLS handshake with %s failed"}
	case isAny(err, ErrShortBody, io.ErrUnexpectedEOF, io.EOF):
		return verdict{errors.Unidentified, "The response of %s is incomplete"}
	}
	return verdict{errors.Unidentified, "The response of %s is not valid HTTP"}
}

func isTimeout(err error) bool {
	timeout, ok := stderrors.AsType[net.Error](err)
	return ok && timeout.Timeout() || isAny(err, context.DeadlineExceeded, syscall.ETIMEDOUT)
}

// isTLS recognises failed handshakes other than certificate errors: plain
// HTTP on a TLS port, and alerts of either side, which crypto/tls marks only
// by the Op of a net.OpError.
func isTLS(err error) bool {
	if is[tls.RecordHeaderError](err) || stderrors.Is(err, http.ErrSchemeMismatch) {
		return true
	}
	op, ok := stderrors.AsType[*net.OpError](err)
	return ok && (op.Op == "remote error" || op.Op == "local error")
}

// streamError has the shape of golang.org/x/net/http2.StreamError, a response
// that the server ended by RST_STREAM: that is how errors.As recognises
// net/http's own copy of the type.
type streamError struct {
	StreamID uint32
	Code     uint32
	Cause    error
}

func (streamError) Error() string { return "" }

func is[E error](err error) bool {
	_, ok := stderrors.AsType[E](err)
	return ok
}

func isAny(err error, targets ...error) bool {
	return slices.ContainsFunc(targets, func(target error) bool { return stderrors.Is(err, target) })
}

func upperFirst(s string) string {
	if s != "" && 'a' <= s[0] && s[0] <= 'z' {
		return string(s[0]-'a'+'A') + s[1:]
	}
	return s
}
