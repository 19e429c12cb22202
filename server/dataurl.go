package server

import (
	"context"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
)

// dataURL is the origin of files embedded in the URL.
type dataURL struct{}

// Fetch implements origin.Origin.
func (dataURL) Fetch(_ context.Context, req origin.Request) (*origin.Source, error) {
	body, mediaType, ok := req.Ref.Data()
	if !ok || !isImage(body) { // its own media type proves nothing
		return nil, errors.New(errors.BadTransform, "The data URL does not contain an image")
	}
	if int64(len(body)) > req.MaxBytes {
		return nil, origin.TooLong(req.MaxBytes)
	}
	return &origin.Source{Body: body, ContentType: mediaType}, nil
}
