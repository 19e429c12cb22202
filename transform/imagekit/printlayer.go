package imagekit

import (
	"slices"
	"strconv"
	"strings"

	"github.com/caddy-images/caddy-images/transform"
)

// layers writes the layers of a step.
func (i *items) layers(layers []transform.Layer) {
	for _, l := range layers {
		if l.Kind == transform.TextLayer {
			i.text(l)
			continue
		}
		*i = append(*i, "l-image")
		var own items
		own.place(l.Place)
		own.blend(l)
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
			own.page(l.Page)
		}
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

// printBlock omits the defaults of a block.
func printBlock(first *transform.Step) {
	z := &first.Resize
	z.Fit = transform.Cover
	for _, l := range []*transform.Length{&z.Width, &z.Height} {
		if *l == transform.Fraction(1) {
			*l = transform.Length{}
		}
	}
}

func (i *items) blend(l transform.Layer) {
	for name, blend := range blends {
		if blend == l.Blend {
			i.add("lm", name)
		}
	}
	i.number("x", l.Shift.X)
	i.number("y", l.Shift.Y)
}

// text writes a layer of text.
func (i *items) text(l transform.Layer) {
	t := l.Text
	*i = append(*i, "l-text", printInput("i", t.Content))
	var own items
	own.place(l.Place)
	own.blend(l)
	own.number("w", t.Width)
	own.number("fs", t.Size)
	own.number("lh", t.LineHeight)
	switch {
	case t.HasFile():
		own.add("ff", strings.ReplaceAll(t.File.Name(), "/", "@@"))
	case t.Font != defaultFont:
		own.add("ff", t.Font)
	}
	own.add("co", formatColor(t.Color))
	for name, align := range aligns {
		if align == t.Align && align != transform.AlignCenter {
			own.add("ia", name)
		}
	}
	own.padding(t.Padding)
	var typography items
	typography.flag("b", t.Bold)
	typography.flag("i", t.Italic)
	typography.flag("strikethrough", t.Strikethrough)
	if len(typography) > 0 {
		own.add("tg", strings.Join(typography, "_"))
	}
	if t.Background.A > 0 {
		own.add("bg", formatColor(t.Background))
	}
	for _, s := range l.Steps {
		if level, ok := s.Opacity.Constant(); ok {
			own.add("al", strconv.Itoa(int(level)/10))
			s.Opacity = transform.Number{}
		}
		own = append(own, printStep(s)...)
	}
	*i = append(append(*i, own...), "l-end")
}

func (i *items) padding(p transform.Padding) {
	if p == (transform.Padding{}) {
		return
	}
	if _, constant := p.Top.Constant(); !constant {
		i.number("pa", p.Top)
		return
	}
	var sides []string
	for _, n := range []transform.Number{p.Top, p.Right, p.Bottom, p.Left} {
		v, _ := n.Constant()
		sides = append(sides, format(v))
	}
	i.add("pa", strings.Join(sides, "_"))
}
