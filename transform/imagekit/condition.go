package imagekit

import (
	"fmt"
	"strings"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
)

// maxTests limits the tests of a condition.
const maxTests = 16

// properties are what a condition can test (ImageKit, "Conditional
// transformations").
var properties = map[string]transform.Fact{
	"w": transform.Width, "h": transform.Height, "ar": transform.Aspect,
	"iw": transform.InitialWidth, "ih": transform.InitialHeight, "iar": transform.InitialAspect,
}

var comparisons = map[string]transform.Comparison{
	"eq": transform.Equal, "ne": transform.NotEqual,
	"gt": transform.Greater, "gte": transform.GreaterOrEqual,
	"lt": transform.Less, "lte": transform.LessOrEqual,
}

// readChoice reads a block that begins with `if-condition`.
func (s *step) readChoice(it item, condition string) error {
	when, err := parseCondition(condition)
	if err != nil {
		return errors.New(errors.BadTransform, "if is %s: %v", errors.Quote(condition), err)
	}
	c := transform.Choice{When: when}
	if c.Then, err = s.branch(it.body); err != nil {
		return err
	}
	if c.Else, err = s.branch(it.orElse); err != nil {
		return err
	}
	s.Choice = &c
	return nil
}

func (s *step) branch(chain [][]item) (b transform.Branch, err error) {
	inner := *s
	inner.Step, inner.output, inner.says = transform.Step{}, &b.Output, &b.Says
	b.Steps, err = inner.chain(chain)
	return b, err
}

// parseCondition parses tests joined by "and" and "or"; "and" binds tighter.
func parseCondition(text string) (transform.Condition, error) {
	words := strings.Split(text, "_")
	condition := transform.Condition{nil}
	for n := 1; ; n++ {
		if n > maxTests {
			return nil, fmt.Errorf("it has more than %d tests", maxTests)
		}
		test, rest, err := parseTest(words)
		if err != nil {
			return nil, err
		}
		last := len(condition) - 1
		condition[last] = append(condition[last], test)
		if len(rest) == 0 {
			return condition, nil
		}
		switch rest[0] {
		case "and":
		case "or":
			condition = append(condition, nil)
		default:
			return nil, fmt.Errorf("%s is neither and nor or", errors.Quote(rest[0]))
		}
		words = rest[1:]
	}
}

// parseTest parses `property_comparison_value`, and returns the remaining
// words.
func parseTest(words []string) (t transform.Test, rest []string, err error) {
	if len(words) < 3 {
		return t, nil, fmt.Errorf("%s is not a test, such as w_gt_300", errors.Quote(strings.Join(words, "_")))
	}
	fact, ok := properties[words[0]]
	if !ok {
		return t, nil, fmt.Errorf("%s is not a property; the properties are w, h, ar, iw, ih and iar", errors.Quote(words[0]))
	}
	is, ok := comparisons[words[1]]
	if !ok {
		return t, nil, fmt.Errorf("%s is not a comparison; the comparisons are eq, ne, gt, gte, lt and lte", errors.Quote(words[1]))
	}
	value, rest := words[2], words[3:]
	isAspect := fact == transform.Aspect || fact == transform.InitialAspect
	if isAspect && len(rest) > 0 && digits(rest[0]) {
		value, rest = value+"-"+rest[0], rest[1:] // ar_lt_4_3
	}
	v, ok := number(value)
	if !ok && isAspect {
		v, ok = ratio(value)
	}
	switch {
	case !ok && isAspect:
		err = fmt.Errorf("%s is compared with %s; it takes a number, or width-height such as 4-3", words[0], errors.Quote(value))
	case !ok:
		err = fmt.Errorf("%s is compared with %s; it takes a number", words[0], errors.Quote(value))
	}
	return transform.Test{Fact: fact, Is: is, Value: transform.Num(v)}, rest, err
}

func formatCondition(c transform.Condition) string {
	var any []string
	for _, all := range c {
		var tests []string
		for _, t := range all {
			value, _ := t.Value.Constant()
			tests = append(tests, keyOf(properties, t.Fact)+"_"+keyOf(comparisons, t.Is)+"_"+format(value))
		}
		any = append(any, strings.Join(tests, "_and_"))
	}
	return strings.Join(any, "_or_")
}

// keyOf returns the name of a value in a table.
func keyOf[V comparable](names map[string]V, value V) string {
	for name, v := range names {
		if v == value {
			return name
		}
	}
	return ""
}
