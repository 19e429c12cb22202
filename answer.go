package images

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"mime"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	"github.com/cespare/xxhash/v2"

	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/negotiate"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/sniff"
)

// answer is everything of a good answer but its body.
type answer struct {
	contentType  string
	etag         string   // empty for none
	hasty        []string // its entity tags instead, by render.Result.Haste, from 1
	modified     time.Time
	cacheControl string
	vary         []string // the request's headers that it depends on
	disposition  string   // Content-Disposition; empty for none
	link         string   // Link; empty for none
	acceptCH     string   // Accept-CH; empty for none
	contentDPR   string   // Content-DPR; empty for none
}

// describe says what the answer will be like. It needs no pixels, so that a
// request that has the answer already costs none.
func (h *Handler) describe(r *http.Request, asked transform.Request, original *origin.Source, files []*origin.Source, areas []transform.Rect, client tailored) answer {
	all := strictest(original, files)
	a := answer{cacheControl: h.cacheControl(r, asked, all), vary: slices.Concat(client.Vary, all.Vary), acceptCH: client.AcceptCH}
	if h.canonical != nil && asked.Ref.Server == "" {
		a.link = canonicalLink(h.canonical, asked.Ref)
	}
	if asked.Plan.IsZero() {
		a.contentType = typeOf(original, asked.Ref)
		a.etag = original.ETag
		if !isETag(a.etag) {
			a.etag = strongTag(validator(original))
		}
		a.modified = original.LastModified
		return a
	}
	if asked.Plan.Negotiates() {
		a.vary = append([]string{"Accept"}, a.vary...)
	}
	accepts := h.accepts(r, asked.Plan)
	choice := fmt.Append(nil, accepts, client.quality)
	if slices.Contains(accepts, transform.AVIF) {
		choice = fmt.Append(choice, render.AVIFPixels(h.renderTimeout()))
	}
	stands := [][]byte{[]byte(h.engine.Version()), asked.Plan.Key(), choice, validator(original)}
	for _, file := range files {
		stands = append(stands, validator(file))
	}
	if len(areas) > 0 {
		stands = append(stands, fmt.Append(nil, areas))
	}
	a.etag = strongTag(stands...)
	for haste := range byte(render.MostHaste) {
		a.hasty = append(a.hasty, strongTag(append(slices.Clip(stands), []byte{haste + 1})...))
	}
	return a
}

// send writes the answer. http.ServeContent answers conditions, ranges and HEAD.
func (a answer) send(w http.ResponseWriter, r *http.Request, body []byte) error {
	header := w.Header()
	if a.contentType != "" {
		header.Set("Content-Type", a.contentType)
	}
	if a.etag != "" {
		header.Set("ETag", a.etag)
	}
	header.Set("X-Content-Type-Options", "nosniff")
	if a.cacheControl != "" {
		header.Set("Cache-Control", a.cacheControl)
	}
	for _, name := range a.vary {
		negotiate.Vary(header, name)
	}
	if a.acceptCH != "" {
		header.Add("Accept-CH", a.acceptCH)
	}
	if a.contentDPR != "" {
		header.Set("Content-DPR", a.contentDPR)
	}
	if a.link != "" {
		header.Add("Link", a.link)
	}
	if a.disposition != "" {
		header.Set("Content-Disposition", a.disposition)
	}
	if !isHarmless(a.contentType) {
		header.Set("Content-Security-Policy", disarmed)
	}
	http.ServeContent(conditionWriter{&caddyhttp.ResponseWriterWrapper{ResponseWriter: w}}, r, "", a.modified, bytes.NewReader(body))
	return nil
}

// conditionWriter keeps 412 out of caches. It is the answer to one client's condition,
// and has nothing in it; a cache that took it for that of the URL would give it to all.
type conditionWriter struct {
	*caddyhttp.ResponseWriterWrapper
}

// WriteHeader implements http.ResponseWriter.
func (w conditionWriter) WriteHeader(status int) {
	if status == http.StatusPreconditionFailed {
		w.Header().Set("Cache-Control", "no-store")
	}
	w.ResponseWriterWrapper.WriteHeader(status)
}

// disarmed is a policy under which a document that is opened as a page of this
// site can do nothing: no scripts, no loads, no forms, no origin of its own.
const disarmed = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"

