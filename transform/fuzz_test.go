package transform

import (
	"math"
	"testing"
)

// Whatever a URL and a file say, Resolve keeps to what Recipe promises.
func FuzzResolve(f *testing.F) {
	all := uint16(math.MaxUint16)
	f.Add(uint32(740), uint32(1000), 300.0, 200.0, 0.0, 1.0, 0.0, 0.0, 30.0, uint8(Cover), uint8(FocusAuto), uint16(3))
	f.Add(uint32(3000), uint32(1000), 640.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, uint8(Pad), uint8(0), uint16(1))
	f.Add(uint32(1), uint32(10000), 1e300, 1e-300, 1e-300, 1e300, -1e300, 1e300, -1e-20, uint8(Outside), uint8(3), all)
	f.Add(uint32(math.MaxInt32), uint32(math.MaxInt32), math.Inf(1), math.NaN(), math.NaN(), -1.0, 5.0, 5.0, math.NaN(), uint8(CropPad), uint8(9), all)
	f.Add(uint32(98), uint32(147), 0.5, 0.5, 2.5, 3.0, 10.0, 80.0, 45.0, uint8(Crop), uint8(5), uint16(1<<2|1<<6|1<<8))
	f.Fuzz(func(t *testing.T, ownW, ownH uint32, w, h, aspect, dpr, x, y, degrees float64, fit, focus uint8, set uint16) {
		own := Size{int(ownW%math.MaxInt32) + 1, int(ownH%math.MaxInt32) + 1}
		given := func(bit int) bool { return set&(1<<bit) != 0 }
		number := func(bit int, v float64) Number {
			if given(bit) {
				return Num(v)
			}
			return Number{}
		}
		z := Resize{
			Width:  Length{number: number(0, w), fraction: given(9)},
			Height: Length{number: number(1, h), fraction: given(10)},
			Aspect: number(2, aspect), DPR: number(3, dpr),
			X: number(4, x), Y: number(5, y), CenterX: number(6, x), CenterY: number(7, y),
			Fit: Fit(fit % uint8(PadOnly+1)), Focus: Focus(focus % uint8(FocusPoint+1)), NoEnlarge: given(11),
			PointX: number(4, x), PointY: number(5, y),
		}
		s := Step{
			Resize: z, Rotate: number(8, degrees), Border: Border{Width: number(12, x)}, Opacity: number(13, y),
			Effects: Effects{Blur: number(14, x)}, Corners: Corners{TopLeft: Radius{Px: number(15, y)}},
			Shadow: Shadow{On: given(15), Strength: 5},
		}
		if given(13) {
			s.Effects.Adjust = Adjust{Brightness: x, Contrast: y, Gamma: w, Saturation: h, Hue: degrees}
		}
		if given(14) {
			s.Effects.Gradient = Gradient{On: true, To: White, Stop: z.Width, Angle: float64(focus)}
			s.Distort = Distort{Kind: Arc, Arc: float64(fit) + 0.5}
			s.Background = Background{On: true, Kind: BlurredBackground, Blurred: Blurred{Auto: true}}
		}
		facts := Facts{Size: own}
		if given(13) {
			facts.Area = Rect{Size: own}.Within(rect(int(fit), int(focus), int(set)+1, int(fit)+1))
		}
		r, err := Resolve(s, facts)
		if err != nil && z.Focus == FocusArea && facts.Area == (Rect{}) {
			return
		}
		if err != nil {
			if z.Fit != Crop && z.Fit != CropPad {
				t.Errorf("a fit that does not crop fails: %v", err)
			}
			return
		}
		if again, err := Resolve(s.canonical(), facts); err != nil || again != r {
			t.Errorf("the canonical step gives %+v (%v)\nwant %+v", again, err, r)
		}
		checkRecipe(t, r)
		if left := r.Carry(facts.Area, own); left != (Rect{}) && left.Within(Rect{Size: r.Drawn()}) != left {
			t.Errorf("%v is carried to %v, outside of %v", facts.Area, left, r.Drawn())
		}
		checkFit(t, z, own, r)
	})
}

