//go:build cgo

package admission_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"image"
	"image/png"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/caddy-images/caddy-images/internal/long"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/render/admission"
	"github.com/caddy-images/caddy-images/transform/sniff"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// The bounds that an estimate is held to: not below this part of the measured
// peak, and not above so many times of it and a little more. A peak depends
// on what is in an image, most of all where something is lossless; an
// estimate cannot know that and takes noise for granted.
const (
	atLeast = 0.9
	atMost  = 4
	more    = 48 << 20
)

// A time may be so many times too long or too short, and a little. It is not measured in
// seconds but by the piece of work that each process does besides: unit is what that takes
// on the processor that the rates in time.go are for.
const (
	timesOff = 4
	moreTime = 0.05
	unit     = 24 * time.Millisecond
)

var (
	all      = flag.Bool("all", false, "measure the large pictures too, which takes minutes")
	jobsFlag = flag.String("jobs", "", "measure these instead: original:plan,plan;original:plan")
)

// measurements are originals, with the plans that each is drawn by.
var measurements = []struct{ original, plans string }{
	{"0.25 jpeg", "jpeg, webp, avif, thumb jpeg"},
	{"2 jpeg", "jpeg, png, webp, avif, 512 jpeg, usm wide jpeg, layers jpeg, displace jpeg, shadow png, text jpeg, seek jpeg, adjust jpeg, lomo jpeg/8"},
	{"2 jpeg progressive", "jpeg, 512 jpeg, inspect"},
	{"2 jpeg turned", "jpeg, 512 jpeg, stored jpeg, stored 512 jpeg"},
	{"2 png alpha", "512 jpeg, png, avif"},
	{"2 png alpha flat", "512 webp, webp"},
	{"2 webp lossless alpha", "jpeg, half jpeg"},
	{"2 avif alpha", "512 jpeg"},
	{"2 gif", "512 jpeg, half png"},
	{"2 tiff strip", "512 jpeg"},
	{"2 svg", "jpeg, 512 jpeg, inspect"},
	{"0.5 pdf", "jpeg, 512 jpeg, enlarge jpeg"},
	{"2 pdf picture", "jpeg, thumb jpeg"},
	{"2 pdf groups", "jpeg, enlarge jpeg"},
	{"0.2 gif frames", "webp, logos webp, turn gif, 512 jpeg, still gif, inspect"},
	{"0.3 webp frames", "webp, 200 webp"},
	// A small file that is made large on the way, or behind itself.
	{"0.02 png alpha", "veil jpeg, haze jpeg"},
	{"0.02 png", "swell png, swells png, swollen jpeg, blur turn png"},
	{"0.0001 gif frames", "veil webp, swell webp"},
}

