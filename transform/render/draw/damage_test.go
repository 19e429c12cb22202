//go:build cgo

package draw_test

import (
	"bytes"
	"context"
	stderrors "errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render/draw"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// damagedFiles are files with real data up to somewhere.
func damagedFiles(t testing.TB) map[string][]byte {
	t.Helper()
	whole := map[string][]byte{
		"jpeg":          asJPEG(t, coordinates(200, 200)),
		"png":           noise(t, 200, 200),
		"webp":          asWebP(t, decode(t, noise(t, 200, 200))),
		"gif":           asGIF(t, quadrants(200, 200)),
		"animated gif":  asGIF(t, frames(100, 100)...),
		"animated webp": animatedWebP(t, frames(100, 100)...),
		"avif":          asAVIF(t, coordinates(200, 200)),
		"tiff":          asTIFF(coordinates(200, 200)),
		"svg":           asSVG(100, 100),
	}
	files := map[string][]byte{}
	for name, file := range whole {
		half := file[:len(file)/2]
		files[name+", half"] = half
		if name != "svg" {
			files[name+", header only"] = file[:min(len(file)/2, 40)]
		}
		garbage := bytes.Clone(half)
		files[name+", garbage behind"] = append(garbage[:12], bytes.Repeat([]byte{0xa5, 0x5a, 0}, 50)...)
	}
	return files
}

func TestDamaged(t *testing.T) {
	files := damagedFiles(t)
	before := vips.Tracked()
	for name, file := range files {
		t.Run(name, func(t *testing.T) {
			for _, step := range []transform.Step{
				{},
				sized(20, 0, transform.Cover, 0),
				sized(20, 20, transform.Cover, transform.FocusAuto),
				rotated(90),
				trimmed(0),
				effect(transform.Effects{Contrast: true}),
			} {
				for _, format := range []transform.Format{transform.WebP, transform.PNG} {
					job := newJob(file, transform.Output{Format: format}, step)
					failure(t, job, errors.BadImage)
				}
			}
		})
	}
	wantTracked(t, before)
}

func TestNoImage(t *testing.T) {
	for name, file := range map[string][]byte{
		"nothing":    nil,
		"a byte":     {0xff},
		"text":       []byte("hello, world"),
		"html":       []byte("<!DOCTYPE html><html><body><svg></svg></body></html>"),
		"bmp":        append([]byte("BM"), make([]byte, 100)...),
		"fits":       []byte("SIMPLE  =                    T"),
		"magic only": []byte("\x89PNG\r\n\x1a\n"),
		"zeroes":     make([]byte, 1000),
	} {
		t.Run(name, func(t *testing.T) {
			e := failure(t, newJob(file, transform.Output{}), errors.BadImage)
			if name != "magic only" {
				wantMessage(t, e, "not an image", "JPEG", "SVG")
			}
		})
	}
}

// A format that is only read is not a format to write.
func TestNotWritable(t *testing.T) {
	for _, format := range []transform.Format{transform.SVG, transform.TIFF, transform.HEIC} {
		e := failure(t, newJob(asJPEG(t, solid(8, 8, red)), transform.Output{Format: format}), errors.BadTransform)
		wantMessage(t, e, "jpeg", fmt.Sprint(format))
	}
}

// A drawing must not bring in anything from outside.
func TestSVGLoadsNothing(t *testing.T) {
	for name, inside := range map[string]string{
		"file":   `<image href="file:///etc/hostname" width="20" height="20"/>`,
		"entity": `<text>&secret;</text>`,
		"remote": `<image href="http://127.0.0.1:9/x.png" width="20" height="20"/>`,
		"use":    `<use href="file:///etc/passwd#x"/>`,
	} {
		t.Run(name, func(t *testing.T) {
			svg := `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY secret SYSTEM "file:///etc/hostname">]>` +
				`<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20">` + inside + `</svg>`
			r, err := draw.Draw(context.Background(), newJob([]byte(svg), transform.Output{Format: transform.PNG}))
			if err != nil {
				return // refused is as good as left out
			}
			wantEverywhere(t, decode(t, r.Body), clear, 0)
		})
	}
}

// Whatever is wrong in a file is reported as the file's fault, not as a bug.
func TestCorrupted(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	files := originals(t)
	files[0] = asGIF(t, frames(40, 40)...)
	files[1] = animatedWebP(t, frames(40, 40)...)
	rounds := 60
	if underRace {
		rounds = 15
	}
	steps := []transform.Step{{}, sized(30, 0, transform.Cover, 0), trimmed(0), rotated(90)}
	for in, file := range files {
		for round := range rounds {
			broken := bytes.Clone(file)
			for range 1 + round%4 {
				broken[12+random.IntN(len(broken)-12)] ^= byte(1 + random.IntN(255))
			}
			_, err := draw.Draw(context.Background(), newJob(broken, transform.Output{Format: transform.WebP}, steps[round%len(steps)]))
			if err == nil {
				continue
			}
			var e *errors.Error
			if !stderrors.As(err, &e) || e.Kind != errors.BadImage && e.Kind != errors.Limit {
				t.Errorf("%s, round %d: %v", in, round, err)
			}
		}
	}
}
