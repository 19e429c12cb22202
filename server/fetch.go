package server

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/origin/next"
	"github.com/caddy-images/caddy-images/server/reroute"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/sniff"
)

// fetchOriginal fetches the original, or the default image if the original is
// missing.
func (q *request) fetchOriginal() error {
	original, err := q.fetch(&reroute.Arrival{Ctx: q.ctx, Request: q.r, Next: q.next}, q.asked)
	switch {
	case isAnswered(err):
		return err
	case err != nil:
		return q.fetchDefault(err)
	}
	q.original.close()
	q.original, q.missing = newFile(original, q.asked.Ref), nil
	return nil
}

// fetch asks the origins for an original on behalf of a request, and checks
// that the request may show it.
func (q *request) fetch(by *reroute.Arrival, asked transform.Request) (*origin.Source, error) {
	ctx, cancel := q.fetching(by.Ctx)
	defer cancel()
	if q.Origins.AsksNext {
		ctx = q.withCall(ctx, by, asked)
	}
	from, question := q.originOf(asked.Ref, asked.Proof), q.originRequest(by.Request, asked.Ref)
	question.FactsOnly = !q.needsBytes && !q.sendsFile(asked)
	original, err := q.fetchFile(ctx, from, question, by.Request, asked)
	if err == nil && original.Facts == nil {
		original, err = examined(ctx, original, question)
	}
	if err != nil {
		return nil, err
	}
	if err := q.mayShow(by.Request, asked, original); err != nil {
		original.Close()
		return nil, err
	}
	return original, nil
}

// withCall returns a context with what the handlers behind this one are asked with.
func (q *request) withCall(ctx context.Context, by *reroute.Arrival, asked transform.Request) context.Context {
	is, types := wanted(asked)
	return next.WithCall(ctx, next.Call{
		Writer:     q.w,
		Request:    by.Request,
		Handler:    by.Next,
		Prefix:     q.Language.Endpoint(),
		Header:     passing(asked),
		IsImage:    is,
		MediaTypes: types,
		MayPass:    func(header http.Header) error { return q.mayPass(header, asked) },
	})
}

// sendsFile reports whether the file's bytes are needed whatever is known of it: to send
// them as they are, unless the client may have them, or to look into them.
func (q *request) sendsFile(asked transform.Request) bool {
	return asked.Meta || asked.Plan.IsZero() && !q.mayOptimize(asked) && !hasConditions(q.r.Header)
}

// originRequest returns the request to an origin for a file on behalf of a
// client.
func (q *request) originRequest(r *http.Request, ref origin.Ref) origin.Request {
	root, _ := caddyhttp.GetVar(r.Context(), "root").(string)
	if ref.Server == "" { // the query of a whole URL is part of the name
		ref.Query = q.ForwardQuery.forwarded(ref.Query)
	}
	return origin.Request{
		Ref:            ref,
		Host:           r.Host,
		Root:           root,
		Sender:         q.Language.Sender(),
		MaxBytes:       q.MaxSourceSize,
		ConnectTimeout: q.ConnectTimeout,
		Sequence:       q.purgedBefore,
	}
}

// originOf returns the origin of a file. Without a signature, redirects to
// hosts that need one are not followed.
func (s *Server) originOf(ref origin.Ref, proof transform.Proof) origin.Origin {
	switch {
	case ref.Server == "":
		return s.Origins.Site
	case ref.Server == origin.DataServer:
		return s.data
	case strings.HasPrefix(ref.Server, origin.BucketServer):
		return s.Origins.Buckets
	case proof.Signed:
		return s.Origins.Signed
	}
	return s.Origins.Listed
}

// wanted returns a predicate for files that the request can be about, and the
// prefixes of media types besides images that such files have.
func wanted(asked transform.Request) (is func(file []byte) bool, types []string) {
	if mayBeSVGZ(asked.Ref) {
		types = gzipTypes
	}
	if asked.Plan.Page > 0 || asked.Meta {
		return isDocument, slices.Concat(documents, types)
	}
	return isImage, types
}

func isImage(file []byte) bool {
	_, ok := sniff.Sniff(file)
	return ok || isSVGZ(file)
}

// documents are the media types of files that have pages and are not images.
var documents = []string{sniff.PDF.MediaType()}

func isDocument(file []byte) bool {
	_, ok := sniff.Document(file)
	return ok || isSVGZ(file)
}
