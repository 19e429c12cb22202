package transform

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// variants are copies of base that differ from it in one field each, by the
// field's path.
func variants[T any](t *testing.T, base T) map[string]T {
	t.Helper()
	all := map[string]T{}
	var walk func(v reflect.Value, path string, whole *T)
	walk = func(v reflect.Value, path string, whole *T) {
		add := func(name string, other any) {
			before := reflect.New(v.Type()).Elem()
			before.Set(v)
			v.Set(reflect.ValueOf(other).Convert(v.Type()))
			if v.Equal(before) {
				t.Fatalf("%s: the base has the value of the test", path)
			}
			all[path+name] = *whole
			v.Set(before)
		}
		switch v.Interface().(type) {
		case Number:
			add("", Num(7.25))
			add("/expression", postfix(t, InitialWidth, 7.25, Divide))
			return
		case Length:
			add("", Px(7.25))
			add("/fraction", Fraction(7.25))
			return
		}
		switch v.Kind() {
		case reflect.Bool:
			add("", !v.Bool())
		case reflect.Int, reflect.Uint8, reflect.Float64:
			add("", 3)
		case reflect.String:
			add("", "three")
		case reflect.Slice, reflect.Pointer: // have tests of their own
		case reflect.Struct:
			for i := range v.NumField() {
				walk(v.Field(i), path+"."+v.Type().Field(i).Name, whole)
			}
		case reflect.Array:
			for i := range v.Len() {
				walk(v.Index(i), fmt.Sprintf("%s[%d]", path, i), whole)
			}
		default:
			t.Fatalf("%s: this test does not know %s", path, v.Type())
		}
	}
	whole := base
	walk(reflect.ValueOf(&whole).Elem(), "", &whole)
	return all
}

// Whatever a layer or a choice says changes the key.
func TestKeyReadsLayersAndChoices(t *testing.T) {
	at := Offset{Distance: Num(1)}
	inner := Step{Resize: Resize{Width: Px(9)}}
	layer := Layer{Steps: []Step{inner}, Place: Place{Left: at, Top: at, CenterX: at, CenterY: at}}
	keys := map[string]string{}
	add := func(name string, s Step) {
		key := keyOf(s)
		if other, ok := keys[key]; ok {
			t.Errorf("%s has the key of %s:\n%s", name, other, key)
		}
		keys[key] = name
	}
	add("nothing", Step{})
	add("a layer", Step{Layers: []Layer{layer}})
	add("two layers", Step{Layers: []Layer{layer, layer}})
	add("a layer on a layer", Step{Layers: []Layer{{Steps: []Step{{Layers: []Layer{layer}}}}}})
	for path, l := range variants(t, layer) {
		add("Layer"+path, Step{Layers: []Layer{l}})
	}
	layer.Steps = nil
	add("an untouched layer", Step{Layers: []Layer{layer}})

	wide, tall := Test{Fact: Width, Value: Num(5)}, Test{Fact: Height, Value: Num(5)}
	branch := Branch{Steps: []Step{inner}}
	choice := func(name string, c Choice) { add(name, Step{Choice: &c}) }
	choice("a choice", Choice{When: Condition{{wide}}, Then: branch})
	choice("the other branch", Choice{When: Condition{{wide}}, Else: branch})
	choice("a branch's output", Choice{When: Condition{{wide}}, Then: Branch{Steps: branch.Steps, Output: Output{Quality: 5}, Says: WishQuality}})
	choice("automatic again", Choice{When: Condition{{wide}}, Then: Branch{Steps: branch.Steps, Says: WishFormat}})
	choice("baseline again", Choice{When: Condition{{wide}}, Then: Branch{Steps: branch.Steps, Says: WishProgressive}})
	choice("and", Choice{When: Condition{{wide, tall}}, Then: branch})
	choice("or", Choice{When: Condition{{wide}, {tall}}, Then: branch})
	for path, test := range variants(t, wide) {
		choice("Test"+path, Choice{When: Condition{{test}}, Then: branch})
	}
}

func keyOf(steps ...Step) string { return string(Plan{Steps: steps}.Key()) }

func TestKeyReadsThePage(t *testing.T) {
	keys := map[string]int{}
	for page := range 4 {
		p := Plan{Page: page}
		if p.IsZero() != (page == 0) || p.Draws() != (page > 0) {
			t.Errorf("page %d is nothing: %t", page, p.IsZero())
		}
		if other, ok := keys[string(p.Key())]; ok {
			t.Errorf("pages %d and %d have one key", other, page)
		}
		keys[string(p.Key())] = page
		if got := overGob(t, p); got.Page != page {
			t.Errorf("page %d became %d", page, got.Page)
		}
	}
}

