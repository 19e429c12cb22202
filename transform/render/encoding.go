package render

import (
	"slices"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
)

// avifTime is the time for encoding a million pixels as AVIF while all
// processors are busy, at the effort of package draw. Measured with libaom
// 3.6 on two processors of 2020: 0.4 s alone, of 0.5 s on all its threads,
// and 0.7 to 1.4 s among eight other jobs.
const avifTime = time.Second

// AVIFPixels is the largest image for which FormatAuto chooses AVIF: encoding
// it takes half of the time limit by that measure. The encoder cannot be
// interrupted, and killing it wastes its work. With the default of 30 s it is
// 15 million pixels.
func AVIFPixels(timeout time.Duration) int64 {
	return int64(timeout / 2 * 1_000_000 / avifTime)
}

// avifTimeAlone is the same time on an otherwise idle machine.
const avifTimeAlone = 400 * time.Millisecond

// MaxAVIFPixels is the largest image that can be written as AVIF at all:
// encoding it takes the whole time limit on an otherwise idle machine. A
// larger one would be killed after keeping a processor busy for that time.
// With the default of 30 s it is 75 million pixels.
func MaxAVIFPixels(timeout time.Duration) int64 {
	return int64(timeout / (avifTimeAlone / 1_000_000))
}

// MostQuantized is the largest image, in pixels, that is reduced to 256
// colours as PNG. That cannot be interrupted, and takes about half a second
// per million pixels.
const MostQuantized = 16_000_000

// MostCounted is the same limit for an image whose few colours were found by
// counting: every file that may be such an image is estimated with this cost.
const MostCounted = 4_000_000

// CheckEncoding returns errors.Limit unless an image of the size can be
// encoded in time.
func (j Job) CheckEncoding(format transform.Format, size transform.Size) error {
	if most := MaxAVIFPixels(j.Timeout); format == transform.AVIF && size.Pixels() > most {
		return errors.New(errors.Limit, "The result would have %d pixels; as AVIF, at most %d can be encoded within render_timeout, %s", size.Pixels(), most, j.Timeout)
	}
	return nil
}

// Encoding returns the output format for an image with these facts, which are
// those of the drawn image. It does not depend on the load of the server.
func (j Job) Encoding(f transform.Facts) transform.Format {
	accepts := j.Accepts
	if f.Size.Pixels() > AVIFPixels(j.Timeout) {
		accepts = slices.DeleteFunc(slices.Clone(accepts), func(f transform.Format) bool { return f == transform.AVIF })
	}
	return j.Plan.Encoding(f, accepts)
}
