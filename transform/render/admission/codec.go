package admission

import (
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/sniff"
)

// What follows was measured with libvips 8.14.1, libjpeg-turbo 2.1, libwebp
// 1.2, libheif 1.15 with libaom 3.6 and libimagequant 2.17 on amd64, and with
// libvips 8.18.7, mozjpeg, libwebp 1.6, libheif 1.23 with libaom 3.15 and
// libimagequant 2.4, each job in a fresh process, as the growth of its
// resident size. Which libraries workers have is not known here, so the
// larger number counts. TestEstimate measures again and holds the estimates
// to it. A pixel is one of the image's, whatever its channels.
const (
	// base is what a job takes however small it is: the code of the codecs, and
	// what the allocator keeps.
	base = 6 << 20

	// unreadPixel is for an original whose header cannot be read.
	unreadPixel = 8

	// filmRows are rows of an animation that are kept of those decoded last.
	filmRows = 1024
)

// decoding returns what a decoder holds besides the rows that it returns.
func (s *sketch) decoding() int64 {
	h := s.header
	file, pixels := s.facts.Size.Pixels(), s.decoded.Pixels()
	switch h.Format {
	case sniff.JPEG:
		if h.Interlaced {
			return 2 * h.Samples // all coefficients, of 16 bits, whatever the size
		}
	case sniff.PNG:
		if h.Interlaced {
			return s.pixel * file
		}
	case sniff.WebP:
		// The image twice. Transparency, and what is lossless, is decoded at
		// the file's size and then scaled.
		n := 8 * pixels
		if h.Alpha {
			n = 10 * pixels
		}
		if h.Alpha || h.Lossless {
			n = max(n, 5*file)
		}
		return n
	case sniff.AVIF, sniff.HEIC:
		// Planes of brightness and colour, and the image made of them.
		n := int64(8)
		if h.Alpha {
			n = 12
		}
		return n * file * int64(h.Depth) / 8
	case sniff.GIF:
		if h.Alpha {
			return 6*file + int64(len(s.job.Original)) // a copy, see package gif
		}
		return 6 * file
	case sniff.TIFF:
		return s.pixel * int64(h.Width) * int64(h.Rows)
	case sniff.SVG:
		// A drawing's elements take far more than their text, which is there several
		// times: as it came, and for each size that it is opened in.
		return 8*pixels + 88*int64(len(s.job.Original))
	case sniff.PDF:
		return s.drawingPaper(pixels)
	}
	return 0
}

// fine is the quality from which on encoders keep the colours at full
// resolution.
const fine = 90

// encode adds what writing the image takes, the result and its copy included.
func (s *sketch) encode() {
	format := s.job.Encoding(s.facts)
	output := s.job.Plan.Output
	quality := output.Quality
	if quality == 0 {
		quality = s.job.Quality.Of(format)
	}
	frame, all := s.facts.Size.Pixels(), s.all(s.facts.Size)
	if s.facts.Frames > 1 {
		s.peak += 2 * s.pixel * frame // the one that is written, and the next
	}
	switch format {
	case transform.JPEG:
		// All coefficients, which are looked at twice: of 16 bits, 1.5 or 3 a pixel.
		// mozjpeg keeps them as they were before they were rounded, too.
		if quality < fine {
			s.peak += (3 + 3 + 1) * frame
		} else {
			s.peak += (6 + 6 + 2) * frame
		}
	case transform.PNG:
		s.peak += 2 * s.pixel * frame // noise cannot be compressed
		if s.quantizes() {
			s.peak += s.quantizing(frame) + 8*min(frame, manyColoured)
		}
	case transform.WebP:
		s.peak += s.encodeWebP(frame, all)
	case transform.AVIF:
		s.peak += 16 << 20
		if quality < fine && !output.Lossless {
			s.peak += 24 * frame
		} else {
			s.peak += 38 * frame
		}
		if s.facts.Alpha {
			s.peak += 12 * frame // an image of its own
		}
	case transform.GIF:
		s.peak += s.quantizing(frame) + 2*all
	}
}

// quantizing returns what finding 256 colours for an image takes. They are
// counted, more coarsely where there are many pixels.
func (s *sketch) quantizing(frame int64) int64 {
	colours := int64(36)
	if s.facts.Alpha {
		colours = 56
	}
	return colours*min(frame, manyColoured) + 8*max(frame-manyColoured, 0)
}

// manyColoured is from how many pixels on colours are counted more coarsely.
const manyColoured = 4_000_000

// quantizes reports whether the result, as a PNG, may be written with fewer
// colours than it has. Which colours are in the image is not known here.
func (s *sketch) quantizes() bool {
	h := s.header
	most := int64(render.MostCounted)
	switch {
	case h.Palette:
		most = render.MostQuantized
	case h.Format == sniff.PNG, h.Format == sniff.TIFF, h.Format == sniff.WebP && h.Lossless:
	default:
		return false
	}
	return s.resampled && !s.job.Plan.Output.Lossless && s.facts.Size.Pixels() <= most
}

// encodeWebP: an animation's frames are encoded in several ways, to keep the
// smallest.
func (s *sketch) encodeWebP(frame, all int64) int64 {
	one, result := 8*frame, all
	if s.facts.Frames == 1 {
		one = 17 * frame // halving the colours' resolution with care
	}
	switch {
	case s.job.Plan.Output.Lossless:
		one, result = 40*frame, 2*s.pixel*all
	case s.facts.Alpha:
		one, result = 42*frame, 2*all // transparency is never lossy
	}
	if s.facts.Frames == 1 {
		return one
	}
	return 4*one + result
}
