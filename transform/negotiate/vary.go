package negotiate

import (
	"net/http"
	"strings"
)

// Vary adds a request header field to the answer's Vary header (RFC 9110
// section 12.5.5), beside what others put there. It adds nothing where the field
// is listed already, in whichever case, or where Vary is `*`, which says more.
func Vary(h http.Header, field string) {
	for _, line := range h.Values("Vary") {
		for listed := range strings.SplitSeq(line, ",") {
			listed = strings.TrimSpace(listed)
			if listed == "*" || strings.EqualFold(listed, field) {
				return
			}
		}
	}
	h.Add("Vary", field)
}
