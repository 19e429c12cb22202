package transform

import (
	"testing"

	"github.com/caddy-images/caddy-images/errors"
)

// plant is the image of which ImageKit's page on resizing gives numbers: its
// aspect ratio is 0.74.
var plant = Facts{Size: Size{740, 1000}, Format: JPEG, Frames: 1}

func still(w, h int) Facts { return Facts{Size: Size{w, h}, Format: JPEG, Frames: 1} }

// geometry is what Resize decides in a Recipe.
type geometry struct {
	scale  Size
	crop   Rect
	canvas Size
	at     Point
}

// scaled returns the geometry of an image that is neither cut nor padded.
func scaled(w, h int) geometry {
	s := Size{w, h}
	return geometry{s, Rect{Size: s}, s, Point{}}
}

// cut returns that of an image of w x h of which a part is kept.
func cut(w, h, x, y, cropW, cropH int) geometry {
	part := Size{cropW, cropH}
	return geometry{Size{w, h}, Rect{Point{x, y}, part}, part, Point{}}
}

// padded returns that of an image of w x h that is put on a canvas.
func padded(w, h, canvasW, canvasH, x, y int) geometry {
	s := Size{w, h}
	return geometry{s, Rect{Size: s}, Size{canvasW, canvasH}, Point{x, y}}
}

func resolved(t *testing.T, z Resize, f Facts) (Recipe, geometry) {
	t.Helper()
	r, err := Resolve(Step{Resize: z}, f)
	if err != nil {
		t.Fatalf("Resolve: %v", err)
	}
	return r, geometry{r.Scale, r.Crop, r.Canvas, r.At}
}

type resizeTest struct {
	name   string
	own    Facts
	resize Resize
	want   geometry
}

func runResize(t *testing.T, tests []resizeTest) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, got := resolved(t, tt.resize, tt.own); got != tt.want {
				t.Errorf("got  %+v\nwant %+v", got, tt.want)
			}
		})
	}
}

func box(fit Fit, w, h float64) Resize { return Resize{Width: Px(w), Height: Px(h), Fit: fit} }

func noEnlarge(z Resize) Resize {
	z.NoEnlarge = true
	return z
}

func TestFitsWithBothSides(t *testing.T) {
	square := still(600, 600)
	runResize(t, []resizeTest{
		{"nothing asked", plant, Resize{}, scaled(740, 1000)},

		{"cover", plant, box(Cover, 300, 200), cut(300, 405, 0, 102, 300, 200)},
		{"cover, the height decides", still(1000, 500), box(Cover, 100, 100), cut(200, 100, 50, 0, 100, 100)},
		{"cover, enlarging", still(100, 50), box(Cover, 300, 300), cut(600, 300, 150, 0, 300, 300)},
		{"cover, the same shape", plant, box(Cover, 370, 500), scaled(370, 500)},
		{"cover no enlarge, larger than the box", still(1000, 500), noEnlarge(box(Cover, 100, 100)), cut(200, 100, 50, 0, 100, 100)},
		{"cover no enlarge, smaller than the box", still(100, 50), noEnlarge(box(Cover, 300, 300)), scaled(100, 50)},
		{"cover no enlarge, smaller in width only", still(100, 50), noEnlarge(box(Cover, 200, 20)), cut(100, 50, 0, 15, 100, 20)},

		{"stretch", plant, box(Stretch, 300, 200), scaled(300, 200)},
		{"stretch, enlarging", plant, box(Stretch, 2000, 100), scaled(2000, 100)},
		{"stretch no enlarge", plant, noEnlarge(box(Stretch, 2000, 100)), scaled(740, 100)},

		{"at_max", plant, noEnlarge(box(Inside, 300, 200)), scaled(148, 200)},
		{"at_max, the original is smaller", still(2000, 1333), noEnlarge(box(Inside, 2200, 2200)), scaled(2000, 1333)},
		{"at_max, smaller in height only", plant, noEnlarge(box(Inside, 370, 5000)), scaled(370, 500)},
		{"at_max_enlarge", plant, box(Inside, 850, 1000), scaled(740, 1000)},
		{"at_max_enlarge, enlarging", still(2000, 1333), box(Inside, 2200, 2200), scaled(2200, 1466)},

		{"at_least", plant, box(Outside, 300, 200), scaled(300, 405)},
		{"at_least, the height decides", plant, box(Outside, 100, 500), scaled(370, 500)},
		{"at_least, enlarging", still(100, 50), box(Outside, 200, 200), scaled(400, 200)},
		{"at_least no enlarge", still(100, 50), noEnlarge(box(Outside, 50, 60)), scaled(100, 50)},

		{"pad_resize", plant, box(Pad, 300, 200), padded(148, 200, 300, 200, 76, 0)},
		{"pad_resize, enlarging", still(100, 50), box(Pad, 300, 300), padded(300, 150, 300, 300, 0, 75)},
		{"pad_resize_no_enlarge", still(100, 50), noEnlarge(box(Pad, 300, 300)), padded(100, 50, 300, 300, 100, 125)},
		{"pad_resize_no_enlarge, larger than the box", plant, noEnlarge(box(Pad, 300, 200)), padded(148, 200, 300, 200, 76, 0)},

		{"extract", plant, box(Crop, 300, 200), cut(740, 1000, 220, 400, 300, 200)},
		{"extract, the picture is smaller", plant, box(Crop, 800, 1200), scaled(740, 1000)},
		{"extract, smaller in width only", plant, box(Crop, 800, 200), cut(740, 1000, 0, 400, 740, 200)},

		{"pad_extract, the picture is smaller", square, box(CropPad, 700, 700), padded(600, 600, 700, 700, 50, 50)},
		{"pad_extract, the picture is larger", square, box(CropPad, 200, 300), cut(600, 600, 200, 150, 200, 300)},
		{"pad_extract, smaller in width only", square, box(CropPad, 700, 300),
			geometry{square.Size, Rect{Point{0, 150}, Size{600, 300}}, Size{700, 300}, Point{50, 0}}},

		{"pad only, the picture is smaller", square, box(PadOnly, 700, 701), padded(600, 600, 700, 701, 50, 50)},
		{"pad only, the picture is larger", square, box(PadOnly, 300, 300), scaled(600, 600)},
		{"pad only, smaller in width only", square, box(PadOnly, 700, 300), padded(600, 600, 700, 600, 50, 0)},
	})
}

