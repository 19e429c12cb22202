package vary

import (
	"net/http"
	"slices"
	"testing"
)

func TestRFC9110_12_5_5_Merge(t *testing.T) {
	tests := []struct {
		name         string
		before, more []string
		want         []string
	}{
		{"none", nil, nil, nil},
		{"ours", nil, []string{"Accept"}, []string{"Accept"}},
		{"another's", []string{"Origin"}, []string{"Accept", "Width"}, []string{"Origin, Accept, Width"}},
		{"others' lines", []string{"Origin", "Accept-Encoding"}, nil, []string{"Origin, Accept-Encoding"}},
		{"listed", []string{"Accept"}, []string{"Accept"}, []string{"Accept"}},
		{"listed in another case", []string{"Origin, aCCept"}, []string{"Accept"}, []string{"Origin, aCCept"}},
		{"listed on another line", []string{"Origin", "Accept-Encoding ,\tAccept,,"}, []string{"accept"}, []string{"Origin, Accept-Encoding, Accept"}},
		{"listed twice", []string{"Origin", "origin"}, []string{"Accept", "accept"}, []string{"Origin, Accept"}},
		{"a star", []string{"*"}, []string{"Accept"}, []string{"*"}},
		{"a star in a list", []string{"Origin, *"}, []string{"Accept"}, []string{"*"}},
		{"a star of ours", []string{"Origin"}, []string{"Accept", "*"}, []string{"*"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := http.Header{}
			if tt.before != nil {
				h["Vary"] = slices.Clone(tt.before)
			}
			for range 2 { // the second time changes nothing
				Merge(h, tt.more...)
				if got := h.Values("Vary"); !slices.Equal(got, tt.want) {
					t.Errorf("Vary is %q, want %q", got, tt.want)
				}
			}
		})
	}
}
