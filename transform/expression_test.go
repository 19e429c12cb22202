package transform

import (
	"math"
	"strings"
	"testing"
)

// postfix makes an expression of float64s, Facts and Operations.
func postfix(t testing.TB, terms ...any) Number {
	t.Helper()
	n, ok := Expression(termsOf(terms)...)
	if !ok {
		t.Fatalf("%v is not an expression", terms)
	}
	return n
}

func termsOf(words []any) []Term {
	var terms []Term
	for _, w := range words {
		switch w := w.(type) {
		case float64:
			terms = append(terms, Term{Value: w})
		case Fact:
			terms = append(terms, Term{Kind: FactTerm, Fact: w})
		case Operation:
			terms = append(terms, Term{Kind: OperationTerm, Operation: w})
		}
	}
	return terms
}

// A layer of 300x200, made from an original of 1200x600, on an image of
// 800x500.
var onBase = Facts{Size: Size{300, 200}, Initial: Size{1200, 600}, Base: Size{800, 500}}

func TestExpression(t *testing.T) {
	tests := []struct {
		terms []any
		want  float64
	}{
		{[]any{Width}, 300},
		{[]any{Height}, 200},
		{[]any{Aspect}, 1.5},
		{[]any{InitialWidth}, 1200},
		{[]any{InitialHeight}, 600},
		{[]any{InitialAspect}, 2},
		{[]any{BaseWidth}, 800},
		{[]any{BaseHeight}, 500},
		{[]any{BaseAspect}, 1.6},
		{[]any{Width, 7.0, Add}, 307},
		{[]any{Width, 7.0, Subtract}, 293},
		{[]any{Width, 0.5, Multiply}, 150},
		{[]any{Width, 8.0, Divide}, 37.5},
		{[]any{Width, 7.0, Modulo}, 6},
		{[]any{Width, 2.0, Power}, 90000},
		{[]any{7.0, Width, Subtract}, -293},
		{[]any{Width, Height, 2.0, Multiply, Subtract}, -100},
		{[]any{Width, Height, Subtract, 2.0, Multiply}, 200},
		{[]any{2.0, 3.0, 2.0, Multiply, Power}, 64},
		{[]any{-7.5, 2.0, Modulo}, -1.5},
		{[]any{4.0}, 4},
	}
	for _, tt := range tests {
		n := postfix(t, tt.terms...)
		if got := n.In(onBase); got != tt.want || !n.IsSet() {
			t.Errorf("%v is %v, want %v", tt.terms, got, tt.want)
		}
		if again, ok := Expression(n.Terms()...); !ok || again != n {
			t.Errorf("%v has the terms %v", tt.terms, n.Terms())
		}
	}
}

func TestConstantExpressionIsTheConstant(t *testing.T) {
	if n := postfix(t, 600.0, 2.0, Divide); n != Num(300) {
		t.Errorf("600/2 is %v", n)
	}
	if v, ok := Num(0).Constant(); v != 0 || !ok {
		t.Error("0 is not a constant")
	}
	for _, n := range []Number{{}, postfix(t, Width), postfix(t, Width, 0.0, Multiply)} {
		if v, ok := n.Constant(); ok {
			t.Errorf("%v is the constant %v", n, v)
		}
	}
	if terms := (Number{}).Terms(); terms != nil {
		t.Errorf("no number has the terms %v", terms)
	}
}

func TestNoExpression(t *testing.T) {
	for _, terms := range [][]any{
		{}, {Add}, {1.0, Add}, {1.0, 2.0}, {Width, 2.0}, {1.0, Add, 2.0}, {1.0, 2.0, Add, Add}, {1.0, 2.0, 3.0, Add},
		{1.0, 0.0, Divide}, {0.0, 0.0, Divide}, {1.0, 0.0, Modulo}, {10.0, 999.0, Power}, {-1.0, 0.5, Power},
		{1.0, 1.0, 0.0, Divide, Divide}, {math.Inf(1)}, {math.NaN()},
	} {
		if n, ok := Expression(termsOf(terms)...); ok {
			t.Errorf("%v is %v", terms, n)
		}
	}
}

// What has no value is not a number, and does not become one further on.
func TestExpressionWithoutValue(t *testing.T) {
	still := Facts{Size: Size{300, 200}, Initial: Size{300, 200}}
	for _, terms := range [][]any{
		{BaseWidth}, {BaseHeight}, {BaseAspect}, {BaseWidth, 0.0, Multiply},
		{Width, 0.0, Divide}, {1.0, Width, 300.0, Subtract, Divide}, {5.0, 1.0, Width, 300.0, Subtract, Divide, Divide},
		{Width, 0.0, Modulo}, {Width, Width, Power, Width, Power},
	} {
		if got := postfix(t, terms...).In(still); !math.IsNaN(got) {
			t.Errorf("%v is %v", terms, got)
		}
	}
	if got := postfix(t, InitialAspect).In(Facts{Size: Size{300, 200}}); !math.IsNaN(got) {
		t.Errorf("of an original of unknown size the aspect is %v", got)
	}
}

func TestFactNames(t *testing.T) {
	seen := map[string]bool{}
	for f := range facts {
		name := Fact(f).String()
		if got, ok := parseTerm(name); name == "" || seen[name] || !ok || got != (Term{Kind: FactTerm, Fact: Fact(f)}) {
			t.Errorf("fact %d, %q, is read as %+v", f, name, got)
		}
		seen[name] = true
	}
}

