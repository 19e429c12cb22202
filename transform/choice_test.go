package transform

import (
	"reflect"
	"testing"
)

func TestComparisons(t *testing.T) {
	tests := []struct {
		is                  Comparison
		less, equal, bigger bool
	}{
		{Equal, false, true, false},
		{NotEqual, true, false, true},
		{Greater, false, false, true},
		{GreaterOrEqual, false, true, true},
		{Less, true, false, false},
		{LessOrEqual, true, true, false},
	}
	for _, tt := range tests {
		for width, want := range map[int]bool{99: tt.less, 100: tt.equal, 101: tt.bigger} {
			c := Condition{{{Width, tt.is, Num(100)}}}
			if got := c.Holds(Facts{Size: Size{width, 1}}); got != want {
				t.Errorf("%d %s 100 is %t", width, comparisons[tt.is].sign, got)
			}
		}
	}
}

// Four thirds are four thirds, however large the image is.
func TestAspectsAreExact(t *testing.T) {
	c := Condition{{{Aspect, Equal, Num(4.0 / 3)}}}
	for _, s := range []Size{{4, 3}, {400, 300}, {1024, 768}, {65532, 49149}} {
		if !c.Holds(Facts{Size: s}) {
			t.Errorf("%v is not 4 to 3", s)
		}
	}
	if c.Holds(Facts{Size: Size{1333, 1000}}) {
		t.Error("1333 to 1000 is 4 to 3")
	}
}

func TestFactsOfConditions(t *testing.T) {
	f := Facts{Size: Size{300, 200}, Initial: Size{1200, 600}}
	for fact, v := range map[Fact]float64{Width: 300, Height: 200, Aspect: 1.5, InitialWidth: 1200, InitialHeight: 600, InitialAspect: 2} {
		if c := (Condition{{{fact, Equal, Num(v)}}}); !c.Holds(f) {
			t.Errorf("%s is not %v", fact, v)
		}
	}
}

func TestCondition(t *testing.T) {
	is := func(v int) Test { return Test{Width, Equal, Num(float64(v))} }
	yes, no := is(7), is(8)
	tests := []struct {
		c    Condition
		want bool
	}{
		{Condition{{yes}}, true},
		{Condition{{no}}, false},
		{Condition{{yes, yes}}, true},
		{Condition{{yes, no}}, false},
		{Condition{{no, yes}}, false},
		{Condition{{no}, {yes}}, true},
		{Condition{{yes, no}, {yes}}, true},
		{Condition{{yes, no}, {no, yes}}, false},
		{Condition{}, false},
	}
	for _, tt := range tests {
		if got := tt.c.Holds(Facts{Size: Size{7, 5}}); got != tt.want {
			t.Errorf("%s is %t", tt.c.key(), got)
		}
		c := Choice{When: tt.c, Then: Branch{Says: WishQuality}}
		if got := c.Made(Facts{Size: Size{7, 5}}).Says == WishQuality; got != tt.want {
			t.Errorf("%s chooses the first: %t", tt.c.key(), got)
		}
	}
}

func TestConditionChanges(t *testing.T) {
	expression := postfix(t, Width, 2.0, Divide)
	for c, want := range map[*Condition]bool{
		{{{Width, Equal, Num(1)}}}:                                     true,
		{{{Height, Equal, Num(1)}}}:                                    true,
		{{{InitialWidth, Less, Num(1)}, {Aspect, Equal, Num(1)}}}:      true,
		{{{InitialWidth, Less, Num(1)}}, {{InitialAspect, 0, Num(1)}}}: false,
		{{{InitialWidth, Less, expression}}}:                           true,
	} {
		if got := c.Changes(); got != want {
			t.Errorf("%s changes: %t", c.key(), got)
		}
	}
}

func TestOutputOfABranch(t *testing.T) {
	plan := Output{Format: PNG, Quality: 50, Progressive: true, Metadata: true}
	tests := []struct {
		b    Branch
		want Output
	}{
		{Branch{}, plan},
		{Branch{Output: Output{Quality: 9}}, plan},
		{Branch{Says: WishQuality, Output: Output{Quality: 9, Format: GIF}}, Output{Format: PNG, Quality: 9, Progressive: true, Metadata: true}},
		{Branch{Says: WishFormat}, Output{Quality: 50, Progressive: true, Metadata: true}},
		{Branch{Says: WishProgressive | WishLossless, Output: Output{Lossless: true}}, Output{Format: PNG, Quality: 50, Lossless: true, Metadata: true}},
	}
	for _, tt := range tests {
		if got := tt.b.Over(plan); got != tt.want {
			t.Errorf("%+v gives %+v, want %+v", tt.b, got, tt.want)
		}
	}
}

