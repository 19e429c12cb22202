package transform

import (
	"slices"
	"strings"
)

// Choice is a Step with two branches. When selects one of them.
type Choice struct {
	When       Condition
	Then, Else Branch
}

// Made returns the branch for an image with these facts.
func (c Choice) Made(f Facts) Branch {
	if c.When.Holds(f) {
		return c.Then
	}
	return c.Else
}

// Branch is one outcome of a Choice.
type Branch struct {
	Steps []Step

	// Output overrides the plan's Output in the fields that Says names.
	Output Output
	Says   Wish
}

// Over returns an output with the branch's overrides.
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

// Wish is a set of fields of an Output. The other fields affect how an image
// is drawn, so they cannot depend on what was drawn already.
type Wish uint8

// The wishes.
const (
	WishFormat Wish = 1 << iota
	WishQuality
	WishProgressive
	WishLossless
)

// canonical returns the choice without what has no effect; nil if neither
// branch does anything.
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

// write writes a canonical choice, with its branches in brackets like a
// layer's key.
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

// choices visits all choices of a chain, including those in branches and
// layers.
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

// joined joins the parts of an unordered set, without duplicates.
func joined(parts []string, with string) string {
	slices.Sort(parts)
	return strings.Join(slices.Compact(parts), with)
}