func TestOneSide(t *testing.T) {
	runResize(t, []resizeTest{
		{"width", plant, Resize{Width: Px(300)}, scaled(300, 405)},
		{"height", plant, Resize{Height: Px(200)}, scaled(148, 200)},
		{"enlarging", still(100, 50), Resize{Width: Px(200)}, scaled(200, 100)},
		{"no enlarge", still(100, 50), Resize{Width: Px(200), NoEnlarge: true}, scaled(100, 50)},
		{"no enlarge, larger", still(1000, 10), Resize{Width: Px(999), NoEnlarge: true}, scaled(999, 10)},
		{"a half is rounded up", still(1000, 667), Resize{Width: Px(500)}, scaled(500, 334)},
		{"a half that 320 / (128/391) misses", still(128, 391), Resize{Width: Px(320)}, scaled(320, 978)}, // 977.5
		{"at least one pixel", still(10000, 1), Resize{Width: Px(1)}, scaled(1, 1)},
		{"a very high picture", still(1, 10000), Resize{Width: Px(10)}, scaled(10, 100000)},

		{"aspect with width", plant, Resize{Width: Px(300), Aspect: Num(1.5)}, cut(300, 405, 0, 102, 300, 200)},
		{"aspect with height", plant, Resize{Height: Px(200), Aspect: Num(2.5)}, cut(500, 676, 0, 238, 500, 200)},
		{"aspect with both is ignored", plant, Resize{Width: Px(300), Height: Px(200), Aspect: Num(9), Fit: Stretch}, scaled(300, 200)},
		{"aspect and pad", plant, Resize{Width: Px(300), Aspect: Num(1.5), Fit: Pad}, padded(148, 200, 300, 200, 76, 0)},

		{"extract, width", plant, Resize{Width: Px(300), Fit: Crop}, cut(740, 1000, 220, 0, 300, 1000)},
		{"extract, height", plant, Resize{Height: Px(200), Fit: Crop}, cut(740, 1000, 0, 400, 740, 200)},
		{"extract, width and aspect", plant, Resize{Width: Px(300), Aspect: Num(3), Fit: Crop}, cut(740, 1000, 220, 450, 300, 100)},
		{"pad_extract, width", plant, Resize{Width: Px(1000), Fit: CropPad}, padded(740, 1000, 1000, 1000, 130, 0)},
		{"pad only, height", plant, Resize{Height: Px(1200), Fit: PadOnly}, padded(740, 1000, 740, 1200, 0, 100)},
	})
}

