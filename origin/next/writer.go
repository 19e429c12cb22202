package next

import (
	"bytes"
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
	"github.com/caddy-images/caddy-images/internal/vary"
	"github.com/caddy-images/caddy-images/origin"
)

// writer takes the handlers' answer. An answer to be transformed is kept, up to
// maxBytes; any other goes straight on to the client. It has no Unwrap, so that
// no handler reaches the client past it.
type writer struct {
	client     http.ResponseWriter
	isImage    func(file []byte) bool
	mediaTypes []string
	mayPass    func(http.Header) error
	maxBytes   int64
	added      http.Header // to what is passed on

	header  http.Header
	passing atomic.Bool // the answer is the client's already

	// mu guards the rest until ended, for handlers that write on though they have
	// returned, on a goroutine that they left behind: the body's memory will be
	// somebody else's.
	mu      sync.Mutex
	ended   bool
	status  int
	body    origin.Buffer
	refusal error // the answer is nobody's
}

var errEnded = stderrors.New("the handler has returned")

// Header returns the answer's own, so that nothing of an original's header
// reaches the client by accident.
func (w *writer) Header() http.Header { return w.header }

// WriteHeader decides what becomes of the answer.
func (w *writer) WriteHeader(status int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.ended {
		w.decide(status)
	}
}

func (w *writer) decide(status int) {
	if w.status != 0 || status < 200 {
		return // informational answers are about an original nobody asked for
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
		w.body.Grow(int(n))
	}
}

// Write keeps the body. After a refusal it fails, so that the handler stops.
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
		return len(p), nil // an error page, which nobody will see
	case int64(w.body.Len()+len(p)) > w.maxBytes:
		w.refusal = origin.TooLong(w.maxBytes)
		w.body = origin.Buffer{}
		return 0, w.refusal
	}
	return w.body.Write(p)
}

// Flush does nothing while the answer is kept.
func (w *writer) Flush() {
	if w.passing.Load() {
		_ = http.NewResponseController(w.client).Flush()
	}
}

// end takes no more of the answer.
func (w *writer) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended = true
}

// transformable tells, by the header alone, whether the answer may be an image
// to transform. A body without a type, or with one that means "some bytes", is
// looked at later.
func (w *writer) transformable() bool {
	for directive := range strings.SplitSeq(strings.Join(w.header.Values("Cache-Control"), ","), ",") {
		if strings.EqualFold(strings.TrimSpace(directive), "no-transform") { // RFC 9111 section 5.2.2.6
			return false
		}
	}
	mediaType, _, err := mime.ParseMediaType(w.header.Get("Content-Type"))
	if codings := origin.Codings(w.header); len(codings) > 0 {
		// An SVG that is sent compressed to who did not ask for that is kept so.
		return origin.IsGzip(codings) && err == nil && mediaType == "image/svg+xml"
	}
	return err != nil || mediaType == "application/octet-stream" || strings.HasPrefix(mediaType, "image/") ||
		slices.ContainsFunc(w.mediaTypes, func(begin string) bool { return strings.HasPrefix(mediaType, begin) })
}

// pass sends the answer on, header first, if it may.
func (w *writer) pass() {
	if w.refusal = w.mayPass(w.header); w.refusal != nil {
		return
	}
	w.passing.Store(true)
	to := w.client.Header()
	listed := to.Values("Vary") // of handlers before this one, who may depend on more
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

// source returns the kept answer. An answer that turns out not to be an
// image, though nothing in its header said so, is passed on.
func (w *writer) source() (*origin.Source, error) {
	if w.status == 0 {
		w.status = http.StatusOK // RFC 9110 section 15.3.1: a handler that returns without a word says 200
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
			return nil, errors.New(errors.ClientClosed, "The client went away").Because(err)
		}
		return nil, ErrAnswered
	}
	modified, _ := http.ParseTime(w.header.Get("Last-Modified"))
	source, err := w.decoded()
	if err != nil {
		return nil, err
	}
	source.ContentType = w.header.Get("Content-Type")
	source.ETag = w.header.Get("ETag")
	source.LastModified = modified.In(time.UTC)
	source.CacheControl = strings.Join(w.header.Values("Cache-Control"), ", ")
	source.Vary = Vary(w.header)
	source.Header = w.header
	source.ForRequest = true
	return source, nil
}

// decoded returns the kept body, decompressed if it is compressed.
func (w *writer) decoded() (*origin.Source, error) {
	source := w.body.Source()
	if len(origin.Codings(w.header)) == 0 {
		return source, nil
	}
	inside, err := origin.Gunzip(bytes.NewReader(source.Body), w.maxBytes)
	if stderrors.Is(err, origin.ErrGzip) {
		return nil, errors.New(errors.Unidentified, "The answer of this site says that it is compressed with gzip, and is not, or is damaged or truncated").Because(err)
	}
	if err != nil {
		return nil, err
	}
	w.header.Del("Content-Encoding")
	w.header.Del("Content-Length")
	return source.Unpacked(inside), nil
}

// Vary returns what the Vary of a handler's answer lists, except encodings:
// the client's were not asked for.
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
