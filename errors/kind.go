package errors

import "net/http"

// Kind is what went wrong, in the words of the field.
type Kind uint8

// The kinds. The zero value is Internal, so that an unforeseen failure fails
// closed.
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
	ClientClosed                 // the client disconnected
)

// Dialect selects the statuses of a dialect.
type Dialect uint8

// The dialects.
const (
	ImageKit Dialect = iota
	Imagizer

	// ImageKitOutages is ImageKit's, except that an origin that is down gives
	// 502 or 504 (RFC 9110 sections 15.6.3 and 15.6.5), which lets caches
	// serve stale content (RFC 5861 section 4).
	ImageKitOutages
)

// statusClientClosed is nginx's "client closed request". It is for logs and
// metrics; no client receives it.
const statusClientClosed = 499

// asOrigin marks kinds for which Imagizer forwards the status of the origin
// if its error page lists that ("Common Errors"), and responds 502 otherwise.
const asOrigin = -1

// Fault is who caused a failure, for logs.
type Fault string

// The faults. An origin's fault may be one of its configuration.
const (
	OfClient Fault = "client" // a wrong request, or a closed one
	OfOrigin Fault = "origin" // a wrong response, or none
	OfServer Fault = "server" // this server's own: load, time, a bug
)

// table maps kinds to codes and statuses. ImageKit documents the codes
// ENOENT, EACCES, ECONNREFUSED, UNIDENTIFIED and ELIMIT ("Error
// troubleshooting"); the others are ours, named after errno.
//
// outage is the status for an origin that is down if that is distinguished
// from a missing file; 0 for kinds that are not outages. EACCES is not:
// without permission to list the bucket, S3 reports a missing file so.
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

// Valid reports whether k is one of the kinds. An invalid one has no code and
// no status.
func (k Kind) Valid() bool { return int(k) < len(table) }

// Code returns the code of the ik-error header, such as ENOENT.
func (k Kind) Code() string { return table[k].code }

// Fault returns who caused the failure: the origin if its status says so,
// else as the kind implies. Exceeding a limit is the client's fault, though
// the origin may have made the file so large.
func (e *Error) Fault() Fault {
	if e.OriginStatus != 0 {
		return OfOrigin
	}
	return table[e.Kind].fault
}

// IsOutage reports whether the kind means that the origin is down, rather
// than that it lacks or refuses the file.
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
	case http.StatusNotFound, // about something configured, such as a bucket, not about the file
		http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return e.OriginStatus
	}
	return http.StatusBadGateway
}
