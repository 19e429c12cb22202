// Package steps lists the steps in which an image is drawn, and declares what
// each of them costs. Package draw draws in these steps, package admission
// estimates by them.
package steps

import "github.com/caddy-images/caddy-images/transform"

// Step is one step of drawing a recipe. It does nothing unless the recipe asks
// for it.
type Step struct {
	Name string // of its function in package draw

	// Cost returns the cost of the step for an image.
	Cost func(transform.Recipe, Image) Cost
}

// All are the steps in the order of drawing. Trimming comes before them, since
// the recipe depends on what it leaves; layers come after.
var All = []Step{
	{"scale", scale},
	{"orient", orient},
	{"crop", crop},
	{"colour", colour},
	{"whiteBalance", whiteBalance},
	{"tone", tone},
	{"adjust", adjust},
	{"grayscale", grayscale},
	{"contrast", contrast},
	{"blur", blur},
	{"sharpen", sharpen},
	{"unsharp", unsharp},
	{"look", look},
	{"replace", replace},
	{"colorize", colorize},
	{"gradient", gradient},
	{"findColours", findColours},
	{"pad", pad},
	{"distort", distort},
	{"rotate", rotate},
	{"flip", flip},
	{"border", border},
	{"corners", corners},
	{"shadow", shadow},
	{"opacity", opacity},
	{"background", background},
}

// Large is the number of pixels of a frame from which on libvips uses all
// threads of a job. With two processors large images are then scaled,
// blurred, sharpened and rotated 1.3 to 1.6 times as fast. Smaller ones take
// as long, and some percent more processor time; so do decoding and encoding,
// since codecs use one thread.
const Large = 500_000

// WidestMask is the reach up to which a mask is applied pixel by pixel, in
// floats. A larger one is applied by its steps.
const WidestMask = 8

// MostPatches is the number of overlapping patches after which the image is
// computed. At the edges of a patch the image may be computed twice, for what
// is around and what is under it, and twice as often again for each patch
// that covers the same edge. libvips shares nearly all of that work, but does
// not guarantee it.
const MostPatches = 4
