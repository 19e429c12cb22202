package imagekit

import (
	"reflect"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/transform"
)

func test(f transform.Fact, is transform.Comparison, v float64) transform.Test {
	return transform.Test{Fact: f, Is: is, Value: num(v)}
}

func TestConditions(t *testing.T) {
	wide := test(transform.Width, transform.Greater, 1)
	tests := []struct {
		text string
		want transform.Condition
	}{
		{"w_gt_1", transform.Condition{{wide}}},
		{"h_gte_2.5", transform.Condition{{test(transform.Height, transform.GreaterOrEqual, 2.5)}}},
		{"ar_lt_4-3", transform.Condition{{test(transform.Aspect, transform.Less, 4.0/3)}}},
		{"ar_lt_4_3", transform.Condition{{test(transform.Aspect, transform.Less, 4.0/3)}}},
		{"iar_lte_1.5", transform.Condition{{test(transform.InitialAspect, transform.LessOrEqual, 1.5)}}},
		{"iw_eq_0", transform.Condition{{test(transform.InitialWidth, transform.Equal, 0)}}},
		{"ih_ne_300", transform.Condition{{test(transform.InitialHeight, transform.NotEqual, 300)}}},
		{"w_gt_1_and_w_gt_1", transform.Condition{{wide, wide}}},
		{"w_gt_1_or_w_gt_1", transform.Condition{{wide}, {wide}}},
		{"ar_eq_4_3_and_w_gt_1", transform.Condition{{test(transform.Aspect, transform.Equal, 4.0/3), wide}}},
		{"h_gte_100_and_h_lte_400_or_ar_lt_4-3", transform.Condition{
			{test(transform.Height, transform.GreaterOrEqual, 100), test(transform.Height, transform.LessOrEqual, 400)},
			{test(transform.Aspect, transform.Less, 4.0/3)},
		}},
		{"w_gt_1_or_h_lt_2_and_h_lt_3", transform.Condition{
			{wide}, {test(transform.Height, transform.Less, 2), test(transform.Height, transform.Less, 3)},
		}},
	}
	for _, tt := range tests {
		got, err := parseCondition(tt.text)
		if err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s gives %v, %v; want %v", tt.text, got, err, tt.want)
		}
		if again, err := parseCondition(formatCondition(got)); err != nil || !reflect.DeepEqual(again, got) {
			t.Errorf("%s prints as %s, which gives %v, %v", tt.text, formatCondition(got), again, err)
		}
	}
}

func TestChoices(t *testing.T) {
	when := transform.Condition{{test(transform.Width, transform.Greater, 1)}}
	choice := func(then, otherwise transform.Branch) transform.Step {
		return transform.Step{Choice: &transform.Choice{When: when, Then: then, Else: otherwise}}
	}
	wide := func(w float64) transform.Step { return transform.Step{Resize: resize{Width: px(w)}} }
	does := func(s ...transform.Step) transform.Branch { return transform.Branch{Steps: s} }
	none := transform.Branch{}
	quarter := transform.Step{Rotate: num(90)}
	tests := []struct {
		tr      string
		want    plan
		printed string
	}{
		{"if-w_gt_1,w-2,if-end", plan{Steps: steps{choice(does(wide(2)), none)}}, ""},
		{"if-w_gt_1,w-2,if-else,w-3,if-end", plan{Steps: steps{choice(does(wide(2)), does(wide(3)))}}, ""},
		{"if-w_gt_1,w-2:rt-90,if-else,rt-90:w-3,if-end", plan{Steps: steps{choice(does(wide(2), quarter), does(quarter, wide(3)))}}, ""},
		{"w-4:if-w_gt_1,w-2,if-end:rt-90", plan{Steps: steps{wide(4), choice(does(wide(2)), none), quarter}}, ""},
		{"if-w_gt_1,if-else,w-3,if-end", plan{Steps: steps{choice(none, does(wide(3)))}}, ""},
		{"if-w_gt_1,if-w_gt_1,w-2,if-end:w-3,if-end", plan{Steps: steps{choice(does(choice(does(wide(2)), none), wide(3)), none)}}, ""},
		{"if-w_gt_1,if-end", plan{Steps: steps{choice(none, none)}}, "f-auto"},
		{"if-w_gt_1,w-65536,if-end", plan{Steps: steps{choice(does(transform.Step{}), none)}}, "f-auto"},
		{"if-w_gt_1,q-5,f-auto,w-2,if-else,pr-false,if-end", plan{Steps: steps{choice(
			transform.Branch{Steps: steps{wide(2)}, Output: transform.Output{Quality: 5}, Says: transform.WishQuality | transform.WishFormat},
			transform.Branch{Steps: steps{{}}, Says: transform.WishProgressive},
		)}}, "if-w_gt_1,w-2,f-auto,q-5,if-else,pr-false,if-end"},
		{"q-9:if-w_gt_1,f-webp,lo-true,if-end", plan{Output: transform.Output{Quality: 9}, Steps: steps{{}, choice(
			transform.Branch{Steps: steps{{}}, Output: transform.Output{Format: transform.WebP, Lossless: true}, Says: transform.WishLossless | transform.WishFormat},
			none,
		)}}, "q-9:if-w_gt_1,f-webp,lo-true,if-end"},
		{"if-w_gt_1,w-2,if-end:w-3,q-9,f-png", plan{Output: transform.Output{Quality: 9, Format: transform.PNG}, Steps: steps{choice(does(wide(2)), none), wide(3)}},
			"if-w_gt_1,w-2,if-end:w-3,f-png,q-9"},
		{"w-3:if-w_gt_1,f-orig,if-end:q-9", plan{Output: transform.Output{Quality: 9}, Steps: steps{wide(3), choice(
			transform.Branch{Steps: steps{{}}, Output: transform.Output{Format: transform.FormatOriginal}, Says: transform.WishFormat}, none), {}}},
			"w-3,q-9:if-w_gt_1,f-orig,if-end"},
	}
	for _, tt := range tests {
		got, err := parseChain(tt.tr)
		if err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s\ngives %+v, %v\nwant  %+v", tt.tr, got, err, tt.want)
			continue
		}
		want := tt.printed
		if want == "" {
			want = tt.tr
		}
		if printed := Print(got); printed != want {
			t.Errorf("%s prints as %s, want %s", tt.tr, printed, want)
		}
		checkRoundTrip(t, got)
	}
}

