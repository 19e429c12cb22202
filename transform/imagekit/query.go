package imagekit

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/caddy-images/caddy-images/errors"
)

// queryParts is what a query says.
type queryParts struct {
	tr        string // decoded
	hasTr     bool
	rest      string // what belongs to the original, as received
	versioned bool
	thumbnail bool

	attachment *bool  // nil: nothing is said
	filename   string // decoded
}

// parseQuery takes out of a query what is ImageKit's. The rest stays as it is,
// for an origin may need it (Firebase's alt and token).
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

// versions are the parameters that say which version of the original is meant.
// ImageKit's API and dashboard append the first two, its examples have the
// others. They stay in the Ref: another version is another original.
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

// readTr takes a plus sign for a space, as in every form-encoded query. That
// loses nothing: ImageKit allows no plus in plain text, and Base64 has no
// spaces. Several are steps, one after the other.
func readTr(q *queryParts, value string) error {
	tr, err := url.QueryUnescape(value)
	if err != nil {
		return malformedEncoding(err)
	}
	q.tr, q.hasTr = joined(q.tr, tr), true
	return nil
}

// joined are two transformations, one after the other, as steps of one.
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
	return errors.New(errors.BadTransform, "ik-sanitizeSvg is %s; it takes true, for an SVG is always made harmless", errors.Quote(value))
}

// readThumbnail returns the segment ik-thumbnail.jpg of a path, for one that
// is the original's own.
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
