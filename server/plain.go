package server

import (
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/internal/httpcache"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/header"
	"github.com/caddy-images/caddy-images/transform/negotiate"
	"github.com/caddy-images/caddy-images/transform/render"
)

// mayOptimize reports whether the URL has no transformation.
func (s *Server) mayOptimize(asked transform.Request) bool {
	return s.OptimizesPlain && asked.Plan.IsZero() && !asked.Original && !asked.Meta
}

// mayOptimizeNext reports whether a request without a transformation is for
// an image that is optimised, if the handlers behind this one have it. Files
// with other extensions pass untouched, with their ranges and conditions.
func (s *Server) mayOptimizeNext(asked transform.Request) bool {
	extension := strings.ToLower(path.Ext(asked.Ref.Name()))
	return s.mayOptimize(asked) && extension != ".pdf" && isPicture(extension)
}

// optimized returns the plan for an image without a transformation. SVGs,
// files that are not images, and animations that would lose their frames stay
// as they are.
func (q *request) optimized() transform.Plan {
	plan, f := q.asked.Plan, q.original.facts
	if f.format != transform.FormatAuto && f.format != transform.SVG && q.mayOptimize(q.asked) && (plan.Still || !f.isStill) {
		plan.Steps, plan.NoLarger = []transform.Step{{}}, true
	}
	return plan
}

// stays reports whether the client can show the original's format: every
// browser can, or this one accepts it.
func stays(plan transform.Plan, original transform.Format, r *http.Request) bool {
	if !plan.NoLarger {
		return false
	}
	switch original {
	case transform.JPEG, transform.PNG, transform.GIF:
		return true
	case transform.WebP, transform.AVIF:
		return len(negotiate.Formats(r.Header.Values("Accept"), []transform.Format{original})) > 0
	}
	return false
}

// smaller returns the original without its metadata if the variant shows the
// same and is not smaller.
func (q *request) smaller(result *render.Result) (body []byte, ok bool, err error) {
	plan, original := q.asked.Plan, q.original.Body
	h, ok := header.Read(original)
	if !ok || plan.Still && h.Frames > 1 {
		return nil, false, nil
	}
	size := transform.Size{Width: h.Width, Height: h.Height}
	if turned := (transform.Size{Width: h.Height, Height: h.Width}); plan.Draws() && result.Size != size && result.Size != turned {
		return nil, false, nil // scaled down for the device
	}
	if plan.Output.Copyright {
		return nil, false, nil // it would have to be merged into the stripped file
	}
	kept := original
	if !plan.Output.Metadata {
		if kept, ok, err = q.stripped(); !ok {
			return nil, false, err
		}
	}
	if len(result.Body) < len(kept) {
		q.copied.Shrink(0)
		return nil, false, nil
	}
	return kept, true, nil
}

// asItIs turns the response into the original if its optimised variant cannot
// be made. A later attempt may succeed, so the response is cached briefly. ok
// is false for an error that is not about the image, or if the original cannot be sent
// either; the error is then the response.
func (q *request) asItIs(failure error) (body []byte, ok bool, err error) {
	e := errors.From(failure)
	switch e.Kind {
	case errors.BadImage, errors.Limit, errors.BadTransform, errors.RenderTimeout, errors.Internal:
	default:
		return nil, false, failure
	}
	if !q.asked.Plan.NoLarger {
		return nil, false, failure
	}
	body, ok, err = q.stripped()
	if err != nil {
		return nil, false, err
	}
	if !ok {
		body = q.original.Body
	}
	a := &q.response
	a.contentType = q.original.mediaType
	a.etag = strongTag([]byte("as it is"), q.original.validator)
	a.warning = e.Header() + "; it is delivered as it is"
	a.keepFor(warned)
	return body, true, nil
}

// warned limits the freshness of a response with a warning.
const warned = time.Hour

// keepFor limits how long the response is cached.
func (a *response) keepFor(most time.Duration) {
	a.age = -1 // it counts from now on
	limit := httpcache.Policy{MaxAge: httpcache.Seconds(int64(most / time.Second))}
	if a.cacheControl == "" {
		a.cacheControl = limit.String()
		return
	}
	said := httpcache.Parse(a.cacheControl)
	limit.Public = true // leaves that to the other policies
	a.cacheControl = httpcache.Strictest(said, limit).String()
}
