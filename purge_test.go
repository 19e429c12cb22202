package images

import (
	"testing"

	"github.com/caddy-images/caddy-images/origin"
)

func TestWhatIsPurged(t *testing.T) {
	for _, tt := range []struct {
		path, query string
		asked       origin.Ref
		want        bool
	}{
		{"a/b%20c.jpg", "", origin.Ref{Path: "a/b%20c.jpg"}, true},
		{"a/b%20c.jpg", "", origin.Ref{Path: "a/b%20c.jpg", Query: "v=1"}, true},
		{"a/b%20c.jpg", "v=2", origin.Ref{Path: "a/b%20c.jpg", Query: "v=1"}, false},
		{"a/b%20c.jpg", "v=1", origin.Ref{Path: "a/b%20c.jpg", Query: "v=1"}, true},
		{"a%2Fb.jpg", "", origin.Ref{Path: "a/b.jpg"}, false},
		{"b.jpg", "", origin.Ref{Path: "a/b.jpg"}, false},
		{"b.jpg", "", origin.Ref{Server: "https://a.example", Path: "b.jpg"}, false},
		{"https:%2F%2FA.example%2Fb.jpg", "", origin.Ref{Server: "https://a.example", Path: "b.jpg"}, true},
		{"https:%2F%2Fa.example%2Fb.jpg%3Fv=1", "", origin.Ref{Server: "https://a.example", Path: "b.jpg", Query: "v=2"}, false},
		{"https:%2F%2Fa.example%2Fb.jpg", "", origin.Ref{Server: "http://a.example", Path: "b.jpg"}, false},
		{"s3:%2F%2Fphotos%2Fa%2Fb.jpg", "", origin.Ref{Server: "s3://photos", Path: "a/b.jpg"}, true},
		{"s3:%2F%2Fphotos%2Fa%2Fb.jpg", "", origin.Ref{Server: "s3://photos@eu-central-1", Path: "a/b.jpg"}, true},
		{"s3:%2F%2Fphotos@us-east-1%2Fa%2Fb.jpg", "", origin.Ref{Server: "s3://photos@eu-central-1", Path: "a/b.jpg"}, false},
		{"s3:%2F%2Fother%2Fa%2Fb.jpg", "", origin.Ref{Server: "s3://photos", Path: "a/b.jpg"}, false},
	} {
		ref, err := refToPurge(tt.path, tt.query)
		if err != nil {
			t.Errorf("%s: %v", tt.path, err)
		}
		if got := purges(ref, tt.asked); got != tt.want {
			t.Errorf("%s?%s purges %+v: %t, want %t", tt.path, tt.query, tt.asked, got, tt.want)
		}
	}
}
