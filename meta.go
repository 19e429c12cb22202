package images

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/sniff"
)

// metadata is what is known of an original, in the shape that Imagizer's answers
// have, but for the address of the server, which is nobody's business.
type metadata struct {
	FileSize   int                        `json:"fileSize"` // bytes
	Width      int                        `json:"width"`    // as a viewer sees it, turned by its orientation
	Height     int                        `json:"height"`
	FileType   string                     `json:"fileType"`
	MIMEType   string                     `json:"mimeType"`
	HasAlpha   bool                       `json:"hasAlpha"`
	ColorSpace string                     `json:"colorSpace"`
	Frames     int                        `json:"frames,omitempty"` // of an animation
	Pages      int                        `json:"pages,omitempty"`  // of a document
	EXIF       map[string]transform.Value `json:"exif"`
	Faces      []struct{}                 `json:"faces"` // nobody looks for any
	ICC        metaICC                    `json:"icc"`
	JPEG       *metaJPEG                  `json:"jpeg,omitempty"`
}

type metaICC struct {
	Copyright    string `json:"copyright,omitempty"`
	Description  string `json:"description,omitempty"`
	Manufacturer string `json:"manufacturer,omitempty"`
	Model        string `json:"model,omitempty"`
}

type metaJPEG struct {
	ColorSpace int    `json:"colorspace"` // libjpeg's number
	Sampling   string `json:"sampling-factor,omitempty"`
}

// newMetadata is the metadata of a file with the details.
func newMetadata(d transform.Details, file []byte) metadata {
	kind, _ := sniff.Document(file) // a PDF has no format that pictures are written in
	m := metadata{
		FileSize: len(file), Width: d.Size.Width, Height: d.Size.Height,
		FileType: string(kind), MIMEType: kind.MediaType(), HasAlpha: d.Alpha, ColorSpace: d.Space,
		EXIF: d.EXIF, Faces: []struct{}{},
		ICC: metaICC{d.ICC.Copyright, d.ICC.Description, d.ICC.Manufacturer, d.ICC.Model},
	}
	if m.EXIF == nil {
		m.EXIF = map[string]transform.Value{}
	}
	if d.Frames > 1 {
		m.Frames = d.Frames
	}
	if d.Pages > 1 {
		m.Pages = d.Pages
	}
	if d.Format == transform.JPEG {
		m.JPEG = &metaJPEG{ColorSpace: jpegSpace(d.Space), Sampling: d.Sampling}
	}
	return m
}

// jpegSpace is libjpeg's number of the space that a JPEG is decoded to.
func jpegSpace(space string) int {
	switch space {
	case "gray":
		return 1
	case "cmyk":
		return 4
	}
	return 2 // RGB
}

// serveMeta answers with what is known of the original, or of a default image in place
// of one that is missing.
func (h *Handler) serveMeta(ctx context.Context, w http.ResponseWriter, r *http.Request, engine render.Engine, asked transform.Request, original *origin.Source, missing error) error {
	a := answer{
		contentType:  "application/json",
		cacheControl: h.cacheControl(r, asked, original),
		vary:         slices.Clone(original.Vary),
		etag:         strongTag([]byte("meta"), []byte(h.engine.Version()), validator(original)),
	}
	if missing != nil {
		a.standIn(missing, time.Now())
	}
	if a.isKnownTo(r) {
		return h.send(w, r, a, nil)
	}
	body, err := h.inspect(ctx, engine, original, h.sourceOf(asked, missing != nil))
	if err != nil {
		return h.fail(w, r, err)
	}
	return h.send(w, r, a, body)
}

// inspect is the metadata of an original as JSON.
func (h *Handler) inspect(ctx context.Context, engine render.Engine, original *origin.Source, from render.Source) ([]byte, error) {
	plan := transform.Plan{}
	if kind, _ := sniff.Document(original.Body); kind == sniff.PDF {
		plan.Page = 1 // whose size is that of the document
	}
	result, err := engine.Render(ctx, render.Job{
		Original:     original.Body,
		Source:       from,
		Plan:         plan,
		Inspect:      true,
		Limits:       h.limits,
		QueueTimeout: time.Duration(h.QueueTimeout),
		Timeout:      h.renderTimeout(),
	})
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(true) // a browser that takes it for a page finds no tags in it
	if err := encoder.Encode(newMetadata(*result.Details, original.Body)); err != nil {
		return nil, errors.From(err)
	}
	return b.Bytes(), nil
}
