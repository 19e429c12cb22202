package transform

import (
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
)

// tested are the fields that TestKeyReadsEffects is about: most of them say
// nothing where their effect is off.
var tested = []string{".Effects.Replace", ".Effects.Colorize", ".Effects.Gradient", ".Distort", ".Shadow", ".Background.Kind", ".Background.Blurred", ".Background.Palette"}

func withoutEffects(all map[string]Step) map[string]Step {
	maps.DeleteFunc(all, func(path string, _ Step) bool {
		return slices.ContainsFunc(tested, func(name string) bool { return strings.HasPrefix(path, name) })
	})
	return all
}

// Each field of an effect changes the key, except for those listed.
func TestKeyReadsEffects(t *testing.T) {
	gray := Opaque(128, 128, 128)
	square := Quad{{0, 0}, {90, 0}, {90, 90}, {0, 90}}
	tests := []struct {
		about      string
		base       Step
		irrelevant []string
	}{
		{".Effects.Replace", Step{Effects: Effects{Replace: Replace{On: true, To: gray, From: gray, Tolerance: 9}}}, nil},
		{".Effects.Replace", Step{Effects: Effects{Replace: Replace{On: true, To: gray, Dominant: true}}},
			[]string{".From.R", ".From.G", ".From.B", ".From.A"}},
		{".Effects.Replace", Step{}, []string{".To.R", ".To.G", ".To.B", ".To.A", ".From.R", ".From.G", ".From.B", ".From.A", ".Tolerance", ".Dominant"}},
		{".Effects.Colorize", Step{Effects: Effects{Colorize: Colorize{Color: gray, Intensity: 50}}}, nil},
		{".Effects.Gradient", Step{Effects: Effects{Gradient: Gradient{On: true, From: gray, To: gray}}}, nil},
		{".Effects.Gradient", Step{}, []string{".On", ".Angle", ".From.R", ".From.G", ".From.B", ".From.A", ".To.R", ".To.G", ".To.B", ".To.A", ".Stop", ".Stop/fraction"}},
		{".Distort", Step{Distort: Distort{Kind: Perspective, Quad: square}}, []string{".Arc"}},
		{".Distort", Step{Distort: Distort{Kind: Arc, Arc: 50}}, func() (quad []string) {
			for _, corner := range []string{"[0]", "[1]", "[2]", "[3]"} {
				quad = append(quad, ".Quad"+corner+".X", ".Quad"+corner+".Y")
			}
			return quad
		}()},
		{".Shadow", Step{Shadow: Shadow{On: true, Strength: 30}}, nil},
		{".Shadow", Step{}, []string{".On", ".Blur", ".Strength", ".Right", ".Down"}},
		{".Background", Step{Background: Background{On: true, Kind: BlurredBackground, Blurred: Blurred{Blur: 7}}},
			[]string{".Color.R", ".Color.G", ".Color.B", ".Color.A", ".Palette", ".Kind"}},
		{".Background", Step{Background: Background{On: true, Kind: BlurredBackground, Blurred: Blurred{Auto: true}}},
			[]string{".Color.R", ".Color.G", ".Color.B", ".Color.A", ".Palette", ".Kind", ".Blurred.Blur"}},
		{".Background", Step{Background: Background{On: true, Kind: GradientBackground, Palette: 4}},
			[]string{".Color.R", ".Color.G", ".Color.B", ".Color.A", ".Blurred.Blur", ".Blurred.Auto", ".Blurred.Brightness"}},
		{".Background", Step{Background: Background{On: true, Kind: DominantBackground}},
			[]string{".Color.R", ".Color.G", ".Color.B", ".Color.A", ".Palette", ".Blurred.Blur", ".Blurred.Auto", ".Blurred.Brightness"}},
		{".Background", Step{}, []string{".Kind", ".Palette", ".Color.R", ".Color.G", ".Color.B", ".Color.A", ".Blurred.Blur", ".Blurred.Auto", ".Blurred.Brightness"}},
	}
	for _, tt := range tests {
		// A kind of 3 is the one it is already.
		all := map[string]Step{}
		step := tt.base
		if tt.base.Background.Kind == BlurredBackground {
			step.Background.Kind = 0
		}
		maps.Copy(all, variants(t, step))
		for path, s := range all {
			field, is := strings.CutPrefix(path, tt.about)
			if !is {
				continue
			}
			if tt.base.Background.Kind == BlurredBackground {
				s.Background.Kind = BlurredBackground
			}
			changed := keyOf(s) != keyOf(tt.base)
			if want := !slices.Contains(tt.irrelevant, field); changed != want {
				t.Errorf("%s changes the key: %t, want %t; %q", path, changed, want, keyOf(s))
			}
		}
	}
}