// 640 wide, 213.33 high: a box of 640x213 is a little wider than the image.
// It must be neither made narrower, nor cut, nor padded for that.
func TestOneSideIsExact(t *testing.T) {
	for _, fit := range []Fit{Cover, Stretch, Inside, Outside, Pad} {
		for _, no := range []bool{false, true} {
			z := Resize{Width: Px(640), Fit: fit, NoEnlarge: no, Focus: FocusAuto}
			r, got := resolved(t, z, still(3000, 1000))
			if want := scaled(640, 213); got != want || r.Seek {
				t.Errorf("fit %d: got %+v, seek %t, want %+v", fit, got, r.Seek, want)
			}
		}
	}
}

func TestLengths(t *testing.T) {
	stretch := func(w, h Length) Resize { return Resize{Width: w, Height: h, Fit: Stretch} }
	runResize(t, []resizeTest{
		{"fractions", plant, stretch(Fraction(0.4), Fraction(0.5)), scaled(296, 500)},
		{"a fraction of one side", plant, Resize{Width: Fraction(0.5)}, scaled(370, 500)},
		{"the whole", plant, stretch(Fraction(1), Fraction(1)), scaled(740, 1000)},
		{"a fraction of a pixel", still(1, 3), stretch(Fraction(0.1), Fraction(0.5)), scaled(1, 2)},
		{"a fraction beside pixels", plant, stretch(Px(10), Fraction(0.1)), scaled(10, 100)},
		{"below a half", plant, stretch(Px(300.49), Px(0.2)), scaled(300, 1)},
		{"a half", plant, stretch(Px(300.5), Px(1.5)), scaled(301, 2)},
		{"nothing", plant, stretch(Px(0), Px(-7)), scaled(1, 1)},
		{"one pixel of a large picture", still(10000, 10000), box(Cover, 1, 1), scaled(1, 1)},
		{"a very high picture inside a square", still(1, 10000), box(Inside, 100, 100), scaled(1, 100)},
		{"a very wide picture covering a square", still(10000, 1), box(Cover, 10, 10), cut(100000, 10, 49995, 0, 10, 10)},
	})
}

func TestDPR(t *testing.T) {
	tests := []struct {
		name   string
		resize Resize
		want   Size
	}{
		{"both sides", Resize{Width: Px(100), Height: Px(50), DPR: Num(2)}, Size{200, 100}},
		{"one side", Resize{Width: Px(300), DPR: Num(2)}, Size{600, 811}},
		{"a fraction of a pixel", Resize{Width: Px(101), Height: Px(50), DPR: Num(1.5)}, Size{152, 75}},
		{"a fraction of the picture", Resize{Width: Fraction(0.5), Height: Fraction(0.25), DPR: Num(2)}, Size{740, 500}},
		{"without a size", Resize{DPR: Num(2)}, Size{740, 1000}},
		{"5000 pixels", Resize{Width: Px(2500), Height: Px(1), DPR: Num(2)}, Size{5000, 2}},
		{"more than 5000 pixels", Resize{Width: Px(2501), Height: Px(10), DPR: Num(2)}, Size{2501, 10}},
		{"the other side has more than 5000", Resize{Width: Px(10), Height: Px(2501), DPR: Num(2)}, Size{10, 2501}},
		{"only the side that follows has more than 5000", Resize{Width: Px(2400), DPR: Num(2)}, Size{4800, 6486}},
		{"one pixel", Resize{Width: Px(2), Height: Px(4), DPR: Num(0.5)}, Size{1, 2}},
		{"less than one pixel", Resize{Width: Px(1), Height: Px(4), DPR: Num(0.5)}, Size{1, 4}},
		{"zero", Resize{Width: Px(10), Height: Px(4), DPR: Num(0)}, Size{10, 4}},
		{"negative", Resize{Width: Px(10), Height: Px(4), DPR: Num(-2)}, Size{10, 4}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.resize.Fit = Stretch
			if r, _ := resolved(t, tt.resize, plant); r.Canvas != tt.want {
				t.Errorf("got %v, want %v", r.Canvas, tt.want)
			}
		})
	}
}

