package admission

import (
	"time"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/header"
	"github.com/caddy-images/caddy-images/transform/sniff"
)

// Seconds of processor time for a million pixels, measured like the memory in codec.go
// on a processor that decodes and encodes a million pixels of JPEG in 0.035 seconds.
// TestTime measures again, as multiples of a piece of work that every processor does,
// and holds the estimates to it.
const (
	// Decoding a million of the file's pixels; what is decoded at a smaller size takes
	// the smaller part of it all the same.
	readJPEG     = 0.006
	decodeJPEG   = 0.01 // of those that are decoded
	decodeScans  = 0.03 // more, of a progressive one
	decodePNG    = 0.04
	decodeWebP   = 0.03
	readWebP     = 0.02
	decodeHEIF   = 0.06
	decodeGIF    = 0.03
	decodeTIFF   = 0.01
	drawSVG      = 0.03
	drawElements = 0.8 // of a million bytes of an SVG
	drawPDF      = 0.01
	drawText     = 0.1  // of a million bytes of a PDF
	drawPicture  = 0.02 // the largest in a PDF
	drawJPX      = 0.3

	// Scaling: a million of pixels that are read, and of those that come of it.
	scaleFrom = 0.01
	scaleTo   = 0.03

	// Effects.
	trimming  = 0.25
	seekPixel = 0.02
	profile   = 0.015 // colours to sRGB, which a file's profile may need
	system    = 0.06  // those of HLG
	tones     = 0.03
	sums      = 0.015 // of a blur, and for each step of its mask
	sumsStep  = 0.0006
	sharpened = 0.09
	taps      = 0.007 // for each pixel of a small unsharp mask
	masked    = 0.06
	matrix    = 0.035
	dark      = 0.13
	relief    = 0.12
	lab       = 0.12
	ramps     = 0.05

	// Shapes.
	padded    = 0.01
	veils     = 0.1
	bent      = 0.12
	tilted    = 0.08
	turned    = 0.015
	rounded   = 0.08
	shaded    = 0.15
	faded     = 0.03
	laid      = 0.1
	blended   = 0.25
	displaces = 0.15
	written   = 0.02 // letters

	// Encoding.
	writeJPEG     = 0.015
	writePNG      = 0.3
	quantized     = 1 // more, of a PNG
	writeWebP     = 0.13
	writeLossless = 0.5
	writeGIF      = 1.0  // 0.5 to 3.7: builds of libimagequant differ
	writeFrames   = 0.35 // of an animated GIF

	// alphaTimes is how many times as long most takes where colours are multiplied by
	// alpha, and divided again.
	alphaTimes = 3
)

// leastTime is what a job takes however small it is.
const leastTime = 0.005

func (s *sketch) time() time.Duration {
	return time.Duration((leastTime + s.seconds) * float64(time.Second))
}

// spend adds what takes the rate, in seconds, for a million pixels.
func (s *sketch) spend(rate float64, pixels int64) { s.seconds += rate * float64(pixels) / 1e6 }

// spendOnAlpha is spend for what takes longer where there is alpha.
func (s *sketch) spendOnAlpha(rate float64, pixels int64) {
	if s.facts.Alpha {
		rate *= alphaTimes
	}
	s.spend(rate, pixels)
}

func (s *sketch) spendOnDecoding() {
	h := s.header
	file, decoded := s.all(s.facts.Size), s.all(s.decoded)
	switch h.Format {
	case sniff.JPEG:
		s.spend(readJPEG, file)
		s.spend(decodeJPEG, decoded)
		if h.Interlaced {
			s.spend(decodeScans, file)
		}
	case sniff.PNG:
		s.spend(decodePNG*float64(s.pixel)/3, file)
	case sniff.WebP:
		s.spend(readWebP, file)
		s.spend(decodeWebP, decoded)
		if h.Alpha || h.Lossless {
			s.spend(decodeWebP, file)
		}
	case sniff.AVIF, sniff.HEIC:
		s.spend(decodeHEIF, file)
	case sniff.GIF:
		s.spend(decodeGIF, file)
	case sniff.SVG:
		s.spend(drawSVG, decoded)
		s.spend(drawElements, int64(len(s.job.Original)))
	case sniff.PDF:
		s.spend(drawPDF, decoded)
		s.spend(drawText, int64(len(s.job.Original)))
		if h.JPX {
			s.spend(drawJPX, h.Inside)
		} else {
			s.spend(drawPicture, h.Inside)
		}
	default:
		s.spend(decodeTIFF, file)
	}
}

