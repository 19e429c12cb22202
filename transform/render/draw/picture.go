//go:build cgo

package draw

import (
	stderrors "errors"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/drawing/svg"
	"github.com/caddy-images/caddy-images/transform/metadata"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/render/palette"
	"github.com/caddy-images/caddy-images/transform/sniff"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// picture is an image being drawn: a still one, or the first frame of an
// animation, whose others are drawn as that one is when the result is
// written.
type picture struct {
	scope  *vips.Scope
	job    render.Job
	whole  render.Job // of which this is a layer, or the same
	found  *findings  // of the files of the whole job
	source sniff.Format
	page   int // of the file, from 0
	stored int // the orientation that was left out of account, 1 for none

	scalable *svg.Scalable // an SVG; nil for other formats
	enlarged float64       // how many times its size a drawing has, before anything is done to it

	frame  *vips.Image
	facts  transform.Facts
	format transform.Format // to write

	cropped transform.Point // the corner of what crop kept

	colours []palette.Color // of the background, see findColours

	drawn []transform.Step // so far, without those of branches that were not chosen

	untilRow bool // the data of a JPEG are read up to the row that is needed
	rowsLeft bool // nothing needed its last rows

	beside metadata.Blocks // what the file says beside the image, as far as it is asked for

	reel   *vips.Reel  // of an animation
	timing *vips.Image // whose metadata has an animation's delays and loops

	indexed    bool         // the original says that it has few colours
	census     *vips.Census // of the original, or nil
	joinedMany bool         // a layer has many colours
	resampled  bool         // pixels were made of several

	threads int // for what is computed from now on, see spread; 0 before that is known

	untouched bool // frame is the file's pixels, not asked for yet
	inMemory  bool // frame is computed: to read it, in any order, costs nothing
	patches   int  // since frame was in memory
	coloured  bool // frame is sRGB, 8 bits, or what keeping the profile asks for
}

// keepsProfile reports whether the original's colours stay as they are.
func (p *picture) keepsProfile() bool {
	return p.job.Plan.Output.KeepsProfile()
}

// each replaces the frame by what draw makes of it. So it is with every frame of an
// animation, as long as draw decides nothing by a frame's pixels: what it reads are
// those of the first.
func (p *picture) each(draw func(*vips.Image) (*vips.Image, error)) error {
	drawn, err := draw(p.frame)
	if err != nil {
		return err
	}
	p.frame = drawn
	p.untouched, p.inMemory = false, false
	if size := (transform.Size{Width: drawn.Width(), Height: drawn.Height()}); size != p.facts.Size {
		p.facts.Size, p.facts.Exact = size, transform.Shape{}
	}
	p.facts.Alpha = drawn.HasAlpha()
	return nil
}

// settle computes the pixels, for a step that reads them twice, in another order
// than from top to bottom, or many around each of its own.
//
// libvips computes on demand, piece by piece, and keeps nothing. A step that
// demands much more than it gives, such as a blur or a rotation, on top of
// another one, has that one compute the same pixels over and over: a few of
// them in a chain take hours and gigabytes. What the image was computed from
// is freed; of an animation it is kept, for the next frame.
func (p *picture) settle() error {
	if p.inMemory {
		return nil
	}
	size := p.facts.Size // each would read it off frames that are not upright yet
	if err := p.each((*vips.Image).CopyMemory); err != nil {
		return err
	}
	p.facts.Size = size
	p.inMemory, p.patches = true, 0
	p.scope.CloseAllBut(p.frame)
	return nil
}

// premultiplied runs draw on colours multiplied by their alpha, so that the
// invisible colour of transparent pixels does not bleed into visible ones.
func premultiplied(image *vips.Image, draw func(*vips.Image) (*vips.Image, error)) (*vips.Image, error) {
	if !image.HasAlpha() {
		return draw(image)
	}
	return through(image,
		(*vips.Image).Premultiply,
		draw,
		(*vips.Image).Unpremultiply,
		func(i *vips.Image) (*vips.Image, error) {
			if isFloat(image) {
				return i, nil
			}
			// A cast cuts off: what went through floats would end a step too dark.
			return i.Linear([]float64{1}, []float64{0.5}, false)
		},
		func(i *vips.Image) (*vips.Image, error) { return i.Cast(image.BandFormat()) },
	)
}

func isFloat(image *vips.Image) bool {
	return image.BandFormat() == vips.BandFormatFloat || image.BandFormat() == vips.BandFormatDouble
}

// through runs one operation after the other.
func through(image *vips.Image, operations ...func(*vips.Image) (*vips.Image, error)) (*vips.Image, error) {
	var err error
	for _, operation := range operations {
		if image, err = operation(image); err != nil {
			return nil, err
		}
	}
	return image, nil
}

// withAlpha adds an opaque alpha to an image that has none.
func withAlpha(image *vips.Image) (*vips.Image, error) {
	if image.HasAlpha() {
		return image, nil
	}
	return image.AddAlpha()
}

// ink returns a colour as an image with or without alpha wants it.
func ink(c transform.Color, alpha bool) []float64 {
	bands := []float64{float64(c.R), float64(c.G), float64(c.B)}
	if alpha {
		bands = append(bands, float64(c.A))
	}
	return bands
}

// blame turns a failure of libvips into whose fault it is. Pixels are decoded
// on demand, so a damaged file shows at any step, and an encoder may fail
// too; whether the file decodes on its own tells them apart.
func (p *picture) blame(err error) error {
	var known *errors.Error
	if stderrors.As(err, &known) {
		return known
	}
	var failed *vips.Error
	if stderrors.As(err, &failed) && p.isDamaged() {
		if lacking := p.unsupported(); lacking != nil {
			return lacking.Because(err)
		}
		return errors.New(errors.BadImage, "The original is damaged or truncated").Because(err)
	}
	return errors.New(errors.Internal, "The image could not be drawn").Because(err)
}

func (p *picture) isDamaged() bool {
	file, options := p.job.Original, vips.LoadOptions{Page: p.page, FailOn: p.failOn()}
	if p.facts.Frames > 1 {
		options.Pages = -1
	}
	if p.scalable != nil {
		_, size := p.natural()
		file = p.scalable.At(size.Width, size.Height)
	}
	image, err := p.scope.NewImageFromBuffer(file, p.source, options)
	if err != nil {
		return true
	}
	_, err = image.Average()
	return err != nil
}