func TestFocus(t *testing.T) {
	tests := []struct {
		focus                  Focus
		wide, high, extract, p Point
	}{
		{FocusCenter, Point{50, 0}, Point{0, 50}, Point{100, 50}, Point{100, 0}},
		{FocusTop, Point{50, 0}, Point{0, 0}, Point{100, 0}, Point{100, 0}},
		{FocusLeft, Point{0, 0}, Point{0, 50}, Point{0, 50}, Point{0, 0}},
		{FocusBottom, Point{50, 0}, Point{0, 100}, Point{100, 101}, Point{100, 0}},
		{FocusRight, Point{100, 0}, Point{0, 50}, Point{200, 50}, Point{200, 0}},
		{FocusTopLeft, Point{0, 0}, Point{0, 0}, Point{0, 0}, Point{0, 0}},
		{FocusTopRight, Point{100, 0}, Point{0, 0}, Point{200, 0}, Point{200, 0}},
		{FocusBottomLeft, Point{0, 0}, Point{0, 100}, Point{0, 101}, Point{0, 0}},
		{FocusBottomRight, Point{100, 0}, Point{0, 100}, Point{200, 101}, Point{200, 0}},
		{FocusAuto, Point{50, 0}, Point{0, 50}, Point{100, 50}, Point{100, 0}},
	}
	for _, tt := range tests {
		cover, extract, pad := box(Cover, 100, 100), box(Crop, 100, 100), box(Pad, 300, 100)
		cover.Focus, extract.Focus, pad.Focus = tt.focus, tt.focus, tt.focus
		if _, got := resolved(t, cover, still(400, 200)); got.crop.Point != tt.wide {
			t.Errorf("focus %d, covering with a wide image: %v, want %v", tt.focus, got.crop.Point, tt.wide)
		}
		if _, got := resolved(t, cover, still(200, 400)); got.crop.Point != tt.high {
			t.Errorf("focus %d, covering with a high image: %v, want %v", tt.focus, got.crop.Point, tt.high)
		}
		if _, got := resolved(t, extract, still(300, 201)); got.crop.Point != tt.extract {
			t.Errorf("focus %d, cropping: %v, want %v", tt.focus, got.crop.Point, tt.extract)
		}
		if _, got := resolved(t, pad, still(400, 400)); got.at != tt.p {
			t.Errorf("focus %d, padding: %v, want %v", tt.focus, got.at, tt.p)
		}
	}
}

func TestSeek(t *testing.T) {
	auto := func(z Resize) Resize {
		z.Focus = FocusAuto
		return z
	}
	placed := auto(box(Crop, 100, 100))
	placed.Y = Num(3)
	elsewhere := auto(box(Cover, 100, 100))
	elsewhere.X = Num(3)
	tests := []struct {
		name   string
		resize Resize
		want   bool
	}{
		{"cover", auto(box(Cover, 100, 100)), true},
		{"crop", auto(box(Crop, 100, 100)), true},
		{"crop and pad", auto(box(CropPad, 1000, 100)), true},
		{"nothing to cut", auto(box(Cover, 370, 500)), false},
		{"pad", auto(box(Pad, 100, 100)), false},
		{"stretch", auto(box(Stretch, 100, 100)), false},
		{"a place is given", placed, false},
		{"a place that only Crop reads is given", elsewhere, true},
		{"another focus", box(Cover, 100, 100), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if r, _ := resolved(t, tt.resize, plant); r.Seek != tt.want {
				t.Errorf("Seek is %t, want %t", r.Seek, tt.want)
			}
		})
	}
}

