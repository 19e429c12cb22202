package server

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/sniff"
)

// metadata is the description of an original in the shape of Imagizer's
// responses, without the server's address.
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
	Faces      []struct{}                 `json:"faces"` // not detected
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

// newMetadata returns the metadata of a file from its details.
func newMetadata(d transform.Details, file []byte) metadata {
	kind, _ := sniff.Document(file) // a PDF is not a transform.Format
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

// jpegSpace returns libjpeg's number for the colour space of a decoded JPEG.
func jpegSpace(space string) int {
	switch space {
	case "gray":
		return 1
	case "cmyk":
		return 4
	}
	return 2 // RGB
}

// sendMetadata sends the metadata of the original, or of a default image in
// its place.
func (q *request) sendMetadata() error {
	q.response = response{contentType: "application/json", cacheControl: "no-store", age: -1}
	if q.sent == nil {
		q.response.cacheControl, q.response.age = q.freshness(q.original)
		q.response.vary = slices.Clone(q.original.vary)
		q.response.tagHeader, q.response.cacheTags = q.CacheTag.Header, q.cacheTags()
		q.response.etag = strongTag([]byte("meta"), []byte(q.Engine.Version()), q.original.validator)
		if q.missing != nil {
			q.response.replaceMissing(q.missing, time.Now())
		}
		if q.response.isKnownTo(q.r) {
			return q.send(nil)
		}
	}
	body, err := q.inspect()
	if err != nil {
		return q.fail(err)
	}
	return q.send(body)
}

// inspect returns the metadata of the original as JSON.
func (q *request) inspect() ([]byte, error) {
	plan := transform.Plan{}
	if kind, _ := sniff.Document(q.original.Body); kind == sniff.PDF {
		plan.Page = 1 // its size is the document's
	}
	result, err := q.engine.Render(q.ctx, render.Job{
		Original:     q.original.Body,
		Source:       q.source(),
		Key:          q.renderKey(key{[]byte("meta"), []byte(q.Engine.Version()), q.original.validator}),
		Plan:         plan,
		Inspect:      true,
		Limits:       q.Limits,
		QueueTimeout: q.QueueTimeout,
		Waited:       q.claim.Waited(),
		Timeout:      q.renderTimeout(),
	})
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(true) // a browser that takes it for HTML finds no tags
	if err := encoder.Encode(newMetadata(*result.Details, q.original.Body)); err != nil {
		return nil, errors.From(err)
	}
	return b.Bytes(), nil
}
