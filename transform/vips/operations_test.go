//go:build cgo

package vips

import (
	"errors"
	"math"
	"testing"
)

// Each operation is applied to a brick of 8 by 6 pixels, and compared with what
// can be computed by hand.
func TestOperations(t *testing.T) {
	s := newScope(t)
	brick := solid(t, s, 8, 6, 200, 100, 50)
	glass := solid(t, s, 8, 6, 200, 100, 50, 128)
	grey := solid(t, s, 8, 6, 10, 20, 30)
	var negative [256]byte
	for v := range negative {
		negative[v] = byte(255 - v)
	}
	identity := must[*Image](t)(s.NewMatrix(3, 0, 0, 0, 0, 1, 0, 0, 0, 0))
	swap := must[*Image](t)(s.NewMatrix(3, 0, 0, 1, 0, 1, 0, 1, 0, 0))
	row := must[*Image](t)(s.NewMatrix(3, 0, 1, 0))
	lut := must[*Image](t)(s.NewImageFromMemory(negative[:], 256, 1, 1, InterpretationMultiband))
	places := must[*Image](t)(s.XYZ(8, 6))
	mask := must[*Image](t)(s.Black(8, 6, 1))
	white := must[*Image](t)(mask.Linear([]float64{1}, []float64{255}, true))

	tests := []struct {
		name          string
		make          func() (*Image, error)
		width, height int
		x, y          int
		want          []float64
	}{
		{"Resize", func() (*Image, error) { return brick.Resize(0.5, 1.5, KernelLanczos3) }, 4, 9, 1, 1, []float64{200, 100, 50}},
		{"ThumbnailImage", func() (*Image, error) { return brick.ThumbnailImage(4, 4) }, 4, 3, 1, 1, []float64{200, 100, 50}},
		{"Divide", func() (*Image, error) { return brick.Divide(grey) }, 8, 6, 1, 1, []float64{20, 5, 50.0 / 30}},
		{"Divide by 0", func() (*Image, error) { return brick.Divide(mask) }, 8, 6, 1, 1, []float64{0, 0, 0}},
		{"Power", func() (*Image, error) { return brick.Power(0.5) }, 8, 6, 1, 1, []float64{math.Sqrt(200), 10, math.Sqrt(50)}},
		{"Atan2", func() (*Image, error) { return white.Atan2(mask) }, 8, 6, 1, 1, []float64{90}},
		{"Bilinear", func() (*Image, error) { return places.Bilinear(15, 11) }, 15, 11, 14, 10, []float64{7, 5}},
		{"Bilinear between", func() (*Image, error) { return brick.Bilinear(3, 30) }, 3, 30, 1, 17, []float64{200, 100, 50}},
		{"Bilinear to a pixel", func() (*Image, error) { return brick.Bilinear(1, 1) }, 1, 1, 0, 0, []float64{200, 100, 50}},
		{"Rotate", func() (*Image, error) { return brick.Rotate(90, []float64{0, 0, 0}) }, 6, 8, 3, 3, []float64{200, 100, 50}},
		{"Rotate background", func() (*Image, error) { return brick.Rotate(45, []float64{1, 2, 3}) }, 10, 10, 0, 0, []float64{1, 2, 3}},
		{"Mapim", func() (*Image, error) { return brick.Mapim(places, []float64{0, 0, 0}) }, 8, 6, 4, 3, []float64{200, 100, 50}},
		{"ExtractArea", func() (*Image, error) { return brick.ExtractArea(1, 2, 3, 4) }, 3, 4, 2, 3, []float64{200, 100, 50}},
		{"Embed", func() (*Image, error) { return brick.Embed(1, 2, 10, 9, ExtendBackground, []float64{1, 2, 3}) }, 10, 9, 0, 0, []float64{1, 2, 3}},
		{"Embed inside", func() (*Image, error) { return brick.Embed(1, 2, 10, 9, ExtendBlack, nil) }, 10, 9, 1, 2, []float64{200, 100, 50}},
		{"Embed copy", func() (*Image, error) { return brick.Embed(1, 2, 10, 9, ExtendCopy, nil) }, 10, 9, 0, 0, []float64{200, 100, 50}},
		{"Rot", func() (*Image, error) { return brick.Rot(Angle90) }, 6, 8, 5, 7, []float64{200, 100, 50}},
		{"Flip", func() (*Image, error) { return places.Flip(DirectionHorizontal) }, 8, 6, 0, 2, []float64{7, 2}},
		{"Autorot", func() (*Image, error) { return brick.Autorot() }, 8, 6, 0, 0, []float64{200, 100, 50}},
		{"Insert", func() (*Image, error) { return brick.Insert(grey, 7, 0) }, 8, 6, 7, 0, []float64{10, 20, 30}},
		{"Zoom", func() (*Image, error) { return places.Zoom(2, 3) }, 16, 18, 9, 7, []float64{4, 2}},
		{"Shrink", func() (*Image, error) { return places.Shrink(3, 3) }, 3, 2, 1, 1, []float64{4, 4}},
		{"Subsample", func() (*Image, error) { return places.Subsample(2, 3) }, 4, 2, 3, 1, []float64{6, 3}},
		{"ArrayJoin", func() (*Image, error) { return s.ArrayJoin([]*Image{brick, grey}, 2) }, 16, 6, 8, 0, []float64{10, 20, 30}},
		{"Cast", func() (*Image, error) { return brick.Cast(BandFormatUshort) }, 8, 6, 0, 0, []float64{200, 100, 50}},
		{"Premultiply", func() (*Image, error) { return glass.Premultiply() }, 8, 6, 0, 0, []float64{100.4, 50.2, 25.1, 128}},
		{"Flatten", func() (*Image, error) { return glass.Flatten([]float64{0, 0, 0}) }, 8, 6, 0, 0, []float64{100.4, 50.2, 25.1}},
		{"AddAlpha", func() (*Image, error) { return brick.AddAlpha() }, 8, 6, 0, 0, []float64{200, 100, 50, 255}},
		{"ExtractBand", func() (*Image, error) { return glass.ExtractBand(2, 2) }, 8, 6, 0, 0, []float64{50, 128}},
		{"Bandjoin", func() (*Image, error) { return brick.Bandjoin(mask, grey) }, 8, 6, 0, 0, []float64{200, 100, 50, 0, 10, 20, 30}},
		{"BandjoinConst", func() (*Image, error) { return brick.BandjoinConst(7, 8) }, 8, 6, 0, 0, []float64{200, 100, 50, 7, 8}},
		{"Recomb", func() (*Image, error) { return brick.Recomb(swap) }, 8, 6, 0, 0, []float64{50, 100, 200}},
		{"Composite2", func() (*Image, error) { return grey.Composite2(glass, BlendModeOver, 2, -1) }, 8, 6, 2, 4, []float64{105.4, 60.2, 40, 255}},
		{"Composite2 outside", func() (*Image, error) { return grey.Composite2(glass, BlendModeOver, 2, -1) }, 8, 6, 1, 5, []float64{10, 20, 30, 255}},
		{"Ifthenelse", func() (*Image, error) { return white.Ifthenelse(brick, grey, false) }, 8, 6, 0, 0, []float64{200, 100, 50}},
		{"Ifthenelse no", func() (*Image, error) { return mask.Ifthenelse(brick, grey, true) }, 8, 6, 0, 0, []float64{10, 20, 30}},
		{"GaussBlur", func() (*Image, error) { return brick.GaussBlur(1.5) }, 8, 6, 4, 3, []float64{200, 100, 50}},
		{"Sharpen", func() (*Image, error) { return brick.Sharpen(SharpenOptions{Sigma: 1}) }, 8, 6, 4, 3, []float64{200, 100, 50}},
		{"Conv", func() (*Image, error) { return brick.Conv(identity) }, 8, 6, 4, 3, []float64{200, 100, 50}},
		{"Convsep", func() (*Image, error) { return brick.Convsep(row) }, 8, 6, 4, 3, []float64{200, 100, 50}},
		{"Linear", func() (*Image, error) { return brick.Linear([]float64{2, 1, 0}, []float64{0, 5, 9}, true) }, 8, 6, 0, 0, []float64{255, 105, 9}},
		{"Add", func() (*Image, error) { return brick.Add(brick) }, 8, 6, 0, 0, []float64{400, 200, 100}},
		{"Subtract", func() (*Image, error) { return grey.Subtract(brick) }, 8, 6, 0, 0, []float64{-190, -80, -20}},
		{"Multiply", func() (*Image, error) { return brick.Multiply(grey) }, 8, 6, 0, 0, []float64{2000, 2000, 1500}},
		{"Boolean", func() (*Image, error) { return brick.Boolean(grey, BooleanAnd) }, 8, 6, 0, 0, []float64{8, 4, 18}},
		{"RelationalConst", func() (*Image, error) { return brick.RelationalConst(RelationalMoreEq, 100) }, 8, 6, 0, 0, []float64{255, 255, 0}},
		{"HistFind", func() (*Image, error) { return brick.HistFind() }, 256, 1, 200, 0, []float64{48, 0, 0}},
		{"Maplut", func() (*Image, error) { return brick.Maplut(lut) }, 8, 6, 0, 0, []float64{55, 155, 205}},
		{"CopyAs", func() (*Image, error) { return brick.CopyAs(InterpretationMultiband) }, 8, 6, 0, 0, []float64{200, 100, 50}},
		{"NewImageFromMemory", func() (*Image, error) {
			return s.NewImageFromMemory([]byte{1, 2, 3, 4}, 1, 2, 2, InterpretationMultiband)
		}, 1, 2, 0, 1, []float64{3, 4}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			out := must[*Image](t)(test.make())
			wantSize(t, out, test.width, test.height)
			wantPixel(t, out, test.x, test.y, 1, test.want...)
		})
	}
	wantSize(t, brick, 8, 6)
	wantPixel(t, brick, 0, 0, 0, 200, 100, 50)
}

