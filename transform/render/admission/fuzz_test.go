package admission

import (
	"testing"

	"github.com/caddy-images/caddy-images/transform"
)

// FuzzEstimate: whatever a file and a plan say, an estimate is positive, and no
// more than the limits' pixels can take.
func FuzzEstimate(f *testing.F) {
	f.Add([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01\x00\x00\x00\x01\x00\x08\x06\x00\x00\x00\x00\x00\x00\x00"), 300.0, 200.0, 20.0, uint8(0), uint8(transform.WebP))
	f.Add([]byte("GIF89a\x10\x00\x10\x00\x00\x00\x00"), 3000.0, 0.0, 0.0, uint8(transform.PadOnly), uint8(transform.GIF))
	f.Add([]byte(`<svg width="10" height="1e9"/>`), 0.0, 1e9, -90.0, uint8(transform.CropPad), uint8(transform.AVIF))
	f.Fuzz(func(t *testing.T, file []byte, w, h, turn float64, fit, format uint8) {
		job := pngJob(t, 1, 1)
		job.Original = file
		job.Plan = transform.Plan{
			Still: fit&8 != 0, AsStored: fit&16 != 0,
			Steps: []transform.Step{
				{Resize: transform.Resize{Width: transform.Px(w), Height: transform.Px(h), Fit: transform.Fit(fit % 8), Focus: transform.FocusAuto}},
				{Effects: transform.Effects{WhiteBalance: fit&32 != 0, Tone: fit&64 != 0, Adjust: transform.Adjust{Hue: turn}, Look: transform.Look(format % uint8(transform.Sketch+1))}},
				{Rotate: transform.Num(turn), Border: transform.Border{Width: transform.Num(w)}, Corners: transform.Corners{TopLeft: transform.Radius{Max: true}}},
				{Resize: transform.Resize{Width: transform.Fraction(h)}},
			},
			Output: transform.Output{Format: transform.Format(format % uint8(transform.HEIC))},
		}
		job.Inspect = fit&128 != 0
		peak, _, err := Estimate(job)
		if err != nil {
			return
		}
		const most = 1000 // bytes a pixel, over all that a few steps hold
		if bound := most*job.Limits.MaxPixels + 80*int64(len(file)) + 100*megabyte; peak < base || peak > bound {
			t.Errorf("%d bytes, at most %d", peak, bound)
		}
	})
}
