package render

import (
	"testing"
	"time"

	"github.com/caddy-images/caddy-images/errors"
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
		{"a row too many", transform.FormatAuto, both, transform.Size{Width: 5000, Height: 3001}, 30 * time.Second, transform.WebP},
		{"no other is accepted", transform.FormatAuto, avif, transform.Size{Width: 5000, Height: 3001}, 30 * time.Second, transform.JPEG},
		{"asked for", transform.AVIF, both, transform.Size{Width: 5000, Height: 3001}, 30 * time.Second, transform.AVIF},
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

func TestCheckEncoding(t *testing.T) {
	for _, tt := range []struct {
		format  transform.Format
		width   int // of 1000 rows
		timeout time.Duration
		message string
	}{
		{transform.AVIF, 75_000, 30 * time.Second, ""},
		{transform.AVIF, 75_001, 30 * time.Second, "The result would have 75001000 pixels; as AVIF, at most 75000000 can be encoded within render_timeout, 30s"},
		{transform.WebP, 75_001, 30 * time.Second, ""},
		{transform.AVIF, 25, 10 * time.Millisecond, ""},
		{transform.AVIF, 26, 10 * time.Millisecond, "The result would have 26000 pixels; as AVIF, at most 25000 can be encoded within render_timeout, 10ms"},
		{transform.AVIF, 9_000_000, time.Hour, ""},
		{transform.AVIF, 9_000_001, time.Hour, "The result would have 9000001000 pixels; as AVIF, at most 9000000000 can be encoded within render_timeout, 1h0m0s"},
	} {
		err := Job{Timeout: tt.timeout}.CheckEncoding(tt.format, transform.Size{Width: tt.width, Height: 1000})
		if tt.message == "" && err == nil {
			continue
		}
		if e := wantKind(t, err, errors.Limit); e.Message != tt.message {
			t.Errorf("%s of %d pixels within %v: %q, want %q", tt.format, tt.width*1000, tt.timeout, e.Message, tt.message)
		}
	}
}
