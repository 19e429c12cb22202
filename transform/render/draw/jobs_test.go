//go:build cgo

package draw_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"sync"
	"testing"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/internal/long"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/render/draw"
)

// smallSteps have something of every step.
func smallSteps() [][]transform.Step {
	n := transform.Num
	return [][]transform.Step{
		nil,
		{sized(20, 0, transform.Cover, 0)},
		{sized(20, 30, transform.Cover, transform.FocusAuto)},
		{withBackground(sized(50, 40, transform.Pad, 0), halfGreen)},
		{{Resize: transform.Resize{Width: transform.Px(9), Height: transform.Px(9), Fit: transform.Crop, X: n(3), Y: n(5)}}},
		{rotated(33), {Corners: radii(7)}},
		{{Rotate: n(90), Flip: transform.Flip{Vertical: true}, Opacity: n(40)}},
		{{Effects: transform.Effects{Grayscale: true, Contrast: true, Blur: n(4)}}},
		{{Effects: transform.Effects{Sharpen: transform.Sharpen{On: true}, Unsharp: transform.Unsharp{Sigma: 1, Amount: 1, Threshold: .05}}}},
		{trimmed(0), bordered(3, blue, radii(9))},
		{{Effects: transform.Effects{
			Replace:  transform.Replace{On: true, Dominant: true, To: transform.White, Tolerance: 30},
			Colorize: transform.Colorize{Color: transform.Opaque(200, 0, 0), Intensity: 50},
			Gradient: transform.Gradient{On: true, From: transform.White},
		}, Distort: bent(70)}},
		{{Effects: transform.Effects{WhiteBalance: true, Tone: true, Adjust: transform.Adjust{Contrast: 0.3, Hue: 40}, Look: transform.Lomo}}},
		{looking(transform.Sketch), looking(transform.Pixelate)},
		{{Distort: skewed, Corners: radii(5), Shadow: transform.Shadow{On: true, Blur: 4, Strength: 50, Right: 5}}},
		{onBackground(sized(50, 40, transform.Pad, 0), transform.Background{Kind: transform.BlurredBackground, Blurred: transform.Blurred{Auto: true}})},
		{onBackground(sized(50, 40, transform.Pad, 0), transform.Background{Kind: transform.GradientBackground, Palette: 4})},
		{onBackground(sized(50, 40, transform.Pad, 0), transform.Background{Kind: transform.DominantBackground})},
	}
}

// smallJobs are jobs of every format, step and failure, each done quickly.
func smallJobs(t testing.TB) []render.Job {
	t.Helper()
	files := originals(t)
	animated := asGIF(t, frames(24, 16)...)
	seen := asPNG(t, box(40, 30, clear, red, image.Rect(5, 5, 30, 20)))
	steps := smallSteps()
	var jobs []render.Job
	for _, in := range []transform.Format{transform.JPEG, transform.PNG, transform.WebP, transform.GIF, transform.TIFF, transform.SVG, transform.AVIF, transform.HEIC} {
		if in == transform.HEIC && !readable(t, in) {
			continue // this libvips has no HEVC
		}
		for k, s := range steps {
			out := []transform.Format{transform.JPEG, transform.PNG, transform.WebP, transform.GIF}[(k+len(jobs)/len(steps))%4]
			jobs = append(jobs, newJob(files[in], transform.Output{Format: out}, s...))
		}
	}
	for k, s := range steps {
		jobs = append(jobs,
			newJob(animated, transform.Output{Format: []transform.Format{transform.GIF, transform.WebP}[k%2]}, s...),
			newJob(seen, transform.Output{Format: writable[k%3]}, s...),
			newJob(oriented(files[transform.JPEG], 1+k%8), transform.Output{Format: transform.WebP, Metadata: k%2 == 0}, s...),
		)
	}
	jobs = append(jobs, newJob(files[transform.PNG], transform.Output{Format: transform.AVIF}, sized(16, 0, transform.Cover, 0)))
	for name, file := range damagedFiles(t) {
		if name == "jpeg, half" || name == "png, half" || name == "animated webp, half" || name == "gif, garbage behind" {
			jobs = append(jobs, newJob(file, transform.Output{}, steps[len(jobs)%len(steps)]...))
		}
	}
	return append(jobs,
		newJob(hugePNG(17000, 17000), transform.Output{}),
		newJob([]byte("nothing"), transform.Output{}),
		newJob(files[transform.PNG], transform.Output{}, sized(30000, 0, transform.Cover, 0)),
	)
}

// halfGreen is a background that is seen through.
var halfGreen = color.NRGBA{0, 200, 0, 102}

// Jobs that run at the same time do not see each other.
func TestConcurrency(t *testing.T) {
	concurrently(t, smallJobs(t), 4, 1)
}

// The jobs of all steps, two thousand times: Orc's list of code, before its users had a lock, was
// corrupted by one of some thousand jobs (orc.c of package vips).
func TestConcurrencyManyTimes(t *testing.T) {
	long.Only(t)
	file := originals(t)[transform.PNG]
	var jobs []render.Job
	for _, steps := range smallSteps() {
		jobs = append(jobs, newJob(file, transform.Output{Format: transform.PNG}, steps...))
	}
	concurrently(t, jobs, 8, 250)
}

// concurrently draws each of the jobs alone, and then all of them on each of some
// threads at once, so many times.
func concurrently(t *testing.T, jobs []render.Job, threads, times int) {
	t.Helper()
	type outcome struct {
		body []byte
		err  string
	}
	do := func(job render.Job) outcome {
		r, err := draw.Draw(context.Background(), job)
		if err != nil {
			return outcome{err: err.(*errors.Error).Message}
		}
		return outcome{body: r.Body}
	}
	want := make([]outcome, len(jobs))
	for n, job := range jobs {
		want[n] = do(job)
	}
	for range times {
		var group sync.WaitGroup
		for worker := range threads {
			group.Go(func() {
				for n := range jobs {
					n = (n*7 + worker*len(jobs)/threads) % len(jobs)
					if got := do(jobs[n]); got.err != want[n].err || !bytes.Equal(got.body, want[n].body) {
						t.Errorf("job %d: %d bytes, %q; alone %d bytes, %q", n, len(got.body), got.err, len(want[n].body), want[n].err)
					}
				}
			})
		}
		group.Wait()
	}
}
