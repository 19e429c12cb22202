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

// StatusError says what an HTTP answer without an original means. server is how
// messages call the server, such as "the web server".
//
// 429 and the other 4xx are, like 5xx, the server's own trouble; so is 504, which
// says that the server did answer in time, but not those behind it.
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
	e.Message = upperFirst(fmt.Sprintf("%s answered with status %d", server, status))
	return e
}
