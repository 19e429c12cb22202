package imagekit

import (
	"strings"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
)

func readLeft(s *step, v string) bool    { return s.offset(&s.layer.Place.Left, v) }
func readTop(s *step, v string) bool     { return s.offset(&s.layer.Place.Top, v) }
func readMiddleX(s *step, v string) bool { return s.offset(&s.layer.Place.CenterX, v) }
func readMiddleY(s *step, v string) bool { return s.offset(&s.layer.Place.CenterY, v) }

// offset parses a distance. An N in front reverses its direction.
func (s *step) offset(o *transform.Offset, v string) (ok bool) {
	v, o.Back = strings.CutPrefix(v, "N")
	o.Distance, ok = s.amount(v, 0, maxPixels)
	return ok
}

func readAnchor(s *step, v string) bool {
	focus, ok := positions[v]
	s.layer.Place.Anchor = focus
	s.layer.anchored = true
	return ok
}

func readLayerFocus(s *step, v string) bool {
	focus, ok := positions[v]
	s.layer.Place.Focus = focus
	return ok
}

// positions are the nine positions of a layer on the image below.
var positions = func() map[string]transform.Focus {
	m := map[string]transform.Focus{}
	for name, focus := range focuses {
		if focus < transform.FocusAuto {
			m[name] = focus
		}
	}
	return m
}()

var blends = map[string]transform.Blend{
	"multiply": transform.BlendMultiply,
	"displace": transform.BlendDisplace,
	"cutout":   transform.BlendCutout,
	"cutter":   transform.BlendCutter,
}

func readBlend(s *step, v string) bool {
	blend, ok := blends[v]
	s.layer.Blend = blend
	return ok
}

// checkPlace: lfo "is ignored when any of lx, ly, lxc, lyc is present";
// without them lap has no effect.
func (l *layer) checkPlace() error {
	p := &l.Place
	left, top := p.Left.Distance.IsSet(), p.Top.Distance.IsSet()
	x, y := p.CenterX.Distance.IsSet(), p.CenterY.Distance.IsSet()
	switch {
	case left && x:
		return errors.New(errors.BadTransform, "The layer has lx and lxc; it takes one of them")
	case top && y:
		return errors.New(errors.BadTransform, "The layer has ly and lyc; it takes one of them")
	case !left && !top && !x && !y:
		p.Anchor = transform.FocusCenter
		return nil
	}
	p.Focus = transform.FocusCenter
	if !l.anchored {
		p.Anchor = transform.FocusTopLeft
	}
	return nil
}

func (i *items) place(p transform.Place) {
	for _, o := range []struct {
		key string
		transform.Offset
	}{{"lx", p.Left}, {"ly", p.Top}, {"lxc", p.CenterX}, {"lyc", p.CenterY}} {
		if text, ok := formatNumber(o.Distance); ok {
			if o.Back {
				text = "N" + text
			}
			i.add(o.key, text)
		}
	}
	for name, focus := range positions {
		if focus == p.Anchor && *i != nil && focus != transform.FocusTopLeft {
			i.add("lap", name)
		}
		if focus == p.Focus && focus != transform.FocusCenter {
			i.add("lfo", name)
		}
	}
}
