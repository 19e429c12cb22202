//go:build unix

package workers

import (
	"context"
	stderrors "errors"
	"slices"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
)

// acquit draws a suspect alone. The error is that of a job with the file, if
// there is another incident, or if there was no time for the trial.
func (p *Pool) acquit(ctx context.Context, part render.Job) error {
	_, err := p.draw(ctx, part)
	if err == nil {
		return nil
	}
	switch errors.From(err).Kind {
	case errors.RenderTimeout, errors.Overloaded, errors.ClientClosed:
		return err
	case errors.Internal:
		if _, again := p.refused.check(part); again != nil || stderrors.Is(err, errKilled) {
			return err
		}
	}
	p.refused.acquit(part.Original) // it fails quickly
	return nil
}

// partsOf returns the files of a job with layers as jobs of their own: the
// original with all transformations except layers, and each layer's image
// with its transformations. Fonts are not included: they are drawn in no
// other way.
//
// Drawing them shows which file broke a worker. If none does, the
// transformations did.
func partsOf(job render.Job) []render.Job {
	alone := job
	alone.Plan.Steps = withoutLayers(job.Plan.Steps)
	alone.Files = nil
	alone.Areas = slices.Clone(job.Areas[:min(1, len(job.Areas))])
	parts := []render.Job{alone}
	refs := job.Plan.Refs()
	seen := map[int]bool{}
	eachImage(job.Plan.Steps, func(l transform.Layer) {
		n := slices.Index(refs, l.Image)
		if n < 0 || n >= len(job.Files) || seen[n] {
			return
		}
		seen[n] = true
		part := job
		part.Source = job.Source.Of(l.Image)
		part.Original, part.Files = job.Files[n], nil
		part.Areas = slices.Clone(job.LayerAreas(l))
		part.Plan = transform.Plan{Page: l.Page, Still: true, Steps: withoutLayers(l.Steps), Output: transform.Output{Format: transform.PNG}}
		parts = append(parts, part)
	})
	return parts
}

// eachImage visits the image layers, including nested ones.
func eachImage(steps []transform.Step, visit func(transform.Layer)) {
	for _, s := range steps {
		for _, l := range s.Layers {
			if l.Kind == transform.ImageLayer {
				visit(l)
			}
			eachImage(l.Steps, visit)
		}
		if s.Choice != nil {
			eachImage(s.Choice.Then.Steps, visit)
			eachImage(s.Choice.Else.Steps, visit)
		}
	}
}

// withoutLayers returns a chain without layers.
func withoutLayers(steps []transform.Step) []transform.Step {
	steps = slices.Clone(steps)
	for i := range steps {
		s := &steps[i]
		s.Layers = nil
		if s.Choice != nil {
			c := *s.Choice
			c.Then.Steps, c.Else.Steps = withoutLayers(c.Then.Steps), withoutLayers(c.Else.Steps)
			s.Choice = &c
		}
	}
	return steps
}
