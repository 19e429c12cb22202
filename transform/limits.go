package transform

import "github.com/caddy-images/caddy-images/errors"

// Limits bound what an image may cost. They hold for what is read and for
// what is drawn, and each is checked before the pixels it is about exist.
type Limits struct {
	// MaxPixels bounds width times height times frames.
	MaxPixels int64

	// MaxFrames bounds the frames of an animation.
	MaxFrames int

	// MaxDimension bounds width and height of what is drawn, unless that is as large as
	// the original.
	MaxDimension int

	// MaxPDFSize bounds the file of which a page is drawn, in bytes.
	MaxPDFSize int64
}

// The limits of a server that sets none. MaxPixels is ImageKit's for paid
// accounts; MaxDimension is the largest that every format we write can hold
// (WebP's), MaxPDFSize ImageKit's.
const (
	DefaultMaxPixels    = 100_000_000
	DefaultMaxFrames    = 500
	DefaultMaxDimension = 16383
	DefaultMaxPDFSize   = 5 << 20
)

// CheckOriginal reports whether an image may be read: frames frames of the
// size.
func (l Limits) CheckOriginal(s Size, frames int) error {
	if frames > l.MaxFrames {
		return errors.New(errors.Limit, "The original has %d frames, more than max_frames, %d", frames, l.MaxFrames)
	}
	if n := pixelsOf(s, frames); n > l.MaxPixels {
		return errors.New(errors.Limit, "The original has %d pixels, more than max_pixels, %d", n, l.MaxPixels)
	}
	return nil
}

// CheckPDF reports whether a page of a PDF of so many bytes may be drawn.
func (l Limits) CheckPDF(size int) error {
	if int64(size) > l.MaxPDFSize {
		return errors.New(errors.Limit, "The PDF has %d bytes, more than max_pdf_size, %d", size, l.MaxPDFSize)
	}
	return nil
}

// CheckDrawn reports whether an image of the size may be made of nothing.
func (l Limits) CheckDrawn(s Size) error { return l.checkDrawn(s, Size{}, 1) }

// checkDrawn reports whether an image may be drawn, of one of the size own:
// frames frames of the size s.
func (l Limits) checkDrawn(s, own Size, frames int) error {
	if s != own && max(s.Width, s.Height) > l.MaxDimension {
		return errors.New(errors.Limit, "The result would be %dx%d, more than max_dimension, %d", s.Width, s.Height, l.MaxDimension)
	}
	if n := pixelsOf(s, frames); n > l.MaxPixels {
		return errors.New(errors.Limit, "The result would have %d pixels, more than max_pixels, %d", n, l.MaxPixels)
	}
	return nil
}

// CheckRecipe reports whether a recipe may be drawn of an image of the size
// own, each of frames frames: what it draws, and what it scales the image to
// on the way there. What is enlarged and then cut has no such way.
func (l Limits) CheckRecipe(r Recipe, own Size, frames int) error {
	if n := pixelsOf(r.Scale, frames); n > l.MaxPixels && !r.CropFirst {
		return errors.New(errors.Limit, "The picture would be scaled to %dx%d, %d pixels, more than max_pixels, %d",
			r.Scale.Width, r.Scale.Height, n, l.MaxPixels)
	}
	if err := l.checkDrawn(r.Drawn(), own, frames); err != nil {
		return err
	}
	return checkShadow(r)
}

// pixelsOf counts the pixels of all frames, of which there is at least one.
func pixelsOf(s Size, frames int) int64 { return times(s.Pixels(), int64(max(frames, 1))) }
