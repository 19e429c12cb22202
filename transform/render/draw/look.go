//go:build cgo

package draw

import (
	"math"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// look applies a look to every frame. One that depends on neighbouring pixels
// reads the image more than once.
func look(p *picture, r transform.Recipe) error {
	if r.Look == transform.NoLook {
		return nil
	}
	if r.Look.Neighbours() {
		if err := p.settle(); err != nil {
			return err
		}
	}
	return p.each(looks[r.Look])
}

type operation = func(*vips.Image) (*vips.Image, error)

var looks = map[transform.Look]operation{
	transform.Sepia:        mixing(sepia),
	transform.Warm:         curving(power(0.85), power(0.98), power(1.2)),
	transform.Cool:         curving(power(1.16), power(1), power(0.86)),
	transform.Vivid:        chain(mixing(saturation(0.35)), curving(contrasting(0.35))),
	transform.Faded:        chain(mixing(saturation(-0.35)), curving(line(0.14, 0.92))),
	transform.Noir:         chain(mixing(gray), curving(contrasting(1))),
	transform.Silver:       chain(mixing(gray), curving(line(0.12, 0.97).of(power(0.8)))),
	transform.Cyanotype:    chain(mixing(gray), curving(line(0, 1), line(49.0/255, 1), line(83.0/255, 1))),
	transform.Duotone:      chain(mixing(gray), curving(line(62.0/255, 1), line(21.0/255, 168.0/255), line(92.0/255, 76.0/255))),
	transform.CrossProcess: curving(contrasting(0.9), contrasting(0.5), line(0.17, 0.8)),
	transform.Lomo:         chain(mixing(saturation(0.3)), curving(contrasting(0.7)), darkCorners(0.25)),
	transform.Vignette:     darkCorners(0.4),
	transform.Invert:       curving(func(v float64) float64 { return 1 - v }),
	transform.Solarize: curving(func(v float64) float64 {
		if v > 0.5 {
			return 1 - v
		}
		return v
	}),
	transform.Posterize: curving(func(v float64) float64 { return math.Round(3*v) / 3 }),
	transform.Pixelate:  pixelate,
	transform.Emboss:    emboss,
	transform.Edges:     edges,
	transform.Sketch:    sketch,
}

// Components of looks. Matrices have a row for each new colour.
var (
	sepia = [9]float64{
		0.393, 0.769, 0.189,
		0.349, 0.686, 0.168,
		0.272, 0.534, 0.131,
	}
	gray = [9]float64{
		0.2126, 0.7152, 0.0722,
		0.2126, 0.7152, 0.0722,
		0.2126, 0.7152, 0.0722,
	}
)

func saturation(by float64) [9]float64 { return transform.Adjust{Saturation: by}.Mix() }

func mixing(matrix [9]float64) operation {
	return func(i *vips.Image) (*vips.Image, error) { return mixed(i, matrix) }
}

func curving(curves ...curve) operation {
	return func(i *vips.Image) (*vips.Image, error) { return curved(i, curves...) }
}

func chain(operations ...operation) operation {
	return func(i *vips.Image) (*vips.Image, error) { return through(i, operations...) }
}

// of returns the composition of two curves.
func (c curve) of(first curve) curve {
	return func(v float64) float64 { return c(first(v)) }
}

// power lightens if the exponent is below 1. Black and white stay.
func power(exponent float64) curve {
	return func(v float64) float64 { return math.Pow(v, exponent) }
}

// line maps black and white to the given values, linearly.
func line(black, white float64) curve {
	return func(v float64) float64 { return black + v*(white-black) }
}

// contrasting returns an S-curve: dark gets darker and light lighter, except
// for black, white and the middle. With 1 it is a smooth step, whose slope is
// 1.5 in the middle.
func contrasting(by float64) curve {
	return func(v float64) float64 { return v + by*(v*v*(3-2*v)-v) }
}
