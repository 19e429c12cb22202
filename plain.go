package images

import (
	"bytes"
	"encoding/json"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/internal/httpcache"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/header"
	"github.com/caddy-images/caddy-images/transform/negotiate"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/strip"
)

// originTypes are the types of the origins that are configured, in their order,
// without those that fetch whole URLs only.
func (h *Handler) originTypes() []string {
	var types []string
	for _, raw := range h.OriginsRaw {
		var o struct {
			Type string `json:"type"`
		}
		if err := json.Unmarshal(raw, &o); err == nil && o.Type != "dynamic" { // what is no object is refused when it is loaded
			types = append(types, o.Type)
		}
	}
	if types == nil {
		return []string{"next"}
	}
	return types
}

// optimizes reports whether a URL of a picture that asks for nothing gives an optimised
// one, as with ImageKit. What is asked of the handlers behind this one has never come
// through here, so there it does only if the configuration says so.
func (d *Dialect) optimizes(origins []string) bool {
	switch {
	case d.Imagizer != nil:
		return false
	case d.ImageKit != nil && d.ImageKit.OptimizePlain != nil:
		return *d.ImageKit.OptimizePlain
	}
	return !slices.Equal(origins, []string{"next"})
}

// mayOptimize reports whether the URL is one that asks for nothing.
func (h *Handler) mayOptimize(asked transform.Request) bool {
	return h.optimizesPlain && asked.Plan.IsZero() && !asked.Original && !asked.Meta
}

// mayOptimizeNext reports whether a request that asks for nothing is for a picture that
// is optimised, where the handlers behind this one have it. What has another extension
// goes to them as it is, with its ranges and conditions.
func (h *Handler) mayOptimizeNext(asked transform.Request) bool {
	extension := strings.ToLower(path.Ext(asked.Ref.Name()))
	return h.mayOptimize(asked) && extension != ".pdf" && isPicture(extension)
}

// optimized is the plan for an original of which nothing is asked. An SVG stays as it is,
// and so do files that are no pictures, and animations of which one frame would be left.
func (h *Handler) optimized(asked transform.Request, original []byte) transform.Plan {
	plan := asked.Plan
	if f, ok := formatOf(original); ok && f != transform.SVG && h.mayOptimize(asked) && (plan.Still || !movesOtherwise(f, original)) {
		plan.Steps, plan.NoLarger = []transform.Step{{}}, true
	}
	return plan
}

// movesOtherwise reports whether a file is an animation that is drawn as its first frame: a
// PNG that says so before its pixels (PNG 3, section 11.3.2.1), or a sequence of AVIF.
func movesOtherwise(f transform.Format, file []byte) bool {
	switch f {
	case transform.PNG:
		before, _, _ := bytes.Cut(file, []byte("IDAT"))
		return bytes.Contains(before, []byte("acTL"))
	case transform.AVIF:
		return string(file[8:12]) == "avis" // there are as many bytes, or it would be no AVIF
	}
	return false
}

// stays reports whether a client may get the original's format: every browser shows it,
// or this one says so.
func stays(plan transform.Plan, original []byte, accept []string) bool {
	if !plan.NoLarger {
		return false
	}
	switch f, _ := formatOf(original); f {
	case transform.JPEG, transform.PNG, transform.GIF:
		return true
	case transform.WebP, transform.AVIF:
		return len(negotiate.Formats(accept, []transform.Format{f})) > 0
	}
	return false
}

// smaller is the original, without its metadata, where the variant shows the same and has
// no fewer bytes than that.
func smaller(plan transform.Plan, original []byte, result *render.Result) ([]byte, bool) {
	h, ok := header.Read(original)
	if !ok || plan.Still && h.Frames > 1 {
		return nil, false
	}
	size := transform.Size{Width: h.Width, Height: h.Height}
	if turned := (transform.Size{Width: h.Height, Height: h.Width}); plan.Draws() && result.Size != size && result.Size != turned {
		return nil, false // it was scaled down for the device
	}
	if plan.Output.Copyright {
		return nil, false // it would have to be put into what is left of the file
	}
	kept := original
	if !plan.Output.Metadata {
		if kept, ok = strip.Metadata(original); !ok {
			return nil, false
		}
	}
	return kept, len(result.Body) >= len(kept)
}

// asItIs makes the answer one with the original, where its optimised variant cannot be
// made: before it was optimised the URL gave that, and somebody sees it. The next time it
// may be otherwise, so it is not kept for long. It is false for an error that is not
// about the picture.
func (h *Handler) asItIs(a *answer, asked transform.Request, original *origin.Source, err error) (body []byte, ok bool) {
	e := errors.From(err)
	switch e.Kind {
	case errors.BadImage, errors.Limit, errors.BadTransform, errors.RenderTimeout, errors.Internal:
	default:
		return nil, false
	}
	if !asked.Plan.NoLarger {
		return nil, false
	}
	body, ok = strip.Metadata(original.Body)
	if !ok {
		body = original.Body
	}
	a.contentType = typeOf(original, asked.Ref)
	a.etag = strongTag([]byte("as it is"), validator(original))
	a.warning = e.Header() + "; it is delivered as it is"
	a.keepFor(warned)
	return body, true
}

// warned is how long a response with a warning is fresh at most.
const warned = time.Hour

// keepFor makes the answer one that is kept no longer than that.
func (a *answer) keepFor(most time.Duration) {
	limit := httpcache.Policy{MaxAge: httpcache.Seconds(int64(most / time.Second))}
	if a.cacheControl == "" {
		a.cacheControl = limit.String()
		return
	}
	said := httpcache.Parse(a.cacheControl)
	limit.Public = true // which what was said decides about
	a.cacheControl = httpcache.Strictest(said, limit).String()
}

// accept are the lines of the header.
func accept(r *http.Request) []string { return r.Header.Values("Accept") }
