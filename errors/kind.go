package errors

import "net/http"

// Kind is what went wrong, in the words of the field.
type Kind uint8

// The kinds. The zero value is Internal, so that a failure nobody thought of
// fails closed.
const (
	Internal         Kind = iota // a bug, or an image that broke the engine
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

	// ImageKitOutages is ImageKit's, but an origin that is down is a gateway's 502 or
	// 504 (RFC 9110 sections 15.6.3 and 15.6.5), which caches may answer with what they
	// have (RFC 5861 section 4).
	ImageKitOutages
)

// statusClientClosed is nginx's "client closed request". Nobody receives it;
// it is for logs and metrics.
const statusClientClosed = 499

// asOrigin stands in the table where Imagizer passes on the status of the
// origin if it is one of those its error page lists ("Common Errors"), and says
// 502 otherwise.
const asOrigin = -1

// Fault is whose doing a failure is, as logs have it.
type Fault string

// The faults. One of the origin's is also one of how it is configured.
const (
	OfClient Fault = "client" // what was asked for, or that nobody waits for it
	OfOrigin Fault = "origin" // what came from there, or did not
	OfServer Fault = "server" // this server's own: load, time, a bug
)

// table is the whole contract. The codes ENOENT, EACCES, ECONNREFUSED,
// UNIDENTIFIED and ELIMIT are documented by ImageKit ("Error troubleshooting"),
// the others are ours, named as errno names them.
//
// outage is the status of an origin that is down where that is told from a file that
// is not there; 0 for what is no outage. EACCES is none: on S3 a missing file looks so
// to who may not list the bucket.
var table = [...]struct {
	code               string
	imagekit, imagizer int
	fault              Fault
	outage             int
}{
	Internal:         {"EIO", http.StatusInternalServerError, http.StatusInternalServerError, OfServer, 0},
	NotFound:         {"ENOENT", http.StatusNotFound, http.StatusNotFound, OfOrigin, 0},
	AccessDenied:     {"EACCES", http.StatusNotFound, asOrigin, OfOrigin, 0},
	Refused:          {"ECONNREFUSED", http.StatusNotFound, http.StatusBadGateway, OfOrigin, http.StatusBadGateway},
	Limit:            {"ELIMIT", http.StatusBadRequest, http.StatusBadRequest, OfClient, 0},
	Unidentified:     {"UNIDENTIFIED", http.StatusNotFound, asOrigin, OfOrigin, http.StatusBadGateway},
	Unresolved:       {"ENOTFOUND", http.StatusNotFound, http.StatusBadGateway, OfOrigin, http.StatusBadGateway},
	OriginTimeout:    {"ETIMEDOUT", http.StatusNotFound, http.StatusGatewayTimeout, OfOrigin, http.StatusGatewayTimeout},
	BadTransform:     {"EINVAL", http.StatusBadRequest, http.StatusBadRequest, OfClient, 0},
	BadImage:         {"EBADMSG", http.StatusBadRequest, http.StatusBadRequest, OfOrigin, 0},
	BadOriginRequest: {"EINVAL", http.StatusNotFound, http.StatusBadRequest, OfOrigin, 0},
	Unauthorized:     {"EPERM", http.StatusUnauthorized, http.StatusUnauthorized, OfClient, 0},
	Forbidden:        {"EPERM", http.StatusForbidden, http.StatusForbidden, OfClient, 0},
	MethodNotAllowed: {"ENOTSUP", http.StatusMethodNotAllowed, http.StatusMethodNotAllowed, OfClient, 0},
	Overloaded:       {"EAGAIN", http.StatusServiceUnavailable, http.StatusServiceUnavailable, OfServer, 0},
	RenderTimeout:    {"ETIMEDOUT", http.StatusGatewayTimeout, http.StatusGatewayTimeout, OfServer, 0},
	ClientClosed:     {"ECANCELED", statusClientClosed, statusClientClosed, OfClient, 0},
}

// Valid reports whether k is one of the kinds; one that came from outside may
// be none, and has no code and no status then.
func (k Kind) Valid() bool { return int(k) < len(table) }

// Code returns the code of the ik-error header, such as ENOENT.
func (k Kind) Code() string { return table[k].code }

// Fault is whose doing the failure is: that of an origin that said so by its
// status, or else what the kind tells. What exceeds a limit was asked for by the
// client, though the origin may have made it so large.
func (e *Error) Fault() Fault {
	if e.OriginStatus != 0 {
		return OfOrigin
	}
	return table[e.Kind].fault
}

// IsOutage reports whether an origin that fails so is down, and does not just lack
// the file, or refuse it.
func (k Kind) IsOutage() bool { return table[k].outage != 0 }

// Status returns the HTTP status of the error in a dialect.
func (e *Error) Status(d Dialect) int {
	row := table[e.Kind]
	switch {
	case d == ImageKitOutages && row.outage != 0:
		return row.outage
	case d != Imagizer:
		return row.imagekit
	}
	if row.imagizer != asOrigin {
		return row.imagizer
	}
	switch {
	case e.Kind == AccessDenied && e.OriginStatus == http.StatusUnauthorized:
		return http.StatusUnauthorized
	case e.Kind == AccessDenied:
		return http.StatusForbidden
	}
	switch e.OriginStatus {
	case http.StatusNotFound, // of what is configured, such as a bucket, rather than of the file
		http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return e.OriginStatus
	}
	return http.StatusBadGateway
}
