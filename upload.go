package images

import (
	stderrors "errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
)

// The limits of a form beside its file, in bytes but for the first.
const (
	mostParts       = 128
	mostOfFields    = 512 << 10 // all names and values
	mostOfHeader    = 16 << 10  // of one part
	mostBesideParts = 1 << 20   // all that is not the file
)

// What is read on of a form that is refused, in bytes and time: a client that is not
// done sending when the connection is closed may never see why (RFC 9112, section 9.6).
const (
	mostDrained = 16 << 20
	drainTime   = 5 * time.Second
)

// upload is a form that was received.
type upload struct {
	file  *origin.Source
	query string // the parameters of the URL, and behind them those of the form
}

// receive reads the request's body, within fetch_timeout: that is how long it may
// take until an original is there.
func (h *Handler) receive(w http.ResponseWriter, r *http.Request) (sent upload, err error) {
	control := http.NewResponseController(w)
	defer func() {
		if err != nil && r.Header.Get("Expect") == "" && !stderrors.Is(err, os.ErrDeadlineExceeded) {
			_ = control.SetReadDeadline(time.Now().Add(drainTime))
			_, _ = io.CopyN(io.Discard, r.Body, mostDrained)
			_ = control.SetReadDeadline(time.Time{})
		}
	}()
	if r.ContentLength > h.post.maxSize+mostBesideParts {
		return upload{}, h.post.tooLong()
	}
	// Where a connection has no deadlines the server's own limits are left.
	_ = control.SetReadDeadline(time.Now().Add(time.Duration(h.FetchTimeout)))
	defer func() { _ = control.SetReadDeadline(time.Time{}) }()
	body := http.MaxBytesReader(w, r.Body, h.post.maxSize+mostBesideParts)
	sent, err = h.post.read(body, r.Header.Get("Content-Type"))
	switch {
	case err == nil:
		sent.query = joined(r.URL.RawQuery, sent.query)
		return sent, nil
	case isTooLong(err):
		return sent, h.post.tooLong()
	case stderrors.Is(err, os.ErrDeadlineExceeded):
		return sent, errors.New(errors.Limit, "The file did not arrive within fetch_timeout, %s", time.Duration(h.FetchTimeout)).Because(err)
	}
	return sent, err
}

func (p *post) tooLong() error {
	return errors.New(errors.Limit, "The file is larger than post max_size, %s", humanize.IBytes(uint64(p.maxSize)))
}

// read reads a form. Its error is one for the client, or the body's.
func (p *post) read(body io.Reader, contentType string) (sent upload, err error) {
	kind, parameters, err := mime.ParseMediaType(contentType)
	if err != nil || kind != "multipart/form-data" || parameters["boundary"] == "" || len(parameters["boundary"]) > 70 {
		return sent, errors.New(errors.BadTransform, "The request takes multipart/form-data, with the picture in the field file")
	}
	metered := &meter{Reader: body}
	form := multipart.NewReader(metered, parameters["boundary"])
	fields := url.Values{}
	var names []string
	left, hasFile := int64(mostOfFields), false
	for n := 0; ; n++ {
		metered.left = mostOfHeader
		part, err := form.NextPart()
		switch {
		case err == io.EOF:
			if !hasFile {
				return sent, errors.New(errors.BadTransform, "The form has no field file; that is where the picture belongs")
			}
			sent.query = encoded(names, fields)
			return sent, nil
		case err != nil && metered.left <= 0:
			return sent, errHeader
		case err != nil:
			return sent, malformed(err)
		case n == mostParts:
			return sent, errors.New(errors.Limit, "The form has more than %d fields", mostParts)
		}
		metered.left = unmetered
		name := part.FormName()
		switch {
		case name == "file" && hasFile:
			return sent, errors.New(errors.BadTransform, "The form has the field file more than once")
		case name == "file":
			hasFile = true
			sent.file, err = p.readFile(part)
		case part.FileName() != "":
			return sent, errors.New(errors.BadTransform, "The form has a file in the field %s; it takes one, in the field file", errors.Quote(name))
		default:
			if !fields.Has(name) {
				names = append(names, name)
			}
			var value []byte
			value, err = io.ReadAll(io.LimitReader(part, left+1))
			left -= int64(len(value) + len(name))
			fields.Add(name, string(value))
		}
		if err != nil {
			return sent, malformed(err)
		}
		if left < 0 {
			return sent, errors.New(errors.Limit, "The fields of the form beside file have more than %s", humanize.IBytes(mostOfFields))
		}
	}
}

func (p *post) readFile(part io.Reader) (*origin.Source, error) {
	file, err := origin.Read(part, -1, p.maxSize)
	if errors.Is(err, errors.Limit) {
		err = p.tooLong()
	}
	return file, err
}

// malformed is the error for what is no form. What is wrong with the connection, or
// was said already, stays.
func malformed(err error) error {
	_, told := stderrors.AsType[*errors.Error](err)
	_, isNet := stderrors.AsType[interface {
		error
		Timeout() bool
	}](err)
	if told || isNet || isTooLong(err) {
		return err
	}
	return errors.New(errors.BadTransform, "The body is no multipart/form-data, or breaks off").Because(err)
}

// encoded are fields as a query, in their order.
func encoded(names []string, fields url.Values) string {
	var parts []string
	for _, name := range names {
		for _, value := range fields[name] {
			parts = append(parts, url.QueryEscape(name)+"="+url.QueryEscape(value))
		}
	}
	return strings.Join(parts, "&")
}

// joined are two queries as one.
func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "&" + b
}

// unmetered is more than any body has.
const unmetered = 1 << 62

var errHeader = errors.New(errors.Limit, "The header of a field of the form has more than %d bytes", mostOfHeader)

// meter is a reader of which a certain number of bytes may be read. The header of a
// part is kept in memory as it is read, and package multipart would take megabytes.
type meter struct {
	io.Reader
	left int64
}

// Read implements io.Reader.
func (m *meter) Read(p []byte) (int, error) {
	if m.left <= 0 {
		return 0, errHeader
	}
	n, err := m.Reader.Read(p[:min(int64(len(p)), m.left)])
	m.left -= int64(n)
	return n, err
}
