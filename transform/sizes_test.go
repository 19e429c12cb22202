package transform

import (
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/errors"
)

func TestSizes(t *testing.T) {
	sizes := Sizes{Widths: []int{320, 640, 1280}}
	length := func(v float64) Length {
		if v == 0 {
			return Length{}
		}
		return Px(v)
	}
	for _, tt := range []struct {
		w, h, dpr    float64
		fit          Fit
		wantW, wantH float64
	}{
		{0, 0, 0, Cover, 0, 0},
		{320, 0, 0, Cover, 320, 0},
		{1, 0, 0, Cover, 320, 0},
		{321, 0, 0, Cover, 640, 0},
		{320.5, 0, 0, Inside, 640, 0},
		{5000, 0, 0, Cover, 1280, 0},
		{300, 200, 0, Cover, 320, 213}, // 213.33
		{5000, 100, 0, Stretch, 1280, 26},
		{5000, 1, 0, Stretch, 1280, 1},
		{160, 0, 2, Cover, 320, 0},
		{161, 100, 2, Cover, 640, 398}, // 322x200 times 640/322
		{0, 100, 0, Cover, 0, 320},
		{0, 400, 2, Inside, 0, 1280},
		{300, 200, 0, Crop, 300, 200},
		{300, 200, 0, CropPad, 300, 200},
		{300, 200, 0, PadOnly, 320, 213},
	} {
		z := Resize{Width: length(tt.w), Height: length(tt.h), Fit: tt.fit}
		if tt.dpr > 0 {
			z.DPR = Num(tt.dpr)
		}
		before := Plan{Steps: []Step{{Resize: z}}}
		got, err := sizes.Apply(before)
		want := Plan{Steps: []Step{{Resize: Resize{Width: length(tt.wantW), Height: length(tt.wantH), Fit: tt.fit}}}}
		if err != nil || string(got.Key()) != string(want.Key()) {
			t.Errorf("%+v gives %+v, %v", tt, got.Steps[0].Resize, err)
		}
		if before.Steps[0].Resize != z {
			t.Errorf("%+v: the plan that was given changed", tt)
		}
		strict := sizes
		strict.Strict = true
		refused := tt.wantW != tt.w*max(tt.dpr, 1) || tt.wantH != tt.h*max(tt.dpr, 1) || tt.fit == Crop || tt.fit == CropPad
		if _, err := strict.Apply(before); errors.Is(err, errors.BadTransform) != refused || refused && !strings.HasSuffix(errors.From(err).Message, "in pixels: 320, 640, 1280") {
			t.Errorf("%+v, strictly: %v", tt, err)
		}
	}
}

// What depends on the image stays as it is, and is refused strictly. So it is in each
// branch of a choice and each link of a chain, and not in layers.
func TestSizesInside(t *testing.T) {
	half := Resize{Width: Fraction(0.5)}
	computed := Resize{Width: Px(300), DPR: Number{given: true, expression: "x"}}
	odd, even := Resize{Width: Px(300)}, Resize{Width: Px(320)}
	plan := func(z Resize) Plan {
		return Plan{Steps: []Step{
			{Resize: z, Layers: []Layer{{Steps: []Step{{Resize: odd}}}}},
			{Choice: &Choice{Then: Branch{Steps: []Step{{Resize: z}}}, Else: Branch{Steps: []Step{{Resize: z}}}}},
		}}
	}
	loose, strict := Sizes{Widths: []int{320}}, Sizes{Widths: []int{320}, Strict: true}
	for _, tt := range []struct {
		z, want Resize
		refused bool
	}{{odd, even, true}, {even, even, false}, {half, half, true}, {computed, computed, true}} {
		got, err := loose.Apply(plan(tt.z))
		if err != nil || got.Steps[0].Resize != tt.want || got.Steps[1].Choice.Then.Steps[0].Resize != tt.want || got.Steps[1].Choice.Else.Steps[0].Resize != tt.want {
			t.Errorf("%+v gives %+v, %v", tt.z, got, err)
		}
		if got.Steps[0].Layers[0].Steps[0].Resize != odd {
			t.Errorf("a layer becomes %+v", got.Steps[0].Layers[0].Steps[0].Resize)
		}
		if _, err := strict.Apply(plan(tt.z)); errors.Is(err, errors.BadTransform) != tt.refused {
			t.Errorf("%+v, strictly: %v", tt.z, err)
		}
	}
	if got, err := (Sizes{}).Apply(plan(odd)); err != nil || got.Steps[0].Resize != odd {
		t.Errorf("without sizes: %+v, %v", got, err)
	}
}
