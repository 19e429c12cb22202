package origin

import (
	stderrors "errors"
	"fmt"
	"net/http"

	"github.com/caddy-images/caddy-images/errors"
)

// ErrCredentials is a cause of errors.AccessDenied if the origin does not accept the
// credentials that it is asked with. It then says nothing about the original.
var ErrCredentials = stderrors.New("the origin does not accept the credentials")

// StatusError classifies an HTTP response without an original. server is the
// server's name in messages, such as "the web server".
//
// 429 and the other 4xx are the server's failures, like 5xx; so is 504, with
// which the server did respond in time while its backend did not.
func StatusError(server string, status int) *errors.Error {
	e := &errors.Error{Kind: errors.Unidentified, OriginStatus: status}
	switch status {
	case http.StatusNotFound, http.StatusGone:
		e.Kind = errors.NotFound
		e.Message = fmt.Sprintf("No file was found on %s at the specified path", server)
		return e
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusProxyAuthRequired:
		e.Kind = errors.AccessDenied
		e.Message = upperFirst(fmt.Sprintf("%s denied access with status %d", server, status))
		return e
	case http.StatusBadRequest:
		e.Kind = errors.BadOriginRequest
	case http.StatusRequestTimeout:
		e.Kind = errors.OriginTimeout
	}
	e.Message = upperFirst(fmt.Sprintf("%s responded with status %d", server, status))
	return e
}
