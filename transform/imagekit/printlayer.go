package imagekit

import (
	"slices"

	"github.com/caddy-images/caddy-images/transform"
)

// layers writes the layers of a step.
func (i *items) layers(layers []transform.Layer) {
	for _, l := range layers {
		*i = append(*i, "l-image")
		var own items
		own.place(l.Place)
		for name, blend := range blends {
			if blend == l.Blend {
				own.add("lm", name)
			}
		}
		steps := slices.Clone(l.Steps)
		if len(steps) == 0 || steps[0].Choice != nil {
			steps = append([]transform.Step{{}}, steps...)
		}
		if l.Kind == transform.BlockLayer {
			*i = append(*i, "i-"+canvas)
			own.add("bg", formatColor(l.Color))
			printBlock(&steps[0])
		} else {
			*i = append(*i, printInput("i", l.Image.Name()))
			if !steps[0].Trim.On {
				own.add("t", "false")
			}
		}
		own.number("x", l.Shift.X)
		own.number("y", l.Shift.Y)
		*i = append(*i, own...)
		for n, s := range steps {
			items := printStep(s)
			if n > 0 && len(items) > 0 {
				(*i)[len(*i)-1] += ":" + items[0]
				items = items[1:]
			}
			*i = append(*i, items...)
		}
		*i = append(*i, "l-end")
	}
}

// printBlock leaves out what a block has without being asked.
func printBlock(first *transform.Step) {
	z := &first.Resize
	z.Fit = transform.Cover
	for _, l := range []*transform.Length{&z.Width, &z.Height} {
		if *l == transform.Fraction(1) {
			*l = transform.Length{}
		}
	}
}