func TestGradientRamp(t *testing.T) {
	at := func(r Ramp, x, y float64) float64 { return r.Right*x + r.Down*y + r.At }
	tests := []struct {
		angle     float64
		stop      Length
		size      Size
		zero, one [2]float64 // where it begins and ends
		half      [2]float64
	}{
		{180, Length{}, Size{40, 20}, [2]float64{20, 0}, [2]float64{20, 20}, [2]float64{3, 10}},
		{0, Length{}, Size{40, 20}, [2]float64{20, 20}, [2]float64{20, 0}, [2]float64{3, 10}},
		{90, Length{}, Size{40, 20}, [2]float64{0, 7}, [2]float64{40, 9}, [2]float64{20, 1}},
		{270, Length{}, Size{40, 20}, [2]float64{40, 7}, [2]float64{0, 9}, [2]float64{20, 1}},
		{90, Fraction(0.5), Size{40, 20}, [2]float64{0, 7}, [2]float64{20, 9}, [2]float64{10, 1}},
		{90, Px(10), Size{40, 20}, [2]float64{0, 7}, [2]float64{10, 9}, [2]float64{5, 1}},
		{90, Fraction(1e-9), Size{40, 20}, [2]float64{0, 7}, [2]float64{1, 9}, [2]float64{0.5, 1}},
		{135, Length{}, Size{20, 20}, [2]float64{0, 0}, [2]float64{20, 20}, [2]float64{20, 0}},
		{45, Length{}, Size{40, 20}, [2]float64{0, 20}, [2]float64{40, 0}, [2]float64{20, 10}},
	}
	for _, tt := range tests {
		g := Gradient{On: true, Angle: tt.angle, From: White, To: Black, Stop: tt.stop}
		r, err := Resolve(Step{Effects: Effects{Gradient: g}}, Facts{Size: tt.size})
		if err != nil {
			t.Fatal(err)
		}
		for want, place := range map[float64][2]float64{0: tt.zero, 1: tt.one, 0.5: tt.half} {
			if got := at(r.Gradient, place[0], place[1]); math.Abs(got-want) > 1e-9 {
				t.Errorf("%v, %v: at %v it is %v, want %v", tt.angle, tt.size, place, got, want)
			}
		}
	}
}

// A gradient to nothing keeps its colour on the way.
func TestRampColor(t *testing.T) {
	fade := Ramp{From: Opaque(200, 100, 0), To: Color{}}
	mixed := Ramp{From: Opaque(0, 0, 0), To: Color{100, 200, 50, 51}}
	tests := []struct {
		r    Ramp
		at   float64
		want Color
	}{
		{fade, 0, Opaque(200, 100, 0)},
		{fade, 0.5, Color{200, 100, 0, 128}},
		{fade, 1, Color{}},
		{fade, -3, Opaque(200, 100, 0)},
		{fade, math.NaN(), Opaque(200, 100, 0)},
		{mixed, 1, Color{100, 200, 50, 51}},
		{mixed, 0.5, Color{17, 33, 8, 153}}, // 51 of 255 + 51 parts are of the second
	}
	for _, tt := range tests {
		if got := tt.r.Color(tt.at); got != tt.want {
			t.Errorf("%v at %v is %v, want %v", tt.r, tt.at, got, tt.want)
		}
	}
}

func TestConvex(t *testing.T) {
	tests := map[string]struct {
		quad Quad
		want bool
	}{
		"upright":         {Quad{{0, 0}, {9, 0}, {9, 9}, {0, 9}}, true},
		"mirrored":        {Quad{{9, 0}, {0, 0}, {0, 9}, {9, 9}}, true},
		"far outside":     {Quad{{-65535, -65535}, {65535, -65535}, {65535, 65535}, {-65535, 65535}}, true},
		"sides cross":     {Quad{{0, 0}, {9, 9}, {9, 0}, {0, 9}}, false},
		"turns inwards":   {Quad{{0, 0}, {9, 0}, {2, 2}, {0, 9}}, false},
		"three in a line": {Quad{{0, 0}, {5, 0}, {9, 0}, {0, 9}}, false},
		"a line":          {Quad{{0, 0}, {1, 1}, {2, 2}, {3, 3}}, false},
		"a point":         {Quad{}, false},
	}
	for name, tt := range tests {
		if got := tt.quad.IsConvex(); got != tt.want {
			t.Errorf("%s is convex: %t", name, got)
		}
	}
}

