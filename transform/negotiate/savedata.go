package negotiate

import (
	"net/http"
	"strings"
)

// SavesData reports whether the client sends `Save-Data: on`.
func SavesData(header http.Header) bool {
	// A list of tokens (Save Data API, section 3); only on is defined.
	for _, line := range header.Values("Save-Data") {
		for token := range strings.SplitSeq(line, ",") {
			name, _, _ := strings.Cut(token, ";")
			if strings.EqualFold(strings.TrimSpace(name), "on") {
				return true
			}
		}
	}
	return false
}
