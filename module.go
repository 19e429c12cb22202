// Package images is a Caddy HTTP handler that turns a site into an image
// server: it fetches an original from where it lives, renders what the URL asks
// for, and answers, in the URL languages of paid image CDNs.
package images

import (
	"context"
	stderrors "errors"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/httpcaddyfile"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/origin/next"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/negotiate"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/sniff"
)

func init() {
	caddy.RegisterModule(Handler{})
	httpcaddyfile.RegisterHandlerDirective("images", parseCaddyfile)
	// After authentication, rewrites and encode; before all that answers.
	httpcaddyfile.RegisterDirectiveOrder("images", httpcaddyfile.Before, "invoke")
}

// CaddyModule returns the Caddy module information.
func (Handler) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  "http.handlers.images",
		New: func() caddy.Module { return new(Handler) },
	}
}

// ServeHTTP answers a request for an image. A request that is not for this
// handler goes on to the next one as it is.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request, nextHandler caddyhttp.Handler) error {
	asked, ours, err := h.parse(r)
	probe := probing(r)
	if !ours || probe != nil && probe.passes(h, r, asked, err) {
		return nextHandler.ServeHTTP(w, r)
	}
	if probe != nil {
		probe.arrive(h, r, nextHandler, asked)
		return nil
	}
	first := firstPassOf(r)
	if first == nil && err == nil && isRead(r) && h.hasDetour(r) {
		return h.passAgain(w, r, asked)
	}
	h.addHeaders(w.Header())
	mergeVary(w)
	if first != nil && err == nil && !first.passes(h, r, asked) {
		if err := first.arrive(h, r, asked); err != nil {
			return h.fail(w, r, err)
		}
	}
	if err == nil {
		err = h.checkSeen(r, asked)
	}
	if h.takesPost(r) {
		return h.servePost(w, r, nextHandler)
	}
	if err := h.admit(r, first, &asked); err != nil {
		return h.fail(w, r, err)
	}
	if h.isForNext(r, asked, err) {
		return h.passOn(w, r, asked, nextHandler)
	}
	if !isRead(r) {
		w.Header().Set("Allow", h.methods(r))
		return h.fail(w, r, h.methodNotAllowed(r))
	}
	if err != nil {
		return h.failAlike(w, r, err, nil)
	}
	if err := h.checkOriginal(asked); err != nil {
		return h.fail(w, r, err)
	}
	ctx, cancel := h.limited(r)
	defer cancel()
	engine, giveBack, err := h.borrowEngine()
	if err != nil {
		return h.fail(w, r, err)
	}
	giveBack = sync.OnceFunc(giveBack)
	defer giveBack()
	original, err := h.fetch(ctx, w, r, nextHandler, asked)
	var missing error // what a default image stands in for
	if err != nil && !isAnswered(err) {
		missing = err
		original, err = h.fetchDefault(ctx, w, r, nextHandler, asked, missing)
	}
	if isAnswered(err) {
		return nil
	}
	if err != nil {
		return h.failAlike(w, r, err, nil)
	}
	defer original.Close()
	if asked.Meta {
		return h.serveMeta(ctx, w, r, engine, asked, original, missing)
	}
	if err := h.leaveVideo(&asked, original); err != nil {
		return h.fail(w, r, err)
	}
	if missing == nil {
		asked.Plan = h.optimized(asked, original.Body)
	}
	client := h.tailor(r, asked.Plan, original.Body)
	client.source = h.sourceOf(asked, missing != nil)
	asked.Plan = client.Plan
	if err := h.checkFile(asked.Plan, original.Body); err != nil {
		return h.fail(w, r, err)
	}
	files, err := h.fetchLayers(ctx, r, nextHandler, asked, original)
	if err != nil {
		return h.failAlike(w, r, err, client.Vary)
	}
	areas, err := h.areas(asked, original, files)
	if err != nil {
		return h.failAlike(w, r, err, client.Vary)
	}
	answer := h.describe(r, asked, original, files, areas, client)
	if missing != nil {
		answer.standIn(missing, time.Now())
	}
	if asked.Plan.IsZero() {
		answer.saveAs(asked)
		if original.Stream != nil {
			giveBack() // it may take hours
			return h.sendStream(w, r, answer, original.Stream)
		}
		return h.send(w, r, answer, original.Body)
	}
	if answer.isKnownTo(r) {
		recycle(original, files)
		return h.send(w, r, answer, nil)
	}
	variant, err := h.render(ctx, r, engine, client, original, files, areas)
	if err != nil {
		if body, ok := h.asItIs(&answer, asked, original, err); ok {
			answer.saveAs(asked)
			return h.send(w, r, answer, body)
		}
		return h.failAlike(w, r, err, answer.vary)
	}
	answer.contentType, answer.contentDPR = variant.contentType, client.ContentDPR(variant.width)
	answer.made(variant)
	answer.saveAs(asked)
	return h.send(w, r, answer, variant.body)
}

