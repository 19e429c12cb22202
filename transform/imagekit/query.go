package imagekit

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/caddy-images/caddy-images/errors"
)

// queryParts are the parts of a query.
type queryParts struct {
	tr        string // decoded
	hasTr     bool
	rest      string // the original's part, as received
	versioned bool
	thumbnail bool

	attachment *bool  // nil if absent
	filename   string // decoded
}

// parseQuery extracts ImageKit's parameters from a query. The rest stays as
// received, for an origin may need it (Firebase's alt and token).
func parseQuery(raw string) (queryParts, error) {
	var q queryParts
	var rest []string
	for part := range strings.SplitSeq(raw, "&") {
		key, value, _ := strings.Cut(part, "=")
		if read, ok := switches[key]; ok {
			if err := read(&q, value); err != nil {
				return queryParts{}, err
			}
			continue
		}
		q.versioned = q.versioned || versions[key] && value != ""
		rest = append(rest, part)
	}
	q.rest = strings.Join(rest, "&")
	if q.filename != "" && q.attachment == nil {
		q.attachment = new(bool)
		*q.attachment = true
	}
	return q, wellFormed(q.tr)
}

// versions are the parameters that name a version of the original. ImageKit's
// API and dashboard append the first two; its examples have the others. They
// stay in the Ref: another version is another original.
var versions = map[string]bool{"ik-obj-version": true, "updatedAt": true, "v": true, "version": true}

// switches are ImageKit's own parameters.
var switches = map[string]func(q *queryParts, value string) error{
	"tr":                     readTr,
	"ik-s":                   ignore,
	"ik-t":                   ignore,
	"ik-sdk-version":         ignore,
	"ik-sanitizeSvg":         readSanitize,
	"ik-thumbnail":           readThumbnail,
	"ik-attachment":          readAttachment,
	"ik-attachment-filename": readAttachmentName,
}

// readTr decodes a plus sign as a space, as in every form-encoded query. That
// loses nothing: ImageKit allows no plus in plain text, and Base64 has no
// spaces. Several tr are consecutive steps.
func readTr(q *queryParts, value string) error {
	tr, err := url.QueryUnescape(value)
	if err != nil {
		return malformedEncoding(err)
	}
	q.tr, q.hasTr = joined(q.tr, tr), true
	return nil
}

// joined joins two transformations as consecutive steps.
func joined(first, second string) string {
	if first == "" || second == "" {
		return first + second
	}
	return first + ":" + second
}

func ignore(*queryParts, string) error { return nil }

func readSanitize(_ *queryParts, value string) error {
	if value == "true" {
		return nil
	}
	return errors.New(errors.BadTransform, "ik-sanitizeSvg is %s; it takes true, since SVGs are always sanitised", errors.Quote(value))
}

// readThumbnail returns the segment ik-thumbnail.jpg for a path that is the
// original's own.
func readThumbnail(q *queryParts, value string) (err error) {
	var ok bool
	if q.thumbnail, ok = boolean(value); !ok {
		return row{name: "ik-thumbnail", takes: takesBoolean}.wrong(value)
	}
	return nil
}

func readAttachment(q *queryParts, value string) error {
	attachment, ok := boolean(value)
	if !ok {
		return row{name: "ik-attachment", takes: takesBoolean}.wrong(value)
	}
	q.attachment = &attachment
	return nil
}

func readAttachmentName(q *queryParts, value string) error {
	name, err := url.QueryUnescape(value)
	if err != nil {
		return malformedEncoding(err)
	}
	if !utf8.ValidString(name) {
		return errors.New(errors.BadTransform, "ik-attachment-filename is not percent-encoded UTF-8")
	}
	q.filename = name
	return nil
}
