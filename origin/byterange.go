package origin

import (
	stderrors "errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

func rangeOf(first, last int64) string { return fmt.Sprintf("bytes=%d-%d", first, last) }

// lastOf returns the last byte of the first of the wanted ranges that begins
// at first and says where it ends. Otherwise it returns the largest possible
// offset.
func lastOf(wanted string, first int64) int64 {
	for span := range strings.SplitSeq(strings.TrimPrefix(wanted, "bytes="), ",") {
		begin, end, _ := strings.Cut(strings.TrimSpace(span), "-")
		from, err := strconv.ParseInt(strings.TrimSpace(begin), 10, 64)
		to, errTo := strconv.ParseInt(strings.TrimSpace(end), 10, 64)
		if err == nil && errTo == nil && from == first && to >= from {
			return to
		}
	}
	return 1<<63 - 1
}

// partOf parses the range of a response of status 206 (RFC 9110 section
// 14.4). ok is false if the range or the total size is missing.
func partOf(response *http.Response) (first, last, size int64, ok bool) {
	if response.StatusCode != http.StatusPartialContent {
		return 0, 0, 0, false
	}
	said, ok := strings.CutPrefix(response.Header.Get("Content-Range"), "bytes ")
	span, all, ok2 := strings.Cut(said, "/")
	begin, end, ok3 := strings.Cut(span, "-")
	var bad error
	for _, n := range []struct {
		text string
		into *int64
	}{{begin, &first}, {end, &last}, {all, &size}} {
		value, err := strconv.ParseUint(n.text, 10, 62)
		bad = stderrors.Join(bad, err)
		*n.into = int64(value)
	}
	return first, last, size, ok && ok2 && ok3 && bad == nil && first <= last && last < size
}
