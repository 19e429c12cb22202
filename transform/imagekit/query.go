package imagekit

import (
	"net/url"
	"strings"

	"github.com/caddy-images/caddy-images/errors"
)

// queryParts is what a query says.
type queryParts struct {
	tr        string // decoded
	hasTr     bool
	rest      string // what belongs to the original, as received
	versioned bool
}

// parseQuery takes out of a query what is ImageKit's. The rest stays as it is:
// an origin may need it (Firebase's alt and token), and a version makes it
// another original.
//
// A plus sign in tr is a space, as in every form-encoded query. That loses
// nothing: ImageKit allows no plus in plain text, and Base64 has no spaces.
func parseQuery(raw string) (queryParts, error) {
	var q queryParts
	var rest []string
	for part := range strings.SplitSeq(raw, "&") {
		key, value, _ := strings.Cut(part, "=")
		switch key {
		case "tr":
			if q.hasTr {
				return queryParts{}, errors.New(errors.BadTransform, "The query has tr more than once; chained transformations are separated by a colon")
			}
			tr, err := url.QueryUnescape(value)
			if err != nil {
				return queryParts{}, malformedEncoding(err)
			}
			q.tr, q.hasTr = tr, true
		case "ik-s", "ik-t", "ik-sdk-version":
		case "ik-sanitizeSvg":
			if value != "true" {
				return queryParts{}, errors.New(errors.BadTransform, "ik-sanitizeSvg is %s; it takes true, for an SVG is always made harmless", quote(value))
			}
		case "ik-attachment", "ik-attachment-filename":
			if key == "ik-attachment" && value == "false" {
				continue
			}
			return queryParts{}, row{name: key, state: later}.refusal()
		case "ik-obj-version", "updatedAt", "v", "version":
			q.versioned = q.versioned || value != ""
			rest = append(rest, part)
		default:
			rest = append(rest, part)
		}
	}
	q.rest = strings.Join(rest, "&")
	return q, wellFormed(q.tr)
}
