package negotiate

import (
	"net/http"
	"strings"
)

// Mobile reports whether the client runs on a phone, and which request
// headers say so: the hint Sec-CH-UA-Mobile, or else the word Mobi in the
// User-Agent, which all browsers on phones have and those on tablets may
// lack.
func Mobile(header http.Header) (mobile bool, vary []string) {
	const hint = "Sec-CH-UA-Mobile"
	switch strings.TrimSpace(header.Get(hint)) {
	case "?1":
		return true, []string{hint}
	case "?0":
		return false, []string{hint}
	}
	return strings.Contains(header.Get("User-Agent"), "Mobi"), []string{hint, "User-Agent"}
}
