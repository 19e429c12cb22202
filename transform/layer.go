package transform

import (
	"fmt"
	"math"
	"slices"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
)

// Layer is an image drawn onto the image of its Step.
type Layer struct {
	Kind LayerKind

	// Image is the original of an ImageLayer.
	Image origin.Ref

	// Page is the page or frame of an ImageLayer's original, from 1; 0 means
	// the first.
	Page int

	// Color is that of a BlockLayer.
	Color Color

	// Text is that of a TextLayer.
	Text Text

	// Steps transform the layer's image before it is drawn onto the base.
	// Their numbers may depend on the base's size, Facts.Base.
	Steps []Step

	Place Place
	Blend Blend

	// Shift is the largest displacement of BlendDisplace.
	Shift Shift
}

// Block returns the start of a BlockLayer on an image of the size: the facts
// of a plane in the size of its first step, and the chain that is then drawn
// on it. The error is errors.BadTransform or errors.Limit.
func (l Layer) Block(base Size, limits Limits) (Facts, []Step, error) {
	f := Facts{Size: base, Initial: base, Base: base, Frames: 1, Alpha: l.Color.A != 255}
	chain := slices.Clone(l.Steps)
	if len(chain) == 0 {
		chain = []Step{{}}
	}
	sized, err := Resolve(Step{Resize: chain[0].Resize}, f)
	if err != nil {
		return f, nil, err
	}
	if err := limits.CheckRecipe(sized, Size{}, 1); err != nil {
		return f, nil, err
	}
	f.Size = sized.Scale
	chain[0].Resize = Resize{}
	return f, chain, nil
}

// Shift is a displacement in pixels, to the right and down.
type Shift struct{ X, Y Number }

// In returns the displacement for a layer of f.Size on an image of f.Base. It
// is errors.BadTransform if it has no value here.
func (s Shift) In(f Facts) (x, y float64, err error) {
	x, y = s.X.In(f), s.Y.In(f)
	if math.IsNaN(x) || math.IsNaN(y) {
		return 0, 0, errors.New(errors.BadTransform, "The displacement cannot be computed for this image: it divides by 0 or is too large")
	}
	return min(max(x, -farthest), farthest), min(max(y, -farthest), farthest), nil
}

// LayerKind is the source of a layer's image.
type LayerKind uint8

// The kinds of layers.
const (
	// ImageLayer is an original.
	ImageLayer LayerKind = iota
	// BlockLayer is a plane of one colour in the size of the base, unless its
	// Steps change that.
	BlockLayer
	// TextLayer is text.
	TextLayer
)

// Blend is how a layer is combined with the image below.
type Blend uint8

// The blend modes.
const (
	// BlendOver covers the image below.
	BlendOver Blend = iota
	// BlendMultiply multiplies the colours.
	BlendMultiply
	// BlendDisplace takes each pixel below from a displaced place,
	// horizontally by the layer's red and vertically by its green: no
	// displacement at 128, Shift to the left or up at 0, nearly as far to the
	// right or down at 255.
	BlendDisplace
	// BlendCutout cuts a hole where the layer is opaque.
	BlendCutout
	// BlendCutter keeps only what is below opaque parts of the layer, on a
	// canvas of the same size.
	BlendCutter
)

// write writes a layer in brackets, which occur nowhere else in a key outside
// of quotes.
func (l Layer) write(k *keyWriter) {
	fmt.Fprintf(k, " layer%d[%q %q %q %s\n", l.Kind, l.Image.Server, l.Image.Path, l.Image.Query, l.Color)
	l.Text.write(k)
	k.WriteByte('\n')
	k.steps(l.Steps)
	p := l.Place
	k.offset("left", p.Left)
	k.offset("top", p.Top)
	k.offset("xc", p.CenterX)
	k.offset("yc", p.CenterY)
	k.number("shiftx", l.Shift.X)
	k.number("shifty", l.Shift.Y)
	k.number("page", Num(float64(l.Page)).unless(0))
	fmt.Fprintf(k, " anchor%d focus%d blend%d]", p.Anchor, p.Focus, l.Blend)
}

func (k *keyWriter) offset(name string, o Offset) {
	if o.Back {
		name += "back"
	}
	k.number(name, o.Distance)
}
