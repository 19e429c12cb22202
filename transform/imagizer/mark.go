package imagizer

import (
	"strings"
	"unicode/utf8"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
)

// Limits of layers, including marks. Imagizer documents none.
const (
	maxLayers = 32 // of one URL, including nested ones
	maxNested = 3
)

// mark is an image drawn onto another one: the watermark, or one of layers.
type mark struct {
	url     string
	trusted bool

	position position
	offset   float64 // percent of the base's shorter side
	alpha    float64 // percent
	angle    float64 // degrees
	scale    float64 // percent of the base's width; 0 for its own size
	upscale  bool    // whether scale may enlarge it
}

var (
	usualLayer = mark{alpha: 100, upscale: true}
	usualMark  = mark{alpha: 100, upscale: true, position: position{1, 1}}
)

func readMark(p *picture, v string) bool {
	p.mark.url, p.mark.trusted = v, p.trusted
	return true
}

// layersOf returns all layers of the image: the watermark, layers, the text.
func (p *picture) layersOf() ([]transform.Layer, error) {
	var layers []transform.Layer
	if p.mark.url != "" {
		l, err := p.layer("mark", p.mark)
		if err != nil {
			return nil, err
		}
		layers = append(layers, l)
	}
	layers = append(layers, p.overlay...)
	if p.text.content == "" {
		return layers, nil
	}
	l, err := p.text.layer(p)
	return append(layers, l), err
}

// count limits the layers of a URL.
func (p *picture) count() error {
	if *p.layers++; *p.layers > maxLayers {
		return errors.New(errors.Limit, "The URL has more than %d layers", maxLayers)
	}
	return nil
}

// layer returns the layer for a mark. name is the parameter.
func (p *picture) layer(name string, m mark) (transform.Layer, error) {
	if err := p.count(); err != nil {
		return transform.Layer{}, err
	}
	if p.depth == maxNested {
		return transform.Layer{}, errors.New(errors.Limit, "Layers are nested deeper than %d levels", maxNested)
	}
	l, err := p.open(m)
	if err != nil {
		// The cause is not origin.ErrPath: the URL itself does name an
		// original.
		e := errors.From(err)
		return transform.Layer{}, errors.New(e.Kind, "In %s, %s: %s", name, errors.Quote(m.url), e.Message)
	}
	own := transform.Step{}
	if m.scale > 0 {
		own.Resize = transform.Resize{Width: transform.Pixels(percentOf(transform.BaseWidth, m.scale)), NoEnlarge: !m.upscale}
	}
	if m.angle != 0 {
		own.Rotate = transform.Num(m.angle)
	}
	if m.alpha != 100 {
		own.Opacity = transform.Num(m.alpha)
	}
	l.Steps = append(l.Steps, own)
	l.Place = m.position.place(m.offset)
	return l, nil
}

// open parses the URL of a layer: a path with a query of its own, a whole
// URL, or a data URL.
func (p *picture) open(m mark) (l transform.Layer, err error) {
	if strings.ContainsFunc(m.url, func(r rune) bool { return r < ' ' || r == 0x7f || r == utf8.RuneError }) {
		return l, errors.New(errors.BadTransform, "It has a control character or is not valid UTF-8")
	}
	begins := strings.ToLower(m.url[:min(len(m.url), len("https://"))])
	switch {
	case strings.HasPrefix(begins, "data:"):
		l.Image, err = origin.ParseDataURL(m.url)
		return l, err
	case strings.HasPrefix(begins, "http://"), strings.HasPrefix(begins, "https://"):
		l.Image, err = origin.ParseURL(m.url)
		return l, err
	}
	path, query, _ := strings.Cut(m.url, "?")
	inner := &picture{dialect: p.dialect, layers: p.layers, depth: p.depth + 1}
	d := p.dialect
	if m.trusted {
		d = d.unrestricted()
	}
	v, belongs, err := d.parseQuery(query)
	if err != nil {
		return l, err
	}
	if m.trusted {
		v.trust()
	}
	if err := inner.read(v); err != nil {
		return l, err
	}
	plan, err := inner.plan()
	if err != nil {
		return l, err
	}
	l.Steps, l.Page = plan.Steps, plan.Page
	if l.Image, err = inner.ref(path, belongs); err == nil && l.Image.Path == "" {
		err = errors.New(errors.BadTransform, "It names no file")
	}
	return l, err
}
