package transform

import (
	"slices"
	"strings"
)

// Choice is a Step of which only one branch happens, that which When says.
type Choice struct {
	When       Condition
	Then, Else Branch
}

// Made returns the branch that happens to an image with these facts.
func (c Choice) Made(f Facts) Branch {
	if c.When.Holds(f) {
		return c.Then
	}
	return c.Else
}

// Branch is what happens when a Choice was made.
type Branch struct {
	Steps []Step

	// Output is what the branch says of the output, in the fields that Says
	// names. There it counts over what the plan says.
	Output Output
	Says   Wish
}

// Over returns an output with what the branch says of it.
func (b Branch) Over(o Output) Output {
	if b.Says&WishFormat != 0 {
		o.Format = b.Output.Format
	}
	if b.Says&WishQuality != 0 {
		o.Quality = b.Output.Quality
	}
	if b.Says&WishProgressive != 0 {
		o.Progressive = b.Output.Progressive
	}
	if b.Says&WishLossless != 0 {
		o.Lossless = b.Output.Lossless
	}
	return o
}

// Wish is a set of fields of an Output. The fields that have none decide
// about how an image is drawn, and so cannot depend on what was drawn
// already.
type Wish uint8

// The wishes.
const (
	WishFormat Wish = 1 << iota
	WishQuality
	WishProgressive
	WishLossless
)

// canonical returns the choice without what has no say in it; nil when
// neither branch does anything.
func (c *Choice) canonical() *Choice {
	if c == nil || c.Then.isZero() && c.Else.isZero() {
		return nil
	}
	return &Choice{When: c.When, Then: c.Then.canonical(), Else: c.Else.canonical()}
}

func (b Branch) canonical() Branch {
	b.Output = b.Over(Output{})
	return b
}

func (b Branch) isZero() bool {
	return b.Says == 0 && !slices.ContainsFunc(b.Steps, func(s Step) bool { return !s.IsZero() })
}

// write writes a canonical choice, its branches between brackets, as a layer's
// key is.
func (c Choice) write(k *keyWriter) {
	k.WriteString(" if" + c.When.key())
	for _, b := range []Branch{c.Then, c.Else} {
		k.WriteString("[\n")
		k.steps(b.Steps)
		if b.Says != 0 {
			k.number("says", Num(float64(b.Says)))
			b.Output.write(k)
		}
		k.WriteByte(']')
	}
}

// choices visits all choices of a chain, those in branches and layers too.
func choices(steps []Step, visit func(Choice)) {
	for _, s := range steps {
		for _, l := range s.Layers {
			choices(l.Steps, visit)
		}
		if s.Choice != nil {
			visit(*s.Choice)
			choices(s.Choice.Then.Steps, visit)
			choices(s.Choice.Else.Steps, visit)
		}
	}
}

// joined writes the parts of something whose order is no matter, each once.
func joined(parts []string, with string) string {
	slices.Sort(parts)
	return strings.Join(slices.Compact(parts), with)
}
