package transform

import (
	"math"
	"strconv"
	"strings"
)

// Operation combines two numbers.
type Operation uint8

// The operations. The result of Modulo has the sign of the dividend.
const (
	Add Operation = iota
	Subtract
	Multiply
	Divide
	Modulo
	Power
)

var operations = [...]struct {
	sign string
	of   func(a, b float64) float64
}{
	Add:      {"+", func(a, b float64) float64 { return a + b }},
	Subtract: {"-", func(a, b float64) float64 { return a - b }},
	Multiply: {"*", func(a, b float64) float64 { return a * b }},
	Divide:   {"/", func(a, b float64) float64 { return a / b }},
	Modulo:   {"%", math.Mod},
	Power:    {"^", math.Pow},
}

// Term is a part of an expression.
type Term struct {
	Kind      TermKind
	Value     float64   // of a ConstantTerm
	Fact      Fact      // of a FactTerm
	Operation Operation // of an OperationTerm
}

// TermKind determines which field of a Term is used.
type TermKind uint8

// The kinds of terms.
const (
	ConstantTerm TermKind = iota
	FactTerm
	// OperationTerm applies to the two preceding numbers.
	OperationTerm
)

// String writes a term in the form that parseTerm reads.
func (t Term) String() string {
	switch t.Kind {
	case FactTerm:
		return t.Fact.String()
	case OperationTerm:
		return operations[t.Operation].sign
	}
	return strconv.FormatFloat(t.Value, 'g', -1, 64)
}

func parseTerm(s string) (Term, bool) {
	for o, known := range operations {
		if known.sign == s {
			return Term{Kind: OperationTerm, Operation: Operation(o)}, true
		}
	}
	for f, known := range facts {
		if known.name == s {
			return Term{Kind: FactTerm, Fact: Fact(f)}, true
		}
	}
	v, err := strconv.ParseFloat(s, 64)
	return Term{Value: v}, err == nil
}

// Expression returns the number for terms in postfix notation: `Width 2
// Divide` is half of the width. Constant terms give a constant. ok is false
// if the terms are not an expression, or have no value for any image, such as
// a division by the constant 0.
func Expression(terms ...Term) (n Number, ok bool) {
	depth, constant, words := 0, true, make([]string, len(terms))
	for i, t := range terms {
		if depth++; t.Kind == OperationTerm {
			depth -= 2
		}
		if depth < 1 {
			return Number{}, false
		}
		constant = constant && t.Kind != FactTerm
		words[i] = t.String()
	}
	if depth != 1 {
		return Number{}, false
	}
	if constant {
		v := compute(terms, Facts{})
		return Num(v), isFinite(v)
	}
	return Number{given: true, expression: strings.Join(words, " ")}, true
}

// Terms returns the terms of the number, as for Expression; one for a
// constant, none for a number that is not given.
func (n Number) Terms() []Term {
	if n.expression == "" {
		if n.given {
			return []Term{{Value: n.value}}
		}
		return nil
	}
	var terms []Term
	for word := range strings.SplitSeq(n.expression, " ") {
		t, _ := parseTerm(word)
		terms = append(terms, t)
	}
	return terms
}

// compute returns the value of an expression. It is NaN if any part of it is
// infinite or NaN: the result of a division by 0 must not become a 0 further
// on.
func compute(terms []Term, f Facts) float64 {
	var stack []float64
	for _, t := range terms {
		v := t.Value
		switch t.Kind {
		case FactTerm:
			v = t.Fact.Of(f)
		case OperationTerm:
			last := len(stack) - 1
			v = operations[t.Operation].of(stack[last-1], stack[last])
			stack = stack[:last-1]
		}
		if !isFinite(v) {
			return math.NaN()
		}
		stack = append(stack, v)
	}
	return stack[0]
}

func isFinite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
