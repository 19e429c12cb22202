package transform

import "fmt"

// Choice is a Step of which only one branch happens, that which When says.
type Choice struct {
	When       Condition
	Then, Else Branch
}

// Branch is what happens when a Choice was made.
type Branch struct {
	Steps []Step

	// Output is what the branch says of the output; where it says nothing the
	// plan's holds.
	Output Output
}

// Condition holds where all tests of any of its lists hold.
type Condition [][]Test

// Test compares a fact with a number.
type Test struct {
	Fact  Fact
	Is    Comparison
	Value Number
}

// Comparison is how a Test compares.
type Comparison uint8

// The comparisons.
const (
	Equal Comparison = iota
	NotEqual
	Greater
	GreaterOrEqual
	Less
	LessOrEqual
)

// write writes a choice between brackets, as a layer's key is.
func (c Choice) write(k *keyWriter) {
	k.WriteString(" if")
	for _, all := range c.When {
		k.WriteString(" or")
		for _, t := range all {
			k.number(fmt.Sprintf("fact%d is%d ", t.Fact, t.Is), t.Value)
		}
	}
	for _, b := range []Branch{c.Then, c.Else} {
		k.WriteString("[\n")
		k.steps(b.Steps)
		b.Output.write(k)
		k.WriteByte(']')
	}
}