// isHarmless tells whether the type is one that browsers show without running
// anything in it with the rights of this site. A browser runs the scripts of any
// type that ends in +xml, whatever it begins with; those in a PDF never see the
// site, and the viewers of browsers do not work in a sandbox. The type is empty on
// answers without a body.
func isHarmless(contentType string) bool {
	contentType, _, _ = strings.Cut(strings.ToLower(contentType), ";")
	contentType = strings.TrimSpace(contentType)
	kind, _, _ := strings.Cut(contentType, "/")
	switch kind {
	case "image", "audio", "video", "font":
		return !strings.Contains(contentType, "xml")
	}
	return contentType == "" || contentType == "application/pdf"
}

// isKnownTo tells whether the request's conditions decide about the answer
// without its body: the client has it (304), or wants another (412). What was made in
// haste is as good as any: the tag of the answer is then that of what the client has.
func (a *answer) isKnownTo(r *http.Request) bool {
	refused := true
	for _, tag := range append([]string{a.etag}, a.hasty...) {
		probe := statusWriter{header: http.Header{"Etag": {tag}}}
		http.ServeContent(&probe, r, "", a.modified, bytes.NewReader(nil))
		if probe.status == http.StatusNotModified {
			a.etag = tag
			return true
		}
		refused = refused && probe.status == http.StatusPreconditionFailed
	}
	return refused
}

// made says how the variant was made.
func (a *answer) made(haste int) {
	if haste > 0 {
		a.etag = a.hasty[haste-1]
	}
}

// statusWriter is an http.ResponseWriter that only remembers the status.
type statusWriter struct {
	header http.Header
	status int
}

func (w *statusWriter) Header() http.Header         { return w.header }
func (w *statusWriter) Write(p []byte) (int, error) { return len(p), nil }
func (w *statusWriter) WriteHeader(status int)      { w.status = status }

// validator stands for the original's bytes: its own strong entity tag, or a
// hash of them. A weak tag, or a time, may stay the same when the bytes change.
func validator(original *origin.Source) []byte {
	if strings.HasPrefix(original.ETag, `"`) && isETag(original.ETag) {
		return []byte(original.ETag)
	}
	return binary.BigEndian.AppendUint64(nil, xxhash.Sum64(original.Body))
}

// isETag tells whether a value is an entity tag. Some servers forget the quotes.
func isETag(value string) bool {
	opaque := strings.TrimPrefix(value, "W/")
	return len(opaque) >= 2 && opaque[0] == '"' && strings.IndexByte(opaque[1:], '"') == len(opaque)-2
}

// strongTag makes an entity tag (RFC 9110 section 8.8.3) of what it stands for.
func strongTag(parts ...[]byte) string {
	hash := sha256.New()
	for _, p := range parts {
		// Lengths keep apart what would be equal when strung together.
		hash.Write(binary.BigEndian.AppendUint64(nil, uint64(len(p))))
		hash.Write(p)
	}
	return `"` + base64.RawURLEncoding.EncodeToString(hash.Sum(nil)[:16]) + `"`
}

// typeOf is the media type of an original that is delivered as it is: what it
// looks like, or else what its origin says, or, where that is only that it has
// bytes, what its extension says.
func typeOf(original *origin.Source, ref origin.Ref) string {
	if f, ok := formatOf(original.Body); ok {
		return f.MIME()
	}
	switch original.ContentType {
	case "", "application/octet-stream", "binary/octet-stream": // S3 has the last one of files that it was told no type of
		return cmp.Or(mime.TypeByExtension(path.Ext(ref.Name())), "application/octet-stream")
	}
	return original.ContentType
}

func formatOf(body []byte) (transform.Format, bool) {
	name, ok := sniff.Sniff(body)
	if !ok {
		return transform.FormatAuto, false
	}
	return transform.ParseFormat(string(name))
}

// keepsSVG tells whether the original is an SVG that the plan leaves one. An
// SVG is never rasterised only because the format may be chosen (ImageKit,
// "Vector and animated images").
func keepsSVG(plan transform.Plan, body []byte) bool {
	if f, _ := formatOf(body); f != transform.SVG {
		return false
	}
	switch plan.Output.Format {
	case transform.SVG:
		return true
	case transform.FormatAuto, transform.FormatOriginal:
		return !plan.Draws()
	}
	return false
}