// large are the same for a run with -all.
var large = []struct{ original, plans string }{
	{"2 jpeg", "webp lossless, gif, blur jpeg, blur wide jpeg, arc 360 jpeg, long chain, logos jpeg, replace jpeg, perspective png, auto jpeg, pixelate jpeg, edges jpeg/8, sketch jpeg/2"},
	{"2 jpeg", "jpeg fine, avif fine, avif lossless, 512 webp, 512 avif, tilt png"},
	{"2 png alpha flat", "webp lossless, gif, thumb jpeg"},
	{"0.2 gif frames", "gif, 512 webp, still 512 webp"},
	{"2 png alpha", "webp"},
	{"0.3 gif frames", "webp, 512 webp, gif, 512 jpeg"},
	{"0.3 webp alpha flat frames", "webp, 512 webp"},
	{"12 jpeg", "trim jpeg, blur wide jpeg, usm 8 jpeg, usm wide jpeg, arc 30 jpeg, arc 360 jpeg, tilt jpeg, jpeg, jpeg fine, png, webp, webp lossless, avif, gif, 512 jpeg, 512 webp, 512 avif, half jpeg, third jpeg, thumb jpeg, cover jpeg, crop jpeg, crop bottom jpeg, crop large png, seek jpeg, blur jpeg, sharpen jpeg, unsharp jpeg, contrast jpeg, rotate jpeg, tilt png, trim jpeg, round png, opacity png, enlarge jpeg, enlarge webp, pad jpeg, long chain, layer jpeg, logo jpeg, trimmed jpeg, layers jpeg, logos jpeg, block jpeg, cutout png, displace jpeg, replace jpeg, gradient jpeg, arc png, shadow png, blurred jpeg, dominant jpeg, auto jpeg, auto jpeg/8, auto 512 jpeg, adjust jpeg, adjust jpeg/8, vivid jpeg/8, lomo jpeg, lomo jpeg/2, lomo jpeg/8, pixelate jpeg/8, emboss jpeg, edges jpeg, edges jpeg/8, sketch jpeg, blur jpeg/8, sharpen jpeg/8, replace jpeg/8, gradient jpeg/8"},
	{"0.02 png alpha", "veil large jpeg, mist jpeg"},
	{"0.02 png", "swell large png"},
	{"0.0001 gif frames", "veil large webp"},
	{"12 jpeg 444", "512 jpeg"},
	{"12 jpeg progressive", "jpeg, 512 jpeg, half jpeg, crop jpeg, avif"},
	{"12 jpeg progressive 444", "512 jpeg"},
	{"12 jpeg turned", "stored jpeg, stored 512 jpeg, jpeg, 512 jpeg, half jpeg"},
	{"12 png", "jpeg, 512 jpeg, thumb jpeg, third jpeg, half png, cover jpeg, crop jpeg, blur jpeg, webp lossless"},
	{"12 png alpha", "512 webp, jpeg, png, webp, blur jpeg, seek jpeg, opacity png, layers jpeg, displace jpeg, auto jpeg, adjust jpeg/8, lomo jpeg/8, edges jpeg, edges jpeg/8, sketch jpeg, sharpen jpeg/8, replace jpeg/8"},
	{"12 png alpha flat", "512 webp, webp, webp lossless, avif, gif, thumb webp"},
	{"12 png interlaced", "inspect, 512 jpeg"},
	{"12 png alpha interlaced", "512 jpeg"},
	{"12 png 16", "512 jpeg, blur jpeg, png, webp"},
	{"12 webp", "inspect, jpeg, 512 jpeg, half jpeg, blur jpeg"},
	{"12 webp alpha", "jpeg, 512 jpeg"},
	{"12 webp lossless", "jpeg, 512 jpeg, half jpeg"},
	{"12 webp lossless alpha", "jpeg, 512 jpeg"},
	{"12 avif", "inspect, jpeg, 512 jpeg, blur jpeg"},
	{"12 avif alpha", "512 jpeg"},
	{"12 gif", "jpeg, 512 jpeg"},
	{"12 tiff", "jpeg, 512 jpeg"},
	{"12 tiff strip", "jpeg, 512 jpeg"},
	{"12 svg", "jpeg, 512 jpeg, png, enlarge jpeg"},
	{"1 svg paths", "inspect, 512 jpeg"},
	{"0.7 gif frames", "200 webp, 200 gif"},
	{"1 gif frames", "webp, gif, 512 webp, 512 jpeg"},
	{"0.3 webp frames", "still gif, still 512 webp, webp, webp lossless, gif, 512 webp"},
	{"50 jpeg", "jpeg, 512 jpeg, thumb jpeg"},
	{"50 jpeg progressive", "512 jpeg"},
	{"50 png", "512 jpeg, thumb jpeg"},
	{"50 avif", "512 jpeg"},
}

// TestEstimate holds estimates to peaks that are measured here and now, and in a long run
// to times, which depend on what else the machine does. With -v it prints the table.
func TestEstimate(t *testing.T) {
	wanted := measurements
	if *all || long.Wanted() {
		wanted = append(wanted, large...)
	}
	if *jobsFlag != "" {
		wanted = nil
		for job := range strings.SplitSeq(*jobsFlag, ";") {
			o, p, _ := strings.Cut(job, ":")
			wanted = append(wanted, struct{ original, plans string }{strings.TrimSpace(o), p})
		}
	}
	t.Logf("%-26s %-16s %9s %9s %6s %8s %8s %6s", "original", "plan", "measured", "estimate", "ratio", "took", "estimate", "ratio")
	for _, w := range wanted {
		if strings.Contains(w.original, "pdf") && !vips.CanLoad(sniff.PDF) {
			continue
		}
		if strings.Contains(w.original, "avif") && !vips.HasOperation("heifsave_buffer") {
			continue
		}
		file := newOriginal(t, w.original)
		for plan := range strings.SplitSeq(w.plans, ",") {
			plan = strings.TrimSpace(plan)
			if strings.Contains(plan, "avif") && !vips.HasOperation("heifsave_buffer") {
				continue
			}
			m := measure(t, file, plan)
			measured := m.peak - raceShadow*m.result
			cost, err := admission.CostOf(jobOf(file, plan))
			if err != nil || !cost.Readable {
				t.Fatal(w.original, plan, cost.Readable, err)
			}
			took := m.time.Seconds() * unit.Seconds() / m.unit.Seconds()
			line := fmt.Sprintf("%-26s %-16s %6.1f MB %6.1f MB %6.2f %6.3f s %6.3f s %6.2f", w.original, plan,
				megabytes(measured), megabytes(cost.Memory), float64(cost.Memory)/float64(measured),
				took, cost.Time.Seconds(), cost.Time.Seconds()/took)
			t.Log(line)
			if float64(cost.Memory) < atLeast*float64(measured) || cost.Memory > atMost*measured+more {
				t.Errorf("memory out of bounds: %s", line)
			}
			if !long.Wanted() {
				continue
			}
			tooShort := cost.Time.Seconds() < took/timesOff-moreTime && !strings.Contains(plan, "avif")
			if tooShort || cost.Time.Seconds() > timesOff*took+moreTime {
				t.Errorf("time out of bounds: %s", line)
			}
		}
	}
}

