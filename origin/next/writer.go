package next

import (
	"bytes"
	"context"
	stderrors "errors"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/internal/held"
	"github.com/caddy-images/caddy-images/internal/vary"
	"github.com/caddy-images/caddy-images/origin"
)

// writer receives the handlers' response. A response to be transformed is
// kept, up to maxBytes; any other is passed to the client. It has no Unwrap,
// so that handlers cannot reach the client's writer.
type writer struct {
	ctx        context.Context // of the fetch
	client     http.ResponseWriter
	isImage    func(file []byte) bool
	mediaTypes []string
	mayPass    func(http.Header) error
	maxBytes   int64
	added      http.Header // to a passed response

	header  http.Header
	passing atomic.Bool // the response is being passed to the client

	// mu guards the fields below until ended is set, against handlers that
	// still write after they have returned, on a goroutine of their own.
	mu      sync.Mutex
	ended   bool
	status  int
	body    *held.Buffer
	refusal error // the response is discarded
}

var errEnded = stderrors.New("the handler has returned")

// Header returns a separate header, so that an original's header does not
// reach the client by accident.
func (w *writer) Header() http.Header { return w.header }

// WriteHeader decides what to do with the response.
func (w *writer) WriteHeader(status int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.ended {
		w.decide(status)
	}
}

func (w *writer) decide(status int) {
	if w.status != 0 || status < 200 {
		return // informational responses are about the inner request
	}
	w.status = status
	if status != http.StatusOK {
		return
	}
	if !w.transformable() {
		w.pass()
		return
	}
	if n, ok := w.announced(); ok {
		if n > w.maxBytes {
			w.refusal = origin.TooLong(w.maxBytes)
			return
		}
		w.refusal = w.body.Grow(int(n))
	}
}

// Write keeps or passes the body. After a refusal it fails, so that the
// handler stops.
func (w *writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended {
		return 0, errEnded
	}
	if w.status == 0 {
		w.decide(http.StatusOK)
	}
	switch {
	case w.passing.Load():
		return w.client.Write(p)
	case w.refusal != nil:
		return 0, w.refusal
	case w.status != http.StatusOK:
		return len(p), nil // an error page, which is discarded
	case int64(w.body.Len()+len(p)) > w.maxBytes:
		w.refusal = origin.TooLong(w.maxBytes)
		w.body.Drop()
		return 0, w.refusal
	}
	n, err := w.body.Write(p)
	if err != nil {
		w.refusal = err
		w.body.Drop()
	}
	return n, err
}

// Flush does nothing while the response is kept.
func (w *writer) Flush() {
	if w.passing.Load() {
		_ = http.NewResponseController(w.client).Flush()
	}
}

// end stops accepting the response.
func (w *writer) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended = true
}

// transformable reports by the header alone whether the response may be an
// image to transform. A body without a type, or with a generic one, is
// examined later.
func (w *writer) transformable() bool {
	for directive := range strings.SplitSeq(strings.Join(w.header.Values("Cache-Control"), ","), ",") {
		if strings.EqualFold(strings.TrimSpace(directive), "no-transform") { // RFC 9111 section 5.2.2.6
			return false
		}
	}
	mediaType, _, err := mime.ParseMediaType(w.header.Get("Content-Type"))
	if codings := origin.Codings(w.header); len(codings) > 0 {
		// An SVG that is sent compressed without being asked for is stored
		// so.
		return origin.IsGzip(codings) && err == nil && mediaType == "image/svg+xml"
	}
	return err != nil || mediaType == "application/octet-stream" || strings.HasPrefix(mediaType, "image/") ||
		slices.ContainsFunc(w.mediaTypes, func(begin string) bool { return strings.HasPrefix(mediaType, begin) })
}

// pass sends the response on, header first, if that is allowed.
func (w *writer) pass() {
	if w.refusal = w.mayPass(w.header); w.refusal != nil {
		return
	}
	w.passing.Store(true)
	to := w.client.Header()
	listed := to.Values("Vary") // of earlier handlers, which may depend on more
	maps.Copy(to, w.added)
	for name, values := range w.header {
		to[name] = values
	}
	if listed = slices.Concat(listed, w.header.Values("Vary")); len(listed) > 0 {
		to["Vary"] = listed
		vary.Merge(to)
	}
	w.client.WriteHeader(w.status)
}

func (w *writer) announced() (int64, bool) {
	n, err := strconv.ParseInt(w.header.Get("Content-Length"), 10, 64)
	return n, err == nil && n >= 0
}

// source returns the kept response. A response that turns out not to be an
// image although its header did not say so is passed on.
func (w *writer) source() (*origin.Source, error) {
	if w.status == 0 {
		w.status = http.StatusOK // a handler that writes nothing means 200
	}
	if w.status != http.StatusOK {
		return nil, origin.StatusError("this site", w.status).Because(&Refusal{Header: w.header})
	}
	if n, ok := w.announced(); ok && n != int64(w.body.Len()) {
		return nil, brokeOff(origin.ErrShortBody)
	}
	if !w.isImage(w.body.Bytes()) && !strings.HasPrefix(w.header.Get("Content-Type"), "image/") {
		if w.pass(); w.refusal != nil {
			return nil, w.refusal
		}
		if _, err := w.client.Write(w.body.Bytes()); err != nil {
			return nil, errors.New(errors.ClientClosed, "The client closed the request").Because(err)
		}
		return nil, ErrAnswered
	}
	source, err := w.decoded()
	if err != nil {
		return nil, err
	}
	w.describe(source)
	return source, nil
}

// unchanged is the Source of a status of 304.
func (w *writer) unchanged() *origin.Source {
	source := &origin.Source{Unchanged: true}
	w.describe(source)
	return source
}

// describe adds what the header says of the original.
func (w *writer) describe(source *origin.Source) {
	modified, _ := http.ParseTime(w.header.Get("Last-Modified"))
	source.ContentType = w.header.Get("Content-Type")
	source.ETag = w.header.Get("ETag")
	source.LastModified = modified.In(time.UTC)
	source.CacheControl = strings.Join(w.header.Values("Cache-Control"), ", ")
	source.Vary = Vary(w.header)
	source.Header = w.header
	source.ForRequest = true
}

// decoded returns the kept body, decompressed if necessary.
func (w *writer) decoded() (*origin.Source, error) {
	file, err := w.body.File()
	if err != nil {
		return nil, errors.From(err)
	}
	source := &origin.Source{Body: file}
	if len(origin.Codings(w.header)) == 0 {
		return source, nil
	}
	inside, err := origin.Gunzip(w.ctx, bytes.NewReader(source.Body), w.maxBytes)
	if stderrors.Is(err, origin.ErrGzip) {
		return nil, errors.New(errors.Unidentified, "The response of this site is marked as gzip and is not gzip, or is damaged or truncated").Because(err)
	}
	if err != nil {
		return nil, err
	}
	w.header.Del("Content-Encoding")
	w.header.Del("Content-Length")
	w.body.Drop()
	return source.Unpacked(inside), nil
}

// Vary returns the members of a handler's Vary, except encodings: the
// client's were not forwarded.
func Vary(header http.Header) []string {
	return slices.DeleteFunc(vary.Listed(header.Values("Vary")), func(name string) bool {
		return strings.EqualFold(name, "Accept-Encoding")
	})
}

// Interface guards
var (
	_ http.ResponseWriter = (*writer)(nil)
	_ http.Flusher        = (*writer)(nil)
)
