// Package form receives an image sent as multipart/form-data (RFC 7578), with
// limits on every part of the form.
package form

import (
	"context"
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

// Limits of a form besides its file, in bytes except for the first.
const (
	mostParts       = 128
	mostOfFields    = 512 << 10 // all names and values
	mostOfHeader    = 16 << 10  // of one part
	mostBesideParts = 1 << 20   // everything except the file
)

// How much of a refused form is still read, in bytes and time: a client that
// is still sending when the connection is closed may never see the response
// (RFC 9112, section 9.6).
const (
	mostDrained = 16 << 20
	drainTime   = 5 * time.Second
)

// Form is a received form.
type Form struct {
	File  *origin.Source
	Query string // the parameters of the URL, followed by those of the form
}

// Limits restrict a form.
type Limits struct {
	MaxSize int64         // of the file, in bytes
	Timeout time.Duration // for the whole body
}

// Receive reads the request's body. The file is counted by the held.Meter of
// ctx. Its errors are meant for the client.
func Receive(ctx context.Context, w http.ResponseWriter, r *http.Request, limits Limits) (sent Form, err error) {
	control := http.NewResponseController(w)
	defer func() {
		if err != nil && r.Header.Get("Expect") == "" && !stderrors.Is(err, os.ErrDeadlineExceeded) {
			_ = control.SetReadDeadline(time.Now().Add(drainTime))
			_, _ = io.CopyN(io.Discard, r.Body, mostDrained)
			_ = control.SetReadDeadline(time.Time{})
		}
	}()
	if r.ContentLength > limits.MaxSize+mostBesideParts {
		return Form{}, TooLong(limits.MaxSize)
	}
	// If the connection has no deadlines, the server's own limits apply.
	_ = control.SetReadDeadline(time.Now().Add(limits.Timeout))
	defer func() { _ = control.SetReadDeadline(time.Time{}) }()
	body := http.MaxBytesReader(w, r.Body, limits.MaxSize+mostBesideParts)
	sent, err = read(ctx, body, r.Header.Get("Content-Type"), limits.MaxSize)
	switch {
	case err == nil:
		sent.Query = joined(r.URL.RawQuery, sent.Query)
		return sent, nil
	case isTooLong(err):
		return sent, TooLong(limits.MaxSize)
	case stderrors.Is(err, os.ErrDeadlineExceeded):
		return sent, errors.New(errors.Limit, "The file did not arrive within fetch_timeout, %s", limits.Timeout).Because(err)
	}
	return sent, err
}

// TooLong returns the error for a file with more bytes than maxSize.
func TooLong(maxSize int64) error {
	return errors.New(errors.Limit, "The file is larger than post max_size, %s", humanize.IBytes(uint64(maxSize)))
}

// read reads a form. Its errors are meant for the client, or come from the
// body.
func read(ctx context.Context, body io.Reader, contentType string, maxSize int64) (sent Form, err error) {
	kind, parameters, err := mime.ParseMediaType(contentType)
	if err != nil || kind != "multipart/form-data" || parameters["boundary"] == "" || len(parameters["boundary"]) > 70 {
		return sent, errors.New(errors.BadTransform, "The request takes multipart/form-data with the image in the field file")
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
				return sent, errors.New(errors.BadTransform, "The form has no field file, which holds the image")
			}
			sent.Query = encoded(names, fields)
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
			sent.File, err = readFile(ctx, part, maxSize)
		case part.FileName() != "":
			return sent, errors.New(errors.BadTransform, "The form has a file in the field %s; it takes one file, in the field file", errors.Quote(name))
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
			return sent, errors.New(errors.Limit, "The fields of the form except file have more than %s", humanize.IBytes(mostOfFields))
		}
	}
}

func readFile(ctx context.Context, part io.Reader, maxSize int64) (*origin.Source, error) {
	file, err := origin.Read(ctx, part, -1, maxSize)
	if errors.Is(err, errors.Limit) {
		err = TooLong(maxSize)
	}
	return file, err
}

// malformed returns the error for a body that is not a form. Connection
// errors, and errors already meant for the client, stay as they are.
func malformed(err error) error {
	_, told := stderrors.AsType[*errors.Error](err)
	_, isNet := stderrors.AsType[interface {
		error
		Timeout() bool
	}](err)
	if told || isNet || isTooLong(err) {
		return err
	}
	return errors.New(errors.BadTransform, "The body is not valid multipart/form-data, or is truncated").Because(err)
}

// encoded returns fields as a query, in order.
func encoded(names []string, fields url.Values) string {
	var parts []string
	for _, name := range names {
		for _, value := range fields[name] {
			parts = append(parts, url.QueryEscape(name)+"="+url.QueryEscape(value))
		}
	}
	return strings.Join(parts, "&")
}

// joined concatenates two queries.
func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "&" + b
}

// unmetered exceeds the size of any body.
const unmetered = 1 << 62

var errHeader = errors.New(errors.Limit, "The header of a field of the form has more than %d bytes", mostOfHeader)

// meter is a reader with an adjustable byte limit. Package multipart keeps
// the header of a part in memory and would accept megabytes.
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

// isTooLong reports whether reading a body stopped at its limit.
func isTooLong(err error) bool {
	_, ok := stderrors.AsType[*http.MaxBytesError](err)
	return ok
}
