//go:build linux && cgo

package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"

	"github.com/caddy-images/caddy-images/bench/corpus"
	"github.com/caddy-images/caddy-images/transform/sniff"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// pixels are the pixels of an image, 8-bit sRGB on white.
type pixels struct {
	width, height int
	samples       []byte
}

// decode decodes an image, with all of its frames below each other.
func decode(file []byte, change func(*vips.Image) (*vips.Image, error)) (p pixels, format sniff.Format, err error) {
	scope := vips.NewScope(context.Background())
	defer scope.Close()
	format, ok := sniff.Sniff(file)
	if !ok {
		return p, "", errors.New("not a picture")
	}
	image, err := scope.NewImageFromBuffer(file, format, vips.LoadOptions{Pages: -1})
	for _, step := range []func(*vips.Image) (*vips.Image, error){
		(*vips.Image).Autorot,
		func(i *vips.Image) (*vips.Image, error) { return i.Colourspace(vips.InterpretationSRGB) },
		onWhite,
		change,
		func(i *vips.Image) (*vips.Image, error) { return i.Cast(vips.BandFormatUchar) },
	} {
		if err == nil && step != nil {
			image, err = step(image)
		}
	}
	if err != nil {
		return p, format, err
	}
	p = pixels{width: image.Width(), height: image.Height()}
	p.samples, err = image.Pixels()
	return p, format, err
}

func onWhite(i *vips.Image) (*vips.Image, error) {
	if !i.HasAlpha() {
		return i, nil
	}
	return i.Flatten([]float64{255, 255, 255})
}

// reference returns the image resized with the best quality: decoded in full,
// and resized in one step.
func reference(file []byte, width, height int) (pixels, error) {
	p, _, err := decode(file, func(i *vips.Image) (*vips.Image, error) {
		return i.Resize(float64(width)/float64(i.Width()), float64(height)/float64(i.Height()), vips.KernelLanczos3)
	})
	return p, err
}

// psnr returns the peak signal-to-noise ratio in decibels, infinite for equal
// images. From about 40 on the difference is invisible; it is -1 for images
// that cannot be compared.
func psnr(a, b pixels) float64 {
	if a.width != b.width || a.height != b.height || len(a.samples) != len(b.samples) || len(a.samples) == 0 {
		return -1
	}
	sum := 0.0
	for i, v := range a.samples {
		d := float64(v) - float64(b.samples[i])
		sum += d * d
	}
	return 10 * math.Log10(255*255*float64(len(a.samples))/sum)
}

// quality is the quality of a contender's image.
type quality struct {
	bytes int
	psnr  float64 // against the reference
}

// judge compares the contenders' results for the job's first image with the
// reference.
func judge(j job, contenders []contender, o options, files files) (map[string]quality, error) {
	original, err := os.ReadFile(filepath.Join(o.dir, filepath.FromSlash(files.of(j, 0))))
	if err != nil {
		return nil, err
	}
	all := map[string]quality{}
	var careful pixels
	for _, c := range contenders {
		if !c.does(j) {
			continue
		}
		picture, err := c.once(j, 0)
		if err != nil {
			return nil, fmt.Errorf("%s by %s: %w", j.Name, c.name(), err)
		}
		p, format, err := decode(picture, nil)
		if err != nil {
			return nil, fmt.Errorf("%s by %s: %w", j.Name, c.name(), err)
		}
		if string(format) != j.Format || p.width != j.Width {
			return nil, fmt.Errorf("%s by %s: a %s of %dx%d", j.Name, c.name(), format, p.width, p.height)
		}
		q := quality{bytes: len(picture), psnr: -1}
		if j.isResize() {
			if careful.width != p.width || careful.height != p.height {
				if careful, err = reference(original, p.width, p.height); err != nil {
					return nil, err
				}
			}
			q.psnr = psnr(p, careful)
		}
		all[c.name()] = q
	}
	if j.Original == corpus.Folder {
		return all, nil // a gray image is one to libvips, and has colours from the handler
	}
	return all, alike(j, all)
}

// alike reports whether plain libvips and the handler give the same result;
// otherwise their ratio is meaningless. Sizes that do not divide evenly are
// rounded differently by fractions of a pixel.
func alike(j job, all map[string]quality) error {
	want, measured := all[nameLibvips]
	for _, name := range []string{nameInProcess, nameWorkers} {
		got, ok := all[name]
		if !measured || !ok {
			continue
		}
		if ratio := float64(got.bytes) / float64(want.bytes); ratio < 0.9 || ratio > 1.1 || math.Abs(got.psnr-want.psnr) > 2 {
			return fmt.Errorf("%s: %s makes %d bytes at %.1f dB, libvips alone %d at %.1f: they do not do the same job",
				j.Name, name, got.bytes, got.psnr, want.bytes, want.psnr)
		}
	}
	return nil
}
