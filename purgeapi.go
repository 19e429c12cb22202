package images

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/caddyserver/caddy/v2/caddyconfig/httpcaddyfile"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	"go.uber.org/zap"

	"github.com/caddy-images/caddy-images/cache"
)

func init() {
	caddy.RegisterModule(PurgeAPI{})
	httpcaddyfile.RegisterHandlerDirective("images_purge", parsePurgeAPI)
	// After authentication, and before images, which would answer DELETE.
	httpcaddyfile.RegisterDirectiveOrder("images_purge", httpcaddyfile.Before, "templates")
}

// PurgeAPI purges images on behalf of clients that know a key, in the shape of the
// vendors' APIs: ImageKit's `POST /v1/files/purge` and `GET /v1/files/purge/{id}`, so
// that its SDKs work with another base URL, and if wanted Imagizer's `DELETE /{path}`.
// Other requests go to the next handler. A purge is for all handlers of the process.
type PurgeAPI struct {
	// The key of clients: the user name of basic authentication, as ImageKit's SDKs send
	// their private key, or a bearer token. Required.
	PrivateKey string `json:"private_key,omitempty"`

	// The hosts of URLs that may be purged, with a port unless it is the scheme's.
	// Required for ImageKit's API.
	Hosts []string `json:"hosts,omitempty"`

	// Whether `DELETE` purges the path of an original, and with `/` or `/cache`
	// everything, as at Imagizer. Default: `false`
	Imagizer bool `json:"imagizer,omitempty"`

	key [sha256.Size]byte // a hash of the key
	log *zap.Logger
}

// CaddyModule returns the Caddy module information.
func (PurgeAPI) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  "http.handlers.images_purge",
		New: func() caddy.Module { return new(PurgeAPI) },
	}
}

// Provision implements caddy.Provisioner.
func (p *PurgeAPI) Provision(ctx caddy.Context) error {
	p.log = ctx.Logger()
	keys, err := allReplaced(caddy.NewReplacer(), "images_purge private_key", []string{p.PrivateKey})
	if err != nil {
		return err
	}
	switch {
	case keys[0] == "":
		return fmt.Errorf("images_purge has no private_key, so that anybody could purge; it takes one")
	case len(p.Hosts) == 0 && !p.Imagizer:
		return fmt.Errorf("images_purge has neither hosts nor imagizer; it takes the hosts of URLs that may be purged, or imagizer")
	}
	p.key = sha256.Sum256([]byte(keys[0]))
	return nil
}

// The paths of ImageKit's API.
const (
	filesPurge   = "/v1/files/purge"
	filesPurgeID = filesPurge + "/"
)

// mostOfPurge limits the body of a request, in bytes.
const mostOfPurge = 64 << 10

// ServeHTTP implements caddyhttp.MiddlewareHandler.
func (p *PurgeAPI) ServeHTTP(w http.ResponseWriter, r *http.Request, next caddyhttp.Handler) error {
	answer := p.answers(r)
	if answer == nil {
		return next.ServeHTTP(w, r)
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "application/json")
	if !p.admits(r) {
		w.Header().Set("WWW-Authenticate", `Basic realm="images", charset="UTF-8"`)
		return p.say(w, http.StatusUnauthorized, map[string]string{"message": "The request needs the private key as the user name of basic authentication, or as a bearer token"})
	}
	status, said, err := answer(r)
	if err != nil {
		e, ok := err.(caddy.APIError)
		if !ok || e.HTTPStatus == 0 {
			e = caddy.APIError{HTTPStatus: http.StatusInternalServerError, Err: err}
		}
		p.log.Info("a purge was refused", zap.Int("status", e.HTTPStatus), zap.Error(e.Err))
		return p.say(w, e.HTTPStatus, map[string]string{"message": e.Err.Error()})
	}
	return p.say(w, status, said)
}

// answers returns what answers a request; nil if it is for the next handler.
func (p *PurgeAPI) answers(r *http.Request) func(*http.Request) (status int, said any, err error) {
	switch {
	case len(p.Hosts) > 0 && r.URL.Path == filesPurge && r.Method == http.MethodPost:
		return p.purgeURL
	case len(p.Hosts) > 0 && strings.HasPrefix(r.URL.Path, filesPurgeID) && r.Method == http.MethodGet:
		return p.status
	case p.Imagizer && r.Method == http.MethodDelete:
		return p.deletePath
	}
	return nil
}

// admits reports whether the request has the key. It takes constant time.
func (p *PurgeAPI) admits(r *http.Request) bool {
	given, _, ok := r.BasicAuth()
	if scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " "); !ok && strings.EqualFold(scheme, "Bearer") {
		given = strings.TrimSpace(token)
	}
	sum := sha256.Sum256([]byte(given))
	return subtle.ConstantTimeCompare(sum[:], p.key[:]) == 1
}

func (p *PurgeAPI) say(w http.ResponseWriter, status int, what any) error {
	text, err := json.Marshal(what)
	if err != nil {
		return caddyhttp.Error(http.StatusInternalServerError, err)
	}
	w.WriteHeader(status)
	_, _ = w.Write(append(text, '\n'))
	return nil
}

