package admission

import (
	"time"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/sniff"
)

// Seconds of processor time for a million pixels, measured like the memory in codec.go
// on a processor that decodes and encodes a million pixels of JPEG in 0.035 seconds.
// TestEstimate measures again, as multiples of a piece of work that every processor
// does, and holds the estimates to it. What drawing takes is in package steps.
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

	// Encoding.
	writeJPEG     = 0.015
	writePNG      = 0.3
	quantized     = 1 // more, of a PNG
	writeWebP     = 0.13
	writeLossless = 0.5
	writeGIF      = 1.0  // 0.5 to 3.7: builds of libimagequant differ
	writeFrames   = 0.35 // of an animated GIF
)

// leastTime is what a job takes however small it is.
const leastTime = 0.005

func (s *sketch) time() time.Duration {
	return time.Duration((leastTime + s.seconds) * float64(time.Second))
}

// spend adds what takes the rate, in seconds, for a million pixels.
func (s *sketch) spend(rate float64, pixels int64) { s.seconds += rate * float64(pixels) / 1e6 }

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
