//go:build cgo

package draw_test

import (
	"bytes"
	"testing"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/render/draw"
)

// Reduced effort gives another AVIF or PNG, and is reported. It does not affect
// other formats.
func TestReducedEffort(t *testing.T) {
	for format, affected := range map[transform.Format]bool{
		transform.AVIF: true, transform.PNG: true, transform.WebP: false, transform.JPEG: false, transform.GIF: false,
	} {
		var results []*render.Result
		for reduced := range render.MostReduced + 1 {
			job := newJob(photograph(t, 60, 60), transform.Output{Format: format})
			job.Reduced = reduced
			r, err := draw.Draw(t.Context(), job)
			if err != nil {
				t.Fatalf("%s, reduced by %d: %v", format, reduced, err)
			}
			want := 0
			if affected {
				want = reduced
			}
			if r.Reduced != want {
				t.Errorf("%s, reduced by %d: made with %d, want %d", format, reduced, r.Reduced, want)
			}
			results = append(results, r)
		}
		if same := bytes.Equal(results[0].Body, results[render.MostReduced].Body); same == affected {
			t.Errorf("%s: reduced effort changes nothing: %t", format, same)
		}
	}
}
