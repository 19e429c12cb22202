package render

import (
	"slices"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
)

// avifTime is what the encoding of a million pixels as AVIF takes where all
// processors are busy, at the effort that package draw asks for. Measured, with
// libaom 3.6 on two processors of 2020's make: 0.4 s alone, of 0.5 s on all its
// threads, and 0.7 to 1.4 s among eight other jobs.
const avifTime = time.Second

// AVIFPixels is up to how many pixels an image may have for FormatAuto to
// choose AVIF: so many that, by that measure, encoding them takes half of the
// time there is. The encoder cannot be stopped, and one that has to be killed
// has made nothing. With the default of 30 s there are 15 million.
func AVIFPixels(timeout time.Duration) int64 {
	return int64(timeout / 2 * 1_000_000 / avifTime)
}

// avifTimeAlone is what the same takes where nothing else is at work.
const avifTimeAlone = 400 * time.Millisecond

// MaxAVIFPixels is up to how many pixels an image may have to be written as
// AVIF at all: so many that encoding them takes all of the time there is
// where nothing else is at work. One that is larger would be killed when the
// time is over, after having kept a processor busy for as long. With the
// default of 30 s there are 75 million.
func MaxAVIFPixels(timeout time.Duration) int64 {
	return int64(timeout / (avifTimeAlone / 1_000_000))
}

// CheckEncoding reports whether an image of the size can be encoded in time.
// The error is errors.Limit.
func (j Job) CheckEncoding(format transform.Format, size transform.Size) error {
	if most := MaxAVIFPixels(j.Timeout); format == transform.AVIF && size.Pixels() > most {
		return errors.New(errors.Limit, "The result would have %d pixels; as AVIF, at most %d can be encoded within render_timeout, %s", size.Pixels(), most, j.Timeout)
	}
	return nil
}

// Encoding returns the format in which an image with these facts, those of
// what was drawn, is written. It does not depend on how busy the server is.
func (j Job) Encoding(f transform.Facts) transform.Format {
	accepts := j.Accepts
	if f.Size.Pixels() > AVIFPixels(j.Timeout) {
		accepts = slices.DeleteFunc(slices.Clone(accepts), func(f transform.Format) bool { return f == transform.AVIF })
	}
	return j.Plan.Encoding(f, accepts)
}