// How an image is drawn is part of the key of what is drawn, and is not a
// plan by itself.
func TestKeyReadsHowToOpen(t *testing.T) {
	drawn := Plan{Steps: []Step{{}}}
	for _, p := range []Plan{{Still: true}, {AsStored: true}} {
		if !p.IsZero() || len(p.Key()) != 0 {
			t.Errorf("%+v alone is a plan", p)
		}
		p.Steps = drawn.Steps
		if string(p.Key()) == string(drawn.Key()) {
			t.Errorf("%+v has the key of one without", p)
		}
	}
	if a, b := (Plan{Page: 2}), (Plan{Page: 2, Still: true}); string(a.Key()) != string(b.Key()) {
		t.Error("a page of an animation is still anyway")
	}
}

// A field changes the key, and has no say where it is listed.
func TestKeyReadsEveryField(t *testing.T) {
	const (
		width, height = ".Resize.Width", ".Resize.Height"
		aspect        = ".Resize.Aspect"
		enlarge       = ".Resize.NoEnlarge"
		x, y          = ".Resize.X", ".Resize.Y"
		xc, yc        = ".Resize.CenterX", ".Resize.CenterY"
		px, py        = ".Resize.PointX", ".Resize.PointY"
	)
	whole := Step{
		Trim:       Trim{On: true, Threshold: 20},
		Effects:    Effects{Sharpen: Sharpen{On: true}},
		Border:     Border{Width: Num(2)},
		Background: Background{On: true},
	}
	whole.Resize = Resize{Width: Px(50), Aspect: Num(2)}
	cropping := whole
	cropping.Resize.Fit = Crop
	pointed := whole
	pointed.Resize.Focus, pointed.Resize.PointX, pointed.Resize.PointY = FocusPoint, Num(0.5), Num(0.5)
	boxed := whole
	boxed.Resize = box(Pad, 50, 50)
	follows := whole
	follows.Resize = Resize{Width: Px(50)}

	tests := []struct {
		name       string
		base       Step
		irrelevant []string
	}{
		{"nothing asked", Step{}, []string{
			".Trim.Threshold",
			aspect, ".Resize.Fit", enlarge, ".Resize.Focus", x, y, xc, yc, px, py, ".Resize.DPR",
			".Effects.Sharpen.Amount",
			".Border.Color.R", ".Border.Color.G", ".Border.Color.B", ".Border.Color.A",
			".Background.Color.R", ".Background.Color.G", ".Background.Color.B", ".Background.Color.A",
		}},
		{"covering", whole, []string{x, y, xc, yc, px, py}},
		{"covering around a point", pointed, []string{x, y, xc, yc}},
		{"cropping", cropping, []string{enlarge, px, py}},
		{"padding a box", boxed, []string{aspect, x, y, xc, yc, px, py}},
		{"one side of the picture's own shape", follows, []string{".Resize.Fit", ".Resize.Focus", x, y, xc, yc, px, py}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			all := withoutEffects(variants(t, tt.base))
			for path, s := range all {
				changed := keyOf(s) != keyOf(tt.base)
				if want := !slices.Contains(tt.irrelevant, strings.TrimSuffix(path, "/expression")); changed != want {
					t.Errorf("%s changes the key: %t, want %t\n%s", path, changed, want, keyOf(s))
				}
			}
			for _, path := range append(tt.irrelevant, width, height, width+"/fraction") {
				if _, ok := all[path]; !ok {
					t.Errorf("there is no field %s", path)
				}
			}
		})
	}
	for path, o := range variants(t, Output{}) {
		if (Plan{Output: o}).IsZero() || string(Plan{Output: o}.Key()) == keyOf(Step{}) {
			t.Errorf("Output%s does not change the key", path)
		}
	}
}