// parse reads the request's URL.
func (h *Handler) parse(r *http.Request) (asked transform.Request, ours bool, err error) {
	asked, ours, err = h.language.Parse(r.URL.EscapedPath(), r.URL.RawQuery)
	asked.Plan.Still = asked.Plan.Still || !*h.AllowAnimatedGIFs
	return asked, ours, err
}

// isForNext tells whether a request is altogether for the next handler, where that
// has the originals and may show them: it asks for nothing, or for nothing that
// could be an original.
func (h *Handler) isForNext(r *http.Request, asked transform.Request, err error) bool {
	if !h.transformsNext || !h.showsOriginals() {
		return false
	}
	return !isRead(r) || err == nil && asked.Plan.IsZero() && !h.mayOptimizeNext(asked) && !asked.Attachment && !asked.Meta && asked.Ref.Server == "" || stderrors.Is(err, origin.ErrPath)
}

// isAnswered tells whether a fetch ended with the client's answer.
func isAnswered(err error) bool { return stderrors.Is(err, next.ErrAnswered) }

func isRead(r *http.Request) bool { return r.Method == http.MethodGet || r.Method == http.MethodHead }

// fetch asks the origins for the original, and makes sure that it may be shown.
func (h *Handler) fetch(ctx context.Context, w http.ResponseWriter, r *http.Request, nextHandler caddyhttp.Handler, asked transform.Request) (*origin.Source, error) {
	ctx, cancel := h.fetching(ctx)
	defer cancel()
	is, types := wanted(asked)
	ctx = next.WithCall(ctx, next.Call{
		Writer:     w,
		Request:    r,
		Handler:    nextHandler,
		Prefix:     h.language.Endpoint(),
		Header:     passing(asked),
		IsImage:    is,
		MediaTypes: types,
		MayPass:    func(header http.Header) error { return h.mayPass(header, asked) },
	})
	from, question := h.originOf(asked.Ref, asked.Proof), h.originRequest(r, asked.Ref)
	question.Stream = h.streaming(r, asked)
	original, err := from.Fetch(ctx, question)
	if err == nil && original.Stream != nil && !isStreamed(original, asked.Ref) {
		original.Close()
		question.Stream = origin.Streaming{}
		original, err = from.Fetch(ctx, question)
	}
	if err == nil {
		original, err = unpacked(original, h.MaxSourceSize)
	}
	if err != nil {
		return nil, err
	}
	if err := h.mayShow(r, asked, original); err != nil {
		original.Close()
		return nil, err
	}
	return original, nil
}

// originRequest asks an origin for a file, on behalf of a client.
func (h *Handler) originRequest(r *http.Request, ref origin.Ref) origin.Request {
	root, _ := caddyhttp.GetVar(r.Context(), "root").(string)
	return origin.Request{
		Ref:            ref,
		Host:           r.Host,
		Root:           root,
		Sender:         h.language.Sender(),
		MaxBytes:       h.MaxSourceSize,
		ConnectTimeout: time.Duration(h.BackendConnectTimeout),
	}
}

func isImage(file []byte) bool {
	_, ok := sniff.Sniff(file)
	return ok || isSVGZ(file)
}

// wanted tells which files can be what a request is about, and how media types of
// those begin that are no images.
func wanted(asked transform.Request) (is func(file []byte) bool, types []string) {
	if mayBeSVGZ(asked.Ref) {
		types = gzipTypes
	}
	if asked.Plan.Page > 0 || asked.Meta {
		return isDocument, slices.Concat(documents, types)
	}
	return isImage, types
}

// documents are the media types of files that are no images and have pages.
var documents = []string{sniff.PDF.MediaType()}

func isDocument(file []byte) bool {
	_, ok := sniff.Document(file)
	return ok || isSVGZ(file)
}