// A strip that covers a square is enlarged to 200 by 13,107,000 pixels, of which
// nothing is made but the square.
func TestEstimateOfStrips(t *testing.T) {
	for _, size := range []image.Point{{X: 1, Y: 65535}, {X: 65535, Y: 1}} {
		var file bytes.Buffer
		if err := png.Encode(&file, image.NewGray(image.Rectangle{Max: size})); err != nil {
			t.Fatal(err)
		}
		for _, plan := range []string{"square jpeg", "seek square jpeg"} {
			m := measure(t, file.Bytes(), plan)
			measured, result := m.peak, m.result
			measured -= raceShadow * result
			estimate, readable, err := admission.Estimate(jobOf(file.Bytes(), plan))
			if err != nil || !readable {
				t.Fatal(size, plan, readable, err)
			}
			if float64(estimate) < atLeast*float64(measured) || estimate > atMost*measured+more {
				t.Errorf("%v, %s: %.1f MB, estimated %.1f MB", size, plan, megabytes(measured), megabytes(estimate))
			}
		}
	}
}

// However many frames an animation has, one is in memory at a time: forty more of them
// take less than eight of them would.
func TestAnimationsAreStreamed(t *testing.T) {
	const width, height, few, many = 400, 300, 10, 50
	for _, format := range []sniff.Format{sniff.GIF, sniff.WebP} {
		for _, plan := range []string{"200 webp", "turn gif"} {
			t.Run(string(format)+"/"+plan, func(t *testing.T) {
				short := measure(t, film(t, format, width, height, few), plan).peak
				more := measure(t, film(t, format, width, height, many), plan).peak
				if bound := int64(8 * width * height * 4); more > short+bound {
					t.Errorf("%d frames take %.1f MB, %d take %.1f MB", few, megabytes(short), many, megabytes(more))
				}
			})
		}
	}
}

// film returns an animation of a bar that moves over an image.
func film(t *testing.T, format sniff.Format, width, height, frames int) []byte {
	t.Helper()
	samples := make([]byte, 0, 3*width*height*frames)
	for n := range frames {
		for y := range height {
			for x := range width {
				bar := byte(0)
				if x/8 == n {
					bar = 255
				}
				samples = append(samples, bar, byte(x/4), byte(y/4))
			}
		}
	}
	scope := vips.NewScope(context.Background())
	defer scope.Close()
	tall, err := scope.NewImageFromMemory(samples, width, height*frames, 3, vips.InterpretationSRGB)
	if err != nil {
		t.Fatal(err)
	}
	tall.SetInt(vips.FieldPageHeight, height)
	var file []byte
	if format == sniff.WebP {
		file, err = tall.ExportWebp(vips.WebpOptions{Effort: 1})
	} else {
		file, err = tall.ExportGif(vips.GifOptions{Effort: 1, NoDither: true})
	}
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// jobOf returns the job of a plan by its name, behind which may be how many
// threads draw it: "blur jpeg/8". That of "inspect" asks for details.
func jobOf(original []byte, name string) render.Job {
	name, threads, _ := strings.Cut(name, "/")
	job := newJob(original, plans[name])
	job.Threads, _ = strconv.Atoi(threads)
	job.Inspect = name == "inspect"
	return job
}

func megabytes(n int64) float64 { return float64(n) / 1e6 }