// Keys of one step, of two in either order, and of all outputs differ.
func TestKeyIsUnambiguous(t *testing.T) {
	seen := map[string]string{}
	see := func(what string, p Plan) {
		t.Helper()
		key := string(p.Key())
		if other, twice := seen[key]; twice {
			t.Errorf("%s and %s have one key, %q", what, other, key)
		}
		seen[key] = what
	}
	step := Step{
		Trim:       Trim{On: true, Threshold: 20},
		Resize:     Resize{Width: Px(50), Aspect: Num(2), Fit: Crop},
		Effects:    Effects{Sharpen: Sharpen{On: true}},
		Border:     Border{Width: Num(2)},
		Background: Background{On: true},
	}
	steps := withoutEffects(variants(t, step))
	maps.DeleteFunc(steps, func(path string, _ Step) bool {
		return path == ".Resize.NoEnlarge" || strings.HasPrefix(path, ".Resize.Point")
	})
	see("original", Plan{})
	see("anew", Plan{Steps: []Step{{}}})
	for path, s := range steps {
		see(path, Plan{Steps: []Step{s}})
		for second, s2 := range steps {
			see(path+" : "+second, Plan{Steps: []Step{s, s2}})
		}
		for name, o := range variants(t, Output{}) {
			see(path+" => "+name, Plan{Steps: []Step{s}, Output: o})
		}
	}
	see("w 1, h 23", Plan{Steps: []Step{{Resize: box(Stretch, 1, 23)}}})
	see("w 12, h 3", Plan{Steps: []Step{{Resize: box(Stretch, 12, 3)}}})
	see("one step of two", Plan{Steps: []Step{{Rotate: Num(90), Effects: Effects{Grayscale: true}}}})
	see("two steps of one", Plan{Steps: []Step{{Rotate: Num(90)}, {Effects: Effects{Grayscale: true}}}})
	see("unsharp 1 23", Plan{Steps: []Step{{Effects: Effects{Unsharp: Unsharp{Radius: 1, Sigma: 23}}}}})
	see("unsharp 12 3", Plan{Steps: []Step{{Effects: Effects{Unsharp: Unsharp{Radius: 12, Sigma: 3}}}}})
}

// Plans that ask for the same have one key, and Resolve agrees.
func TestKeyOfTheSame(t *testing.T) {
	cover := box(Cover, 300, 200)
	with := func(z Resize, change func(*Resize)) Resize {
		change(&z)
		return z
	}
	resize := func(z Resize) []Step { return []Step{{Resize: z}} }
	tests := []struct {
		name string
		a, b []Step
	}{
		{"an empty step", resize(cover), []Step{{}, {Resize: cover}, {}}},
		{"dpr 1", resize(cover), resize(with(cover, func(z *Resize) { z.DPR = Num(1) }))},
		{"dpr without a size", []Step{{}}, resize(Resize{DPR: Num(2)})},
		{"aspect beside both sides", resize(cover), resize(with(cover, func(z *Resize) { z.Aspect = Num(2) }))},
		{"a place that Cover does not read", resize(cover), resize(with(cover, func(z *Resize) { z.X, z.CenterY = Num(2), Num(3) }))},
		{"xc beside x", resize(with(box(Crop, 9, 9), func(z *Resize) { z.X, z.Y = Num(2), Num(3) })),
			resize(with(box(Crop, 9, 9), func(z *Resize) { z.X, z.Y, z.CenterX, z.CenterY = Num(2), Num(3), Num(4), Num(5) }))},
		{"enlarging where nothing is scaled", resize(box(CropPad, 9, 9)), resize(noEnlarge(box(CropPad, 9, 9)))},
		{"focus where nothing is cut", resize(box(Inside, 9, 9)), resize(with(box(Inside, 9, 9), func(z *Resize) { z.Focus = FocusAuto }))},
		{"fit and focus of one side", resize(Resize{Width: Px(9)}), resize(Resize{Width: Px(9), Fit: Pad, Focus: FocusLeft})},
		{"opacity 100", []Step{{Rotate: Num(9)}}, []Step{{Rotate: Num(9), Opacity: Num(100)}}},
		{"rotation by 0", []Step{{}}, []Step{{Rotate: Num(0)}}},
		{"rotation by 360", []Step{{}}, []Step{{Rotate: Num(-360)}}},
		{"rotation counter-clockwise", []Step{{Rotate: Num(270)}}, []Step{{Rotate: Num(-90)}}},
		{"a border of nothing", []Step{{}}, []Step{{Border: Border{Num(0), White}}}},
		{"a border's colour alone", []Step{{}}, []Step{{Border: Border{Color: White}}}},
		{"blur 0", []Step{{}}, []Step{{Effects: Effects{Blur: Num(0)}}}},
		{"radius 0", []Step{{}}, []Step{{Corners: Corners{TopLeft: Radius{Px: Num(0)}}}}},
		{"a radius beside max", []Step{{Corners: Corners{TopLeft: Radius{Max: true}}}}, []Step{{Corners: Corners{TopLeft: Radius{Max: true, Px: Num(4)}}}}},
		{"the usual trim", []Step{{Trim: Trim{On: true}}}, []Step{{Trim: Trim{On: true, Threshold: DefaultTrim}}}},
		{"trim's threshold alone", []Step{{}}, []Step{{Trim: Trim{Threshold: 4}}}},
		{"a background's colour alone", []Step{{}}, []Step{{Background: Background{Color: White}}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if a, b := keyOf(tt.a...), keyOf(tt.b...); a != b {
				t.Errorf("the keys are %q and %q", a, b)
			}
			if a, b := recipes(t, tt.a), recipes(t, tt.b); !slices.Equal(a, b) {
				t.Errorf("the recipes are %+v and %+v", a, b)
			}
			if a, b := (Plan{Steps: tt.a}).Draws(), (Plan{Steps: tt.b}).Draws(); a != b {
				t.Errorf("Draws is %t and %t", a, b)
			}
		})
	}
}