// A condition's branches count towards the steps, wherever they are.
func TestLimitsOfBlocks(t *testing.T) {
	if _, err := parseChain(strings.Repeat("w-1:", maxSteps-3) + "if-w_gt_1,w-2,if-else,w-3,if-end"); err != nil {
		t.Error(err)
	}
	for _, tr := range []string{
		strings.Repeat("w-1:", maxSteps-2) + "if-w_gt_1,w-2,if-else,w-3,if-end",
		"if-w_gt_1," + strings.Repeat("w-1:", maxSteps) + "if-end",
		strings.Repeat("if-w_gt_1,w-2,if-end:", maxSteps/2+1),
		strings.Repeat("if-w_gt_1,", maxNesting+1) + "w-1" + strings.Repeat(",if-end", maxNesting+1),
		strings.Repeat("if-w_gt_1,if-else,", maxNesting+1) + "w-1" + strings.Repeat(",if-end", maxNesting+1),
	} {
		_, err := parseChain(tr)
		if got := refusal(t, err); !strings.HasPrefix(got, "ELIMIT - ") {
			t.Errorf("%s\ngives %s", tr, got)
		}
	}
	nested := strings.Repeat("if-w_gt_1,", maxNesting) + "w-1" + strings.Repeat(",if-end", maxNesting)
	if p, err := parseChain(nested); err != nil || Print(p) != nested {
		t.Errorf("%s gives %v", nested, err)
	}
}

// The vendor's example of precedence, over the sizes around its edges.
func TestVendorsCondition(t *testing.T) {
	c, err := parseCondition("h_gte_100_and_h_lte_400_or_ar_lt_4-3")
	if err != nil {
		t.Fatal(err)
	}
	for s, want := range map[transform.Size]bool{
		{Width: 900, Height: 100}: true, {Width: 900, Height: 400}: true,
		{Width: 900, Height: 99}: false, {Width: 900, Height: 401}: false,
		{Width: 400, Height: 600}: true, {Width: 30, Height: 40}: true,
		{Width: 800, Height: 600}: false, {Width: 799, Height: 600}: true,
	} {
		if got := c.Holds(transform.Facts{Size: s}); got != want {
			t.Errorf("%v: %t", s, got)
		}
	}
}

// Choices stand in layers, and layers in branches.
func TestChoicesAndLayers(t *testing.T) {
	for tr, printed := range map[string]string{
		"if-w_gt_100,l-image,i-a.png,w-bw_div_2,l-end,if-end":                                 "if-w_gt_100,l-image,i-a.png,t-true,w-bw_div_2,l-end,if-end",
		"l-image,i-a.png:if-w_gt_100,w-9,if-else,rt-90:w-8,if-end:fl-h,l-end":                 "l-image,i-a.png,t-true:if-w_gt_100,w-9,if-else,rt-90:w-8,if-end:fl-h,l-end",
		"l-image,if-w_gt_100,w-9,if-end:i-a.png,t-false,l-end":                                "l-image,i-a.png,t-false:if-w_gt_100,w-9,if-end,l-end",
		"l-image,i-a.png:if-w_gt_100,l-image,i-b.png:if-h_lt_5,h-5,if-end,l-end,if-end,l-end": "l-image,i-a.png,t-true:if-w_gt_100,l-image,i-b.png,t-true:if-h_lt_5,h-5,if-end,l-end,if-end,l-end",
	} {
		p, err := parseChain(tr)
		if err != nil || Print(p) != printed {
			t.Errorf("%s\nprints as %s, %v\nwant      %s", tr, Print(p), err, printed)
			continue
		}
		checkRoundTrip(t, p)
	}
	for tr, want := range map[string]string{
		"l-image,i-a.png:if-w_gt_100,lx-5,if-end,l-end":        "EINVAL - lx cannot depend on a condition; move it out of if",
		"l-image,i-a.png:if-w_gt_100,i-b.png,if-end,l-end":     "EINVAL - i cannot depend on a condition; move it out of if",
		"if-w_gt_100,lx-5,if-end":                              "EINVAL - lx belongs in a layer, l-image or l-text",
		"l-image,i-a.png,if-w_gt_100,w-5,if-end,l-end":         "EINVAL - A condition must be a step of its own; put a colon before if and after if-end",
		"if-w_gt_100,l-image,i-a.png,lx-iw_foo_5,l-end,if-end": `EINVAL - lx is "iw_foo_5": "foo" is not an operation; the operations are add, sub, mul, div, mod and pow`,
	} {
		_, err := parseChain(tr)
		if got := refusal(t, err); got != want {
			t.Errorf("%s\ngives %s\nwant  %s", tr, got, want)
		}
	}
}