// Equal choices have one key.
func TestCanonicalChoices(t *testing.T) {
	wide, tall := Test{Width, Greater, Num(5)}, Test{Height, Greater, Num(5)}
	small := Branch{Steps: []Step{{Resize: Resize{Width: Px(9)}}}}
	choice := func(when Condition, then, otherwise Branch) Step {
		return Step{Choice: &Choice{When: when, Then: then, Else: otherwise}}
	}
	tests := []struct {
		name string
		a, b Step
	}{
		{"and", choice(Condition{{wide, tall}}, small, Branch{}), choice(Condition{{tall, wide}}, small, Branch{})},
		{"or", choice(Condition{{wide}, {tall}}, small, Branch{}), choice(Condition{{tall}, {wide}}, small, Branch{})},
		{"twice", choice(Condition{{wide, wide}, {wide}}, small, Branch{}), choice(Condition{{wide}}, small, Branch{})},
		{"unsaid", choice(Condition{{wide}}, small, Branch{Output: Output{Quality: 3}}), choice(Condition{{wide}}, small, Branch{})},
		{"idle", choice(Condition{{wide}}, Branch{Steps: []Step{{}}}, Branch{Steps: []Step{choice(Condition{{tall}}, Branch{}, Branch{})}}), Step{}},
		{"beside other things", Step{Choice: choice(Condition{{wide}}, small, Branch{}).Choice, Flip: Flip{Horizontal: true}}, choice(Condition{{wide}}, small, Branch{})},
	}
	for _, tt := range tests {
		if a, b := keyOf(tt.a), keyOf(tt.b); a != b {
			t.Errorf("%s:\n%s\n%s", tt.name, a, b)
		}
	}
	a, b := choice(Condition{{wide, tall}}, small, Branch{}), choice(Condition{{wide}, {tall}}, small, Branch{})
	if keyOf(a) == keyOf(b) {
		t.Errorf("and is or: %s", keyOf(a))
	}
}

func TestChoicesCrossGob(t *testing.T) {
	want := Plan{Steps: []Step{{Choice: &Choice{
		When: Condition{{{Width, LessOrEqual, Num(5)}, {InitialAspect, Equal, Num(4.0 / 3)}}, {{Height, Greater, Num(0)}}},
		Then: Branch{Steps: []Step{{Resize: Resize{Width: Px(5)}}, {Choice: &Choice{When: Condition{{{}}}, Else: Branch{Says: WishQuality, Output: Output{Quality: 3}}}}}},
		Else: Branch{Says: WishFormat},
	}}}}
	if got := overGob(t, want); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got.Steps[0].Choice, want.Steps[0].Choice)
	}
}

func TestNegotiates(t *testing.T) {
	to := func(f Format, says Wish) []Step {
		return []Step{{Choice: &Choice{When: Condition{{{Value: Num(1)}}}, Else: Branch{Output: Output{Format: f}, Says: says}}}}
	}
	tests := []struct {
		p    Plan
		want bool
	}{
		{Plan{}, true},
		{Plan{Output: Output{Format: PNG}}, false},
		{Plan{Output: Output{Format: PNG}, Steps: to(WebP, WishFormat)}, false},
		{Plan{Output: Output{Format: PNG}, Steps: to(FormatAuto, 0)}, false},
		{Plan{Output: Output{Format: PNG}, Steps: to(FormatAuto, WishFormat)}, true},
		{Plan{Output: Output{Format: PNG}, Steps: []Step{{Choice: &Choice{Then: Branch{Steps: to(FormatAuto, WishFormat)}}}}}, true},
		{Plan{Steps: to(WebP, WishFormat)}, true},
	}
	for _, tt := range tests {
		if got := tt.p.Negotiates(); got != tt.want {
			t.Errorf("%s negotiates: %t", tt.p.Key(), got)
		}
		if got := tt.p.Chooses(); got != (len(tt.p.Steps) > 0) {
			t.Errorf("%s chooses: %t", tt.p.Key(), got)
		}
	}
	inLayer := Plan{Steps: []Step{{Layers: []Layer{{Steps: to(WebP, WishFormat)}}}}}
	if !inLayer.Chooses() {
		t.Error("a choice in a layer is none")
	}
}
