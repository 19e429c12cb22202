package origin_test

import (
	"testing"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
)

func TestStatusError(t *testing.T) {
	tests := []struct {
		status  int
		kind    errors.Kind
		message string
	}{
		{204, errors.Unidentified, "The web server responded with status 204"},
		{206, errors.Unidentified, "The web server responded with status 206"},
		{304, errors.Unidentified, "The web server responded with status 304"},
		{400, errors.BadOriginRequest, "The web server responded with status 400"},
		{401, errors.AccessDenied, "The web server denied access with status 401"},
		{403, errors.AccessDenied, "The web server denied access with status 403"},
		{404, errors.NotFound, "No file was found on the web server at the specified path"},
		{407, errors.AccessDenied, "The web server denied access with status 407"},
		{408, errors.OriginTimeout, "The web server responded with status 408"},
		{410, errors.NotFound, "No file was found on the web server at the specified path"},
		{429, errors.Unidentified, "The web server responded with status 429"},
		{500, errors.Unidentified, "The web server responded with status 500"},
		{502, errors.Unidentified, "The web server responded with status 502"},
		{503, errors.Unidentified, "The web server responded with status 503"},
		{504, errors.Unidentified, "The web server responded with status 504"},
	}
	for _, tt := range tests {
		got := origin.StatusError("the web server", tt.status)
		if got.Kind != tt.kind || got.Message != tt.message || got.OriginStatus != tt.status {
			t.Errorf("%d: got %s, origin status %d", tt.status, got.Header(), got.OriginStatus)
		}
	}
}