func TestPlace(t *testing.T) {
	photo := still(800, 600)
	place := func(fit Fit, w, h float64, x, y, xc, yc Number, focus Focus) Resize {
		return Resize{Width: Px(w), Height: Px(h), Fit: fit, X: x, Y: y, CenterX: xc, CenterY: yc, Focus: focus}
	}
	no := Number{}
	runResize(t, []resizeTest{
		{"x and y", photo, place(Crop, 300, 200, Num(10), Num(20), no, no, 0), cut(800, 600, 10, 20, 300, 200)},
		{"x alone", photo, place(Crop, 300, 200, Num(10), no, no, no, 0), cut(800, 600, 10, 200, 300, 200)},
		{"x and a focus", photo, place(Crop, 300, 200, Num(10), no, no, no, FocusBottomRight), cut(800, 600, 10, 400, 300, 200)},
		{"x 0", photo, place(Crop, 300, 200, Num(0), Num(0), no, no, FocusRight), cut(800, 600, 0, 0, 300, 200)},
		{"x is rounded", photo, place(Crop, 300, 200, Num(10.5), Num(-0.5), no, no, 0), cut(800, 600, 11, 0, 300, 200)},
		{"sticking out", photo, place(Crop, 300, 200, Num(600), Num(500), no, no, 0), cut(800, 600, 600, 500, 200, 100)},
		{"the last pixel", photo, place(Crop, 300, 200, Num(799), Num(599), no, no, 0), cut(800, 600, 799, 599, 1, 1)},
		{"xc and yc", photo, place(Crop, 300, 200, no, no, Num(400), Num(100), 0), cut(800, 600, 250, 0, 300, 200)},
		{"xc alone", photo, place(Crop, 300, 200, no, no, Num(650), no, FocusTop), cut(800, 600, 500, 0, 300, 200)},
		{"xc is rounded", photo, place(Crop, 301, 200, no, no, Num(150), no, 0), cut(800, 600, 0, 200, 301, 200)},
		{"x before xc", photo, place(Crop, 300, 200, Num(10), no, Num(9999), no, 0), cut(800, 600, 10, 200, 300, 200)},
		{"padding what sticks out", photo, place(CropPad, 300, 200, Num(600), no, no, no, 0),
			geometry{photo.Size, Rect{Point{600, 200}, Size{200, 200}}, Size{300, 200}, Point{50, 0}}},
		{"padding, larger than the picture", photo, place(CropPad, 1000, 700, Num(100), no, no, no, 0),
			geometry{photo.Size, Rect{Point{100, 0}, Size{700, 600}}, Size{1000, 700}, Point{150, 50}}},
		{"no matter where nothing is cropped", photo, place(Stretch, 30, 20, Num(9999), no, no, Num(-1), 0), scaled(30, 20)},
	})

	fails := []struct {
		resize Resize
		want   string
	}{
		{place(Crop, 300, 200, Num(800), no, no, no, 0), "x is 800, outside the image, which has 0 to 799"},
		{place(Crop, 300, 200, no, Num(600), no, no, 0), "y is 600, outside the image, which has 0 to 599"},
		{place(Crop, 300, 200, Num(-1), no, no, no, 0), "x is -1, outside the image, which has 0 to 799"},
		{place(CropPad, 300, 200, Num(1e300), no, no, no, 0), "x is 1e+300, outside the image, which has 0 to 799"},
		{place(Crop, 300, 200, no, no, Num(149), no, 0), "The crop around xc 149 exceeds the image, which has 800 pixels there"},
		{place(Crop, 300, 200, no, no, Num(651), no, 0), "The crop around xc 651 exceeds the image, which has 800 pixels there"},
		{place(Crop, 300, 200, no, no, no, Num(501), 0), "The crop around yc 501 exceeds the image, which has 600 pixels there"},
		{place(Crop, 300, 200, no, no, no, Num(-1e300), 0), "The crop around yc -1e+300 exceeds the image, which has 600 pixels there"},
	}
	for _, tt := range fails {
		_, err := Resolve(Step{Resize: tt.resize}, photo)
		if !errors.Is(err, errors.BadTransform) || errors.From(err).Message != tt.want {
			t.Errorf("got %v, want BadTransform: %s", err, tt.want)
		}
	}
}

// The middle of the crop is at the point, or as near as the edges allow: of
// an image of 400 x 200 that is scaled to 200 x 100, 50 pixels are kept.
func TestFocusPoint(t *testing.T) {
	tests := []struct {
		x, y float64
		want geometry
	}{
		{0.5, 0.5, cut(200, 100, 50, 0, 100, 100)},
		{0.4, 0, cut(200, 100, 30, 0, 100, 100)},
		{0, 1, cut(200, 100, 0, 0, 100, 100)},
		{1, 1, cut(200, 100, 100, 0, 100, 100)},
		{7, -3, cut(200, 100, 100, 0, 100, 100)},
	}
	for _, tt := range tests {
		z := box(Cover, 100, 100)
		z.Focus, z.PointX, z.PointY = FocusPoint, Num(tt.x), Num(tt.y)
		if _, got := resolved(t, z, still(400, 200)); got != tt.want {
			t.Errorf("%v, %v: got %+v, want %+v", tt.x, tt.y, got, tt.want)
		}
	}
}
