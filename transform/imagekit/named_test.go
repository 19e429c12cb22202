package imagekit

import (
	"reflect"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/transform"
)

func withNames(t testing.TB, restrict bool) *Dialect {
	t.Helper()
	d, err := New(Config{RestrictUnnamed: restrict, Named: map[string]Named{
		"thumb":  {Transformation: "w-200,h-200"},
		"chain":  {Transformation: "tr:w-200:rt-90"},
		"Thumb":  {Transformation: "w-20"},
		"_9":     {Transformation: "w-9"},
		"old":    {Transformation: "w-10", Disabled: true},
		"asis":   {Transformation: "orig-true"},
		"output": {Transformation: "f-webp,q-50"},
		"long":   {Transformation: strings.Repeat("w-200,", 1000)},
		"steps":  {Transformation: strings.Repeat("w-200:", 20)},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// A name expands to its text.
func TestNamesStandForTheirText(t *testing.T) {
	d := withNames(t, false)
	for tr, want := range map[string]struct {
		text  string
		named bool
	}{
		"n-thumb":          {"w-200,h-200", true},
		"n-Thumb":          {"w-20", true},
		"n-_9":             {"w-9", true},
		"n-chain":          {"w-200:rt-90", true},
		"n-thumb:n-chain":  {"w-200,h-200:w-200:rt-90", true},
		"n-thumb,n-output": {"w-200,h-200,f-webp,q-50", true},
		"n-thumb,,:":       {"w-200,h-200", true},
		"n-thumb,h-100":    {"w-200,h-100", false},
		"h-100,n-thumb":    {"w-200,h-200", false},
		"n-thumb:rt-90":    {"w-200,h-200:rt-90", false},
		"bl-5,n-chain,q-9": {"bl-5,w-200:rt-90,q-9", false},
		"w-200,h-200":      {"w-200,h-200", false},
		"":                 {"", false},

		// The original itself is not a transformation.
		"n-asis":               {"", false},
		"n-thumb:n-asis":       {"", false},
		"orig-true,n-unknown":  {"", false},
		"n-asis,orig-false":    {"orig-false", false},
		"orig-false,n-thumb":   {"w-200,h-200", false},
		"n-thumb,orig-true,x-": {"", false},
	} {
		asked, err := d.parseChain(tr, transform.Plan{})
		got, named := asked.Plan, asked.Named
		plain, errPlain := parseChain(want.text)
		if err != nil || errPlain != nil {
			t.Errorf("%s: %v, %v", tr, err, errPlain)
			continue
		}
		if !reflect.DeepEqual(got.Key(), plain.Key()) || got.IsZero() != plain.IsZero() || named != want.named {
			t.Errorf("%s gives %s, named %t; want %s, %t", tr, got.Key(), named, plain.Key(), want.named)
		}
		if Print(got) != Print(plain) {
			t.Errorf("%s prints as %s, want %s", tr, Print(got), Print(plain))
		}
	}
}

// Names inside of blocks are written out too.
func TestNamesInBlocks(t *testing.T) {
	chain, err := parse("if-ar_gt_1,n-thumb,if-else,n-chain,if-end:l-image,i-a,n-thumb,l-image,n-_9,l-end,l-end")
	if err != nil {
		t.Fatal(err)
	}
	length := 0
	got, err := withNames(t, false).writeOut(chain, &length)
	if err != nil {
		t.Fatal(err)
	}
	want, err := parse("if-ar_gt_1,w-200,h-200,if-else,w-200:rt-90,if-end:l-image,i-a,w-200,h-200,l-image,w-9,l-end,l-end")
	if err != nil {
		t.Fatal(err)
	}
	if draw(got) != draw(want) || length != 2*len("w-200,h-200")+len("w-200:rt-90")+len("w-9") {
		t.Errorf("gives %s with %d bytes\nwant  %s", draw(got), length, draw(want))
	}
	if onlyNames(chain) {
		t.Error("a block of one's own counts as named")
	}
}

func TestNamesRefused(t *testing.T) {
	const restricted = "; this server takes named transformations (n-) only"
	tests := []struct {
		restrict bool
		tr, want string
	}{
		{false, "n-foo", `EINVAL - n is "foo", which is not the name of a transformation`},
		{false, "n-THUMB", `EINVAL - n is "THUMB", which is not the name of a transformation`},
		{false, "n-", `EINVAL - n is "", which is not the name of a transformation`},
		{false, "n", `EINVAL - n has no value; it takes the name of a transformation that the server has`},
		{false, "n-old", `EINVAL - n is "old", a named transformation that is disabled`},
		{false, "w-1:n-foo", `EINVAL - n is "foo", which is not the name of a transformation`},
		{false, "n-thumb,w-abc", `EINVAL - w is "abc"; it takes pixels, or a part of the original's width between 0 and 1, or an expression`},
		{false, "n-long:n-long", "ELIMIT - The transformation has more than 8192 bytes after its names are expanded"},
		{false, "n-steps:n-steps", "ELIMIT - The transformation has more than 32 steps, including those in its blocks"},

		{true, "w-300", `EINVAL - Bad Image Transformation Request: "w-300" has no name` + restricted},
		{true, "n-thumb,w-300", `EINVAL - Bad Image Transformation Request: "w-300" has no name` + restricted},
		{true, "n-thumb:l-image,n-thumb,l-end", `EINVAL - Bad Image Transformation Request: "l-image" has no name` + restricted},
		{true, "orig-true", `EINVAL - Bad Image Transformation Request: "orig-true" has no name` + restricted},
		{true, "n-foo", `EINVAL - n is "foo", which is not the name of a transformation`},
		{true, "n-thumb", ""},
		{true, "n-thumb:n-chain", ""},
		{true, "", ""},
	}
	for _, tt := range tests {
		_, _, err := withNames(t, tt.restrict).Parse("/a.jpg", "tr="+tt.tr)
		if got := refusal(t, err); got != tt.want {
			t.Errorf("%.40s\ngives %s\nwant  %s", tt.tr, got, tt.want)
		}
	}
}

func TestBadNames(t *testing.T) {
	for _, tt := range []struct{ name, tr, want string }{
		{"a-b", "w-1", `named "a-b": a name consists of letters, digits and underscores`},
		{"", "w-1", `named "": a name consists of letters, digits and underscores`},
		{"é", "w-1", `named "é": a name consists of letters, digits and underscores`},
		{"thumb", "w-abc", `named thumb: w is "abc"; it takes pixels, or a part of the original's width between 0 and 1, or an expression (character 1)`},
		{"thumb", "w-1:l-image,i-a", `named thumb: "l-image" has no l-end; a slash in a value is written @@ (character 5)`},
		{"thumb", "w-1:n-other", "named thumb: it contains a name (n-); it takes the parameters themselves"},
		{"thumb", "if-ar_gt_1,n-other,if-end", "named thumb: it contains a name (n-); it takes the parameters themselves"},
		{"thumb", "", "named thumb: it has no transformation"},
		{"thumb", "tr:,", "named thumb: it has no transformation"},
		{"thumb", strings.Repeat("w-1,", 3000), "named thumb: The transformation has 12000 bytes, more than 8192"},
	} {
		_, err := New(Config{Named: map[string]Named{tt.name: {Transformation: tt.tr}, "other": {Transformation: "w-1", Disabled: true}}})
		if err == nil || err.Error() != tt.want {
			t.Errorf("%q for %.40q gives %v, want %s", tt.name, tt.tr, err, tt.want)
		}
	}
	if _, err := New(Config{RestrictUnnamed: true}); err == nil || err.Error() != "restrict_unnamed needs named transformations" {
		t.Errorf("restrict_unnamed without names gives %v", err)
	}
}