func TestUnpremultiply(t *testing.T) {
	s := newScope(t)
	glass := solid(t, s, 2, 2, 200, 100, 50, 128)
	there := must[*Image](t)(glass.Premultiply())
	wantPixel(t, must[*Image](t)(there.Unpremultiply()), 0, 0, 0.01, 200, 100, 50, 128)
}

func TestColourSpaces(t *testing.T) {
	s := newScope(t)
	brick := solid(t, s, 8, 6, 200, 200, 200)
	grey := must[*Image](t)(brick.Colourspace(InterpretationBW))
	if grey.Bands() != 1 || grey.Interpretation() != InterpretationBW || grey.HasAlpha() {
		t.Errorf("bands %d, interpretation %d", grey.Bands(), grey.Interpretation())
	}
	wantPixel(t, grey, 0, 0, 1, 200)

	p3 := must[*Image](t)(brick.IccTransform("p3", ICCOptions{Input: "srgb", Intent: IntentRelative, Depth: 8}))
	if !p3.HasProfile() || brick.HasProfile() {
		t.Error("the profile belongs to the result, and to it only")
	}
	wantPixel(t, p3, 0, 0, 2, 200, 200, 200) // grey is grey in both
	wantPixel(t, must[*Image](t)(p3.IccTransform("srgb", ICCOptions{Embedded: true})), 0, 0, 2, 200, 200, 200)
}

