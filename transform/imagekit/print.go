package imagekit

import (
	"strconv"
	"strings"

	"github.com/caddy-images/caddy-images/transform"
)

// Print writes a plan as the value of tr. The result parses into a plan with
// the same Key if the plan came from Parse. Other plans lose what ImageKit's
// syntax cannot express. The zero plan gives "".
func Print(p transform.Plan) string {
	if p.IsZero() {
		return ""
	}
	output := printOutput(p.Output, 0)
	output.page(p.Page)
	if name := p.Default.Name(); name != "" {
		output.add("di", strings.ReplaceAll(name, "/", "@@"))
	}
	if tr := printChain(p.Steps, output); tr != "" {
		return tr
	}
	return "f-auto" // it asks only for a new encoding
}

// printChain writes a chain, with the output in its last step that can have
// it.
func printChain(steps []transform.Step, output items) string {
	var chain []string
	last := -1 // a step that is not a choice
	for _, s := range steps {
		items := printStep(s)
		if s.IsZero() || len(items) == 0 {
			continue
		}
		if s.Choice == nil {
			last = len(chain)
		}
		chain = append(chain, strings.Join(items, ","))
	}
	said := strings.Join(output, ",")
	switch {
	case len(output) == 0:
	case last >= 0:
		chain[last] += "," + said
	default:
		chain = append([]string{said}, chain...)
	}
	return strings.Join(chain, ":")
}

// items are the parameters of one step.
type items []string

func (i *items) add(key, value string) { *i = append(*i, key+"-"+value) }

func (i *items) flag(item string, on bool) {
	if on {
		*i = append(*i, item)
	}
}

func (i *items) number(key string, n transform.Number) {
	if text, ok := formatNumber(n); ok {
		i.add(key, text)
	}
}

func (i *items) page(n int) {
	if n > 0 {
		i.add("pg", strconv.Itoa(n))
	}
}

func printStep(s transform.Step) items {
	if s.Choice != nil {
		return printChoice(*s.Choice)
	}
	var i items
	switch {
	case s.Trim.On && s.Trim.Threshold == 0:
		i.add("t", "true")
	case s.Trim.On:
		i.add("t", strconv.Itoa(s.Trim.Threshold))
	}
	i.resize(s.Resize)
	i.distort(s.Distort)
	i.number("rt", s.Rotate)
	switch s.Flip {
	case transform.Flip{Horizontal: true}:
		i.add("fl", "h")
	case transform.Flip{Vertical: true}:
		i.add("fl", "v")
	case transform.Flip{Horizontal: true, Vertical: true}:
		i.add("fl", "h_v")
	}
	i.effects(s.Effects)
	if width, ok := formatNumber(s.Border.Width); ok {
		i.add("b", width+"_"+formatColor(s.Border.Color))
	}
	i.corners(s.Corners)
	i.shadow(s.Shadow)
	i.number("o", s.Opacity)
	i.background(s.Background)
	i.layers(s.Layers)
	return i
}

func (i *items) resize(z transform.Resize) {
	width, _ := z.Width.Parts()
	height, _ := z.Height.Parts()
	i.number("w", width)
	i.number("h", height)
	if ratio, ok := z.Aspect.Constant(); ok {
		i.add("ar", format(ratio)+"-1")
	} else {
		i.number("ar", z.Aspect)
	}
	i.strategy(z)
	for name, focus := range focuses {
		if focus == z.Focus && focus != transform.FocusCenter {
			i.add("fo", name)
		}
	}
	i.number("x", z.X)
	i.number("y", z.Y)
	i.number("xc", z.CenterX)
	i.number("yc", z.CenterY)
	i.number("dpr", z.DPR)
	i.flag("w-auto", z.AutoWidth)
	i.flag("dpr-auto", z.AutoDPR)
}

// strategy omits the default, the first.
func (i *items) strategy(z transform.Resize) {
	for n, s := range crops {
		if n > 0 && s.fit == z.Fit && s.noEnlarge == z.NoEnlarge {
			i.add("c", s.name)
		}
	}
	for _, s := range cropModes {
		if s.fit == z.Fit && s.noEnlarge == z.NoEnlarge {
			i.add("cm", s.name)
		}
	}
}

func (i *items) effects(e transform.Effects) {
	i.flag("e-grayscale", e.Grayscale)
	i.flag("e-contrast", e.Contrast)
	i.number("bl", e.Blur)
	switch {
	case e.Sharpen.On && e.Sharpen.Amount == 0:
		i.flag("e-sharpen", true)
	case e.Sharpen.On:
		i.add("e-sharpen", format(e.Sharpen.Amount))
	}
	if u := e.Unsharp; u != (transform.Unsharp{}) {
		i.add("e-usm", strings.Join([]string{format(u.Radius), format(u.Sigma), format(u.Amount), format(u.Threshold)}, "-"))
	}
	i.tints(e)
	i.gradient(e.Gradient)
}

func (i *items) corners(c transform.Corners) {
	if c.IsZero() {
		return
	}
	var radii []string
	for _, r := range []transform.Radius{c.TopLeft, c.TopRight, c.BottomRight, c.BottomLeft} {
		if r.Max {
			radii = append(radii, "max")
		} else {
			px, _ := r.Px.Constant()
			radii = append(radii, format(px))
		}
	}
	i.add("r", strings.Join(radii, "_"))
}

func printChoice(c transform.Choice) items {
	i := items{"if-" + formatCondition(c.When)}
	if then := printBranch(c.Then); then != "" {
		i = append(i, then)
	}
	if otherwise := printBranch(c.Else); otherwise != "" {
		i = append(i, "if-else", otherwise)
	}
	return append(i, "if-end")
}

func printBranch(b transform.Branch) string {
	return printChain(b.Steps, printOutput(b.Over(transform.Output{}), b.Says))
}

// printOutput writes the output: the fields of o that are set, and those of
// says that are not.
func printOutput(o transform.Output, says transform.Wish) items {
	var i items
	said := func(w transform.Wish) bool { return says&w != 0 }
	switch {
	case o.Format == transform.FormatOriginal:
		i.add("f", "orig")
	case o.Format != transform.FormatAuto || said(transform.WishFormat):
		i.add("f", o.Format.String())
	}
	if o.Quality > 0 {
		i.add("q", strconv.Itoa(o.Quality))
	}
	if density, ok := formatNumber(o.Density); ok {
		i.add("dn", density)
	}
	for _, f := range []struct {
		key      string
		on, said bool
	}{
		{"pr", o.Progressive, said(transform.WishProgressive)},
		{"lo", o.Lossless, said(transform.WishLossless)},
		{"md", o.Metadata, o.NoMetadata},
		{"cp", o.Profile, o.NoProfile},
	} {
		if f.on || f.said {
			i.add(f.key, strconv.FormatBool(f.on))
		}
	}
	return i
}
