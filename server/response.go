package server

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/caddy-images/caddy-images/internal/httpcache"
	"github.com/caddy-images/caddy-images/internal/vary"
	"github.com/caddy-images/caddy-images/server/writer"
	"github.com/caddy-images/caddy-images/transform"
)

// response is a successful response except for its body.
type response struct {
	contentType  string
	etag         string   // empty for none
	reduced      []string // entity tags for reduced effort, by render.Result.Reduced, from 1
	damaged      []string // entity tags for damaged files, by Reduced, from 0; nil for none
	modified     time.Time
	cacheControl string
	vary         []string            // the request's headers that it depends on
	disposition  string              // Content-Disposition; empty for none
	link         string              // Link; empty for none
	acceptCH     string              // Accept-CH; empty for none
	contentDPR   string              // Content-DPR; empty for none
	age          int64               // Age, in seconds; negative for none
	cacheStatus  string              // Cache-Status; empty for none
	tagHeader    string              // the header with cacheTags
	cacheTags    string              // empty for none
	warning      string              // Ik-Warning; empty for none
	ignored      []transform.Ignored // the subject of the warning
}

// describe computes the header of the response. It needs no bytes, so a
// client that already has the response costs no rendering.
func (q *request) describe() {
	if q.sent != nil {
		q.response = response{cacheControl: "no-store", contentType: q.original.mediaType, age: -1}
		return
	}
	all := append([]*file{q.original}, q.layers...)
	q.key = nil
	a := response{vary: slices.Clone(q.client.Vary), acceptCH: q.client.AcceptCH}
	a.cacheControl, a.age = q.freshness(all...)
	a.tagHeader, a.cacheTags = q.CacheTag.Header, q.cacheTags()
	for _, f := range all {
		a.vary = append(a.vary, f.vary...)
	}
	if q.Canonical != nil && q.asked.Ref.Server == "" {
		a.link = canonicalLink(q.Canonical, q.asked.Ref)
	}
	a.warn(q.asked.Ignored)
	if q.asked.Plan.IsZero() {
		a.contentType, a.etag, a.modified = q.original.mediaType, q.original.etag, q.original.modified
	} else {
		if q.asked.Plan.Negotiates() {
			a.vary = append([]string{"Accept"}, a.vary...)
		}
		q.key = q.variantKey()
		a.etag = q.key.tag()
		if hasConditions(q.r.Header) {
			q.key.otherTags(&a, q.DeliversDamaged)
		}
	}
	if q.missing != nil {
		a.replaceMissing(q.missing, time.Now())
	}
	q.response = a
}

// send writes the response and counts it.
func (q *request) send(body []byte) error { return q.sendBody(bytes.NewReader(body)) }

// sendBody is send for a body that may be in a file.
func (q *request) sendBody(body io.ReadSeeker) error {
	noted := &writer.Noting{ResponseWriterWrapper: &caddyhttp.ResponseWriterWrapper{ResponseWriter: q.w}}
	q.response.sendContent(noted, q.r, body)
	q.Metrics.Ignored(q.response.ignored)
	q.Metrics.Response(q.Dialect.Name, noted.Status)
	return nil
}

// sendContent writes the response. http.ServeContent handles conditions,
// ranges and HEAD.
func (a response) sendContent(w http.ResponseWriter, r *http.Request, content io.ReadSeeker) {
	a.fill(w.Header())
	http.ServeContent(conditionWriter{&caddyhttp.ResponseWriterWrapper{ResponseWriter: w}, r}, r, "", a.modified, content)
}

// fill writes the response's header fields.
func (a response) fill(header http.Header) {
	values := make([]string, 0, 5) // of all fields that have one value, at once
	set := func(name, value string) {
		values = append(values, value)
		header[name] = values[len(values)-1 : len(values) : len(values)]
	}
	if a.contentType != "" {
		set("Content-Type", a.contentType)
	}
	if a.etag != "" {
		set("Etag", a.etag)
	}
	a.inherit(header, time.Now())
	if a.cacheControl != "" {
		set("Cache-Control", a.cacheControl)
	}
	vary.Merge(header, a.vary...)
	if a.acceptCH != "" {
		header.Add("Accept-CH", a.acceptCH)
	}
	if a.contentDPR != "" {
		header.Set("Content-DPR", a.contentDPR)
	}
	if a.link != "" {
		header.Add("Link", a.link)
	}
	if a.age >= 0 {
		set("Age", strconv.FormatInt(a.age, 10))
	}
	if a.cacheStatus != "" {
		header.Add("Cache-Status", a.cacheStatus)
	}
	if a.cacheTags != "" {
		header.Set(a.tagHeader, a.cacheTags)
	}
	if a.warning != "" {
		header.Set(warningHeader, a.warning)
	}
	if a.disposition != "" {
		header.Set("Content-Disposition", a.disposition)
	}
	disarm(header, a.contentType)
}

// conditionWriter keeps 412 and 416 out of caches. They answer one client's
// condition or range and have no image; a cache that stored one for the URL
// would serve it to all.
type conditionWriter struct {
	*caddyhttp.ResponseWriterWrapper
	request *http.Request
}

// WriteHeader implements http.ResponseWriter.
func (w conditionWriter) WriteHeader(status int) {
	if status == http.StatusPreconditionFailed || status == http.StatusRequestedRangeNotSatisfiable {
		w.Header().Set("Cache-Control", "no-store")
	}
	w.ResponseWriterWrapper.WriteHeader(status)
}

// ReadFrom implements io.ReaderFrom. A body in a file is read from the file
// itself, so that the kernel can send it.
func (w conditionWriter) ReadFrom(r io.Reader) (int64, error) {
	if limited, ok := r.(*io.LimitedReader); ok {
		if file := fileOf(limited.R); file != nil {
			r = writer.FromFile(w, w.request, file, limited.N)
		}
	}
	return w.ResponseWriterWrapper.ReadFrom(r)
}

// fileOf returns the file that a body is in; nil if it is in none.
func fileOf(body io.Reader) *os.File {
	switch in := body.(type) {
	case *os.File:
		return in
	case interface{ File() *os.File }:
		return in.File()
	}
	return nil
}

// isKnownTo reports whether the request's conditions decide about the response
// without its body: the client has it (304), or wants another (412). A variant that was
// made with reduced effort is as good as any: the tag of the response is then that of
// what the client has.
func (a *response) isKnownTo(r *http.Request) bool {
	if !hasConditions(r.Header) {
		return false
	}
	refused := true
	for _, tag := range slices.Concat([]string{a.etag}, a.reduced, a.damaged) {
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

// hasConditions reports whether a request asks for something only under conditions (RFC 9110
// section 13.1).
func hasConditions(header http.Header) bool {
	for _, name := range []string{"If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"} {
		if len(header[name]) > 0 {
			return true
		}
	}
	return false
}

// shorten makes the response one that is fresh for a short time: what is wrong may be
// mended soon.
func (a *response) shorten() {
	a.age = -1 // it is short from now on
	policies := []httpcache.Policy{shortly}
	if a.cacheControl != "" {
		policies = append(policies, httpcache.Parse(a.cacheControl))
	}
	a.cacheControl = httpcache.Strictest(policies...).String()
}

// statusWriter is an http.ResponseWriter that only records the status.
type statusWriter struct {
	header http.Header
	status int
}

func (w *statusWriter) Header() http.Header         { return w.header }
func (w *statusWriter) Write(p []byte) (int, error) { return len(p), nil }
func (w *statusWriter) WriteHeader(status int)      { w.status = status }
