package negotiate

import (
	"net/http"
	"slices"
	"testing"
)

func TestRFC9110_12_5_5_Vary(t *testing.T) {
	tests := []struct {
		name         string
		before, want []string
	}{
		{"none", nil, []string{"Accept"}},
		{"another's", []string{"Accept-Encoding"}, []string{"Accept-Encoding", "Accept"}},
		{"listed", []string{"Accept"}, []string{"Accept"}},
		{"listed in another case", []string{"Origin, aCCept"}, []string{"Origin, aCCept"}},
		{"listed on another line", []string{"Origin", "Accept-Encoding ,\tAccept"}, []string{"Origin", "Accept-Encoding ,\tAccept"}},
		{"a star", []string{"*"}, []string{"*"}},
		{"a star in a list", []string{"Origin, *"}, []string{"Origin, *"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := http.Header{}
			if tt.before != nil {
				h["Vary"] = slices.Clone(tt.before)
			}
			Vary(h, "Accept")
			if got := h.Values("Vary"); !slices.Equal(got, tt.want) {
				t.Errorf("Vary is %q, want %q", got, tt.want)
			}
			Vary(h, "accept")
			if got := h.Values("Vary"); !slices.Equal(got, tt.want) {
				t.Errorf("Vary is %q after the second time, want %q", got, tt.want)
			}
		})
	}
}
