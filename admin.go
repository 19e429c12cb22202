package images

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/caddyserver/caddy/v2"
)

func init() { caddy.RegisterModule(Admin{}) }

// Admin serves `/images/` on Caddy's admin endpoint: statistics of all image
// handlers in the process, and purging.
type Admin struct{}

// CaddyModule returns the Caddy module information.
func (Admin) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  "admin.api.images",
		New: func() caddy.Module { return new(Admin) },
	}
}

// purgePath precedes the path of the original to purge.
const purgePath = "/images/cache/"

// Routes implements caddy.AdminRouter.
func (Admin) Routes() []caddy.AdminRoute {
	return []caddy.AdminRoute{
		{Pattern: "/images/stats", Handler: answering(readStats, http.MethodGet, http.MethodHead)},
		{Pattern: "/images/cache", Handler: answering(purgeAll, http.MethodDelete)},
		{Pattern: purgePath, Handler: answering(purgeOne, http.MethodDelete)},
		{Pattern: "/images/", Handler: caddy.AdminHandlerFunc(func(_ http.ResponseWriter, r *http.Request) error {
			return apiError(http.StatusNotFound, "there is no %s; the paths are /images/stats, /images/cache and %s<path>", r.URL.Path, purgePath)
		})},
	}
}

// answering returns a handler that takes the methods and answers in JSON.
func answering(answer func(*http.Request) (any, error), methods ...string) caddy.AdminHandler {
	return caddy.AdminHandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		if !slices.Contains(methods, r.Method) {
			w.Header().Set("Allow", strings.Join(methods, ", "))
			return apiError(http.StatusMethodNotAllowed, "%s does not take %s; it takes %s", r.URL.Path, r.Method, strings.Join(methods, " and "))
		}
		value, err := answer(r)
		if err != nil {
			return err
		}
		text, err := json.MarshalIndent(value, "", "\t")
		if err != nil {
			return apiError(http.StatusInternalServerError, "writing the response: %w", err)
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = w.Write(append(text, '\n'))
		return nil
	})
}

func apiError(status int, text string, args ...any) error {
	return caddy.APIError{HTTPStatus: status, Err: fmt.Errorf(text, args...)}
}

// Interface guards
var _ caddy.AdminRouter = Admin{}
