//go:build cgo

package main

import (
	"fmt"
	"slices"

	"github.com/caddy-images/caddy-images/transform/vips"
)

// setting is one way to encode an image. Settings that differ only in quality
// form a ladder, for finding the quality that looks like another format's.
type setting struct {
	ladder
	quality int // 0 for what loses nothing
	export  func(*vips.Image) ([]byte, error)
}

type ladder struct {
	format string
	effort int // 0 where there is none to choose
	how    string
}

func (l ladder) String() string {
	s := l.format
	if l.effort > 0 {
		s += fmt.Sprintf(", effort %d", l.effort)
	}
	if l.how != "" {
		s += ", " + l.how
	}
	return s
}

func (s setting) String() string {
	if s.quality == 0 {
		return s.ladder.String()
	}
	return fmt.Sprintf("%s, quality %d", s.ladder, s.quality)
}

func grid(formats []string) (all []setting) {
	for _, s := range slices.Concat(jpegs(), webps(), avifs(), pngs(), gifs()) {
		if slices.Contains(formats, s.format) {
			all = append(all, s)
		}
	}
	return all
}

func jpegs() (all []setting) {
	add := func(how string, o vips.JpegOptions, qualities ...int) {
		for _, q := range qualities {
			o := o
			o.Quality = q
			all = append(all, setting{ladder{"jpeg", 0, how}, q, func(i *vips.Image) ([]byte, error) { return i.ExportJpeg(o) }})
		}
	}
	// The first one is the reference for all others.
	add("optimized", vips.JpegOptions{OptimizeCoding: true}, 60, 70, 75, 80, 85, 90)
	add("plain", vips.JpegOptions{}, 75, 80, 85)
	add("progressive", vips.JpegOptions{OptimizeCoding: true, Interlace: true}, 75, 80, 85)
	add("optimized, 4:4:4", vips.JpegOptions{OptimizeCoding: true, Subsample: vips.SubsampleOff}, 70, 80, 85)
	add("optimized, trellis", vips.JpegOptions{OptimizeCoding: true, Trellis: true}, 75, 80, 85)
	return all
}

func webps() (all []setting) {
	add := func(how string, o vips.WebpOptions, effort int, qualities ...int) {
		o.Effort = effort
		for _, q := range qualities {
			o := o
			o.Quality = q
			all = append(all, setting{ladder{"webp", effort, how}, q, func(i *vips.Image) ([]byte, error) { return i.ExportWebp(o) }})
		}
	}
	for effort := 1; effort <= 6; effort++ {
		if effort == 2 || effort == 4 {
			add("", vips.WebpOptions{}, effort, 60, 70, 75, 80, 85, 90)
		} else {
			add("", vips.WebpOptions{}, effort, 75, 85)
		}
	}
	add("smart subsample", vips.WebpOptions{SmartSubsample: true}, 2, 75, 80, 85)
	add("smart subsample", vips.WebpOptions{SmartSubsample: true}, 4, 75, 80, 85)
	add("preset photo", vips.WebpOptions{Preset: vips.PresetPhoto}, 4, 75, 85)
	add("preset picture", vips.WebpOptions{Preset: vips.PresetPicture}, 4, 75, 85)
	return all
}

func avifs() (all []setting) {
	add := func(how string, o vips.AvifOptions, effort int, qualities ...int) {
		o.Effort = effort
		for _, q := range qualities {
			o := o
			o.Quality = q
			all = append(all, setting{ladder{"avif", effort, how}, q, func(i *vips.Image) ([]byte, error) { return i.ExportAvif(o) }})
		}
	}
	for effort := 1; effort <= 9; effort++ {
		if effort == 3 {
			add("", vips.AvifOptions{}, effort, 45, 50, 55, 60, 65, 70)
		} else {
			add("", vips.AvifOptions{}, effort, 50, 60)
		}
	}
	add("4:4:4", vips.AvifOptions{Subsample: vips.SubsampleOff}, 3, 50, 60)
	return all
}

func pngs() (all []setting) {
	add := func(how string, o vips.PngOptions) {
		all = append(all, setting{ladder{"png", 0, how}, 0, func(i *vips.Image) ([]byte, error) { return i.ExportPng(o) }})
	}
	for _, f := range []struct {
		name   string
		filter vips.PngFilter
	}{
		{"no filter", vips.PngFilterNone}, {"sub", vips.PngFilterSub}, {"up", vips.PngFilterUp},
		{"average", vips.PngFilterAverage}, {"paeth", vips.PngFilterPaeth}, {"all filters", vips.PngFilterAll},
	} {
		levels := []int{1, 3, 6, 9}
		if f.filter == vips.PngFilterAll {
			levels = []int{1, 2, 3, 4, 5, 6, 9}
		}
		for _, compression := range levels {
			add(fmt.Sprintf("%s, compression %d", f.name, compression), vips.PngOptions{Filter: f.filter, Compression: compression})
		}
	}
	add("interlaced, compression 6", vips.PngOptions{Interlace: true, Compression: 6})
	add("palette of 256 colours", vips.PngOptions{Palette: true})
	return all
}

func gifs() (all []setting) {
	for _, effort := range []int{1, 3, 5, 7, 10} {
		o := vips.GifOptions{Effort: effort}
		all = append(all, setting{ladder{"gif", effort, ""}, 0, func(i *vips.Image) ([]byte, error) { return i.ExportGif(o) }})
	}
	return all
}
