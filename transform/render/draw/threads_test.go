//go:build cgo

package draw_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"testing"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/internal/long"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
)

// However many threads work at an image, its bytes are the same: an entity
// tag stands for them. All images here are large enough for several.
func TestThreads(t *testing.T) {
	grain := uint32(1)
	grainy := paint(860, 1000, func(x, y int) color.NRGBA {
		grain = grain*1664525 + 1013904223
		return color.NRGBA{uint8(x/4) + uint8(grain>>29), uint8(y/4) + uint8(grain>>28), uint8(x + y), 255}
	})
	seen := paint(860, 1000, func(x, y int) color.NRGBA {
		c := grainy.NRGBAAt(x, y)
		c.A = uint8(x)
		return c
	})
	chains := manySteps()
	chains["blurred"] = []transform.Step{effect(transform.Effects{Blur: transform.Num(9), Contrast: true})}
	chains["turned"] = []transform.Step{rotated(33), rotated(90)}
	chains["trimmed"] = []transform.Step{trimmed(5), {Effects: transform.Effects{Unsharp: transform.Unsharp{Sigma: 2, Amount: 1}}}}
	jobs := map[string]render.Job{}
	originals := map[string][]byte{"jpeg": asJPEG(t, grainy), "png": asPNG(t, seen)}
	for name, chain := range chains {
		jobs[name] = newJob(originals["jpeg"], transform.Output{Format: transform.JPEG}, chain...)
	}
	large := sized(850, 0, transform.Cover, 0)
	for _, format := range writable {
		jobs["as "+format.String()] = newJob(originals["png"], transform.Output{Format: format, Metadata: true}, large)
	}
	jobs["as lossless AVIF"] = newJob(originals["png"], transform.Output{Format: transform.AVIF, Lossless: true}, large)
	jobs["AVIF"] = newJob(result(t, jobs["as avif"]).Body, transform.Output{Format: transform.PNG}, large)
	var moving []*image.NRGBA
	for n := range 3 {
		moving = append(moving, paint(720, 720, func(x, y int) color.NRGBA { return color.NRGBA{uint8(x+n) &^ 15, uint8(y) &^ 15, 9, 255} }))
	}
	jobs["animation"] = newJob(asGIF(t, moving...), transform.Output{Format: transform.WebP}, sized(710, 0, transform.Cover, 0), effect(transform.Effects{Blur: transform.Num(4)}))
	jobs["transparent"] = newJob(originals["png"], transform.Output{Format: transform.PNG}, large, effect(transform.Effects{Blur: transform.Num(9)}))
	numbers := []int{8}
	if long.Wanted() {
		numbers = []int{2, 3, 8}
	}
	for name, job := range jobs {
		t.Run(name, func(t *testing.T) {
			want := result(t, job).Body
			for _, threads := range numbers {
				job.Threads = threads
				if got := result(t, job).Body; !bytes.Equal(got, want) {
					t.Errorf("%d threads give other bytes, %d of them instead of %d", threads, len(got), len(want))
				}
			}
		})
	}
}

// A failure in the last piece of an image is one, whichever thread has it: a
// file whose end is missing is never drawn. Before 8.15.4, libvips says of
// some of these in ten that they worked.
func TestThreadsDamagedEnd(t *testing.T) {
	grain := uint32(1)
	whole := asPNG(t, paint(1000, 700, func(x, y int) color.NRGBA {
		grain = grain*1664525 + 1013904223
		return color.NRGBA{uint8(x/4) + uint8(grain>>29), uint8(y/4) + uint8(grain>>28), uint8(x + y), 255}
	}))
	chains := map[string][]transform.Step{
		"as it is": nil,
		"blurred":  {effect(transform.Effects{Blur: transform.Num(2)})},
		"a layer":  {{Layers: []transform.Layer{overlay("damaged", at(0, 0), effect(transform.Effects{Blur: transform.Num(2)}))}}},
	}
	repeats := 4
	if long.Wanted() {
		repeats = 20
	}
	for name, chain := range chains {
		for _, missing := range []int{20, 2000} {
			t.Run(fmt.Sprintf("%s, %d bytes", name, missing), func(t *testing.T) {
				damaged := whole[:len(whole)-missing]
				job := layered(damaged, map[string][]byte{"damaged": damaged}, chain...)
				if len(job.Files) > 0 {
					job.Original = whole
				}
				job.Plan.Output.Format = transform.JPEG
				job.Threads = 2
				for range repeats {
					failure(t, job, errors.BadImage)
				}
			})
		}
	}
}