// render draws the variant that the client's plan asks for. An SVG whose picture is not
// changed and whose format may stay is the variant of itself.
func (h *Handler) render(ctx context.Context, r *http.Request, engine render.Engine, client tailored, original *origin.Source, files []*origin.Source, areas []transform.Rect) (variant, error) {
	plan := client.Plan
	plan.Default, plan.NoLarger = origin.Ref{}, false // which are decided about here
	if keepsSVG(plan, original.Body) {
		return variant{body: original.Body, contentType: transform.SVG.MIME()}, nil
	}
	bodies := make([][]byte, len(files))
	for i, file := range files {
		bodies[i] = file.Body
	}
	result, err := engine.Render(ctx, render.Job{
		Original:     original.Body,
		Files:        bodies,
		Areas:        areas,
		Source:       client.source,
		Plan:         plan,
		Accepts:      h.accepts(r, plan),
		Limits:       h.limits,
		Quality:      client.quality,
		QueueTimeout: time.Duration(h.QueueTimeout),
		Timeout:      h.renderTimeout(),
		MaxCost:      time.Duration(h.MaxCost),

		DeliverDamaged: h.Damaged == damagedDeliver,
	})
	if err != nil {
		return variant{}, err // the engine may be reading what it was given
	}
	if result.Damaged {
		h.noteDamaged(r)
	}
	if stays(client.Plan, original.Body, accept(r)) {
		if body, ok := smaller(client.Plan, original.Body, result); ok {
			f, _ := formatOf(body)
			return variant{body: body, contentType: f.MIME(), width: result.Size.Width, haste: result.Haste, damaged: result.Damaged}, nil
		}
	}
	recycle(original, files)
	return variant{body: result.Body, contentType: result.Format.MIME(), width: result.Size.Width, haste: result.Haste, damaged: result.Damaged}, nil
}

// recycle gives up files that nobody reads any more. What was sent as it is, is not
// among them: a connection may be reading it when the handler is done.
func recycle(original *origin.Source, files []*origin.Source) {
	original.Recycle()
	for _, file := range files {
		file.Recycle()
	}
}

// variant is what a plan makes of an original.
type variant struct {
	body        []byte
	contentType string
	width       int // 0 for unknown
	haste       int // as in render.Result
	damaged     bool
}

// accepts are the formats to choose from, for a plan that leaves the choice.
func (h *Handler) accepts(r *http.Request, plan transform.Plan) []transform.Format {
	if !plan.Negotiates() {
		return nil
	}
	return negotiate.Formats(r.Header.Values("Accept"), h.formats)
}

// language is a dialect, ready to read URLs.
type language interface {
	// Parse reads a URL; ours is false for one that is not below the endpoint.
	Parse(escapedPath, rawQuery string) (asked transform.Request, ours bool, err error)

	// Detour tells how a URL would be written that names the same original by
	// its own path and has everything else in its query; ok is false where it
	// is written so. The URL is one that Parse understands.
	Detour(escapedPath, rawQuery string) (detour transform.Detour, ok bool)

	// Admit decides whether a request may be served. target is the request target
	// as the client sent it, seen the escaped path that the request had where its
	// transformation still was in it, and asked what Parse returned, if that was
	// no error.
	Admit(target, seen string, asked transform.Request, now time.Time) (transform.Proof, error)

	// TakesURLs tells whether URLs may name an original by its whole URL, and
	// Lists whether those of a server need no proof for that.
	TakesURLs() bool
	Lists(server string) bool

	// MayShow decides whether an admitted request may be shown what it asks for
	// of a file, by the header that the file came with: of the original, and of
	// every other file that is drawn.
	MayShow(header http.Header, asked transform.Request) error

	// Area is the part of a picture that the header of its file marks as what
	// matters; empty for none. It fails where there is one that cannot be read.
	Area(header http.Header) (transform.Rect, error)

	// Endpoint is the escaped path that the dialect's URLs begin with, without
	// a trailing slash.
	Endpoint() string

	// Sender is what requests to web servers say of who sends them, in the
	// headers x-req-from and User-Agent; empty for nothing.
	Sender() string
}

// Interface guards
var (
	_ caddy.Provisioner           = (*Handler)(nil)
	_ caddy.CleanerUpper          = (*Handler)(nil)
	_ caddyhttp.MiddlewareHandler = (*Handler)(nil)
)
