package admission

import (
	"cmp"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/render/steps"
)

// layers counts what is drawn onto the image. All layers stay in memory until
// the image is written, since that is when its pixels are computed.
func (s *sketch) layers(layers []transform.Layer) error {
	for _, l := range layers {
		own, err := s.layer(l)
		if err != nil {
			return err
		}
		if l.Blend == transform.BlendOver {
			if s.patches >= steps.MostPatches {
				s.settle()
			}
			s.patches++
		}
		s.pay(steps.Layer(l, own.size, s.image()))
		s.peak += own.held
		s.passing = max(s.passing, own.peak-own.held)
		s.seconds += own.seconds
		if l.Blend == transform.BlendCutout || l.Blend == transform.BlendCutter {
			s.facts.Alpha = true
		}
		s.pixel = steps.SRGB(s.facts.Alpha)
	}
	return nil
}

// drawnLayer is what drawing a layer's own image takes, and what then stays
// of it.
type drawnLayer struct {
	peak, held int64 // bytes
	seconds    float64
	size       transform.Size
}

func (s *sketch) layer(l transform.Layer) (drawnLayer, error) {
	job := s.whole
	job.Areas = s.whole.LayerAreas(l)
	job.Original, job.Plan = s.whole.File(l), transform.Plan{Page: l.Page, Steps: l.Steps, Output: transform.Output{Format: transform.PNG}}
	var own *sketch
	chain := l.Steps
	var err error
	switch l.Kind {
	case transform.BlockLayer:
		own, chain, err = s.block(job, l)
	case transform.TextLayer:
		own, err = s.text(job, l)
	default:
		var readable bool
		own, readable, err = open(job, s.structures)
		if own == nil && err == nil {
			s.unread = s.unread || !readable
			return drawnLayer{peak: peakOf(job, readable)}, nil
		}
	}
	if err != nil {
		return drawnLayer{}, err
	}
	own.whole, own.facts.Base, own.structures = s.whole, s.facts.Size, s.structures
	if err := own.run(chain); err != nil {
		s.refusal = cmp.Or(s.refusal, own.refusal)
		return drawnLayer{}, err
	}
	own.settle()
	s.unread = s.unread || own.unread
	s.resampled = s.resampled || own.resampled
	s.work += own.work
	s.refusal = cmp.Or(s.refusal, own.refusal)
	return drawnLayer{
		peak: own.most() - base, held: own.pixel * own.facts.Size.Pixels(),
		seconds: own.seconds, size: own.facts.Size,
	}, nil
}

// block returns a plane of one colour.
func (s *sketch) block(job render.Job, l transform.Layer) (*sketch, []transform.Step, error) {
	facts, chain, err := l.Block(s.facts.Size, job.Limits)
	own := &sketch{job: job, facts: facts, peak: base, upright: true}
	own.pixel = steps.SRGB(own.facts.Alpha)
	return own, chain, err
}

// What a text takes: the library that sets it and the fonts that it opens, and for
// each of its letters, at most, a square as high as the font and some room.
const (
	textBase   = 24 << 20
	letterRoom = 1.5
	textPixel  = 12 // drawn, without its edges, in its box
)

// text is about the box of a text, which is known only once the text is set.
func (s *sketch) text(job render.Job, l transform.Layer) (*sketch, error) {
	own := &sketch{job: job, peak: base + textBase, upright: true}
	own.facts = transform.Facts{Base: s.facts.Size, Frames: 1, Alpha: true}
	own.pixel = steps.SRGB(own.facts.Alpha)
	set, err := l.Text.Set(own.facts)
	if err != nil {
		return nil, err
	}
	letters := float64(utf8.RuneCountInString(set.Content)) * set.Size
	height := letterRoom * max(set.Size, set.LineHeight)
	width := min(letters, transform.LargestText)
	if set.Width > 0 {
		width = min(width, float64(set.Width))
	}
	lines := math.Ceil(letters/max(width, 1)) + float64(strings.Count(set.Content, "\n"))
	box := transform.Size{
		Width:  min(int(width)+set.Left+set.Right, transform.LargestText),
		Height: min(int(min(lines*height, transform.LargestText))+set.Top+set.Bottom, transform.LargestText),
	}
	own.facts.Size, own.facts.Initial = box, box
	own.peak += 2 * int64(len(s.whole.File(l))) // the font and what is made of it
	own.peak += textPixel * min(box.Pixels(), job.Limits.MaxPixels)
	return own, nil
}
