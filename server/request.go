package server

import (
	"bytes"
	"context"
	stderrors "errors"
	"io"
	"net/http"
	"slices"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/caddy-images/caddy-images/internal/held"
	"github.com/caddy-images/caddy-images/origin/next"
	"github.com/caddy-images/caddy-images/server/reroute"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
)

// request is one request on its way through the server. answer calls its
// steps in order; each sets the fields listed under its name.
type request struct {
	*Server
	w    http.ResponseWriter
	r    *http.Request // as a plain read, see reading
	sent *http.Request // as received if it is a POST; nil otherwise
	next caddyhttp.Handler

	url   transform.Request // what the URL asks for
	asked transform.Request // the same, from plan on as settled for the client

	// begin
	ctx      context.Context // until the client leaves, or backend_timeout is over
	engine   render.Engine
	giveBack func()

	claim  *held.Claim    // on memory for the files
	copied *held.Reserved // memory for a copy of the original without metadata; nil for none

	// needsBytes says that it is no longer enough to remember what the files are like.
	needsBytes bool

	sequence     uint64 // of the purges when the request came
	purgedBefore uint64 // what was kept before this purge is not for this request; 0 for none

	// fetchOriginal, or receive
	original *file
	missing  error // the original's failure if a default image replaces it; nil otherwise

	// plan
	client negotiated

	// fetchLayers
	layers []*file          // in the order of asked.Plan.Refs
	areas  []transform.Rect // in the original and the layers; nil if the plan uses none

	// describe
	key      key // of the variant; nil if the original is sent as it is
	response response
}

// serve admits a request and answers it. first is nil on a first pass; err is that of
// reading the URL.
func (q *request) serve(first *reroute.FirstPass, err error) error {
	if first != nil && err == nil {
		if err := first.Arrive(q.router, q.r, q.asked); err != nil {
			return q.fail(err)
		}
	}
	if err == nil {
		err = q.router.CheckSeen(q.r, q.asked)
	}
	if q.takesPost() {
		return q.servePost()
	}
	if err := q.admit(first); err != nil {
		return q.fail(err)
	}
	if q.isForNext(q.r, q.asked, err) {
		return q.passOn()
	}
	if !isRead(q.r) {
		q.w.Header().Set("Allow", q.methods())
		return q.fail(q.methodNotAllowed())
	}
	if err != nil {
		return q.failAlike(err)
	}
	if err := q.checkOriginal(q.asked); err != nil {
		return q.fail(err)
	}
	return q.answer(q.fetchOriginal)
}

// answer responds to an admitted request. fetch gets its original.
func (q *request) answer(fetch func() error) error {
	ctx, cancel := q.limited(q.r)
	defer cancel()
	q.ctx = ctx
	q.url = q.asked
	q.beginCache()
	engine, giveBack, err := q.Engine.Borrow()
	if err != nil {
		return q.fail(err)
	}
	q.engine, q.giveBack = engine, giveBack
	defer q.giveBackEngine()

	defer func() {
		q.release()
		q.copied.Shrink(0)
	}()
	for {
		q.beginClaim()
		if q.original.lacks(q.needsBytes) {
			if err := fetch(); err != nil {
				if isAnswered(err) {
					return nil
				}
				return q.failAlike(err)
			}
		}
		if q.asked.Meta {
			return q.sendMetadata()
		}
		q.asked, q.areas = q.url, nil
		for _, step := range []func() error{q.plan, q.fetchLayers, q.findAreas} {
			if err := step(); err != nil {
				return q.failAlike(err)
			}
		}
		q.describe()
		if sent, err := q.sendKnown(); sent {
			return err
		}
		if q.hasBytes() {
			break
		}
		// What is remembered was enough to see that it is not enough. The files may
		// have changed since, so everything is settled again.
		q.needsBytes = true
	}
	q.claim.Settle()
	q.noteMiss()
	if q.asked.Plan.IsZero() {
		return q.sendOriginal()
	}
	return q.sendVariant()
}

// giveBackEngine gives the engine back, unless that was done.
func (q *request) giveBackEngine() {
	if q.giveBack != nil {
		q.giveBack()
		q.giveBack = nil
	}
}

// hasBytes reports whether all files were fetched.
func (q *request) hasBytes() bool {
	return !q.original.lacks(true) && !slices.ContainsFunc(q.layers, func(f *file) bool { return f.lacks(true) })
}

// plan settles what the URL leaves to the client and the configuration. It
// does not need the original's bytes.
func (q *request) plan() error {
	if err := q.leaveVideo(); err != nil {
		return err
	}
	if q.missing == nil {
		q.asked.Plan = q.optimized()
	}
	q.client = q.negotiate(q.r, q.asked.Plan, q.original.facts)
	q.asked.Plan = q.client.Plan
	if !q.asked.Named { // the operator wrote those
		var err error
		if q.asked.Plan, err = q.Sizes.Apply(q.asked.Plan); err != nil {
			return err
		}
	}
	return q.checkFile(q.asked.Plan, q.original.facts)
}

// sendOriginal sends the original as it is.
func (q *request) sendOriginal() error {
	q.saveAs()
	if q.original.Stream != nil {
		q.giveBackEngine() // it may take hours
		return q.sendStream(q.original.Stream)
	}
	return q.send(q.original.Body)
}

// sendVariant renders the variant and sends it.
func (q *request) sendVariant() error {
	v, err := q.render()
	if err != nil {
		body, ok, err := q.asItIs(err)
		if !ok {
			return q.failAlike(err)
		}
		q.saveAs()
		return q.send(body)
	}
	release, err := q.holdResult(v)
	if err != nil {
		return q.fail(err)
	}
	defer release()
	if q.sent == nil {
		q.keep(v)
	}
	return q.deliver(v, bytes.NewReader(v.body))
}

// deliver sends a variant.
func (q *request) deliver(v variant, body io.ReadSeeker) error {
	q.response.contentType = v.contentType
	if q.sent == nil {
		q.response.contentDPR = q.client.ContentDPR(v.width)
		if v.reduced > 0 || v.damaged {
			q.key.otherTags(&q.response, q.DeliversDamaged)
		}
		q.response.made(v)
		q.saveAs()
	}
	return q.sendBody(body)
}

// failAlike responds with an error that does not depend on the request except
// for its URL and the headers that were read.
func (q *request) failAlike(err error) error {
	if q.sent != nil {
		return q.fail(err)
	}
	return q.Server.failAlike(q.w, q.r, err, append(q.client.Vary, q.response.vary...))
}

// fail responds with an error that belongs to this request alone.
func (q *request) fail(err error) error {
	r := q.r
	if q.sent != nil {
		r = q.sent
	}
	return q.Server.fail(q.w, r, err)
}

// isAnswered reports whether the fetch already sent the client's response.
func isAnswered(err error) bool { return stderrors.Is(err, next.ErrAnswered) }

// source identifies the original for the engine's quarantine. Of a default
// image only the site is known.
func (q *request) source() render.Source {
	switch {
	case q.sent != nil:
		return q.sentBy()
	case q.missing != nil:
		return render.Source{Site: q.Site}
	}
	return render.Source{Site: q.Site, Ref: q.asked.Ref}
}
