//go:build cgo

package draw_test

import (
	"bytes"
	"testing"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/render/draw"
)

// Haste makes another AVIF or PNG, and says so. It leaves other formats alone.
func TestHaste(t *testing.T) {
	for format, hasty := range map[transform.Format]bool{
		transform.AVIF: true, transform.PNG: true, transform.WebP: false, transform.JPEG: false, transform.GIF: false,
	} {
		var results []*render.Result
		for haste := range render.MostHaste + 1 {
			job := newJob(photograph(t, 60, 60), transform.Output{Format: format})
			job.Haste = haste
			r, err := draw.Draw(t.Context(), job)
			if err != nil {
				t.Fatalf("%s, haste %d: %v", format, haste, err)
			}
			want := 0
			if hasty {
				want = haste
			}
			if r.Haste != want {
				t.Errorf("%s, haste %d: made with %d, want %d", format, haste, r.Haste, want)
			}
			results = append(results, r)
		}
		if same := bytes.Equal(results[0].Body, results[render.MostHaste].Body); same == hasty {
			t.Errorf("%s: haste changes nothing: %t", format, same)
		}
	}
}
