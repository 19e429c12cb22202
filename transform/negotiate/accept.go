// Package negotiate reads the request's information about the client to
// choose the format of the response, and owns the Vary header that follows
// from it.
package negotiate

import (
	"cmp"
	"mime"
	"slices"
	"strconv"

	"github.com/caddy-images/caddy-images/transform"
)

// maxAccept limits the Accept header, in bytes. Browsers send less than 300;
// a longer one is not about images.
const maxAccept = 4096

// Formats returns the formats that the client accepts besides the universal
// ones (JPEG, PNG, GIF), in order of preference, for Plan.Encoding.
//
// accept are the lines of the Accept header field, which form one list (RFC
// 9110 section 5.3). offered is the operator's list in order of preference.
// JPEG, PNG and GIF in it are ignored, since they are the fallback; so are
// formats that cannot be written.
//
// Weights are honoured (RFC 9110 section 12.5.1): higher ones first, equal
// ones in the operator's order, 0 refuses. A format counts only if its media
// type is named: browsers without WebP send `image/*` and `*/*` too. A media
// type that is named several times has its lowest weight, so that a refusal
// holds. Parameters other than q are ignored. A malformed member is skipped;
// a header of more than 4096 bytes is ignored.
func Formats(accept []string, offered []transform.Format) []transform.Format {
	weights := weights(accept)
	var taken []transform.Format
	for _, f := range offered {
		if !everywhere(f) && f.Writable() && weights[f.MIME()] > 0 && !slices.Contains(taken, f) {
			taken = append(taken, f)
		}
	}
	slices.SortStableFunc(taken, func(a, b transform.Format) int {
		return cmp.Compare(weights[b.MIME()], weights[a.MIME()])
	})
	return taken
}

// everywhere reports whether every client accepts the format.
func everywhere(f transform.Format) bool {
	return f == transform.JPEG || f == transform.PNG || f == transform.GIF
}

// weights returns the media types of an Accept header, in lower case, with
// their weights, 0 to 1.
//
// It does not use github.com/munnerz/goautoneg, which Caddy depends on: that
// reads `Q=0` and `q=` as 1 and `q=0.5 ;v=1` as 0, keeps tabs in names, and
// splits quoted strings at their commas.
func weights(accept []string) map[string]float64 {
	var size int
	for _, line := range accept {
		size += len(line)
	}
	if size > maxAccept {
		return nil
	}
	w := map[string]float64{}
	for _, line := range accept {
		for line != "" {
			var member string
			member, line = cutMember(line)
			name, q, ok := parseMember(member)
			if !ok {
				continue
			}
			if before, twice := w[name]; twice {
				q = min(q, before)
			}
			w[name] = q
		}
	}
	return w
}

// cutMember cuts the first member off a list. A comma in a quoted string does
// not separate members.
func cutMember(list string) (member, rest string) {
	quoted, escaped := false, false
	for i := range len(list) {
		switch c := list[i]; {
		case escaped:
			escaped = false
		case quoted && c == '\\':
			escaped = true
		case c == '"':
			quoted = !quoted
		case c == ',' && !quoted:
			return list[:i], list[i+1:]
		}
	}
	return list, ""
}

// parseMember parses `type/subtype;q=0.5`. Weights such as `.2`, which the
// grammar does not allow and Java sends, are accepted.
func parseMember(member string) (name string, q float64, ok bool) {
	name, params, err := mime.ParseMediaType(member)
	if err != nil {
		return "", 0, false
	}
	text, weighted := params["q"]
	if !weighted {
		return name, 1, true
	}
	q, err = strconv.ParseFloat(text, 64)
	return name, q, err == nil && q >= 0 && q <= 1
}
