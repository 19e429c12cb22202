package imagekit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
)

// maxValues limits the numbers and variables of an expression.
const maxValues = 16

// place is the kind of image that a step applies to. It decides which
// variables exist.
type place uint8

const (
	onPicture   place = iota // the original
	onLayer                  // the image of an image layer
	onMadeLayer              // text, a solid or a gradient block
	ofDensity                // not an image: the value of dn
)

// variables are the variables of expressions (ImageKit, "Arithmetic
// expressions in transformations").
var variables = map[string]transform.Fact{
	"iw": transform.InitialWidth, "ih": transform.InitialHeight, "iar": transform.InitialAspect,
	"cw": transform.Width, "ch": transform.Height, "car": transform.Aspect,
	"bw": transform.BaseWidth, "bh": transform.BaseHeight, "bar": transform.BaseAspect,
	"idn": transform.InitialDensity,
}

// operations have ranks: a higher rank binds tighter, and equal ranks
// associate to the left. "pow" binds weakest: 2_pow_3_mul_2 is 64.
var operations = map[string]struct {
	transform.Operation
	rank int
}{
	"mul": {transform.Multiply, 3}, "div": {transform.Divide, 3},
	"add": {transform.Add, 2}, "sub": {transform.Subtract, 2},
	"mod": {transform.Modulo, 1},
	"pow": {transform.Power, 0},
}

// isExpression reports whether a value is an arithmetic expression, by the
// words that only expressions have.
func isExpression(v string) bool {
	for word := range strings.SplitSeq(v, "_") {
		_, isVariable := variables[word]
		_, isOperation := operations[word]
		if isVariable || isOperation || slices.Contains(elsewhere, word) {
			return true
		}
	}
	return false
}

// elsewhere are variables that ImageKit defines for videos only.
var elsewhere = []string{"idu", "bdu"}

// parseExpression parses `value_operation_value_…`, where each value is a
// variable or a positive number.
func parseExpression(text string, in place) (transform.Number, error) {
	words := strings.Split(text, "_")
	if len(words) > 2*maxValues {
		return transform.Number{}, fmt.Errorf("it has more than %d values", maxValues)
	}
	var terms, waiting []transform.Term // waiting: operations without their right operand
	var ranks []int                     // of the waiting operations
	pop := func() {
		last := len(waiting) - 1
		terms, waiting, ranks = append(terms, waiting[last]), waiting[:last], ranks[:last]
	}
	for i, word := range words {
		if i%2 == 0 {
			value, err := parseValue(word, in)
			if err != nil {
				return transform.Number{}, err
			}
			terms = append(terms, value)
			continue
		}
		o, ok := operations[word]
		if !ok {
			return transform.Number{}, fmt.Errorf("%s is not an operation; the operations are add, sub, mul, div, mod and pow", errors.Quote(word))
		}
		for len(ranks) > 0 && ranks[len(ranks)-1] >= o.rank {
			pop()
		}
		waiting = append(waiting, transform.Term{Kind: transform.OperationTerm, Operation: o.Operation})
		ranks = append(ranks, o.rank)
	}
	if len(words)%2 == 0 {
		return transform.Number{}, fmt.Errorf("nothing follows %s", words[len(words)-1])
	}
	for len(waiting) > 0 {
		pop()
	}
	n, ok := transform.Expression(terms...)
	if !ok {
		return transform.Number{}, fmt.Errorf("it divides by 0 or is too large")
	}
	return n, nil
}

func parseValue(word string, in place) (transform.Term, error) {
	if f, ok := number(word); ok {
		return transform.Term{Value: f}, nil
	}
	fact, ok := variables[word]
	isBase := strings.HasPrefix(word, "b")
	switch {
	case !ok && slices.Contains(elsewhere, word):
		return transform.Term{}, fmt.Errorf("%s is not known here", word)
	case !ok:
		return transform.Term{}, fmt.Errorf("%s is neither a number nor a variable; the variables are iw, ih, iar, cw, ch, car and, in a layer, bw, bh, bar", errors.Quote(word))
	case in == ofDensity && fact != transform.InitialDensity:
		return transform.Term{}, fmt.Errorf("%s is not known in dn, where the variable is idn", word)
	case in != ofDensity && fact == transform.InitialDensity:
		return transform.Term{}, fmt.Errorf("%s is only known in dn", word)
	case isBase && in == onPicture:
		return transform.Term{}, fmt.Errorf("%s is only known in a layer", word)
	case !isBase && in == onMadeLayer:
		return transform.Term{}, fmt.Errorf("%s is not known in a layer of text or of one colour, where the variables are bw, bh and bar", word)
	}
	return transform.Term{Kind: transform.FactTerm, Fact: fact}, nil
}

// formatNumber is the inverse of amount. ok is false for a number that is not
// given, and for an expression that would need brackets or a sign, which
// ImageKit's syntax does not have.
func formatNumber(n transform.Number) (text string, ok bool) {
	if !n.IsSet() {
		return "", false
	}
	if f, ok := n.Constant(); ok {
		return format(f), true
	}
	type operand struct {
		text string
		rank int
	}
	const value = 4 // higher than all operations
	var stack []operand
	for _, t := range n.Terms() {
		switch t.Kind {
		case transform.ConstantTerm:
			if _, ok := number(format(t.Value)); !ok {
				return "", false
			}
			stack = append(stack, operand{format(t.Value), value})
		case transform.FactTerm:
			stack = append(stack, operand{keyOf(variables, t.Fact), value})
		case transform.OperationTerm:
			name, rank := operationName(t.Operation)
			last := len(stack) - 1
			left, right := stack[last-1], stack[last]
			if left.rank < rank || right.rank <= rank {
				return "", false
			}
			stack = append(stack[:last-1], operand{left.text + "_" + name + "_" + right.text, rank})
		}
	}
	return stack[0].text, true
}

func operationName(o transform.Operation) (name string, rank int) {
	for name, known := range operations {
		if known.Operation == o {
			return name, known.rank
		}
	}
	return "", 0
}
