package admission

import (
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/header"
	"github.com/caddy-images/caddy-images/transform/render/steps"
	"github.com/caddy-images/caddy-images/transform/sniff"
)

// apply follows one link of the chain.
func (s *sketch) apply(step transform.Step) error {
	if step.Trim.On {
		s.trimmed, s.upright = true, true
		s.pay(steps.Trim(s.image()))
	}
	r, err := transform.Resolve(step, s.facts)
	if err != nil && s.trimmed {
		return nil // trimming may leave an image that the step can be drawn on
	}
	if err != nil {
		return err
	}
	if err := s.job.Limits.CheckRecipe(r, s.facts.Size, s.facts.Frames); err != nil {
		return err
	}
	before, rows := s.facts.Size, int64(0)
	s.resampled = s.resampled || r.Resamples(before)
	if r.Scale != before || r.Drawn() != before || r.Rotate != 0 {
		s.facts.Exact = transform.Shape{}
	}
	on := s.image()
	for _, step := range steps.All {
		on.Size, on.Pixel, on.Read = s.facts.Size, s.pixel, s.settled
		c := step.Cost(r, on)
		s.pay(c)
		rows = max(rows, c.Rows)
	}
	s.peak += (s.threads() - 1) * rows
	s.facts.Area = r.Carry(s.facts.Area, before)
	s.seeThrough(r)
	s.decoded, s.upright = transform.Size{}, true
	return s.layers(step.Layers)
}

// image returns what steps' costs depend on.
func (s *sketch) image() steps.Image {
	i := steps.Image{
		Size: s.facts.Size, Frames: s.facts.Frames, Alpha: s.facts.Alpha, Pixel: s.pixel,
		Before: s.facts.Size, Decoded: s.decoded,
		Turned: !s.upright, Read: s.settled,
		Coloured: len(s.drawn) > 1 || s.header.Format == sniff.SVG || s.header.Format == sniff.PDF,
	}
	if i.Decoded == (transform.Size{}) {
		i.Decoded = s.facts.Size
	}
	i.HLG = !i.Coloured && header.ColoursOf(s.job.Original, s.header.Format).Transfer == header.HLG
	return i
}

// pay adds the cost of a step, except for rows.
func (s *sketch) pay(c steps.Cost) {
	if c.Reads >= steps.Twice {
		s.settle()
	}
	if c.Reads != steps.Nothing && c.Reads != steps.Inspects {
		s.inMemory = false
	}
	if c.Size != (transform.Size{}) {
		s.facts.Size = c.Size
	}
	if c.Pixel != 0 {
		s.pixel = c.Pixel
	}
	if c.Reads == steps.AtOnce {
		s.settle()
	}
	s.peak += c.Held
	s.seconds += c.Seconds
}

// seeThrough notes whether the recipe leaves the image transparent somewhere.
func (s *sketch) seeThrough(r transform.Recipe) {
	padded := r.Canvas != r.Crop.Size && r.Background.On && r.Background.Kind == transform.SolidBackground && r.Background.Color.A != 255
	framed := r.Border > 0 && r.BorderColor.A != 255
	rounded := r.Corners != [4]float64{}
	if padded || r.Tilts() || framed || rounded || r.Distort.Kind != transform.NoDistort || r.Opacity < 1 {
		s.facts.Alpha = true
	}
	if r.Background.IsOpaque() || r.Background.On && r.Background.Kind == transform.SolidBackground && r.Opacity < 1 {
		s.facts.Alpha = false
	}
	s.pixel = steps.SRGB(s.facts.Alpha)
}
