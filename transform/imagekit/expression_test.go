package imagekit

import (
	"testing"

	"github.com/caddy-images/caddy-images/transform"
)

// value returns a constant, a Fact or an Operation as a term.
func value(t testing.TB, v any) transform.Term {
	t.Helper()
	switch v := v.(type) {
	case float64:
		return transform.Term{Value: v}
	case transform.Fact:
		return transform.Term{Kind: transform.FactTerm, Fact: v}
	case transform.Operation:
		return transform.Term{Kind: transform.OperationTerm, Operation: v}
	}
	t.Fatalf("%v is not a term", v)
	return transform.Term{}
}

func expression(t testing.TB, values ...any) transform.Number {
	t.Helper()
	var terms []transform.Term
	for _, v := range values {
		terms = append(terms, value(t, v))
	}
	n, ok := transform.Expression(terms...)
	if !ok {
		t.Fatalf("%v is not an expression", values)
	}
	return n
}

// layerFacts are those of a layer of 300x200, made from an original of
// 1200x600, on an image of 800x500.
var layerFacts = transform.Facts{
	Size:    transform.Size{Width: 300, Height: 200},
	Initial: transform.Size{Width: 1200, Height: 600},
	Base:    transform.Size{Width: 800, Height: 500},
}

func TestExpressions(t *testing.T) {
	tests := []struct {
		text string
		want float64
	}{
		{"iw", 1200}, {"ih", 600}, {"iar", 2},
		{"cw", 300}, {"ch", 200}, {"car", 1.5},
		{"bw", 800}, {"bh", 500}, {"bar", 1.6},
		{"5", 5}, {"2.50", 2.5},
		{"iw_div_2", 600},
		{"ih_mul_0.5", 300},
		{"10_add_5", 15}, {"10_sub_15", -5}, {"17_mod_5", 2}, {"2_pow_5", 32},

		// Of one rank the left one first.
		{"100_div_5_div_2", 10},
		{"100_div_5_mul_2", 40},
		{"10_sub_3_sub_2", 5},
		{"10_sub_3_add_2", 9},
		{"100_mod_30_mod_7", 3},
		{"2_pow_3_pow_2", 64},

		// mul and div, add and sub, mod, pow.
		{"2_add_3_mul_4", 14},
		{"2_mul_3_add_4", 10},
		{"20_sub_10_div_5", 18},
		{"10_mod_3_add_4", 3},       // 10 mod 7
		{"10_add_4_mod_5", 4},       // 14 mod 5
		{"7_mod_2_mul_2", 3},        // 7 mod 4
		{"2_pow_3_mul_2", 64},       // 2 to the 6
		{"2_mul_3_pow_2", 36},       // 6 to the 2
		{"2_pow_7_mod_4", 8},        // 2 to the 3
		{"2_pow_1_add_2", 8},        // 2 to the 3
		{"1_add_1_pow_2_add_1", 8},  // 2 to the 3
		{"9_mod_5_pow_5_mod_3", 16}, // 4 to the 2
		{"iw_sub_bw_mul_2_add_ch_div_4", 1200 - 1600 + 50},
	}
	for _, tt := range tests {
		n, err := parseExpression(tt.text, onLayer)
		if err != nil || n.In(layerFacts) != tt.want {
			t.Errorf("%s is %v (%v), want %v", tt.text, n.In(layerFacts), err, tt.want)
			continue
		}
		text, ok := formatNumber(n)
		if again, err := parseExpression(text, onLayer); !ok && tt.want >= 0 || tt.want >= 0 && (err != nil || again != n) {
			t.Errorf("%s prints as %s (%t), which gives %v, %v", tt.text, text, ok, again, err)
		}
	}
}

func TestVariablesOfPlaces(t *testing.T) {
	tests := []struct {
		in                         place
		own, base, density, absent bool // iw and cw; bw; idn; idu
	}{{onPicture, true, false, false, false}, {onLayer, true, true, false, false}, {onMadeLayer, false, true, false, false}, {ofDensity, false, false, true, false}}
	for _, tt := range tests {
		for text, want := range map[string]bool{
			"iw": tt.own, "ih": tt.own, "iar": tt.own, "cw": tt.own, "ch": tt.own, "car": tt.own,
			"bw": tt.base, "bh": tt.base, "bar": tt.base, "idu": tt.absent, "bdu": tt.absent, "idn": tt.density, "5_add_1": true,
		} {
			if _, err := parseExpression(text, tt.in); (err == nil) != want {
				t.Errorf("%s in place %d: %v, want %t", text, tt.in, err, want)
			}
		}
	}
}

// Spellings that mean the same are equal.
func TestEqualExpressions(t *testing.T) {
	for _, pair := range [][2]string{
		{"w-iw_div_2", "w-iw_div_2.0"},
		{"w-600_div_2", "w-300"},
		{"w-1_div_2", "w-0.5"},
		{"w-65535_add_1", "w-65536"},
		{"w-3,ar-4_div_3", "w-3,ar-4-3"},
		{"b-2_add_3_red", "b-5_red"},
		{"b-ih_mul_0.05_red", "b-ih_mul_0.05-FF0000"},
		{"x-1_sub_5,w-3,cm-extract", "x-N4,w-3,cm-extract"},
	} {
		a, errA := parseChain(pair[0])
		b, errB := parseChain(pair[1])
		if errA != nil || errB != nil || string(a.Key()) != string(b.Key()) {
			t.Errorf("%s and %s have the keys\n%s\n%s\n%v, %v", pair[0], pair[1], a.Key(), b.Key(), errA, errB)
		}
	}
}

// What ImageKit's expressions cannot say is left out.
func TestPrintNumber(t *testing.T) {
	width := transform.Width
	tests := []struct {
		n    transform.Number
		want string
	}{
		{transform.Number{}, ""},
		{num(-2.5), "N2.5"},
		{expression(t, width), "cw"},
		{expression(t, width, 2.0, transform.Divide), "cw_div_2"},
		{expression(t, width, 2.0, transform.Divide, 3.0, transform.Divide), "cw_div_2_div_3"},
		{expression(t, width, 2.0, 3.0, transform.Divide, transform.Divide), ""},
		{expression(t, width, 2.0, transform.Add, 3.0, transform.Multiply), ""},
		{expression(t, width, 2.0, 3.0, transform.Multiply, transform.Add), "cw_add_2_mul_3"},
		{expression(t, width, 2.0, 3.0, transform.Multiply, transform.Power), "cw_pow_2_mul_3"},
		{expression(t, width, -2.0, transform.Multiply), ""},
	}
	for _, tt := range tests {
		if got, ok := formatNumber(tt.n); got != tt.want || ok != (tt.want != "") {
			t.Errorf("%v prints as %q, %t; want %q", tt.n, got, ok, tt.want)
		}
	}
}
