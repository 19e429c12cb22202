package server

import (
	"net/http"

	"go.uber.org/zap"

	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/server/reroute"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/negotiate"
	"github.com/caddy-images/caddy-images/transform/render"
)

// variant is the result of rendering a plan.
type variant struct {
	body        []byte
	contentType string
	width       int // in pixels; 0 if unknown
	reduced     int // as in render.Result
	damaged     bool
	isOriginal  bool // there was nothing to render
	isFile      bool // body is the original's, or a part of it
}

// render renders the variant of the client's plan. An SVG that stays an SVG
// is its own variant.
func (q *request) render() (variant, error) {
	plan := q.asked.Plan
	plan.Default, plan.NoLarger = origin.Ref{}, false // both are handled here
	original := q.original
	if keepsSVG(plan, original.format) {
		return variant{body: original.Body, contentType: transform.SVG.MIME(), isOriginal: true}, nil
	}
	bodies := make([][]byte, len(q.layers))
	for i, f := range q.layers {
		bodies[i] = f.Body
	}
	result, err := q.engine.Render(q.ctx, render.Job{
		Original:     original.Body,
		Files:        bodies,
		Areas:        q.areas,
		Key:          q.renderKey(q.key),
		Source:       q.source(),
		Plan:         plan,
		Accepts:      q.accepts(q.r, plan),
		Limits:       q.Limits,
		Quality:      q.client.quality,
		QueueTimeout: q.QueueTimeout,
		Waited:       q.claim.Waited(),
		Timeout:      q.renderTimeout(),
		MaxCost:      q.MaxCost,

		DeliverDamaged: q.DeliversDamaged,
	})
	if err != nil {
		return variant{}, err // the engine may still read the files
	}
	if result.Damaged {
		q.noteDamaged()
	}
	v := variant{body: result.Body, contentType: result.Format.MIME(), width: result.Size.Width, reduced: result.Reduced, damaged: result.Damaged}
	if stays(q.asked.Plan, original.format, q.r) {
		body, ok, err := q.smaller(result)
		if err != nil {
			return variant{}, err
		}
		if ok {
			f, _ := formatOf(body)
			v.body, v.contentType, v.isFile = body, f.MIME(), true
			return v, nil
		}
	}
	return v, nil
}

// made notes how the variant was made.
func (a *response) made(v variant) {
	switch {
	case v.damaged && v.reduced < len(a.damaged): // otherwise it was not asked for
		a.etag = a.damaged[v.reduced]
		a.shorten()
	case v.reduced > 0:
		a.etag = a.reduced[v.reduced-1]
	}
}

// noteDamaged logs and counts a variant of a damaged file.
func (q *request) noteDamaged() {
	q.Metrics.Damaged()
	if c := q.Log.Check(zap.WarnLevel, "The readable part of a damaged original is delivered"); c != nil {
		c.Write(zap.String("host", q.r.Host), zap.String("path", reroute.Received(q.r)))
	}
}

// accepts returns the formats to choose from if the plan leaves the choice.
func (s *Server) accepts(r *http.Request, plan transform.Plan) []transform.Format {
	if !plan.Negotiates() {
		return nil
	}
	return negotiate.Formats(r.Header.Values("Accept"), s.Formats)
}
