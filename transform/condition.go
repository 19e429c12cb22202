package transform

// Condition is a disjunction of conjunctions: it holds if all tests of any of
// its lists hold.
type Condition [][]Test

// Holds reports whether the condition holds for an image with these facts.
func (c Condition) Holds(f Facts) bool {
	for _, all := range c {
		holds := true
		for _, t := range all {
			holds = holds && t.holds(f)
		}
		if holds {
			return true
		}
	}
	return false
}

// Changes reports whether the condition depends on what was drawn so far, and
// not only on the original.
func (c Condition) Changes() bool {
	for _, all := range c {
		for _, t := range all {
			if t.Fact == Width || t.Fact == Height || t.Fact == Aspect || !t.isConstant() {
				return true
			}
		}
	}
	return false
}

// key is equal for conditions that differ only in the order of their tests.
func (c Condition) key() string {
	var any []string
	for _, all := range c {
		var tests []string
		for _, t := range all {
			tests = append(tests, t.key())
		}
		any = append(any, joined(tests, "&"))
	}
	return "(" + joined(any, "|") + ")"
}

// Test compares a fact with a number.
type Test struct {
	Fact  Fact
	Is    Comparison
	Value Number
}

func (t Test) holds(f Facts) bool { return comparisons[t.Is].holds(t.Fact.Of(f), t.Value.In(f)) }

func (t Test) isConstant() bool {
	_, ok := t.Value.Constant()
	return ok
}

func (t Test) key() string {
	k := keyWriter{}
	k.number(t.Fact.String()+comparisons[t.Is].sign, t.Value)
	return k.String()
}

// Comparison is the operator of a Test.
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

var comparisons = [...]struct {
	sign  string
	holds func(a, b float64) bool
}{
	Equal:          {"=", func(a, b float64) bool { return a == b }},
	NotEqual:       {"!=", func(a, b float64) bool { return a != b }},
	Greater:        {">", func(a, b float64) bool { return a > b }},
	GreaterOrEqual: {">=", func(a, b float64) bool { return a >= b }},
	Less:           {"<", func(a, b float64) bool { return a < b }},
	LessOrEqual:    {"<=", func(a, b float64) bool { return a <= b }},
}
