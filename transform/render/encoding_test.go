package render

import (
	"testing"
	"time"

	"github.com/caddy-images/caddy-images/transform"
)

func TestEncoding(t *testing.T) {
	avif, both := []transform.Format{transform.AVIF}, []transform.Format{transform.AVIF, transform.WebP}
	for _, tt := range []struct {
		name    string
		asked   transform.Format
		accepts []transform.Format
		size    transform.Size
		timeout time.Duration
		want    transform.Format
	}{
		{"in time", transform.FormatAuto, both, transform.Size{Width: 5000, Height: 3000}, 30 * time.Second, transform.AVIF},
		{"a pixel too many", transform.FormatAuto, both, transform.Size{Width: 15_000_001, Height: 1}, 30 * time.Second, transform.WebP},
		{"no other is accepted", transform.FormatAuto, avif, transform.Size{Width: 15_000_001, Height: 1}, 30 * time.Second, transform.JPEG},
		{"asked for", transform.AVIF, both, transform.Size{Width: 15_000_001, Height: 1}, 30 * time.Second, transform.AVIF},
		{"less time", transform.FormatAuto, both, transform.Size{Width: 501, Height: 1000}, time.Second, transform.WebP},
		{"much time", transform.FormatAuto, both, transform.Size{Width: 10000, Height: 10000}, time.Hour, transform.AVIF},
	} {
		job := Job{Plan: transform.Plan{Output: transform.Output{Format: tt.asked}}, Accepts: tt.accepts, Timeout: tt.timeout}
		facts := transform.Facts{Size: tt.size, Format: transform.JPEG, Frames: 1}
		if got := job.Encoding(facts); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
		if len(tt.accepts) > 0 && tt.accepts[0] != transform.AVIF {
			t.Errorf("%s: the job's formats were changed", tt.name)
		}
	}
	for timeout, want := range map[time.Duration]int64{0: 0, time.Second: 500_000, 30 * time.Second: 15_000_000, time.Hour: 1_800_000_000} {
		if got := AVIFPixels(timeout); got != want {
			t.Errorf("AVIFPixels(%v) = %d, want %d", timeout, got, want)
		}
	}
}