func TestDistortCanvas(t *testing.T) {
	quad := func(places ...Point) Distort { return Distort{Kind: Perspective, Quad: Quad(places)} }
	arc := func(degrees float64) Distort { return Distort{Kind: Arc, Arc: degrees} }
	tests := []struct {
		name      string
		d         Distort
		size      Size
		left, top float64
		want      Size
	}{
		{"none", Distort{}, Size{30, 20}, 0, 0, Size{30, 20}},
		{"within", quad(Point{5, 5}, Point{15, 5}, Point{15, 15}, Point{5, 15}), Size{30, 20}, 0, 0, Size{30, 20}},
		{"beyond", quad(Point{-5, 2}, Point{25, -7}, Point{40, 30}, Point{0, 15}), Size{30, 20}, -5, -7, Size{45, 37}},
		// Half a turn of a strip as long as half a circle with radius 100.
		{"half a ring", arc(180), Size{314, 20}, -110, -110, Size{220, 110}},
		{"half a ring, down", arc(-180), Size{314, 20}, -110, 0, Size{220, 110}},
		{"a ring", arc(360), Size{628, 20}, -110, -110, Size{220, 220}},
		// As high as wide: the inner radius is 0.
		{"a disc", arc(360), Size{100, 100}, -100, -100, Size{200, 200}},
		{"a quarter", arc(90), Size{157, 20}, -78, -110, Size{156, 47}},
		{"hardly bent", arc(0.001), Size{100, 20}, -50, -5729588, Size{100, 20}},
	}
	for _, tt := range tests {
		left, top, got := tt.d.Canvas(tt.size)
		if got != tt.want || math.Abs(left-tt.left) > 0.1 || math.Abs(top-tt.top) > 0.1 {
			t.Errorf("%s: %v at %v, %v; want %v at %v, %v", tt.name, got, left, top, tt.want, tt.left, tt.top)
		}
	}
}

func TestShadowLimit(t *testing.T) {
	limits := Limits{MaxPixels: DefaultMaxPixels, MaxFrames: 1, MaxDimension: DefaultMaxDimension}
	cast := Step{Shadow: Shadow{On: true, Strength: 30}}
	small := cast
	small.Resize = Resize{Width: Px(2000)}
	tests := []struct {
		step Step
		size Size
		want string
	}{
		{cast, Size{2000, 1000}, ""},
		{cast, Size{2001, 1000}, "The image that casts a shadow would have 2001000 pixels, more than 2000000; a smaller w or h in the same step reduces it first"},
		{small, Size{8000, 4000}, ""},
		{Step{}, Size{2001, 1000}, ""},
	}
	for _, tt := range tests {
		r, err := Resolve(tt.step, Facts{Size: tt.size})
		if err != nil {
			t.Fatal(err)
		}
		checkLimit(t, "CheckRecipe", limits.CheckRecipe(r, tt.size, 1), tt.want)
	}
}

func TestBlurredBackground(t *testing.T) {
	behind := func(b Blurred, w, h float64) Blurred {
		r, err := Resolve(Step{
			Resize:     Resize{Width: Px(w), Height: Px(h), Fit: Pad},
			Background: Background{On: true, Kind: BlurredBackground, Blurred: b},
		}, plant)
		if err != nil {
			t.Fatal(err)
		}
		return r.Background.Blurred
	}
	tests := []struct {
		asked Blurred
		w, h  float64
		want  Blurred
	}{
		{Blurred{Auto: true}, 800, 600, Blurred{Blur: 40}},
		{Blurred{Auto: true, Blur: 3, Brightness: -9}, 300, 600, Blurred{Blur: 30, Brightness: -9}},
		{Blurred{Auto: true}, 8000, 600, Blurred{Blur: 100}},
		{Blurred{Blur: 25, Brightness: 30}, 800, 600, Blurred{Blur: 25, Brightness: 30}},
		{Blurred{}, 800, 600, Blurred{}},
	}
	for _, tt := range tests {
		if got := behind(tt.asked, tt.w, tt.h); got != tt.want {
			t.Errorf("%v gives %v, want %v", tt.asked, got, tt.want)
		}
	}
}