// recipes returns those of the steps that do something.
func recipes(t *testing.T, steps []Step) []Recipe {
	t.Helper()
	idle, err := Resolve(Step{}, plant)
	if err != nil {
		t.Fatal(err)
	}
	var all []Recipe
	for _, s := range steps {
		r, err := Resolve(s, plant)
		if err != nil {
			t.Fatal(err)
		}
		if r != idle {
			all = append(all, r)
		}
	}
	return all
}

func TestZeroPlan(t *testing.T) {
	var original Plan
	if !original.IsZero() || original.Draws() || len(original.Key()) != 0 {
		t.Errorf("the zero plan: IsZero %t, Draws %t, Key %q", original.IsZero(), original.Draws(), original.Key())
	}
	anew := Plan{Steps: []Step{{}}}
	if anew.IsZero() || anew.Draws() || len(anew.Key()) == 0 {
		t.Errorf("a plan to write anew: IsZero %t, Draws %t, Key %q", anew.IsZero(), anew.Draws(), anew.Key())
	}
	if turned := (Plan{Steps: []Step{{}, {Rotate: Num(1)}}}); turned.IsZero() || !turned.Draws() {
		t.Errorf("a plan to turn: IsZero %t, Draws %t", turned.IsZero(), turned.Draws())
	}
}

// Keys name files that outlive a process: one that changes makes a cache of
// variants worthless.
func TestKeyIsStable(t *testing.T) {
	p := Plan{
		Steps: []Step{
			{Resize: Resize{Width: Fraction(0.5), Height: Px(200), Fit: Crop, X: Num(1e6), DPR: Num(2)}, Rotate: Num(-90)},
			{Border: Border{Num(3), Color{1, 2, 3, 128}}, Corners: Corners{BottomLeft: Radius{Max: true}}, Background: Background{On: true, Color: White}},
		},
		Output: Output{Format: WebP, Quality: 75, Lossless: true},
	}
	const want = " w%0.5 h200 fit5 focus0 x1e+06 dpr2 rotate270\n border3#01020380 blmax bg#ffffffff\nwebp q75 lossless"
	if got := string(p.Key()); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// A DPR is a way to ask for more pixels, unless it depends on the image what
// comes of it.
func TestKeyHasTheDPRInTheSize(t *testing.T) {
	key := func(z Resize) string { return string(Plan{Steps: []Step{{Resize: z}}}.Key()) }
	same := []struct{ a, b Resize }{
		{Resize{Width: Px(200), DPR: Num(2.5)}, Resize{Width: Px(500)}},
		{Resize{Width: Px(200), Height: Px(30), DPR: Num(2)}, Resize{Width: Px(400), Height: Px(60)}},
		{Resize{Width: Px(3000), DPR: Num(2)}, Resize{Width: Px(3000)}}, // more than 5000 pixels
		{Resize{DPR: Num(2)}, Resize{}},
	}
	for _, tt := range same {
		if key(tt.a) != key(tt.b) {
			t.Errorf("%q and %q are not the same", key(tt.a), key(tt.b))
		}
	}
	other := []struct{ a, b Resize }{
		{Resize{Width: Fraction(0.5), DPR: Num(2)}, Resize{Width: Fraction(1)}},
		{Resize{Width: Px(200), DPR: postfix(t, InitialWidth, 100.0, Divide)}, Resize{Width: Px(200)}},
	}
	for _, tt := range other {
		if key(tt.a) == key(tt.b) {
			t.Errorf("%q is of both", key(tt.a))
		}
	}
}
