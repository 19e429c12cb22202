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

// variant is what a plan makes of an original.
type variant struct {
	body        []byte
	contentType string
	width       int // in pixels; 0 if unknown
	haste       int // as in render.Result
	damaged     bool
}

// render draws the variant that the client's plan asks for. An SVG that nothing is drawn
// of, and whose format may stay, is the variant of itself.
func (q *request) render() (variant, error) {
	plan := q.asked.Plan
	plan.Default, plan.NoLarger = origin.Ref{}, false // which are decided about here
	original := q.original
	if keepsSVG(plan, original.format) {
		return variant{body: original.Body, contentType: transform.SVG.MIME()}, nil
	}
	bodies := make([][]byte, len(q.layers))
	for i, f := range q.layers {
		bodies[i] = f.Body
	}
	result, err := q.engine.Render(q.ctx, render.Job{
		Original:     original.Body,
		Files:        bodies,
		Areas:        q.areas,
		Source:       q.source(),
		Plan:         plan,
		Accepts:      q.accepts(q.r, plan),
		Limits:       q.Limits,
		Quality:      q.client.quality,
		QueueTimeout: q.QueueTimeout,
		Timeout:      q.renderTimeout(),
		MaxCost:      q.MaxCost,

		DeliverDamaged: q.DeliversDamaged,
	})
	if err != nil {
		return variant{}, err // the engine may be reading what it was given
	}
	if result.Damaged {
		q.noteDamaged()
	}
	v := variant{body: result.Body, contentType: result.Format.MIME(), width: result.Size.Width, haste: result.Haste, damaged: result.Damaged}
	if stays(q.asked.Plan, original.format, q.r) {
		if body, ok := smaller(q.asked.Plan, original.Body, result); ok {
			f, _ := formatOf(body)
			v.body, v.contentType = body, f.MIME()
			return v, nil
		}
	}
	q.recycle()
	return v, nil
}

// recycle gives up files that are not read any more. A file that is sent as it is, is not
// among them: a connection may be reading it when the request is done.
func (q *request) recycle() {
	q.original.Recycle()
	for _, f := range q.layers {
		f.Recycle()
	}
}

// made says how the variant was made.
func (a *response) made(v variant) {
	switch {
	case v.damaged && v.haste < len(a.damaged): // else it was not asked for
		a.etag = a.damaged[v.haste]
		a.shorten()
	case v.haste > 0:
		a.etag = a.hasty[v.haste-1]
	}
}

// noteDamaged logs and counts a variant that lacks something.
func (q *request) noteDamaged() {
	q.Metrics.Damaged()
	if c := q.Log.Check(zap.WarnLevel, "What is there of a damaged original is delivered"); c != nil {
		c.Write(zap.String("host", q.r.Host), zap.String("path", reroute.Received(q.r)))
	}
}

// accepts returns the formats to choose from, for a plan that leaves the
// choice.
func (s *Server) accepts(r *http.Request, plan transform.Plan) []transform.Format {
	if !plan.Negotiates() {
		return nil
	}
	return negotiate.Formats(r.Header.Values("Accept"), s.Formats)
}
