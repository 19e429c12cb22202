package transform

import (
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/origin"
)

func rect(x, y, w, h int) Rect { return Rect{Point{x, y}, Size{w, h}} }

func TestFocusArea(t *testing.T) {
	focused := func(z Resize, more ...func(*Resize)) Resize {
		z.Focus = FocusArea
		for _, m := range more {
			m(&z)
		}
		return z
	}
	noEnlarge := func(z *Resize) { z.NoEnlarge = true }
	tests := []struct {
		name   string
		resize Resize
		own    Size
		area   Rect
		crop   Rect
	}{
		// 400x200 becomes 200x100, the area's middle 300 becomes 150.
		{"cover", focused(box(Cover, 100, 100)), Size{400, 200}, rect(280, 0, 40, 10), rect(100, 0, 100, 100)},
		{"cover, in between", focused(box(Cover, 100, 100)), Size{400, 200}, rect(200, 0, 40, 10), rect(60, 0, 100, 100)},
		{"cover, left", focused(box(Cover, 100, 100)), Size{400, 200}, rect(0, 0, 10, 10), rect(0, 0, 100, 100)},
		{"cover, high", focused(box(Cover, 100, 100)), Size{200, 400}, rect(0, 150, 10, 20), rect(0, 30, 100, 100)},
		{"cover, an area wider than the crop", focused(box(Cover, 100, 100)), Size{400, 200}, rect(0, 0, 300, 200), rect(25, 0, 100, 100)},
		{"cover, enlarged", focused(box(Cover, 200, 400)), Size{100, 100}, rect(70, 0, 10, 10), rect(200, 0, 200, 400)},
		{"cover, not enlarged", focused(box(Cover, 50, 400), noEnlarge), Size{100, 100}, rect(30, 50, 21, 10), rect(16, 0, 50, 100)},
		{"extract", focused(box(Crop, 100, 50)), Size{400, 200}, rect(100, 100, 60, 20), rect(80, 85, 100, 50)},
		{"extract, corner", focused(box(Crop, 100, 50)), Size{400, 200}, rect(390, 190, 10, 10), rect(300, 150, 100, 50)},
		{"extract, x given", focused(box(Crop, 100, 50), func(z *Resize) { z.X = Num(7) }), Size{400, 200}, rect(100, 100, 60, 20), rect(7, 85, 100, 50)},
		{"pad_extract", focused(box(CropPad, 100, 300)), Size{400, 200}, rect(100, 100, 60, 20), rect(80, 0, 100, 200)},
		{"pad", focused(box(Pad, 100, 100)), Size{400, 200}, rect(0, 0, 10, 10), rect(0, 0, 100, 50)},
		{"inside", focused(box(Inside, 100, 100)), Size{400, 200}, rect(0, 0, 10, 10), rect(0, 0, 100, 50)},
	}
	for _, tt := range tests {
		for _, focus := range []Focus{FocusArea, FocusAreaOrAuto} {
			tt.resize.Focus = focus
			r, err := Resolve(Step{Resize: tt.resize}, Facts{Size: tt.own, Area: tt.area})
			if err != nil || r.Crop != tt.crop || r.Seek {
				t.Errorf("%s: %v, seeking %t (%v), want %v", tt.name, r.Crop, r.Seek, err, tt.crop)
			}
		}
	}
}

// Without an area nothing is cut; who would take what draws attention gets it.
func TestFocusAreaMissing(t *testing.T) {
	own := Facts{Size: Size{400, 200}}
	for _, fit := range []Fit{Cover, Crop, CropPad} {
		z := box(fit, 100, 100)
		z.Focus = FocusArea
		if _, err := Resolve(Step{Resize: z}, own); err == nil || !strings.Contains(err.Error(), "no custom coordinates") {
			t.Errorf("fit %d gives %v", fit, err)
		}
		z.Focus = FocusAreaOrAuto
		if r, err := Resolve(Step{Resize: z}, own); err != nil || !r.Seek {
			t.Errorf("fit %d seeks %t, %v", fit, r.Seek, err)
		}
	}
	placed := box(Crop, 100, 100)
	placed.Focus, placed.X, placed.CenterY = FocusArea, Num(1), Num(60)
	if r, err := Resolve(Step{Resize: placed}, own); err != nil || r.Crop != rect(1, 10, 100, 100) {
		t.Errorf("a crop that is placed is %v, %v", r.Crop, err)
	}
	for _, fit := range []Fit{Stretch, Inside, Outside, Pad, PadOnly} {
		z := box(fit, 100, 100)
		z.Focus = FocusArea
		if _, err := Resolve(Step{Resize: z}, own); err != nil {
			t.Errorf("fit %d, which cuts nothing, gives %v", fit, err)
		}
	}
}