func TestResolveExpressions(t *testing.T) {
	half := postfix(t, InitialWidth, 2.0, Divide)
	f := Facts{Size: Size{300, 200}, Initial: Size{1201, 600}, Base: Size{800, 500}}
	tests := []struct {
		name string
		step Step
		want func(r Recipe) bool
	}{
		{"a width", Step{Resize: Resize{Width: Pixels(half)}}, // 600.5 x 400.33
			func(r Recipe) bool { return r.Canvas == Size{601, 400} }},
		{"a height", Step{Resize: Resize{Height: Pixels(postfix(t, Height, 3.0, Multiply))}},
			func(r Recipe) bool { return r.Canvas == Size{900, 600} }},
		{"less than a pixel", Step{Resize: Resize{Width: Pixels(postfix(t, Width, 1000.0, Divide))}},
			func(r Recipe) bool { return r.Canvas == Size{1, 1} }},
		{"an aspect", Step{Resize: Resize{Width: Px(160), Aspect: postfix(t, BaseAspect)}},
			func(r Recipe) bool { return r.Canvas == Size{160, 100} }},
		{"a place", Step{Resize: Resize{Width: Px(10), Height: Px(20), Fit: Crop, X: postfix(t, Width, 4.0, Divide), CenterY: postfix(t, Height, 2.0, Divide)}},
			func(r Recipe) bool { return r.Crop == Rect{Point{75, 90}, Size{10, 20}} }},
		{"a scale of the screen", Step{Resize: Resize{Width: Px(100), DPR: postfix(t, Width, 200.0, Divide)}},
			func(r Recipe) bool { return r.Canvas == Size{150, 100} }},
		{"a border", Step{Border: Border{Width: postfix(t, Width, 0.05, Multiply)}},
			func(r Recipe) bool { return r.Border == 15 }},
		{"a border of nothing", Step{Border: Border{Width: postfix(t, Width, 300.0, Subtract)}},
			func(r Recipe) bool { return r.Border == 0 }},
		{"no height beside an aspect without say", Step{Resize: Resize{Width: Px(5), Height: Px(5), Aspect: postfix(t, Width, 0.0, Divide)}},
			func(r Recipe) bool { return r.Canvas == Size{5, 5} }},
	}
	for _, tt := range tests {
		if r, err := Resolve(tt.step, f); err != nil || !tt.want(r) {
			t.Errorf("%s: %+v, %v", tt.name, r, err)
		}
	}
}

func TestResolveRefusesExpressions(t *testing.T) {
	f := Facts{Size: Size{300, 200}, Initial: Size{300, 200}}
	negative := postfix(t, 100.0, Width, Subtract)
	nothing := postfix(t, Width, 300.0, Subtract)
	impossible := postfix(t, 1.0, Width, 300.0, Subtract, Divide)
	cropped := func(x, y, xc, yc Number) Step {
		return Step{Resize: Resize{Width: Px(5), Height: Px(5), Fit: Crop, X: x, Y: y, CenterX: xc, CenterY: yc}}
	}
	none := Number{}
	tests := []struct {
		step Step
		want string
	}{
		{Step{Resize: Resize{Width: Pixels(negative)}}, "EINVAL - The width is -200 for this image; it must be more than 0"},
		{Step{Resize: Resize{Height: Pixels(nothing)}}, "EINVAL - The height is 0 for this image; it must be more than 0"},
		{Step{Resize: Resize{Width: Px(5), Aspect: nothing}}, "EINVAL - The aspect ratio is 0 for this image; it must be more than 0"},
		{Step{Resize: Resize{Width: Pixels(impossible)}}, "EINVAL - The width cannot be computed for this image: it divides by 0 or is too large"},
		{Step{Resize: Resize{Width: Px(5), DPR: nothing}}, "EINVAL - dpr is 0 for this image; it must be at least 0.1"},
		{Step{Resize: Resize{Width: Px(5), DPR: postfix(t, Width)}}, "EINVAL - dpr is 300 for this image; it must be at most 5"},
		{Step{Border: Border{Width: negative}}, "EINVAL - The border's width is -200 for this image; it must be at least 0"},
		{cropped(negative, none, none, none), "EINVAL - x is -200 for this image; it must be at least 0"},
		{cropped(none, impossible, none, none), "EINVAL - y cannot be computed"},
		{cropped(none, none, impossible, none), "EINVAL - xc cannot be computed"},
		{cropped(none, none, none, negative), "EINVAL - yc is -200"},
		{Step{Rotate: impossible}, "EINVAL - The rotation cannot be computed"},
		{Step{Opacity: negative}, "EINVAL - The opacity is -200"},
		{Step{Effects: Effects{Blur: negative}}, "EINVAL - The blur is -200"},
		{Step{Corners: Corners{TopLeft: Radius{Px: negative}}}, "EINVAL - The corner's radius is -200"},
	}
	for _, tt := range tests {
		if _, err := Resolve(tt.step, f); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%+v\ngives %v\nwant  %s", tt.step, err, tt.want)
		}
	}
}

// A number that is too large meets the limits.
func TestEnormousExpression(t *testing.T) {
	r, err := Resolve(Step{Resize: Resize{Width: Pixels(postfix(t, Width, 9.0, Power))}}, plant)
	if err != nil {
		t.Fatal(err)
	}
	if (Limits{MaxPixels: DefaultMaxPixels, MaxDimension: DefaultMaxDimension}).CheckRecipe(r, Size{}, 1) == nil {
		t.Errorf("%+v passes the limits", r)
	}
}

func TestKeyOfExpressions(t *testing.T) {
	half := Step{Resize: Resize{Width: Pixels(postfix(t, InitialWidth, 2.0, Divide))}}
	if got, want := keyOf(half), " w(initialwidth 2 /) fit1 focus0"; !strings.HasPrefix(got, want) {
		t.Errorf("the key is %q, want %q", got, want)
	}
}
