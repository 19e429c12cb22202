//go:build cgo

package draw

import (
	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// Encoder settings. Each effort is the one beyond which files shrink little
// and the time grows much, see "Encoder defaults" in docs/explanation/performance.md.
const (
	avifEffort = 3
	webpEffort = 2

	// losslessEffort is the quality of a lossless WebP, which means effort.
	// For photographs, 75 takes 2.6 times as long for files that are 0.2
	// percent smaller.
	losslessEffort = 30

	gifEffort = 5
)

// encode encodes the image.
func (p *picture) encode() (*render.Result, error) {
	// Only now is it known whether the image is transparent: rounded corners
	// add transparency, a background removes it.
	p.job.Plan.Steps = p.drawn
	p.format = p.job.Encoding(p.facts)
	size := p.facts.Size
	if !p.format.Holds(size) {
		return nil, errors.New(errors.Limit, "The result would be %dx%d; a %s has at most %d pixels in each direction", size.Width, size.Height, p.format, p.format.MaxSide())
	}
	if err := p.job.CheckEncoding(p.format, size); err != nil {
		return nil, err
	}
	image, err := p.joined()
	if err != nil {
		return nil, err
	}
	if image.HasAlpha() && !p.format.Alpha() {
		// No background was requested. Most pages are white.
		if image, err = image.Flatten(ink(transform.White, false)); err != nil {
			return nil, err
		}
	}
	dpi, err := p.job.Plan.Output.DensityFor(p.facts)
	if err != nil {
		return nil, err
	}
	if dpi > 0 {
		if image, err = image.CopyAt(float64(dpi)); err != nil {
			return nil, err
		}
	}
	body, err := p.export(image)
	if err != nil {
		return nil, err
	}
	if err := p.readRest(); err != nil {
		return nil, err
	}
	if body, err = p.withMetadata(body, image); err != nil {
		return nil, err
	}
	if p.format == transform.JPEG {
		body = withDensity(body, dpi)
	}
	result := &render.Result{Body: body, Format: p.format, Size: size, Frames: p.facts.Frames}
	if p.format == transform.AVIF || p.format == transform.PNG {
		result.Reduced = p.job.Reduced
	}
	return result, nil
}

// joined returns the frame or, for an animation, the tall image of all frames
// that encoders expect, with the timing of the original.
func (p *picture) joined() (*vips.Image, error) {
	if p.reel == nil {
		return p.frame, nil
	}
	if err := checkTall(p.facts.Size, p.facts.Frames); err != nil {
		return nil, err
	}
	tall, err := p.reel.Join(p.frame)
	if err != nil {
		return nil, err
	}
	if delay, ok := p.timing.GetIntArray(vips.FieldDelay); ok {
		tall.SetIntArray(vips.FieldDelay, delay)
	}
	if loop, ok := p.timing.GetInt(vips.FieldLoop); ok {
		tall.SetInt(vips.FieldLoop, loop)
	}
	return tall, nil
}

func (p *picture) export(image *vips.Image) ([]byte, error) {
	output := p.job.Plan.Output
	keep := vips.KeepNone // metadata is added later, see withMetadata
	if p.keepsProfile() {
		keep = vips.KeepProfile
	}
	quality := output.Quality
	if quality == 0 {
		quality = p.job.Quality.Of(p.format)
	}
	switch p.format {
	case transform.PNG:
		return p.exportPNG(image, keep)
	case transform.WebP:
		// The frames of an animation are encoded in several ways, to keep the
		// smallest; each would take twice as long.
		sharp := p.facts.Frames == 1
		if output.Lossless {
			quality = losslessEffort
		}
		return image.ExportWebp(vips.WebpOptions{Quality: quality, Lossless: output.Lossless, Effort: webpEffort, SmartSubsample: sharp, Keep: keep})
	case transform.AVIF:
		options := vips.AvifOptions{Quality: quality, Lossless: output.Lossless, Effort: avifEffort - p.job.Reduced, Keep: keep}
		if output.Lossless {
			options.Subsample = vips.SubsampleOff // libvips' lossless affects only the codec
		}
		return image.ExportAvif(options)
	case transform.GIF:
		return image.ExportGif(vips.GifOptions{Effort: gifEffort, Keep: keep})
	}
	return image.ExportJpeg(vips.JpegOptions{Quality: quality, Interlace: output.Progressive, OptimizeCoding: true, Keep: keep})
}
