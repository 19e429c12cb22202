package transform

import (
	"fmt"

	"github.com/caddy-images/caddy-images/origin"
)

// Layer is a picture that is drawn onto the picture of its Step.
type Layer struct {
	Kind LayerKind

	// Image is the original of an ImageLayer.
	Image origin.Ref

	// Steps are what happens to the layer's own picture before it is laid onto
	// the other one.
	Steps []Step

	Place Place
	Blend Blend
}

// LayerKind is what a layer's picture is made from.
type LayerKind uint8

// The kinds of layers.
const (
	// ImageLayer is an original.
	ImageLayer LayerKind = iota
	// BlockLayer is a plane of Steps' size and background.
	BlockLayer
	// TextLayer is text.
	TextLayer
)

// Place is where a layer lies on the picture below it. The zero value is the
// middle.
type Place struct {
	// Left and Top are where the layer's own top left corner lies, CenterX and
	// CenterY its middle, in pixels from Anchor. In each direction one of them
	// counts, the corner before the middle.
	Left, Top, CenterX, CenterY Offset

	// Anchor is the part of the picture below that offsets count from.
	Anchor Focus

	// Focus is the part of the picture below that the layer lies in, in a
	// direction in which there is no offset.
	Focus Focus
}

// Offset is a distance in pixels. The zero value is "not given".
type Offset struct {
	Distance Number

	// Far tells that the distance is counted from the far edge, the right or the
	// lower one, to the layer's own far edge.
	Far bool
}

// Blend is how a layer's pixels and those below become one.
type Blend uint8

// The ways to blend.
const (
	// BlendOver covers what is below.
	BlendOver Blend = iota
	// BlendMultiply multiplies the colours.
	BlendMultiply
	// BlendDisplace moves the pixels below, by red across and by green down.
	BlendDisplace
	// BlendCutout makes a hole where the layer is opaque.
	BlendCutout
	// BlendCutter keeps only what is where the layer is opaque.
	BlendCutter
)

// write writes a layer between brackets, which stand nowhere else in a key
// outside of quotes.
func (l Layer) write(k *keyWriter) {
	fmt.Fprintf(k, " layer%d[%q %q\n", l.Kind, l.Image.Path, l.Image.Query)
	k.steps(l.Steps)
	p := l.Place
	k.offset("left", p.Left)
	k.offset("top", p.Top)
	k.offset("xc", p.CenterX)
	k.offset("yc", p.CenterY)
	fmt.Fprintf(k, " anchor%d focus%d blend%d]", p.Anchor, p.Focus, l.Blend)
}

func (k *keyWriter) offset(name string, o Offset) {
	if o.Far {
		name += "far"
	}
	k.number(name, o.Distance)
}
