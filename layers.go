package images

import (
	"context"
	"net/http"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	"golang.org/x/sync/errgroup"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/origin/next"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/font"
)

const (
	// layersAtOnce is how many files of layers are fetched for one request at a
	// time.
	layersAtOnce = 4

	// maxLayerFiles bounds the different files of a request's layers. For each, the
	// site's routes are asked whether the client may have it, which may cost a
	// request to whoever decides about that.
	maxLayerFiles = 16

	// shareOfFiles bounds the files of one request together: this many times
	// max_source_size.
	shareOfFiles = 4
)

// fetchLayers gets the files of the plan's layers, in the order of Plan.Refs,
// within a fetch_timeout of their own. Each is under the limits of an original,
// and may be shown only to whom an original may: a layer is one more way to a
// file, which what the site has configured for the file's path must not miss.
func (h *Handler) fetchLayers(ctx context.Context, r *http.Request, nextHandler caddyhttp.Handler, asked transform.Request, original *origin.Source) ([]*origin.Source, error) {
	refs := asked.Plan.Refs()
	if len(refs) == 0 {
		return nil, nil
	}
	if len(refs) > maxLayerFiles {
		return nil, errors.New(errors.Limit, "The layers have %d different files, more than %d", len(refs), maxLayerFiles)
	}
	ctx, cancel := h.fetching(ctx)
	defer cancel()
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(layersAtOnce)
	by := make([]*arrival, len(refs))
	for i, ref := range refs {
		var err error
		if by[i], err = h.reach(ctx, r, nextHandler, asked, ref); err != nil {
			return nil, transform.InLayer(ref, err)
		}
	}
	files := make([]*origin.Source, len(refs))
	for i, ref := range refs {
		get := func() (err error) {
			if files[i], err = h.fetchFile(by[i], asked, ref); err == nil {
				err = h.language.MayShow(files[i].Header, asked)
			}
			return transform.InLayer(ref, err)
		}
		if !h.asksNext {
			group.Go(get)
		} else if err := get(); err != nil { // on this goroutine: the handlers belong to the request
			return nil, err
		}
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return files, h.checkTotal(original, files)
}

// fetchFile asks the origins for a file that is drawn on another one, and does
// not reach the client by itself.
func (h *Handler) fetchFile(by *arrival, asked transform.Request, ref origin.Ref) (*origin.Source, error) {
	types := append(documents[:1:1], "font/", "application/font-", "application/x-font-", "application/vnd.ms-opentype")
	if mayBeSVGZ(ref) {
		types = append(types, gzipTypes...)
	}
	ctx := next.WithCall(by.ctx, next.Call{
		Writer:     &nowhere{header: make(http.Header)},
		Request:    by.r,
		Handler:    by.next,
		Prefix:     h.language.Endpoint(),
		IsImage:    func(file []byte) bool { return isDocument(file) || font.Is(file) },
		MediaTypes: types,
		MayPass: func(http.Header) error {
			return errors.New(errors.BadImage, "This site has no image there, or none that may be transformed")
		},
	})
	file, err := h.originOf(ref, asked.Proof).Fetch(ctx, h.originRequest(by.r, ref))
	if err != nil {
		return nil, err
	}
	return unpacked(file, h.MaxSourceSize)
}

// checkTotal bounds what one request holds in memory before it waits for its turn.
func (h *Handler) checkTotal(original *origin.Source, files []*origin.Source) error {
	total := int64(len(original.Body))
	for _, file := range files {
		total += int64(len(file.Body))
	}
	if most := shareOfFiles * h.MaxSourceSize; total > most {
		return errors.New(errors.Limit, "The original and its layers have %d bytes, more than %d times max_source_size, %d", total, shareOfFiles, most)
	}
	return nil
}
