package images

import (
	"encoding/json"
	"fmt"
	"maps"
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
		{Pattern: "/images/stats", Handler: answering{http.MethodGet: readStats, http.MethodHead: readStats}},
		{Pattern: "/images/cache", Handler: answering{http.MethodDelete: purgeAll, http.MethodPost: purgeMany}},
		{Pattern: purgePath, Handler: answering{http.MethodDelete: purgeOne}},
		{Pattern: "/images/", Handler: caddy.AdminHandlerFunc(func(_ http.ResponseWriter, r *http.Request) error {
			return apiError(http.StatusNotFound, "there is no %s; the paths are /images/stats, /images/cache and %s<path>", r.URL.Path, purgePath)
		})},
	}
}

// answering is a handler that answers in JSON, by method.
type answering map[string]func(*http.Request) (any, error)

// ServeHTTP implements caddy.AdminHandler.
func (a answering) ServeHTTP(w http.ResponseWriter, r *http.Request) error {
	answer, ok := a[r.Method]
	if !ok {
		methods := slices.Sorted(maps.Keys(a))
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
}

func apiError(status int, text string, args ...any) error {
	return caddy.APIError{HTTPStatus: status, Err: fmt.Errorf(text, args...)}
}

// Interface guards
var _ caddy.AdminRouter = Admin{}
