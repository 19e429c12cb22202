package steps

import "github.com/caddy-images/caddy-images/transform"

// Cost is what a step costs. The zero value is the cost of a step that the
// recipe does not ask for.
//
// Costs were measured with libvips 8.14.1 and 8.18.7 on amd64; the larger
// number counts. Rates are seconds of processor time for a million pixels, on
// a processor that decodes and encodes a million pixels of JPEG in 0.035
// seconds. TestEstimate of package admission measures again.
type Cost struct {
	Reads Reads

	// Size is the size of the result; zero if it does not change.
	Size transform.Size

	// Pixel is the bytes of one pixel of the result; 0 if they do not change.
	Pixel int64

	// Held is memory in bytes that is held until the image is written, copies
	// of the image excluded.
	Held int64

	// Rows is the same for rows that each thread but the first holds. Of
	// several steps in a link of the chain the largest counts.
	Rows int64

	// Seconds is the processor time, on all threads together.
	Seconds float64
}

// when returns the cost of a step that is drawn on a condition.
func when(asked bool, c Cost) Cost {
	if !asked {
		return Cost{}
	}
	return c
}

// Reads is how a step reads the image.
type Reads uint8

const (
	// Nothing: the image stays as it is.
	Nothing Reads = iota
	// Once: from top to bottom, while the result is written.
	Once
	// Twice, or in another order: the image is copied to memory before.
	Twice
	// AtOnce is Twice, and the result is computed into memory, too.
	AtOnce
	// Inspects is Twice, and the image stays as it is.
	Inspects
)

// Image is the image that a step is drawn on.
type Image struct {
	Size   transform.Size // of a frame
	Frames int
	Alpha  bool
	Pixel  int64 // bytes of one

	Before  transform.Size // Size at the beginning of this link of the chain
	Decoded transform.Size // the size at which the file was decoded; Size in later links

	Turned   bool // has an EXIF orientation that is not applied yet
	Read     bool // the whole file was read
	Coloured bool // the colours are sRGB, or this link is not the first
	HLG      bool // the colours are those of a hybrid log-gamma video
}

// SRGB returns the bytes of a pixel in sRGB.
func SRGB(alpha bool) int64 {
	if alpha {
		return 4
	}
	return 3
}

// seconds returns the time of a step with a rate for all frames of a size.
func (i Image) seconds(rate float64, size transform.Size) float64 {
	return rate * float64(size.Pixels()*int64(i.Frames)) / 1e6
}

// multiplied returns the rate of a step that multiplies colours by alpha and
// divides them again.
func (i Image) multiplied(rate float64) float64 {
	if i.Alpha {
		return 3 * rate
	}
	return rate
}

// floats is the bytes of a pixel with alpha in floats.
const floats = 16

// rows returns the bytes of rows that a thread holds in floats. Below Large
// there is one thread.
func (i Image) rows(n int) int64 {
	if i.Size.Pixels() < Large {
		return 0
	}
	return floats * int64(min(n, i.Size.Height)) * int64(i.Size.Width)
}

// Rows that a thread holds of an image whose colours change.
const (
	fewRows  = 112
	manyRows = 310
)