// purgeURL answers POST /v1/files/purge. It is done when it answers.
func (p *PurgeAPI) purgeURL(r *http.Request) (int, any, error) {
	// A page elsewhere cannot have a browser send this type without asking first.
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return 0, nil, apiError(http.StatusUnsupportedMediaType, "the request takes application/json, such as {\"url\": \"https://img.example.com/lake.jpg\"}")
	}
	var named struct {
		URL string `json:"url"`
	}
	if err := json.NewDecoder(io.LimitReader(r.Body, mostOfPurge)).Decode(&named); err != nil || named.URL == "" || len(named.URL) > longestToPurge {
		return 0, nil, apiError(http.StatusBadRequest, "the body is not like {\"url\": \"https://img.example.com/lake.jpg\"}")
	}
	u, err := url.Parse(strings.TrimSuffix(named.URL, "*"))
	if err != nil || !slices.ContainsFunc(p.Hosts, func(host string) bool { return strings.EqualFold(host, u.Host) }) {
		return 0, nil, apiError(http.StatusBadRequest, "the URL is not of a host whose images are purged here")
	}
	rules, err := rulesOfURL(named.URL)
	if err != nil {
		return 0, nil, err
	}
	if err := p.purge(r, rules); err != nil {
		return 0, nil, err
	}
	return http.StatusCreated, map[string]string{"requestId": p.newID()}, nil
}

func (p *PurgeAPI) purge(r *http.Request, rules []cache.Rule) error {
	done, err := purgeRules(r.Context(), rules)
	p.log.Info("purged", zap.String("uri", r.RequestURI), zap.Int("originals", done.Originals), zap.Int("variants", done.Variants), zap.Error(err))
	return err
}

// An ID of a request is random, with a hash that only who knows the key can make: so
// nothing has to be remembered of it.
const idHalf = 12 // bytes

func (p *PurgeAPI) newID() string {
	id := make([]byte, idHalf, 2*idHalf)
	_, _ = rand.Read(id) // never fails
	return hex.EncodeToString(append(id, p.mark(id)...))
}

func (p *PurgeAPI) mark(id []byte) []byte {
	hash := hmac.New(sha256.New, p.key[:])
	hash.Write(id)
	return hash.Sum(nil)[:idHalf]
}

// status answers GET /v1/files/purge/{id}.
func (p *PurgeAPI) status(r *http.Request) (int, any, error) {
	id, err := hex.DecodeString(strings.TrimPrefix(r.URL.Path, filesPurgeID))
	if err != nil || len(id) != 2*idHalf || !hmac.Equal(id[idHalf:], p.mark(id[:idHalf])) {
		return 0, nil, apiError(http.StatusNotFound, "there was no request with this ID")
	}
	return http.StatusOK, map[string]string{"status": "Completed"}, nil
}

// deletePath answers Imagizer's DELETE.
func (p *PurgeAPI) deletePath(r *http.Request) (int, any, error) {
	path := strings.TrimPrefix(r.URL.EscapedPath(), "/")
	rules := []cache.Rule{{Kind: cache.PurgeAll}}
	if path != "" && path != "cache" {
		var err error
		if rules, err = rulesOfPath(path); err != nil {
			return 0, nil, err
		}
	}
	if err := p.purge(r, rules); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, map[string]string{"status": "Completed"}, nil
}

// parsePurgeAPI parses the directive:
//
//	images_purge {
//		private_key <key>
//		hosts       <hosts...>
//		imagizer
//	}
func parsePurgeAPI(helper httpcaddyfile.Helper) (caddyhttp.MiddlewareHandler, error) {
	p := new(PurgeAPI)
	if err := p.UnmarshalCaddyfile(helper.Dispenser); err != nil {
		return nil, err
	}
	return p, nil
}

// UnmarshalCaddyfile implements caddyfile.Unmarshaler.
func (p *PurgeAPI) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next()
	if d.NextArg() {
		return d.ArgErr()
	}
	for d.NextBlock(0) {
		switch option := d.Val(); option {
		case "private_key":
			if p.PrivateKey != "" {
				return d.Errf("%s is already set", option)
			}
			if err := oneArg(d, &p.PrivateKey); err != nil {
				return err
			}
		case "hosts":
			if err := moreArgs(d, &p.Hosts); err != nil {
				return err
			}
		case "imagizer":
			if err := noArgs(d); err != nil {
				return err
			}
			p.Imagizer = true
		default:
			return d.Errf("images_purge has no option %q; the options are private_key, hosts, imagizer", option)
		}
	}
	if p.PrivateKey == "" {
		return d.Err("images_purge has no private_key, so that anybody could purge; it takes one")
	}
	if len(p.Hosts) == 0 && !p.Imagizer {
		return d.Err("images_purge has neither hosts nor imagizer; it takes the hosts of URLs that may be purged, or imagizer")
	}
	return nil
}

// Interface guards
var (
	_ caddy.Provisioner           = (*PurgeAPI)(nil)
	_ caddyhttp.MiddlewareHandler = (*PurgeAPI)(nil)
	_ caddyfile.Unmarshaler       = (*PurgeAPI)(nil)
)