func checkRecipe(t *testing.T, r Recipe) {
	t.Helper()
	for name, s := range map[string]Size{"Scale": r.Scale, "Crop": r.Crop.Size, "Canvas": r.Canvas, "Drawn": r.Drawn()} {
		if s.Width < 1 || s.Height < 1 {
			t.Errorf("%s has no pixels: %v", name, s)
		}
	}
	if !inside(r.Crop, r.Scale) {
		t.Errorf("Crop %v is not in Scale %v", r.Crop, r.Scale)
	}
	if !inside(Rect{r.At, r.Crop.Size}, r.Canvas) {
		t.Errorf("the image, %v at %v, is not on Canvas %v", r.Crop.Size, r.At, r.Canvas)
	}
	if r.Seek && r.Crop.Size == r.Scale {
		t.Error("Seek, and nothing to cut")
	}
	within := func(name string, v, most float64) {
		if !(v >= 0 && v <= most) {
			t.Errorf("%s is %v, not 0 to %v", name, v, most)
		}
	}
	within("Rotate", r.Rotate, math.Nextafter(360, 0))
	within("Opacity", r.Opacity, 1)
	within("Blur", r.Blur, 100)
	within("Corners", r.Corners[0], MaxRadius)
	for v := range 9 {
		within("Adjust.Level", r.Adjust.Level(float64(v)/8), 1)
	}
	for _, share := range r.Adjust.Mix() {
		within("Adjust.Mix", share+4, 8)
	}
	within("Border", float64(r.Border), farthest)
}

// checkFit compares with what the fit promises, wherever a box was asked for.
func checkFit(t *testing.T, z Resize, own Size, r Recipe) {
	t.Helper()
	if !z.Width.IsSet() && !z.Height.IsSet() {
		if r.Canvas != own {
			t.Errorf("nothing was asked, and the canvas is %v", r.Canvas)
		}
		return
	}
	asked := z.canonical()
	box := asked.box(Facts{Size: own})
	if z.Fit.scales() && z.NoEnlarge && (r.Scale.Width > own.Width || r.Scale.Height > own.Height) {
		t.Errorf("%v was enlarged to %v", own, r.Scale)
	}
	switch asked.Fit {
	case Cover:
		if !z.NoEnlarge && r.Canvas != box {
			t.Errorf("Cover gives %v, want %v", r.Canvas, box)
		}
	case Pad, CropPad:
		if r.Canvas != box {
			t.Errorf("padding gives %v, want %v", r.Canvas, box)
		}
	case PadOnly:
		if r.Crop.Size != own || r.Canvas.Width < box.Width || r.Canvas.Height < box.Height {
			t.Errorf("PadOnly puts %v on %v, want %v on at least %v", r.Crop.Size, r.Canvas, own, box)
		}
	case Inside:
		if r.Scale.Width > box.Width || r.Scale.Height > box.Height {
			t.Errorf("Inside gives %v, want at most %v", r.Scale, box)
		}
	case Outside:
		if !z.NoEnlarge && (r.Scale.Width < box.Width || r.Scale.Height < box.Height) {
			t.Errorf("Outside gives %v, want at least %v", r.Scale, box)
		}
	case Stretch:
		if !z.NoEnlarge && r.Scale != box {
			t.Errorf("Stretch gives %v, want %v", r.Scale, box)
		}
	}
	if f := asked.Fit; f == Cover || f == Inside || f == Outside || f == Pad {
		checkShape(t, own, r.Scale)
	}
}

// checkShape reports whether one side of scaled follows from the other, but
// for rounding it to whole pixels and to what can be computed at all.
func checkShape(t *testing.T, own, scaled Size) {
	t.Helper()
	follows := func(from, to, ownFrom, ownTo int) bool {
		exact := float64(ownTo) * float64(from) / float64(ownFrom)
		return math.Abs(float64(to)-min(max(exact, 1), farthest)) <= 0.5+1e-6
	}
	if scaled != own && !follows(scaled.Width, scaled.Height, own.Width, own.Height) &&
		!follows(scaled.Height, scaled.Width, own.Height, own.Width) {
		t.Errorf("%v became %v, another shape", own, scaled)
	}
}

func inside(r Rect, s Size) bool {
	return r.X >= 0 && r.Y >= 0 && r.X+r.Width <= s.Width && r.Y+r.Height <= s.Height
}
