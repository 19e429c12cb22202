// Package errors has the error type of caddy-images, and the table that maps
// each kind of failure to its code in the ik-error header and its status in
// each dialect.
//
// Errors are told apart by Kind, never by their text. A message is for
// readers of the ik-error header, so it contains no secret: no key, signed
// URL, private host name or file path. Details for the operator go into Err,
// which only the log shows.
package errors

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Error is a failure that ends a request.
type Error struct {
	// Kind determines code and status.
	Kind Kind

	// Message is public: what is wrong and, if helpful, what would be right.
	// It has no full stop and no secrets.
	Message string

	// OriginStatus is the HTTP status of the origin's response, 0 if there
	// was none. Dialects that forward an origin's status read it.
	OriginStatus int

	// RetryAfter is how long the client should wait; 0 for no advice.
	RetryAfter time.Duration

	// Err is the cause, for the log only.
	Err error
}

// New returns an error of a kind with a public message made by fmt.Sprintf.
func New(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// Because returns e with its cause set: `errors.New(…).Because(err)`.
func (e *Error) Because(cause error) *Error {
	e.Err = cause
	return e
}

// Error returns the text for logs, cause included.
func (e *Error) Error() string {
	if e.Err == nil {
		return e.Kind.Code() + " - " + e.Message
	}
	return e.Kind.Code() + " - " + e.Message + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// maxHeader limits the ik-error header: a client can choose parts of a
// message, and proxies refuse long header lines.
const maxHeader = 300

// Header returns the value of the ik-error header, `CODE - message`, in
// printable ASCII (RFC 9110 section 5.5), at most 300 bytes long.
func (e *Error) Header() string {
	var b strings.Builder
	b.WriteString(e.Kind.Code())
	b.WriteString(" - ")
	for _, r := range e.Message {
		if b.Len() >= maxHeader {
			break
		}
		if r < ' ' || r > '~' {
			r = '?'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// From returns err as an *Error. Any other error becomes Internal with a
// generic message. From(nil) is nil.
func From(err error) *Error {
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return New(Internal, "The image server failed").Because(err)
}

// Is reports whether err is, or wraps, an *Error of the kind.
func Is(err error, kind Kind) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == kind
}
