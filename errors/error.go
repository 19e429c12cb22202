// Package errors has the one error type of caddy-images and the one table that
// says what each kind of failure is called in the ik-error header and which
// status it gives in each dialect.
//
// Errors are decided by Kind, never by their text. A message is written for the
// person who reads the ik-error header, so it shows no secret: no key, signed
// URL, private host name or file path. What the operator needs beside it goes
// into Err, which only the log sees.
package errors

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Error is a failure that a request can end in.
type Error struct {
	// Kind decides code and status.
	Kind Kind

	// Message is public: what is wrong and, where it helps, what would be
	// right. Without a full stop, without secrets.
	Message string

	// OriginStatus is the HTTP status that the origin answered with, 0 when it
	// gave none. Dialects that pass an origin's status on read it.
	OriginStatus int

	// RetryAfter is how long the client had better wait; 0 says nothing.
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

// maxHeader bounds the ik-error header: a client can choose parts of a message,
// and proxies refuse long header lines.
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

// From returns err as an *Error. One that is none becomes Internal, with a
// message that says nothing about it. From(nil) is nil.
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
