//go:build linux && cgo

package main

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/caddy-images/caddy-images/bench/corpus"
)

// job is a transformation, in numbers that every contender understands.
type job struct {
	Name     string
	Original string // a kind of the corpus
	Width    int
	Height   int     // of the canvas to pad to; 0 for none
	Blur     float64 // the radius, twice the standard deviation; 0 for none
	Text     string  // drawn in white over the middle; letters and spaces
	Format   string  // jpeg, webp, avif or png

	// Share is the fraction of plain libvips' throughput that the handler
	// with workers must reach; 0 if there is no target.
	Share float64
}

// jobs are the jobs of a run. Quality is 80 for JPEG, 77 for WebP and 63 for AVIF.
var jobs = []job{
	{Name: "12 MP → 512 px JPEG", Original: corpus.Photo12, Width: 512, Format: "jpeg", Share: 0.95},
	{Name: "12 MP → 512 px WebP", Original: corpus.Photo12, Width: 512, Format: "webp", Share: 0.95},
	{Name: "12 MP → 512 px AVIF", Original: corpus.Photo12, Width: 512, Format: "avif", Share: 0.95},
	{Name: "12 MP → 512 px PNG", Original: corpus.Photo12, Width: 512, Format: "png", Share: 0.95},
	{Name: "12 MP → 512 px JPEG, padded", Original: corpus.Photo12, Width: 512, Height: 512, Format: "jpeg", Share: 0.95},
	{Name: "12 MP → 512 px JPEG, blurred", Original: corpus.Photo12, Width: 512, Blur: 10, Format: "jpeg", Share: 0.95},
	{Name: "12 MP → 512 px JPEG, with a text", Original: corpus.Photo12, Width: 512, Text: "A text", Format: "jpeg", Share: 0.95},
	{Name: "1 MP → 256 px JPEG", Original: corpus.Photo1, Width: 256, Format: "jpeg", Share: 0.85},
	{Name: "PNG with alpha → 512 px WebP", Original: corpus.Alpha, Width: 512, Format: "webp"},
	{Name: "3 MP WebP → 512 px WebP", Original: corpus.WebP, Width: 512, Format: "webp"},
	{Name: "GIF of 24 frames → 200 px WebP", Original: corpus.Motion, Width: 200, Format: "webp"},
}

// folderJobs are the jobs for a given directory.
var folderJobs = []job{
	{Name: "own pictures → 512 px JPEG", Original: corpus.Folder, Width: 512, Format: "jpeg"},
	{Name: "own pictures → 512 px WebP", Original: corpus.Folder, Width: 512, Format: "webp"},
}

// padding is the colour around padded images.
var padding = [3]float64{0x1b, 0x2a, 0x5c}

func hexadecimal(c [3]float64) string {
	return fmt.Sprintf("%02X%02X%02X", int(c[0]), int(c[1]), int(c[2]))
}

// path returns the job for a file as an ImageKit URL.
func (j job) path(file string) string {
	wishes := []string{"w-" + strconv.Itoa(j.Width)}
	if j.Height > 0 {
		wishes = append(wishes, "h-"+strconv.Itoa(j.Height), "cm-pad_resize", "bg-"+hexadecimal(padding))
	}
	if j.Blur > 0 {
		wishes = append(wishes, fmt.Sprintf("bl-%g", j.Blur))
	}
	if j.Text != "" {
		wishes = append(wishes, "l-text", "i-"+url.PathEscape(j.Text), "co-FFFFFF", fmt.Sprintf("fs-%d", textSize), "l-end")
	}
	return "/tr:" + strings.Join(append(wishes, "f-"+j.Format), ",") + "/" + file
}

// query returns the job for a file as sharp/server.mjs parses it.
func (j job) query(file string) string {
	q := url.Values{"width": {strconv.Itoa(j.Width)}, "format": {j.Format}}
	if j.Height > 0 {
		q.Set("height", strconv.Itoa(j.Height))
		q.Set("background", "#"+hexadecimal(padding))
	}
	if j.Blur > 0 {
		q.Set("sigma", fmt.Sprint(j.Blur/2))
	}
	if j.Text != "" {
		q.Set("text", j.markup())
		q.Set("font", textFont())
	}
	if j.Original == corpus.Motion {
		q.Set("animated", "true")
	}
	return "/" + file + "?" + q.Encode()
}

// The size of the text in pixels, and its font for Pango, which is the
// handler's default.
const textSize = 24

func textFont() string { return "Open Sans, sans-serif " + strconv.Itoa(textSize) }

// markup returns the text in white as Pango markup.
func (j job) markup() string { return `<span foreground="white">` + j.Text + `</span>` }

// isResize reports whether the job only resizes a still image.
func (j job) isResize() bool {
	return j.Height == 0 && j.Blur == 0 && j.Text == "" && j.Original != corpus.Motion
}
