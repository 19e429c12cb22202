//go:build cgo

package draw

import (
	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// layers draws layers onto every frame, in order.
func (p *picture) layers(layers []transform.Layer) error {
	for _, l := range layers {
		if err := p.lay(l); err != nil {
			return err
		}
	}
	return nil
}

func (p *picture) lay(l transform.Layer) error {
	scope := p.scope.Inner()
	defer scope.Close() // what was drawn keeps what it needs
	own, err := p.layer(scope, l)
	if err != nil {
		return err
	}
	at, err := l.Place.At(own.facts.Size, own.facts)
	if err != nil {
		return err
	}
	p.joins(own)
	return p.blend(own.frame, at, l)
}

// layer draws a layer's own image into memory: every frame needs it, and its
// errors must be attributed to it.
func (p *picture) layer(scope *vips.Scope, l transform.Layer) (*picture, error) {
	switch l.Kind {
	case transform.BlockLayer:
		return p.block(scope, l)
	case transform.TextLayer:
		return p.text(scope, l)
	}
	own, err := p.imageLayer(scope, l)
	return own, transform.InLayer(l.Image, err)
}

// imageLayer draws another original, reduced to its first frame.
func (p *picture) imageLayer(scope *vips.Scope, l transform.Layer) (*picture, error) {
	file := p.whole.File(l)
	if file == nil {
		return nil, errors.New(errors.Internal, "The layer's image is missing")
	}
	own, err := open(scope, p.layerJob(l, file), p.found)
	if err != nil {
		return nil, err
	}
	own.whole, own.facts.Base = p.whole, p.facts.Size
	return own, own.finish(l.Steps)
}

// finish draws a layer's whole chain.
func (p *picture) finish(chain []transform.Step) error {
	if err := p.run(chain); err != nil {
		return err
	}
	if err := p.settle(); err != nil {
		return p.blame(err)
	}
	if err := p.readRest(); err != nil {
		return p.blame(err)
	}
	return nil
}

// layerJob returns the job for drawing the layer alone: one frame, in sRGB.
func (p *picture) layerJob(l transform.Layer, file []byte) render.Job {
	job := p.whole
	job.Areas = p.whole.LayerAreas(l)
	job.Original, job.Plan = file, transform.Plan{Page: l.Page, Steps: l.Steps, Output: transform.Output{Format: transform.PNG}}
	return job
}

// block draws a plane of one colour.
func (p *picture) block(scope *vips.Scope, l transform.Layer) (*picture, error) {
	facts, chain, err := l.Block(p.facts.Size, p.job.Limits)
	if err != nil {
		return nil, err
	}
	plane, err := scope.NewSolid(facts.Size.Width, facts.Size.Height, ink(l.Color, facts.Alpha)...)
	if err != nil {
		return nil, err
	}
	own := &picture{scope: scope, job: p.layerJob(l, nil), whole: p.whole, found: p.found, facts: facts, frame: plane, coloured: true, indexed: true}
	return own, own.finish(chain)
}
