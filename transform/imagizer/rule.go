package imagizer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
)

// Rule restricts the values of a parameter. All fields that are set must
// hold. In JSON it may also be an array, which is Enum.
type Rule struct {
	// The smallest and the largest number.
	Min *float64 `json:"min,omitempty"`
	Max *float64 `json:"max,omitempty"`

	// The accepted values; numbers are compared as numbers, other values as
	// text.
	Enum []string `json:"enum,omitempty"`

	// A regular expression (RE2) that must match somewhere in the value; with ^
	// and $ around it, the whole value.
	Regex string `json:"regex,omitempty"`

	// The distance between accepted numbers, counted from Min, or from 0.
	Step float64 `json:"step,omitempty"`
}

// UnmarshalJSON parses an object, or an array of values, which may be JSON
// numbers. An unknown key is an error.
func (r *Rule) UnmarshalJSON(text []byte) error {
	type plain Rule
	object := struct {
		*plain
		Enum []any `json:"enum"`
	}{plain: (*plain)(r)}
	into := any(&object)
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("[")) {
		into = &object.Enum
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	r.Enum = nil
	for _, v := range object.Enum {
		switch v.(type) {
		case string, json.Number, bool:
			r.Enum = append(r.Enum, fmt.Sprint(v))
		default:
			return fmt.Errorf("enum has %v; it takes texts and numbers", v)
		}
	}
	return nil
}

// rule is a compiled Rule.
type rule struct {
	Rule
	regex *regexp.Regexp
}

func (r Rule) compile() (rule, error) {
	c := rule{Rule: r}
	switch {
	case r.Min == nil && r.Max == nil && len(r.Enum) == 0 && r.Regex == "" && r.Step == 0:
		return rule{}, errors.New("the rule is empty; it takes min, max, enum, regex or step")
	case r.Min != nil && r.Max != nil && *r.Min > *r.Max:
		return rule{}, fmt.Errorf("min is %v, more than max, %v", *r.Min, *r.Max)
	case r.Step < 0 || !(r.Step <= math.MaxFloat64):
		return rule{}, fmt.Errorf("step is %v; it takes a number above 0", r.Step)
	}
	if r.Regex == "" {
		return c, nil
	}
	var err error
	if c.regex, err = regexp.Compile(r.Regex); err != nil {
		return rule{}, fmt.Errorf("regex: %w", err)
	}
	return c, nil
}

// refuses returns what the rule accepts instead of a value; empty if it
// accepts the value.
func (r rule) refuses(text string) string {
	v, isNumber := number(text)
	switch {
	case r.Min != nil && !(isNumber && v >= *r.Min):
		return fmt.Sprintf("%v or more", *r.Min)
	case r.Max != nil && !(isNumber && v <= *r.Max):
		return fmt.Sprintf("%v or less", *r.Max)
	case r.Step > 0 && !(isNumber && r.isStep(v)):
		if r.Min != nil {
			return fmt.Sprintf("%v and then steps of %v", *r.Min, r.Step)
		}
		return fmt.Sprintf("multiples of %v", r.Step)
	case len(r.Enum) > 0 && !slices.ContainsFunc(r.Enum, func(one string) bool {
		n, is := number(one)
		return one == text || is && isNumber && n == v
	}):
		return strings.Join(r.Enum, ", ")
	case r.regex != nil && !r.regex.MatchString(text):
		return "values matching " + r.Regex
	}
	return ""
}

// isStep tolerates the binary rounding of decimal fractions.
func (r rule) isStep(v float64) bool {
	if r.Min != nil {
		v -= *r.Min
	}
	steps := v / r.Step
	return math.Abs(steps-math.Round(steps)) < 1e-6
}
