package transform

import "github.com/caddy-images/caddy-images/errors"

// Limits restrict the cost of an image. They apply to input and output, and
// each is checked before the pixels exist.
type Limits struct {
	// MaxPixels limits width times height times frames.
	MaxPixels int64

	// MaxFrames limits the frames of an animation.
	MaxFrames int

	// MaxDimension limits the width and height of the output, unless it has
	// the original's size.
	MaxDimension int

	// MaxPDFSize limits the file of a PDF, in bytes.
	MaxPDFSize int64
}

// Default limits. MaxPixels is ImageKit's for paid accounts; MaxDimension is
// the largest that every output format supports (WebP's), MaxPDFSize
// ImageKit's.
const (
	DefaultMaxPixels    = 100_000_000
	DefaultMaxFrames    = 500
	DefaultMaxDimension = 16383
	DefaultMaxPDFSize   = 5 << 20
)

// CheckOriginal returns an error unless an image of the size with that many
// frames may be decoded.
func (l Limits) CheckOriginal(s Size, frames int) error {
	if frames > l.MaxFrames {
		return errors.New(errors.Limit, "The original has %d frames, more than max_frames, %d", frames, l.MaxFrames)
	}
	if n := pixelsOf(s, frames); n > l.MaxPixels {
		return errors.New(errors.Limit, "The original has %d pixels, more than max_pixels, %d", n, l.MaxPixels)
	}
	return nil
}

// CheckPDF returns an error unless a PDF of that many bytes may be drawn.
func (l Limits) CheckPDF(size int) error {
	if int64(size) > l.MaxPDFSize {
		return errors.New(errors.Limit, "The PDF has %d bytes, more than max_pdf_size, %d", size, l.MaxPDFSize)
	}
	return nil
}

// CheckDrawn returns an error unless an image of the size may be created.
func (l Limits) CheckDrawn(s Size) error { return l.checkDrawn(s, Size{}, 1) }

// checkDrawn returns an error unless frames of size s may be drawn from an
// image of size own.
func (l Limits) checkDrawn(s, own Size, frames int) error {
	if s != own && max(s.Width, s.Height) > l.MaxDimension {
		return errors.New(errors.Limit, "The result would be %dx%d, more than max_dimension, %d", s.Width, s.Height, l.MaxDimension)
	}
	if n := pixelsOf(s, frames); n > l.MaxPixels {
		return errors.New(errors.Limit, "The result would have %d pixels, more than max_pixels, %d", n, l.MaxPixels)
	}
	return nil
}

// CheckRecipe returns an error unless the recipe may be drawn from frames of
// size own: both its result and the intermediate scaled image must be within
// limits. Enlarging before cropping creates no such intermediate.
func (l Limits) CheckRecipe(r Recipe, own Size, frames int) error {
	if n := pixelsOf(r.Scale, frames); n > l.MaxPixels && !r.CropFirst {
		return errors.New(errors.Limit, "The image would be scaled to %dx%d, %d pixels, more than max_pixels, %d",
			r.Scale.Width, r.Scale.Height, n, l.MaxPixels)
	}
	if err := l.checkDrawn(r.Drawn(), own, frames); err != nil {
		return err
	}
	return checkShadow(r)
}

// pixelsOf counts the pixels of all frames, at least one.
func pixelsOf(s Size, frames int) int64 { return times(s.Pixels(), int64(max(frames, 1))) }
