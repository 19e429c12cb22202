//go:build cgo

package draw

import (
	"context"
	"runtime"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/render/steps"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// revision is incremented when the same job gives a different file: other
// pixels, or the same ones in other bytes.
const revision = "8"

// Version changes whenever the same job may give different bytes.
func Version() string {
	version := revision + "/" + vips.Version()
	if !vips.Vectors() {
		version += "/scalar"
	}
	return version
}

// draws are the functions of [steps.All], by name. Each draws one thing that a
// recipe asks for, and does nothing if the recipe does not ask.
var draws = map[string]func(*picture, transform.Recipe) error{
	"scale":        scale,
	"orient":       orient,
	"crop":         crop,
	"colour":       colour,
	"whiteBalance": whiteBalance,
	"tone":         tone,
	"adjust":       adjust,
	"grayscale":    grayscale,
	"contrast":     contrast,
	"blur":         blur,
	"sharpen":      sharpen,
	"unsharp":      unsharp,
	"look":         look,
	"replace":      replace,
	"colorize":     colorize,
	"gradient":     gradient,
	"findColours":  findColours,
	"pad":          pad,
	"distort":      distort,
	"rotate":       rotate,
	"flip":         flip,
	"border":       border,
	"corners":      corners,
	"shadow":       shadow,
	"opacity":      opacity,
	"background":   background,
}

// Draw renders a job. Limits are checked after the header was read and before
// any pixel is. The errors are *errors.Error, or, once ctx is done, whatever
// stopped first.
func Draw(ctx context.Context, job render.Job) (*render.Result, error) {
	// libvips keeps buffers per thread; a job that moves between threads
	// would leave some on each.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	result, err := attempt(ctx, job, false)
	if err == nil || !job.DeliverDamaged || errors.From(err).Kind != errors.BadImage || ctx.Err() != nil {
		return result, err
	}
	damaged, still := attempt(ctx, job, true)
	if still != nil {
		return nil, err
	}
	damaged.Damaged = true
	return damaged, nil
}

// attempt draws a job; if lenient, including the readable part of damaged
// files.
func attempt(ctx context.Context, job render.Job, lenient bool) (*render.Result, error) {
	found := &findings{ctx: ctx, lenient: lenient}
	result, doubtful, err := try(job, found)
	if doubtful && job.Threads > 1 {
		job.Threads = 1
		found = &findings{ctx: ctx, lenient: lenient}
		result, _, err = try(job, found)
	}
	if err == nil {
		err = found.check(job)
	}
	if err != nil {
		return nil, err
	}
	return result, nil
}

// try draws a job. The result is doubtful if libvips may have lost a failure
// of one of several threads: pixels at the end of a damaged file would then
// be missing.
func try(job render.Job, found *findings) (result *render.Result, doubtful bool, err error) {
	scope := vips.NewScope(found.ctx)
	defer scope.Close()
	result, err = drawIn(scope, job, found)
	found.warned = scope.Complained()
	return result, scope.Doubtful(), err
}

func drawIn(scope *vips.Scope, job render.Job, found *findings) (*render.Result, error) {
	if job.Inspect {
		return inspect(scope, job, found)
	}
	p, err := open(scope, job, found)
	if err != nil {
		return nil, err
	}
	if err := p.run(job.Plan.Steps); err != nil {
		return nil, err
	}
	result, err := p.encode()
	if err != nil {
		return nil, p.blame(err)
	}
	return result, nil
}

// run draws a chain. An empty one still turns the image upright and converts
// its colours.
func (p *picture) run(chain []transform.Step) error {
	err := p.links(chain)
	if err == nil && len(p.drawn) == 0 {
		err = p.link(transform.Step{})
	}
	if err != nil {
		return p.blame(err)
	}
	return nil
}

// links draws the links of a chain in order. The branch of a choice is known
// once the links before it are drawn.
func (p *picture) links(chain []transform.Step) error {
	for _, s := range chain {
		if s.Choice == nil {
			if err := p.link(s); err != nil {
				return err
			}
			continue
		}
		made := s.Choice.Made(p.facts)
		p.job.Plan.Output = made.Over(p.job.Plan.Output)
		if err := p.links(made.Steps); err != nil {
			return err
		}
	}
	return nil
}

// link draws one link of the chain on computed pixels.
func (p *picture) link(s transform.Step) error {
	if len(p.drawn) > 0 && !p.untouched {
		if err := p.settle(); err != nil {
			return err
		}
	}
	p.drawn = append(p.drawn, s)
	return p.apply(s)
}

// apply draws what a link of the chain asks for.
func (p *picture) apply(s transform.Step) error {
	if s.Trim.On {
		if err := p.play(1); err != nil {
			return err
		}
	}
	if err := trim(p, s.Trim); err != nil {
		return err
	}
	r, err := transform.Resolve(s, p.facts)
	if err != nil {
		return err
	}
	if err := p.job.Limits.CheckRecipe(r, p.facts.Size, p.facts.Frames); err != nil {
		return err
	}
	if err := p.play(p.filmScale(r)); err != nil {
		return err
	}
	own := p.facts.Size
	p.resampled = p.resampled || r.Resamples(own)
	scaled := r.Scale
	if r.CropFirst {
		scaled = r.Crop.Size
	}
	p.spread(larger(scaled, r.Drawn()))
	for _, step := range steps.All {
		if err := draws[step.Name](p, r); err != nil {
			return err
		}
	}
	r.Crop.Point = p.cropped
	p.facts.Area = r.Carry(p.facts.Area, own)
	return p.layers(s.Layers)
}
