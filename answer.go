package images

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	"github.com/cespare/xxhash/v2"

	"github.com/caddy-images/caddy-images/internal/httpcache"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/sniff"
)

// answer is everything of a good answer but its body.
type answer struct {
	contentType  string
	etag         string   // empty for none
	hasty        []string // its entity tags instead, by render.Result.Haste, from 1
	damaged      []string // those of what is made of a damaged file, by Haste, from 0; nil for none
	modified     time.Time
	cacheControl string
	vary         []string            // the request's headers that it depends on
	disposition  string              // Content-Disposition; empty for none
	link         string              // Link; empty for none
	acceptCH     string              // Accept-CH; empty for none
	contentDPR   string              // Content-DPR; empty for none
	warning      string              // Ik-Warning; empty for none
	ignored      []transform.Ignored // what it is about
}

// describe says what the answer will be like. It needs no pixels, so that a
// request that has the answer already costs none.
func (h *Handler) describe(r *http.Request, asked transform.Request, original *origin.Source, files []*origin.Source, areas []transform.Rect, client tailored) answer {
	all := append([]*origin.Source{original}, files...)
	a := answer{cacheControl: h.cacheControl(r, asked, all...), vary: slices.Clone(client.Vary), acceptCH: client.AcceptCH}
	for _, file := range all {
		a.vary = append(a.vary, file.Vary...)
	}
	if h.canonical != nil && asked.Ref.Server == "" {
		a.link = canonicalLink(h.canonical, asked.Ref)
	}
	a.warn(asked.Ignored)
	if asked.Plan.IsZero() {
		a.contentType = typeOf(original, asked.Ref)
		a.etag = original.ETag
		switch {
		case !isETag(a.etag) && original.Stream != nil:
			a.etag = "" // its bytes are not known yet
		case !isETag(a.etag):
			a.etag = strongTag(validator(original))
		case original.Decoded:
			a.etag = decodedTag(a.etag)
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
	if stays(asked.Plan, original.Body, accept(r)) {
		choice = append(choice, "stays"...)
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
	if h.Damaged == damagedDeliver {
		for haste := range byte(render.MostHaste + 1) {
			a.damaged = append(a.damaged, strongTag(append(slices.Clip(stands), []byte("damaged"), []byte{haste})...))
		}
	}
	return a
}

// send writes the answer. http.ServeContent answers conditions, ranges and HEAD.
func (a answer) send(w http.ResponseWriter, r *http.Request, body []byte) error {
	a.sendContent(w, r, bytes.NewReader(body))
	return nil
}

func (a answer) sendContent(w http.ResponseWriter, r *http.Request, content io.ReadSeeker) {
	a.fill(w.Header())
	http.ServeContent(conditionWriter{&caddyhttp.ResponseWriterWrapper{ResponseWriter: w}}, r, "", a.modified, content)
}

// fill puts into a header what the answer says.
func (a answer) fill(header http.Header) {
	if a.contentType != "" {
		header.Set("Content-Type", a.contentType)
	}
	if a.etag != "" {
		header.Set("ETag", a.etag)
	}
	a.inherit(header, time.Now())
	if a.cacheControl != "" {
		header.Set("Cache-Control", a.cacheControl)
	}
	httpcache.MergeVary(header, a.vary...)
	if a.acceptCH != "" {
		header.Add("Accept-CH", a.acceptCH)
	}
	if a.contentDPR != "" {
		header.Set("Content-DPR", a.contentDPR)
	}
	if a.link != "" {
		header.Add("Link", a.link)
	}
	if a.warning != "" {
		header.Set(warningHeader, a.warning)
	}
	if a.disposition != "" {
		header.Set("Content-Disposition", a.disposition)
	}
	disarm(header, a.contentType)
}

// conditionWriter keeps 412 and 416 out of caches. They answer one client's condition
// or range, and have no image; a cache that took one for the response of the URL would
// give it to all.
type conditionWriter struct {
	*caddyhttp.ResponseWriterWrapper
}

// WriteHeader implements http.ResponseWriter.
func (w conditionWriter) WriteHeader(status int) {
	if status == http.StatusPreconditionFailed || status == http.StatusRequestedRangeNotSatisfiable {
		w.Header().Set("Cache-Control", "no-store")
	}
	w.ResponseWriterWrapper.WriteHeader(status)
}

// isKnownTo tells whether the request's conditions decide about the answer
// without its body: the client has it (304), or wants another (412). What was made in
// haste is as good as any: the tag of the answer is then that of what the client has.
func (a *answer) isKnownTo(r *http.Request) bool {
	refused := true
	for _, tag := range slices.Concat([]string{a.etag}, a.hasty, a.damaged) {
		probe := statusWriter{header: http.Header{"Etag": {tag}}}
		http.ServeContent(&probe, r, "", a.modified, bytes.NewReader(nil))
		if probe.status == http.StatusNotModified {
			a.etag = tag
			if slices.Contains(a.damaged, tag) {
				a.shorten()
			}
			return true
		}
		refused = refused && probe.status == http.StatusPreconditionFailed
	}
	return refused
}

// made says how the variant was made.
func (a *answer) made(v variant) {
	switch {
	case v.damaged && v.haste < len(a.damaged): // else it was not asked for
		a.etag = a.damaged[v.haste]
		a.shorten()
	case v.haste > 0:
		a.etag = a.hasty[v.haste-1]
	}
}

// shorten makes the answer one that is fresh for a short time: what is wrong may be
// mended soon.
func (a *answer) shorten() {
	policies := []httpcache.Policy{shortly}
	if a.cacheControl != "" {
		policies = append(policies, httpcache.Parse(a.cacheControl))
	}
	a.cacheControl = httpcache.Strictest(policies...).String()
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
