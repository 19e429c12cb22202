package origin

import (
	"net/http"
	"strings"
	"time"
)

// Known says which version of an original the caller has already. The zero value says
// none. Equal values are the same version.
type Known struct {
	ETag         string // as the origin sent it; empty for none
	LastModified string // likewise
	Stamp        string // of Source.Stamp; empty for none
}

// IsZero reports whether there is nothing to compare with.
func (k Known) IsZero() bool { return k == Known{} }

// SetConditions adds the conditions to the header of a request for the original, so that
// the answer is 304 if the caller has what there is (RFC 9110 section 13.1).
func (k Known) SetConditions(header http.Header) {
	if k.ETag != "" {
		header.Set("If-None-Match", k.ETag)
	}
	if k.LastModified != "" {
		header.Set("If-Modified-Since", k.LastModified)
	}
}

// IsUnchanged reports whether an answer says that the caller has what there is. Only a
// request with conditions can have such an answer.
func (k Known) IsUnchanged(status int) bool {
	return status == http.StatusNotModified && (k.ETag != "" || k.LastModified != "")
}

// unchanged returns the Source of an answer of status 304.
func unchanged(answer *http.Response) *Source {
	s := &Source{Unchanged: true}
	s.described(answer)
	return s
}

// Known returns what to ask with whether the original is still this version. A time says
// nothing if the original may have changed again within the same second (RFC 9110 section
// 8.8.2.2).
func (s *Source) Known() Known {
	k := Known{ETag: s.ETag, Stamp: s.Stamp}
	if s.Decoded && strings.HasPrefix(k.ETag, "W/") {
		k.ETag = "" // two codings of one file may have it
	}
	modified := s.Header.Get("Last-Modified")
	at, err := http.ParseTime(modified)
	date, dateErr := http.ParseTime(s.Header.Get("Date"))
	if err == nil && dateErr == nil && date.Sub(at) >= timeResolution {
		k.LastModified = modified
	}
	return k
}

// timeResolution is how long an original must have been as it is for its time to identify
// it.
const timeResolution = 2 * time.Second