func TestFindTrim(t *testing.T) {
	s := newScope(t)
	picture := must[*Image](t)(solid(t, s, 20, 20, 9, 9, 9).Insert(solid(t, s, 7, 6, 200, 100, 50), 4, 5))
	x, y, width, height, err := picture.FindTrim(10, []float64{9, 9, 9})
	if err != nil || x != 4 || y != 5 || width != 7 || height != 6 {
		t.Errorf("%d %d %d %d %v, want 4 5 7 6", x, y, width, height, err)
	}
	_, _, width, height, err = solid(t, s, 20, 20, 9, 9, 9).FindTrim(10, []float64{9, 9, 9})
	if err != nil || width != 0 || height != 0 {
		t.Errorf("nothing left: %d x %d %v", width, height, err)
	}
}

func TestAverage(t *testing.T) {
	s := newScope(t)
	brick := solid(t, s, 8, 6, 200, 100, 50)
	if v, err := brick.Average(); err != nil || math.Abs(v-350.0/3) > 0.001 {
		t.Errorf("average %v %v", v, err)
	}
}

func TestBadArguments(t *testing.T) {
	s := newScope(t)
	brick := solid(t, s, 8, 6, 200, 100, 50)
	for name, in := range map[string]args{
		"unknown argument": {"no-such-argument": 1},
		"wrong type":       {"kernel": "lanczos3"},
		"out of range":     {"gap": -1.0},
		"too large an int": {"kernel": math.MaxInt},
		"unsupported type": {"kernel": struct{}{}},
	} {
		in["scale"] = 0.5
		if _, err := brick.image("resize", in); !errors.Is(err, errArgument) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := s.NewImageFromMemory(make([]byte, 5), 2, 3, 1, InterpretationBW); !errors.Is(err, errArgument) {
		t.Errorf("too few samples: %v", err)
	}
	if _, err := s.NewMatrix(2, 1, 2, 3); !errors.Is(err, errArgument) {
		t.Errorf("half a row: %v", err)
	}
}
