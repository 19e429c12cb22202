//go:build cgo

package draw

import (
	"cmp"
	"fmt"
	"math"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/damage"
	"github.com/caddy-images/caddy-images/transform/drawing/svg"
	"github.com/caddy-images/caddy-images/transform/gif"
	"github.com/caddy-images/caddy-images/transform/header"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/sniff"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// open reads the header, chooses the output format, and checks the limits. No
// pixel is decoded yet.
func open(scope *vips.Scope, job render.Job, found *findings) (*picture, error) {
	source, err := sourceOf(job)
	if err != nil {
		return nil, err
	}
	if err := checkFile(job.Original, source); err != nil {
		return nil, err
	}
	if found.lenient {
		job.Original = damage.Repair(found.ctx, job.Original, source, job.Limits.MaxPixels)
	}
	if source == sniff.GIF {
		job.Original = gif.Clear(job.Original, job.Limits.MaxPixels)
	}
	p := &picture{scope: scope, job: job, whole: job, found: found, source: source, stored: 1, untouched: true}
	if isDrawing(source) {
		format, _ := transform.ParseFormat(string(source))
		if p.enlarged, err = job.Plan.Output.Enlarged(format); err != nil {
			return nil, err
		}
	}
	if source == sniff.SVG {
		if p.scalable, err = svg.NewScalable(job.Original); err != nil {
			return nil, err
		}
		if _, size := p.natural(); job.Limits.CheckOriginal(size, 1) != nil {
			return nil, job.Limits.CheckOriginal(size, 1)
		}
	}
	p.announce()
	// The first frame's header has the number of frames. Opening all of them
	// may exceed libvips' limits.
	image, err := p.load(vips.LoadOptions{})
	if err != nil {
		if tooLarge := job.Limits.CheckOriginal(announced(job.Original, source), 1); tooLarge != nil {
			return nil, tooLarge
		}
		return nil, err
	}
	if page := job.Plan.Page; page > 0 {
		if image, err = p.turnTo(page, image); err != nil {
			return nil, err
		}
	}
	p.facts = facts(image, source)
	if p.scalable != nil {
		if exact, _ := p.natural(); exact != p.facts.Shape() {
			p.facts.Exact, p.facts.InitialExact = exact, exact
		}
	}
	if source == sniff.PDF {
		if err := checkPage(p.facts.Size); err != nil {
			return nil, err
		}
	}
	if job.Plan.Page > 0 || job.Plan.Still {
		p.facts.Frames = 1
	}
	p.facts.Area = job.Area(p.facts.Size, p.stored)
	if p.format, err = p.encoding(); err != nil {
		return nil, err
	}
	if p.facts.Frames > 1 && !p.format.Animated() {
		p.facts.Frames = 1
	}
	if p.facts.Frames > 1 && job.Plan.Chooses() {
		return nil, errors.New(errors.BadTransform, "The original is an animation, which conditions do not support; they need a still image or a format without animations")
	}
	if err := job.Limits.CheckOriginal(p.facts.Size, p.facts.Frames); err != nil {
		return nil, err
	}
	if err := checkBands(image); err != nil {
		return nil, err
	}
	p.frame, p.beside = image, p.said(image)
	if p.facts.Frames > 1 {
		if err := checkTall(p.facts.Size, p.facts.Frames); err != nil {
			return nil, err
		}
	}
	return p, p.checkWhole()
}

// facts reads a header. If EXIF rotates the image by 90 degrees, width and
// height are swapped.
func facts(image *vips.Image, source sniff.Format) transform.Facts {
	f := transform.Facts{
		Size:   transform.Size{Width: image.Width(), Height: image.PageHeight()},
		Frames: 1,
		Alpha:  image.HasAlpha(),
	}
	f.Format, _ = transform.ParseFormat(string(source))
	if f.Density = math.Round(image.Density()); f.Density == 0 || isDrawing(source) {
		f.Density = transform.DensityOf(f.Format)
	}
	if isAnimation(source) {
		f.Frames = image.Pages()
	}
	if isTurned(image) {
		f.Size = transform.Size{Width: f.Size.Height, Height: f.Size.Width}
	}
	f.Initial = f.Size
	return f
}

// isTurned reports whether EXIF orientation swaps width and height.
func isTurned(image *vips.Image) bool { return image.Orientation() >= 5 }

// load opens the original, an SVG at its natural size.
func (p *picture) load(options vips.LoadOptions) (*vips.Image, error) {
	if p.scalable != nil {
		_, size := p.natural()
		return p.loadAt(size)
	}
	options.Page, options.FailOn = p.page, p.failOn()
	if isDrawing(p.source) {
		options.Scale = cmp.Or(options.Scale, 1) * p.enlarged
	}
	return p.decode(p.job.Original, options)
}

// decode opens a file with the original's image.
func (p *picture) decode(file []byte, options vips.LoadOptions) (*vips.Image, error) {
	image, err := p.scope.NewImageFromBuffer(file, p.source, options)
	if err == nil && p.source == sniff.PDF {
		image, err = image.ExtractBand(0, 3) // a page is opaque
	}
	if err == nil && p.source == sniff.TIFF {
		image, err = image.Unpacked()
	}
	if err == nil && p.source == sniff.PNG && !image.HasProfile() {
		if profile := header.HiddenProfile(p.job.Original); profile != nil {
			image.SetBlob(vips.FieldProfile, profile)
		}
	}
	if err != nil {
		if lacking := p.unsupported(); lacking != nil {
			return nil, lacking.Because(err)
		}
		if missing, _ := damage.Find(p.found.ctx, p.job.Original, p.source); missing != "" && p.source != sniff.JPEG {
			return nil, damaged(missing).Because(err)
		}
		return nil, errors.New(errors.BadImage, "The original looks like %s, but is damaged or beyond what can be decoded", p.source).Because(err)
	}
	if options.Pages == 0 {
		if image, err = p.counting(image); err != nil {
			return nil, err
		}
	}
	p.employ(image)
	if p.job.Plan.AsStored {
		p.leave(image)
	}
	return image, nil
}

// leave ignores the EXIF orientation: it is removed, so that neither a step
// nor a viewer applies it. The rotation of a HEIF is part of the image and
// applied by its decoder.
func (p *picture) leave(image *vips.Image) {
	p.stored = image.Orientation()
	image.Remove(vips.FieldOrientation)
	image.Remove(vips.FieldExifOrientation)
}

// encoding chooses the output format.
func (p *picture) encoding() (transform.Format, error) {
	wanted := p.job.Plan.Output.Format
	if wanted > transform.FormatOriginal && !wanted.Writable() {
		return 0, errors.New(errors.BadTransform, "The original is %s and cannot be written as %s", p.source, wanted)
	}
	return p.job.Encoding(p.facts), nil
}

// play opens the frames of an animation, once, to be decoded at a scale. One
// frame is in memory at a time.
func (p *picture) play(scale float64) error {
	if p.facts.Frames == 1 || p.reel != nil {
		return nil
	}
	film, err := p.load(vips.LoadOptions{Pages: -1, Scale: scale})
	if err != nil {
		return err
	}
	if h := film.PageHeight(); film.Height() != h*p.facts.Frames {
		return errors.New(errors.BadImage, "The original's frames are damaged").
			Because(fmt.Errorf("%d rows for %d frames of %d", film.Height(), p.facts.Frames, h))
	}
	reel, first, err := p.scope.NewReel(film, p.facts.Frames)
	if err != nil {
		return p.blame(err)
	}
	p.reel, p.frame, p.timing = reel, first, film
	p.inMemory, p.untouched = true, false
	p.employ(first)
	return nil
}

// filmScale returns the scale for decoding the frames of an animation that is
// then resized, 1 for the original size. libvips supports this for WebP whose
// frames all fill the canvas; partial frames could not be positioned.
func (p *picture) filmScale(r transform.Recipe) float64 {
	if p.source != sniff.WebP || r.CropFirst {
		return 1
	}
	return min(1, p.shrinking(stored(r.Scale, p.frame)))
}

// tallest is libvips' largest image height.
const tallest = 10_000_000

// checkTall returns an error unless frames of the size fit below each other.
func checkTall(s transform.Size, frames int) error {
	if rows := int64(s.Height) * int64(frames); rows > tallest {
		return errors.New(errors.Limit, "The animation has %d rows in all frames, more than the %d that can be drawn", rows, tallest)
	}
	return nil
}
