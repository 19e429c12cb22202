package imagizer

import (
	"path"
	"strings"
	"unicode/utf8"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
)

// text is the parameters of a text. All of them are ours.
type text struct {
	content    string
	size       float64 // pixels
	color      transform.Color
	background transform.Color
	font       string
	file       origin.Ref
	align      transform.Align
	width, pad int // pixels, 0 for none

	position position
	offset   float64 // percent of the base's shorter side
	alpha    float64 // percent
	angle    float64 // degrees
}

// How many characters of a text are drawn, and the default font: the same as
// for texts elsewhere in this server.
const (
	maxText     = 2000
	usualFont   = "Open Sans"
	usualPixels = 45
)

var usualText = text{size: usualPixels, color: transform.Black, font: usualFont, alpha: 100}

func readContent(p *picture, v string) bool {
	if utf8.RuneCountInString(v) > maxText {
		v = string([]rune(v)[:maxText])
	}
	p.text.content = v
	return true
}

const takesFont = "the name of a font family, or the path of a .ttf or .otf file"

func readFont(p *picture, v string) bool {
	switch strings.ToLower(path.Ext(v)) {
	case ".ttf", ".otf":
		ref, err := origin.ParseRef(v, "")
		if err != nil {
			return p.refuse(errors.New(errors.BadTransform, "text_font is %s: %s", errors.Quote(v), errors.From(err).Message))
		}
		p.text.file = ref
		return true
	}
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -"
	p.text.font = v
	return len(v) <= 64 && strings.Trim(v, letters) == "" && strings.TrimSpace(v) != ""
}

var aligns = map[string]transform.Align{"center": transform.AlignCenter, "left": transform.AlignLeft, "right": transform.AlignRight}

func readAlign(p *picture, v string) (ok bool) {
	p.text.align, ok = aligns[v]
	return ok
}

// layer returns the layer for the text.
func (t text) layer(p *picture) (transform.Layer, error) {
	if err := p.count(); err != nil {
		return transform.Layer{}, err
	}
	l := transform.Layer{
		Kind: transform.TextLayer,
		Text: transform.Text{
			Content: t.content, Font: t.font, File: t.file, Size: transform.Num(t.size),
			Color: t.color, Background: t.background, Align: t.align,
		},
		Steps: []transform.Step{{}},
		Place: t.position.place(t.offset),
	}
	if t.width > 0 {
		l.Text.Width = transform.Num(float64(t.width))
	}
	if t.pad > 0 {
		n := transform.Num(float64(t.pad))
		l.Text.Padding = transform.Padding{Top: n, Right: n, Bottom: n, Left: n}
	}
	if t.angle != 0 {
		l.Steps[0].Rotate = transform.Num(t.angle)
	}
	if t.alpha != 100 {
		l.Steps[0].Opacity = transform.Num(t.alpha)
	}
	return l, nil
}
