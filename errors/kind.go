package errors

import "net/http"

// Kind is what went wrong, in the words of the field.
type Kind uint8

// The kinds. The zero value is Internal, so that a failure nobody thought of
// fails closed.
const (
	Internal         Kind = iota // a bug, or a picture that broke the engine
	NotFound                     // no such file at any origin
	AccessDenied                 // the origin's credentials are invalid, expired, or may not read
	Refused                      // the origin refused the connection
	Limit                        // bytes, pixels, frames, layers, dimensions
	Unidentified                 // origin 5xx, reset, TLS, broken HTTP
	Unresolved                   // the origin's name does not resolve
	OriginTimeout                // the origin did not answer in time
	BadTransform                 // unknown or malformed parameter
	BadImage                     // not an image, truncated, corrupt
	BadOriginRequest             // the origin answered 400
	Unauthorized                 // signature missing, wrong, expired; a policy refuses
	Forbidden                    // a rule of the site refuses a layer
	MethodNotAllowed             // neither GET nor HEAD
	Overloaded                   // no slot or memory in time
	RenderTimeout                // processing past its deadline
	ClientClosed                 // the client went away
)

// Dialect is whose statuses an answer follows.
type Dialect uint8

// The dialects.
const (
	ImageKit Dialect = iota
	Imagizer
)

// statusClientClosed is nginx's "client closed request". Nobody receives it;
// it is for logs and metrics.
const statusClientClosed = 499

// asOrigin stands in the table where Imagizer passes on the status of the
// origin if it is one of those its error page lists, and says 502 otherwise.
const asOrigin = -1

// table is the whole contract. The codes ENOENT, EACCES, ECONNREFUSED,
// UNIDENTIFIED and ELIMIT are documented by ImageKit ("Error troubleshooting"),
// the others are ours, named as errno names them.
var table = [...]struct {
	code               string
	imagekit, imagizer int
}{
	Internal:         {"EIO", http.StatusInternalServerError, http.StatusInternalServerError},
	NotFound:         {"ENOENT", http.StatusNotFound, http.StatusNotFound},
	AccessDenied:     {"EACCES", http.StatusNotFound, asOrigin},
	Refused:          {"ECONNREFUSED", http.StatusNotFound, http.StatusBadGateway},
	Limit:            {"ELIMIT", http.StatusBadRequest, http.StatusBadRequest},
	Unidentified:     {"UNIDENTIFIED", http.StatusNotFound, asOrigin},
	Unresolved:       {"ENOTFOUND", http.StatusNotFound, http.StatusBadGateway},
	OriginTimeout:    {"ETIMEDOUT", http.StatusNotFound, http.StatusGatewayTimeout},
	BadTransform:     {"EINVAL", http.StatusBadRequest, http.StatusBadRequest},
	BadImage:         {"EBADMSG", http.StatusBadRequest, http.StatusBadRequest},
	BadOriginRequest: {"EINVAL", http.StatusNotFound, http.StatusBadRequest},
	Unauthorized:     {"EPERM", http.StatusUnauthorized, http.StatusUnauthorized},
	Forbidden:        {"EPERM", http.StatusForbidden, http.StatusForbidden},
	MethodNotAllowed: {"ENOTSUP", http.StatusMethodNotAllowed, http.StatusMethodNotAllowed},
	Overloaded:       {"EAGAIN", http.StatusServiceUnavailable, http.StatusServiceUnavailable},
	RenderTimeout:    {"ETIMEDOUT", http.StatusGatewayTimeout, http.StatusGatewayTimeout},
	ClientClosed:     {"ECANCELED", statusClientClosed, statusClientClosed},
}

// Valid tells whether k is one of the kinds; one that came from outside may be
// none, and has no code and no status then.
func (k Kind) Valid() bool { return int(k) < len(table) }

// Code is the code of the ik-error header, such as ENOENT.
func (k Kind) Code() string { return table[k].code }

// Status is the HTTP status of the error in a dialect.
func (e *Error) Status(d Dialect) int {
	row := table[e.Kind]
	if d == ImageKit {
		return row.imagekit
	}
	if row.imagizer != asOrigin {
		return row.imagizer
	}
	switch e.OriginStatus {
	case http.StatusUnauthorized, http.StatusForbidden:
		if e.Kind == AccessDenied {
			return e.OriginStatus
		}
	case http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		if e.Kind == Unidentified {
			return e.OriginStatus
		}
	}
	if e.Kind == AccessDenied {
		return http.StatusForbidden
	}
	return http.StatusBadGateway
}