func TestCarry(t *testing.T) {
	own := Size{400, 200}
	part := rect(100, 20, 40, 60)
	plain := Recipe{Scale: own, Crop: Rect{Size: own}, Canvas: own}
	with := func(change func(*Recipe)) Recipe {
		r := plain
		change(&r)
		return r
	}
	tests := []struct {
		name   string
		recipe Recipe
		want   Rect
	}{
		{"nothing", plain, part},
		{"scaled", with(func(r *Recipe) { r.Scale = Size{200, 50}; r.Crop.Size, r.Canvas = r.Scale, r.Scale }), rect(50, 5, 20, 15)},
		{"scaled to nothing", with(func(r *Recipe) { r.Scale = Size{4, 2}; r.Crop.Size, r.Canvas = r.Scale, r.Scale }), rect(1, 0, 1, 1)},
		{"cut", with(func(r *Recipe) { r.Crop = rect(110, 10, 100, 40); r.Canvas = r.Crop.Size }), rect(0, 10, 30, 30)},
		{"cut away", with(func(r *Recipe) { r.Crop = rect(140, 0, 100, 200); r.Canvas = r.Crop.Size }), Rect{}},
		{"padded", with(func(r *Recipe) { r.Canvas, r.At = Size{500, 300}, Point{50, 7} }), rect(150, 27, 40, 60)},
		{"turned right", with(func(r *Recipe) { r.Rotate = 90 }), rect(120, 100, 60, 40)},
		{"upside down", with(func(r *Recipe) { r.Rotate = 180 }), rect(260, 120, 40, 60)},
		{"turned left", with(func(r *Recipe) { r.Rotate = 270 }), rect(20, 260, 60, 40)},
		{"turned and mirrored", with(func(r *Recipe) { r.Rotate, r.Flip.Horizontal = 90, true }), rect(20, 100, 60, 40)},
		{"mirrored", with(func(r *Recipe) { r.Flip.Horizontal = true }), rect(260, 20, 40, 60)},
		{"flipped", with(func(r *Recipe) { r.Flip.Vertical = true }), rect(100, 120, 40, 60)},
		{"framed", with(func(r *Recipe) { r.Border = 5 }), rect(105, 25, 40, 60)},
		{"tilted", with(func(r *Recipe) { r.Rotate = 91 }), Rect{}},
		{"bent", with(func(r *Recipe) { r.Distort = Distort{Kind: Arc, Arc: 10} }), Rect{}},
	}
	for _, tt := range tests {
		if got := tt.recipe.Carry(part, own); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
		if got := tt.recipe.Carry(Rect{}, own); got != (Rect{}) {
			t.Errorf("%s: nothing is carried to %v", tt.name, got)
		}
	}
}

func TestFocusesOnArea(t *testing.T) {
	z := box(Cover, 9, 9)
	z.Focus = FocusAreaOrAuto
	on := []Step{{}, {Resize: z}}
	z.Fit = Pad
	ref, other := origin.Ref{Path: "a.png"}, origin.Ref{Path: "b.png"}
	layer := []Step{{Layers: []Layer{{Image: other, Steps: []Step{{Layers: []Layer{{Image: ref, Steps: on}}}}}}}}
	tests := []struct {
		name       string
		steps      []Step
		own, layer bool
	}{
		{"nothing", nil, false, false},
		{"padding", []Step{{Resize: z}}, false, false},
		{"cutting", on, true, false},
		{"one branch", []Step{{Choice: &Choice{Then: Branch{Steps: on}}}}, true, false},
		{"the other branch", []Step{{Choice: &Choice{Else: Branch{Steps: on}}}}, true, false},
		{"a layer on a layer", layer, false, true},
		{"a layer in a branch", []Step{{Choice: &Choice{Else: Branch{Steps: layer}}}}, false, true},
	}
	for _, tt := range tests {
		p := Plan{Steps: tt.steps}
		if p.FocusesOnArea(nil) != tt.own || p.FocusesOnArea(&ref) != tt.layer || p.FocusesOnArea(&other) {
			t.Errorf("%s: %t, %t, %t", tt.name, p.FocusesOnArea(nil), p.FocusesOnArea(&ref), p.FocusesOnArea(&other))
		}
	}
}

// What is at the upper left of an upright image of 40 by 30 is where the
// camera put it (Exif 2.3, tag 274): row 0 of what is stored is the top, the
// top, the bottom, the bottom, the left, the right, the right, the left.
func TestStoredRect(t *testing.T) {
	upright, part := Size{40, 30}, rect(1, 2, 10, 5)
	for o, want := range map[int]Rect{
		0: part,
		1: part,
		2: rect(29, 2, 10, 5),
		3: rect(29, 23, 10, 5),
		4: rect(1, 23, 10, 5),
		5: rect(2, 1, 5, 10),
		6: rect(2, 29, 5, 10),
		7: rect(23, 29, 5, 10),
		8: rect(23, 1, 5, 10),
	} {
		if got := part.Stored(o, upright); got != want {
			t.Errorf("orientation %d: %v, want %v", o, got, want)
		}
	}
}