// spendOnRecipe follows a link of the chain that is about to be drawn on the
// image.
func (s *sketch) spendOnRecipe(r transform.Recipe) {
	from := s.decoded
	if from == (transform.Size{}) {
		from = s.facts.Size
	}
	if r.Scale != from {
		s.spendOnAlpha(scaleFrom, s.all(from))
		s.spendOnAlpha(scaleTo, s.all(r.Scale))
	}
	if r.Seek {
		s.spendOnAlpha(seekPixel, s.all(r.Scale))
	}
	if !s.upright {
		s.spend(turned, s.all(r.Scale))
	}
	if drawing := s.header.Format == sniff.SVG || s.header.Format == sniff.PDF; len(s.drawn) <= 1 && !drawing {
		rate := float64(profile)
		if header.ColoursOf(s.job.Original, s.header.Format).Transfer == header.HLG {
			rate = system
		}
		s.spend(rate, s.all(r.Crop.Size))
	}
	s.spendOnEffects(r, s.all(r.Crop.Size))
	s.spendOnShape(r)
}

func (s *sketch) spendOnEffects(r transform.Recipe, pixels int64) {
	for _, e := range []struct {
		on        bool
		rate      float64
		withAlpha bool
	}{
		{r.WhiteBalance, tones, true},
		{r.Tone, tones, true},
		{r.Adjust.Levels(), tones, false},
		{r.Adjust.Mixes(), matrix, false},
		{r.Grayscale, matrix, false},
		{r.Contrast, tones, false},
		{r.Blur > 0, sums + sumsStep*float64(steps(r.Blur/2)), true},
		{r.Sharpen.On, sharpened, false},
		{r.Unsharp != transform.Unsharp{}, masked + unsharpTime(r.Unsharp), true},
		{r.Look == transform.Lomo || r.Look == transform.Vignette, dark, false},
		{r.Look.Neighbours(), relief, false},
		{r.Look != transform.NoLook && r.Look != transform.Pixelate, matrix, false},
		{r.Replace.On, lab, false},
		{r.Colorize.Intensity > 0, ramps, false},
		{!r.Gradient.IsZero(), ramps, true},
	} {
		switch {
		case !e.on:
		case e.withAlpha:
			s.spendOnAlpha(e.rate, pixels)
		default:
			s.spend(e.rate, pixels)
		}
	}
}

// steps returns how many a blur's mask has: as many as twentieths between its
// peak and where it is cut off, or as pixels to one side.
func steps(sigma float64) int64 { return min(blurRows(sigma)/2, 17) }

// unsharpTime returns what an unsharp mask takes besides what each takes: it
// is multiplied pixel by pixel, or else added up by its steps.
func unsharpTime(u transform.Unsharp) float64 {
	if unsharpRows(u) > 0 {
		return 4 * sumsStep * float64(min(unsharpReach(u), 127))
	}
	return taps * float64(unsharpReach(u))
}

func (s *sketch) spendOnShape(r transform.Recipe) {
	canvas, drawn := s.all(r.Canvas), s.all(r.Drawn())
	if r.Canvas != r.Crop.Size {
		s.spend(padded, canvas)
		if r.Background.On && r.Background.Kind == transform.BlurredBackground {
			s.spendOnAlpha(veils, canvas)
		}
	}
	if r.Distort.Kind != transform.NoDistort {
		_, _, bend := r.Distort.Canvas(r.Canvas)
		s.spend(bent, s.all(bend))
	}
	switch r.Rotate {
	case 0:
	case 90, 180, 270:
		s.spend(turned, drawn)
	default:
		s.spendOnAlpha(tilted, drawn)
	}
	if r.Flip != (transform.Flip{}) {
		s.spend(turned, drawn)
	}
	if r.Corners != [4]float64{} {
		s.spend(rounded, drawn)
	}
	if r.Shadow.On {
		s.spend(shaded, drawn)
	}
	if r.Opacity < 1 || r.Background.On {
		s.spend(faded, drawn)
	}
}

// spendOnLayer adds a layer's own image, and laying it on each frame of the
// one below: on what is under it, or on all of that.
func (s *sketch) spendOnLayer(l transform.Layer, own drawnLayer) {
	s.seconds += own.seconds
	below := s.facts.Size
	under := min(own.size.Pixels(), below.Pixels())
	if 2*under > below.Pixels() {
		under = below.Pixels()
	}
	switch l.Blend {
	case transform.BlendOver:
		s.spend(laid, under*int64(s.facts.Frames))
	case transform.BlendDisplace:
		s.spend(displaces, s.all(below))
	default:
		s.spend(blended, s.all(below))
	}
	if l.Kind == transform.TextLayer {
		s.spend(written, own.size.Pixels())
	}
}

func (s *sketch) spendOnEncoding() {
	all := s.all(s.facts.Size)
	switch s.job.Encoding(s.facts) {
	case transform.JPEG:
		s.spend(writeJPEG, all)
	case transform.PNG:
		s.spend(writePNG*float64(s.pixel)/3, all)
		if s.header.Palette && s.quantizes() {
			s.spend(quantized, all)
		}
	case transform.WebP:
		rate := float64(writeWebP)
		if s.job.Plan.Output.Lossless {
			rate = writeLossless
		}
		if s.facts.Alpha {
			rate *= 1.5
		}
		s.spend(rate, all)
	case transform.GIF:
		rate := float64(writeGIF)
		if s.facts.Frames > 1 {
			rate = writeFrames
		}
		s.spend(rate, all)
	}
}
