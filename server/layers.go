package server

import (
	"context"
	"net/http"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/origin/next"
	"github.com/caddy-images/caddy-images/server/reroute"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/font"
)

const (
	// layersAtOnce is the number of layer files fetched concurrently for one
	// request.
	layersAtOnce = 4

	// maxLayerFiles limits the number of different layer files of a request.
	// For each of them the site's routes are asked whether the client may
	// have it, which may cost a request to an authentication service.
	maxLayerFiles = 16

	// shareOfFiles limits the total size of a request's files, as a multiple
	// of max_source_size.
	shareOfFiles = 4
)

// fetchLayers fetches the files of the plan's layers, in the order of
// Plan.Refs, within a fetch_timeout of their own. Each has the limits of an
// original and is shown only to clients that may have it as an original:
// access rules for its path hold.
func (q *request) fetchLayers() error {
	refs := q.asked.Plan.Refs()
	if len(refs) == 0 {
		return nil
	}
	if len(refs) > maxLayerFiles {
		return errors.New(errors.Limit, "The layers have %d different files, more than %d", len(refs), maxLayerFiles)
	}
	if len(q.layers) == len(refs) && !slices.ContainsFunc(q.layers, func(f *file) bool { return f.lacks(q.needsBytes) }) {
		return nil
	}
	ctx, cancel := q.fetching(q.ctx)
	defer cancel()
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(layersAtOnce)
	by := make([]*reroute.Arrival, len(refs))
	for i, ref := range refs {
		var err error
		if by[i], err = q.reach(ctx, ref); err != nil {
			return transform.InLayer(ref, err)
		}
	}
	files := make([]*file, len(refs))
	complete := false
	defer func() {
		if !complete {
			closeAll(files)
		}
	}()
	for i, ref := range refs {
		get := func() error {
			source, err := q.fetchLayer(by[i], ref)
			if err != nil {
				return transform.InLayer(ref, err)
			}
			files[i] = newFile(source, ref)
			if err := q.Language.MayShow(source.Header, q.asked); err != nil {
				return transform.InLayer(ref, err)
			}
			return nil
		}
		if !q.Origins.AsksNext {
			group.Go(get)
		} else if err := get(); err != nil { // on this goroutine: the handlers belong to the request
			return err
		}
	}
	if err := group.Wait(); err != nil {
		return err
	}
	closeAll(q.layers)
	q.layers, complete = files, true
	return q.checkTotal()
}

// closeAll ends the use of the files' bytes. Files may be nil.
func closeAll(files []*file) {
	for _, f := range files {
		f.close()
	}
}

// fetchLayer asks the origins for a file that is drawn on another one and is
// not itself sent to the client.
func (q *request) fetchLayer(by *reroute.Arrival, ref origin.Ref) (*origin.Source, error) {
	types := append(documents[:1:1], "font/", "application/font-", "application/x-font-", "application/vnd.ms-opentype")
	if mayBeSVGZ(ref) {
		types = append(types, gzipTypes...)
	}
	ctx := next.WithCall(by.Ctx, next.Call{
		Writer:     reroute.NewNowhere(),
		Request:    by.Request,
		Handler:    by.Next,
		Prefix:     q.Language.Endpoint(),
		IsImage:    func(file []byte) bool { return isDocument(file) || font.Is(file) },
		MediaTypes: types,
		MayPass: func(http.Header) error {
			return errors.New(errors.BadImage, "There is no image at this path that may be transformed")
		},
	})
	question := q.originRequest(by.Request, ref)
	question.FactsOnly = !q.needsBytes
	source, err := q.originOf(ref, q.asked.Proof).Fetch(ctx, question)
	if err == nil && source.Facts == nil {
		source, err = examined(ctx, source, question)
	}
	return source, err
}

// checkTotal limits the memory that one request holds while it waits in the
// queue.
func (q *request) checkTotal() error {
	total := q.original.size
	for _, f := range q.layers {
		total += f.size
	}
	if most := shareOfFiles * q.MaxSourceSize; total > most {
		return errors.New(errors.Limit, "The original and its layers have %d bytes, more than %d times max_source_size, %d", total, shareOfFiles, most)
	}
	return nil
}

// reach returns the request for fetching a file that the URL names besides
// its original: access rules for the file's own path hold. If the URL has
// only named transformations, the operator chose the file, and the current
// request is used.
func (q *request) reach(ctx context.Context, ref origin.Ref) (*reroute.Arrival, error) {
	isOriginal := ref == q.asked.Ref && q.sent == nil
	if q.asked.Named || ref.Server != "" || isOriginal { // the dialect decides about files of other servers
		return &reroute.Arrival{Ctx: ctx, Request: q.r, Next: q.next}, nil
	}
	own := q.asked.Ref.Path
	if q.sent != nil || q.asked.Ref.Server != "" {
		own = q.router.Below(q.r)
	}
	return q.router.Reach(ctx, q.r, own, ref)
}
