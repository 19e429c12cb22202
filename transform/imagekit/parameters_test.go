package imagekit

import (
	"reflect"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
)

// TestValues has what each parameter takes, and what it means. The cases of one
// parameter stand together; each is one step, unless it says more.
func TestValues(t *testing.T) {
	step := func(s transform.Step) plan { return plan{Steps: steps{s}} }
	size := func(z resize) plan { return step(transform.Step{Resize: z}) }
	effects := func(e transform.Effects) plan { return step(transform.Step{Effects: e}) }
	behind := func(b transform.Background) plan {
		b.On = true
		return step(transform.Step{Background: b})
	}
	output := func(o transform.Output) plan { return plan{Steps: steps{{}}, Output: o} }
	defaultImage := func(path string) plan { return plan{Steps: steps{{}}, Default: origin.Ref{Path: path}} }
	max := transform.Radius{Max: true}
	none := radius(0)

	tests := []struct {
		tr   string
		want plan
	}{
		{"pg-7", plan{Page: 7, Steps: steps{{}}}},
		{"pg-7:pg-10000", plan{Page: 10000, Steps: steps{{}, {}}}},

		{"w-300", size(resize{Width: px(300)})},
		{"w-300.50", size(resize{Width: px(300.5)})},
		{"w-007", size(resize{Width: px(7)})},
		{"w-0.4", size(resize{Width: transform.Fraction(0.4)})},
		{"w-1", size(resize{Width: px(1)})},
		{"w-1.0", size(resize{Width: px(1)})},
		{"w-1.5", size(resize{Width: px(1.5)})},
		{"w-65535", size(resize{Width: px(65535)})},
		{"w-65536", size(resize{})},
		{"w-65535.5,h-20", size(resize{Height: px(20)})},
		{"w-300,w-65536", size(resize{Width: px(300)})},
		{"w-300,w-200", size(resize{Width: px(200)})},
		{"h-300", size(resize{Height: px(300)})},
		{"h-0.25", size(resize{Height: transform.Fraction(0.25)})},
		{"h-99999999999999999999", size(resize{})},

		{"w-iw_div_2", size(resize{Width: transform.Pixels(expression(t, transform.InitialWidth, 2.0, transform.Divide))})},
		{"h-iw", size(resize{Height: transform.Pixels(expression(t, transform.InitialWidth))})},
		{"w-4,ar-car_mul_2", size(resize{Width: px(4), Aspect: expression(t, transform.Aspect, 2.0, transform.Multiply)})},
		{"w-4,dpr-cw_div_500", size(resize{Width: px(4), DPR: expression(t, transform.Width, 500.0, transform.Divide)})},
		{"w-1_div_4", size(resize{Width: transform.Fraction(0.25)})},
		{"b-ih_mul_0.05_red", step(transform.Step{Border: transform.Border{Width: expression(t, transform.InitialHeight, 0.05, transform.Multiply), Color: transform.Opaque(255, 0, 0)}})},

		{"w-4,ar-4-3", size(resize{Width: px(4), Aspect: num(4.0 / 3)})},
		{"w-4,ar-4_3", size(resize{Width: px(4), Aspect: num(4.0 / 3)})},
		{"w-4,ar-4:3", size(resize{Width: px(4), Aspect: num(4.0 / 3)})},
		{"ar-4:3,w-4:rt-90", plan{Steps: steps{{Resize: resize{Width: px(4), Aspect: num(4.0 / 3)}}, {Rotate: num(90)}}}},
		{"w-4,ar-2.5-1", size(resize{Width: px(4), Aspect: num(2.5)})},

		{"c-maintain_ratio", size(resize{})},
		{"c-maintain_ratio_no_enlarge", size(resize{NoEnlarge: true})},
		{"c-force", size(resize{Fit: transform.Stretch})},
		{"c-at_max", size(resize{Fit: transform.Inside, NoEnlarge: true})},
		{"c-at_max_enlarge", size(resize{Fit: transform.Inside})},
		{"c-at_least", size(resize{Fit: transform.Outside})},
		{"c-pad_resize", size(resize{Fit: transform.Pad})},
		{"cm-pad_resize", size(resize{Fit: transform.Pad})},
		{"cm-pad_resize_no_enlarge", size(resize{Fit: transform.Pad, NoEnlarge: true})},
		{"cm-extract", size(resize{Fit: transform.Crop})},
		{"cm-pad_extract", size(resize{Fit: transform.CropPad})},
		{"cm-pad_extract_no_shrink", size(resize{Fit: transform.PadOnly})},
		{"c-force,cm-extract", size(resize{Fit: transform.Crop})},
		{"cm-extract,c-at_max", size(resize{Fit: transform.Crop})},
		{"c-at_max,c-force", size(resize{Fit: transform.Stretch})},

		{"fo-center", size(resize{})},
		{"fo-top", size(resize{Focus: transform.FocusTop})},
		{"fo-left", size(resize{Focus: transform.FocusLeft})},
		{"fo-bottom", size(resize{Focus: transform.FocusBottom})},
		{"fo-right", size(resize{Focus: transform.FocusRight})},
		{"fo-top_left", size(resize{Focus: transform.FocusTopLeft})},
		{"fo-top_right", size(resize{Focus: transform.FocusTopRight})},
		{"fo-bottom_left", size(resize{Focus: transform.FocusBottomLeft})},
		{"fo-bottom_right", size(resize{Focus: transform.FocusBottomRight})},
		{"fo-auto", size(resize{Focus: transform.FocusAuto})},
		{"fo-custom", size(resize{Focus: transform.FocusArea})},
		{"fo-auto-custom_override", size(resize{Focus: transform.FocusAreaOrAuto})},

		{"x-10", size(resize{X: num(10)})},
		{"x-N10", size(resize{X: num(-10)})},
		{"x-N0", size(resize{X: num(0)})},
		{"y-20.5", size(resize{Y: num(20.5)})},
		{"xc-30", size(resize{CenterX: num(30)})},
		{"yc-40", size(resize{CenterY: num(40)})},
		{"dpr-0.1", size(resize{DPR: num(0.1)})},
		{"dpr-5", size(resize{DPR: num(5)})},

		{"w-auto", size(resize{AutoWidth: true})},
		{"w-auto,dpr-auto", size(resize{AutoWidth: true, AutoDPR: true})},
		{"w-300,w-auto", size(resize{AutoWidth: true})},
		{"w-auto,w-300", size(resize{Width: px(300)})},
		{"w-auto,w-65536", size(resize{AutoWidth: true})},
		{"w-100,dpr-2,dpr-auto", size(resize{Width: px(100), AutoDPR: true})},
		{"w-100,dpr-auto,dpr-2", size(resize{Width: px(100), DPR: num(2)})},
		{"w-auto:dpr-auto", plan{Steps: steps{{Resize: resize{AutoWidth: true}}, {Resize: resize{AutoDPR: true}}}}},

		{"q-1", output(transform.Output{Quality: 1})},
		{"q-100", output(transform.Output{Quality: 100})},
		{"q-30:q-40", plan{Steps: steps{{}, {}}, Output: transform.Output{Quality: 40}}},
		{"f-auto", output(transform.Output{})},
		{"f-jpg", output(transform.Output{Format: transform.JPEG})},
		{"f-jpeg", output(transform.Output{Format: transform.JPEG})},
		{"f-png", output(transform.Output{Format: transform.PNG})},
		{"f-webp", output(transform.Output{Format: transform.WebP})},
		{"f-avif", output(transform.Output{Format: transform.AVIF})},
		{"f-gif", output(transform.Output{Format: transform.GIF})},
		{"f-svg", output(transform.Output{Format: transform.SVG})},
		{"f-orig", output(transform.Output{Format: transform.FormatOriginal})},
		{"f-png,f-auto", output(transform.Output{})},
		{"pr-true", output(transform.Output{Progressive: true})},
		{"pr-true:pr-false", plan{Steps: steps{{}, {}}}},
		{"lo-true", output(transform.Output{Lossless: true})},
		{"lo-false", output(transform.Output{})},
		{"md-true", output(transform.Output{Metadata: true})},
		{"dn-1", output(transform.Output{Density: transform.Num(1)})},
		{"dn-idn_mul_2", output(transform.Output{Density: expression(t, transform.InitialDensity, 2.0, transform.Multiply)})},
		{"dn-1200", output(transform.Output{Density: transform.Num(1200)})},
		{"cp-true", output(transform.Output{Profile: true})},

		{"orig-true", plan{}},
		{"orig-false", plan{Steps: steps{{}}}},
		{"orig-true,orig-false,w-3", size(resize{Width: px(3)})},
		{"w-nonsense,unknown-1:orig-true", plan{}},

		{"di-default.jpg", defaultImage("default.jpg")},
		{"di-@@f@@default.jpg@@", defaultImage("f/default.jpg")},
		{"di-/f/a b+é%.jpg", defaultImage("f/a%20b+%C3%A9%25.jpg")},
		{"di-a.jpg:di-b.jpg", plan{Steps: steps{{}, {}}, Default: origin.Ref{Path: "b.jpg"}}},
		{"di-", output(transform.Output{})},
		{"di-@@", output(transform.Output{})},
		{"di", output(transform.Output{})},

		{"bl-1", effects(transform.Effects{Blur: num(1)})},
		{"bl-100", effects(transform.Effects{Blur: num(100)})},
		{"e-grayscale", effects(transform.Effects{Grayscale: true})},
		{"e-grayscale-true", effects(transform.Effects{Grayscale: true})},
		{"e-contrast", effects(transform.Effects{Contrast: true})},
		{"e-contrast-true", effects(transform.Effects{Contrast: true})},
		{"e-contrast-1", effects(transform.Effects{Contrast: true})},
		{"e-sharpen", effects(transform.Effects{Sharpen: transform.Sharpen{On: true}})},
		{"e-sharpen-0.5", effects(transform.Effects{Sharpen: transform.Sharpen{On: true, Amount: 0.5}})},
		{"e-sharpen-2000,e-sharpen", effects(transform.Effects{Sharpen: transform.Sharpen{On: true}})},
		{"e-usm", effects(transform.Effects{Unsharp: transform.Unsharp{Radius: 2, Sigma: 2, Amount: 0.8, Threshold: 0.024}})},
		{"e-usm-0-5-1-0.05", effects(transform.Effects{Unsharp: transform.Unsharp{Sigma: 5, Amount: 1, Threshold: 0.05}})},
		{"e-usm-2.5-8.00-1-0", effects(transform.Effects{Unsharp: transform.Unsharp{Radius: 2.5, Sigma: 8, Amount: 1}})},

		{"rt-90", step(transform.Step{Rotate: num(90)})},
		{"rt-N40.5", step(transform.Step{Rotate: num(-40.5)})},
		{"rt-450", step(transform.Step{Rotate: num(450)})},
		{"rt-auto", step(transform.Step{})},
		{"rt-90,rt-auto", step(transform.Step{})},
		{"fl-h", step(transform.Step{Flip: transform.Flip{Horizontal: true}})},
		{"fl-v", step(transform.Step{Flip: transform.Flip{Vertical: true}})},
		{"fl-h_v", step(transform.Step{Flip: transform.Flip{Horizontal: true, Vertical: true}})},
		{"fl-v_h", step(transform.Step{Flip: transform.Flip{Horizontal: true, Vertical: true}})},
		{"r-20", step(transform.Step{Corners: corners(radius(20), radius(20), radius(20), radius(20))})},
		{"r-max", step(transform.Step{Corners: corners(max, max, max, max)})},
		{"r-10_max_0_30", step(transform.Step{Corners: corners(radius(10), max, none, radius(30))})},
		{"b-5_FF0000", step(transform.Step{Border: transform.Border{Width: num(5), Color: transform.Opaque(255, 0, 0)}})},
		{"b-5-red", step(transform.Step{Border: transform.Border{Width: num(5), Color: transform.Opaque(255, 0, 0)}})},
		{"b-2.5_00000040", step(transform.Step{Border: transform.Border{Width: num(2.5), Color: transform.Color{A: 102}}})},
		{"t-true", step(transform.Step{Trim: transform.Trim{On: true}})},
		{"t-99", step(transform.Step{Trim: transform.Trim{On: true, Threshold: 99}})},
		{"t-5,t-true", step(transform.Step{Trim: transform.Trim{On: true}})},
		{"t-5,t-false", step(transform.Step{})},
		{"o-0", step(transform.Step{Opacity: num(0)})},
		{"o-100", step(transform.Step{Opacity: num(100)})},
		{"bg-F3F3F3", step(transform.Step{Background: background(0xf3, 0xf3, 0xf3, 255)})},
		{"e-shadow", step(transform.Step{Shadow: transform.Shadow{On: true, Blur: 10, Strength: 30, Right: 2, Down: 2}})},
		{"e-shadow-bl-15_st-40_x-10_y-N5", step(transform.Step{Shadow: transform.Shadow{On: true, Blur: 15, Strength: 40, Right: 10, Down: -5}})},
		{"e-shadow-y-N100_x-0", step(transform.Step{Shadow: transform.Shadow{On: true, Blur: 10, Strength: 30, Down: -100}})},
		{"e-gradient", effects(transform.Effects{Gradient: transform.Gradient{On: true, Angle: 180, From: transform.White}})},
		{"e-gradient-ld-top_from-green_to-00FF0010_sp-1", effects(transform.Effects{Gradient: transform.Gradient{
			On: true, From: transform.Opaque(0, 128, 0), To: transform.Color{G: 255, A: 26}, Stop: transform.Fraction(1)}})},
		{"e-gradient-sp-0.5_to-red_ld-top_right", effects(transform.Effects{Gradient: transform.Gradient{
			On: true, Angle: 45, From: transform.White, To: transform.Opaque(255, 0, 0), Stop: transform.Fraction(0.5)}})},
		{"e-gradient-ld-bottomleft_sp-200", effects(transform.Effects{Gradient: transform.Gradient{On: true, Angle: 225, From: transform.White, Stop: px(200)}})},
		{"e-gradient-sp-ih_mul_0.75_from-red", effects(transform.Effects{Gradient: transform.Gradient{On: true, Angle: 180, From: transform.Opaque(255, 0, 0), Stop: transform.Pixels(expression(t, transform.InitialHeight, 0.75, transform.Multiply))}})},
		{"e-gradient-ld-359", effects(transform.Effects{Gradient: transform.Gradient{On: true, Angle: 359, From: transform.White}})},
		{"e-colorize-in-15_co-FF0000", effects(transform.Effects{Colorize: transform.Colorize{Color: transform.Opaque(255, 0, 0), Intensity: 15}})},
		{"cr-FF0000", effects(transform.Effects{Replace: transform.Replace{On: true, To: transform.Opaque(255, 0, 0), Tolerance: 35, Dominant: true}})},
		{"cr-FF0000_50", effects(transform.Effects{Replace: transform.Replace{On: true, To: transform.Opaque(255, 0, 0), Tolerance: 50, Dominant: true}})},
		{"cr-FF0000_0_black", effects(transform.Effects{Replace: transform.Replace{On: true, To: transform.Opaque(255, 0, 0), From: transform.Black}})},
		{"e-distort-a-45", step(transform.Step{Distort: transform.Distort{Kind: transform.Arc, Arc: 45}})},
		{"e-distort-a-N360", step(transform.Step{Distort: transform.Distort{Kind: transform.Arc, Arc: -360}})},
		{"e-distort-p-N5_0_9_N7_9_9_0_8", step(transform.Step{Distort: transform.Distort{
			Kind: transform.Perspective, Quad: transform.Quad{{X: -5}, {X: 9, Y: -7}, {X: 9, Y: 9}, {Y: 8}}}})},
		{"bg-blurred", behind(transform.Background{Kind: transform.BlurredBackground, Blurred: transform.Blurred{Auto: true}})},
		{"bg-blurred_auto_30", behind(transform.Background{Kind: transform.BlurredBackground, Blurred: transform.Blurred{Auto: true, Brightness: 30}})},
		{"bg-blurred_25_N255", behind(transform.Background{Kind: transform.BlurredBackground, Blurred: transform.Blurred{Blur: 25, Brightness: -255}})},
		{"bg-blurred-25", behind(transform.Background{Kind: transform.BlurredBackground, Blurred: transform.Blurred{Blur: 25}})},
		{"bg-red,bg-blurred_0", behind(transform.Background{Kind: transform.BlurredBackground})},
		{"bg-dominant", behind(transform.Background{Kind: transform.DominantBackground})},
		{"bg-gradient_dominant", behind(transform.Background{Kind: transform.GradientBackground, Palette: 2})},
		{"bg-gradient_dominant_4", behind(transform.Background{Kind: transform.GradientBackground, Palette: 4})},
		{"bg-LightSkyBlue", step(transform.Step{Background: background(0x87, 0xce, 0xfa, 255)})},
	}
	tested := map[string]bool{"n": true} // TestNamesStandForTheirText
	for _, tt := range tests {
		got, err := parseChain(tt.tr)
		if err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s\ngives %+v, %v\nwant  %+v", tt.tr, got, err, tt.want)
			continue
		}
		checkRoundTrip(t, got)
		last := tt.tr[strings.LastIndexAny(tt.tr, ",:")+1:]
		r, _, _ := find(last)
		tested[r.name] = true
	}
	for _, r := range parameters {
		if r.state == supported && !tested[r.name] && r.where <= ofPictures && !r.isLayer && !r.isChoice { // the others: TestLayers
			t.Errorf("%s has no value in this test", r.name)
		}
	}
}

func TestOrderInAStepIsNoMatter(t *testing.T) {
	parts := strings.Split("w-300,h-200,cm-extract,c-force,fo-left,q-5,bg-red,t-5,e-contrast", ",")
	want, err := parseChain(strings.Join(parts, ","))
	if err != nil {
		t.Fatal(err)
	}
	for range parts {
		parts = append(parts[1:], parts[0])
		if got, err := parseChain(strings.Join(parts, ",")); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s\ngives %+v, %v\nwant  %+v", strings.Join(parts, ","), got, err, want)
		}
	}
}

// TestMessages has one exact message for each way in which each parameter can be
// wrong.
func TestMessages(t *testing.T) {
	const (
		length   = "it takes pixels, or a part of the original's width between 0 and 1, or an expression"
		place    = "it takes pixels, with an N in front for a negative number, or an expression"
		boolean  = "it takes true or false"
		usm      = "it takes no value, or radius-sigma-amount-threshold, such as 2-2-0.8-0.024"
		focus    = "it takes center, top, left, bottom, right, top_left, top_right, bottom_left, bottom_right, auto, custom or auto-custom_override"
		radii    = "it takes pixels or max, or four of them for the corners: tl_tr_br_bl"
		color    = "it takes a colour: RRGGBB, RRGGBBAA with AA from 00 to 99 percent, RGB, or a name such as red"
		border   = "it takes width_colour, such as 5_FF0000; the width is 1 or more pixels, or an expression"
		blurred  = "it takes no value, or the blur, auto or 0 to 100, and then perhaps the brightness, N255 to 255, such as 25_N30"
		shadow   = "it takes no value, or some of bl (0 to 15), st (0 to 100), x and y (0 to 100 percent, with an N in front for the left and up), such as bl-15_st-40_x-10_y-N5"
		gradient = "it takes " + takesGradient
		distort  = "it takes " + takesDistort
		replace  = "it takes " + takesReplace
	)
	known := "is not a parameter; the parameters are " + supportedNames
	tests := []struct{ tr, want string }{
		{"w-0.0", `w is "0.0"; ` + length},
		{"w-N5", `w is "N5"; ` + length},
		{"w--5", `w is "-5"; ` + length},
		{"w-abc", `w is "abc"; ` + length},
		{"w-1e3", `w is "1e3"; ` + length},
		{"w-0x10", `w is "0x10"; ` + length},
		{"w-NaN", `w is "NaN"; ` + length},
		{"w-Inf", `w is "Inf"; ` + length},
		{"w-+5", `w is "+5"; ` + length},
		{"w-.5", `w is ".5"; ` + length},
		{"w-5.", `w is "5."; ` + length},
		{"w-5 ", `w is "5 "; ` + length},
		{"w-1_000", `w is "1_000"; ` + length},
		{"w-٣", `w is "\u0663"; ` + length},
		{"w-" + strings.Repeat("9", 33), `w is "999999999999999999999999999999999"; ` + length},
		{"w-" + strings.Repeat("9", 99), `w is "99999999999999999999999999999999999..."; ` + length},
		{"w-a\r\nb", `w is "a\r\nb"; ` + length},
		{"h-auto", `h is "auto"; it takes pixels, or a part of the original's height between 0 and 1, or an expression`},
		{"ar-4", `ar is "4"; it takes width-height, such as 4-3, or an expression`},
		{"ar-4:rt-90", `ar is "4"; it takes width-height, such as 4-3, or an expression`},
		{"ar-4:3:2", `"2" ` + known},
		{"ar-4-0", `ar is "4-0"; it takes width-height, such as 4-3, or an expression`},
		{"ar-0-4", `ar is "0-4"; it takes width-height, such as 4-3, or an expression`},
		{"ar-1-65536", `ar is "1-65536"; it takes width-height, such as 4-3, or an expression`},
		{"ar-65536-1", `ar is "65536-1"; it takes width-height, such as 4-3, or an expression`},
		{"ar-4-3-2", `ar is "4-3-2"; it takes width-height, such as 4-3, or an expression`},
		{"c-fill", `c is "fill"; it takes maintain_ratio, maintain_ratio_no_enlarge, force, at_max, at_max_enlarge, at_least, or a value of cm`},
		{"cm-force", `cm is "force"; it takes pad_resize, pad_resize_no_enlarge, extract, pad_extract, pad_extract_no_shrink or resize`},
		{"fo-top-left", `fo is "top-left"; ` + focus},
		{"fo-unicorn", `fo is "unicorn"; ` + focus},
		{"x-N", `x is "N"; ` + place},
		{"y-65536", `y is "65536"; ` + place},
		{"xc-N65536", `xc is "N65536"; ` + place},
		{"yc-a", `yc is "a"; ` + place},
		{"dpr-0.05", `dpr is "0.05"; it takes 0.1 to 5, or an expression`},
		{"dpr-5.1", `dpr is "5.1"; it takes 0.1 to 5, or an expression`},
		{"q-abc", `q is "abc"; it takes 1 to 100 or auto`},
		{"q-101", `q is "101"; it takes 1 to 100 or auto`},
		{"q-80.5", `q is "80.5"; it takes 1 to 100 or auto`},
		{"q-99999999999999999999", `q is "99999999999999999999"; it takes 1 to 100 or auto`},
		{"f-tiff", `f is "tiff"; it takes auto, jpg, jpeg, png, webp, avif, gif, svg or orig`},
		{"f-heic", `f is "heic"; it takes auto, jpg, jpeg, png, webp, avif, gif, svg or orig`},
		{"f-original", `f is "original"; it takes auto, jpg, jpeg, png, webp, avif, gif, svg or orig`},
		{"pr-1", `pr is "1"; ` + boolean},
		{"lo-yes", `lo is "yes"; ` + boolean},
		{"md-TRUE", `md is "TRUE"; ` + boolean},
		{"dn-1201", `dn is "1201"; it takes 1 to 1200, or an expression`},
		{"dn-72.5", `dn is "72.5"; it takes 1 to 1200, or an expression`},
		{"dn-600_mul_3", `dn is "600_mul_3"; it takes 1 to 1200, or an expression`},
		{"dn-iw_div_2", `dn is "iw_div_2": iw is not known in dn, where the variable is idn`},
		{"w-idn", `w is "idn": idn is only known in dn`},
		{"cp-yes", `cp is "yes"; ` + boolean},
		{"di-f@@..@@a.jpg", `di is "f@@..@@a.jpg"; it takes the path of a file, with @@ for a slash`},
		{"di-a\x01", `di is "a\x01"; it takes the path of a file, with @@ for a slash`},
		{"w-auto-1", `w-auto is "1"; it takes no value`},
		{"dpr-auto-1", `dpr-auto is "1"; it takes no value`},
		{"h-auto", `h is "auto"; it takes pixels, or a part of the original's height between 0 and 1, or an expression`},
		{"orig-1", `orig is "1"; it takes no value, true or false`},
		{"bl-2.5", `bl is "2.5"; it takes 1 to 100`},
		{"e-grayscale-50", `e-grayscale is "50"; it takes no value`},
		{"e-contrast-2", `e-contrast is "2"; it takes no value`},
		{"e-sharpen-0", `e-sharpen is "0"; it takes no value, or a number up to 10000`},
		{"e-sharpen-10001", `e-sharpen is "10001"; it takes no value, or a number up to 10000`},
		{"e-usm-2-2-0.8", `e-usm is "2-2-0.8"; ` + usm},
		{"e-usm-2-0-0.8-0", `e-usm is "2-0-0.8-0"; ` + usm},
		{"rt-abc", `rt is "abc"; it takes auto, or degrees up to 36000, with an N in front for counter-clockwise`},
		{"rt-36001", `rt is "36001"; it takes auto, or degrees up to 36000, with an N in front for counter-clockwise`},
		{"fl-x", `fl is "x"; it takes h, v, h_v or v_h`},
		{"r-1_2", `r is "1_2"; ` + radii},
		{"r-1.5", `r is "1.5"; ` + radii},
		{"r-1_2_3_x", `r is "1_2_3_x"; ` + radii},
		{"b-5", `b is "5"; ` + border},
		{"b-0_red", `b is "0_red"; ` + border},
		{"b-5_nored", `b is "5_nored"; ` + border},
		{"t-100", `t is "100"; it takes true, false or 1 to 99`},
		{"o-101", `o is "101"; it takes 0 to 100, whole percents, or a fraction below 1`},
		{"bg-FF00", `bg is "FF00"; ` + color},
		{"bg-FF0000FF", `bg is "FF0000FF"; ` + color},
		{"bg-#FF0000", `bg is "#FF0000"; ` + color},
		{"bg-blurred_101", `bg-blurred is "101"; ` + blurred},
		{"bg-blurred_N5", `bg-blurred is "N5"; ` + blurred},
		{"bg-blurred_25_256", `bg-blurred is "25_256"; ` + blurred},
		{"bg-blurred_25_N256", `bg-blurred is "25_N256"; ` + blurred},
		{"bg-blurred_25_", `bg-blurred is "25_"; ` + blurred},
		{"bg-blurred_25_5_5", `bg-blurred is "25_5_5"; ` + blurred},
		{"bg-blurred__5", `bg-blurred is "_5"; ` + blurred},
		{"bg-dominant_2", `bg-dominant is "2"; it takes no value`},
		{"bg-gradient_dominant_3", `bg-gradient_dominant is "3"; it takes no value, 2 or 4`},
		{"e-shadow-bl-16", `e-shadow is "bl-16"; ` + shadow},
		{"e-shadow-bl-N1", `e-shadow is "bl-N1"; ` + shadow},
		{"e-shadow-st-101", `e-shadow is "st-101"; ` + shadow},
		{"e-shadow-x-N101", `e-shadow is "x-N101"; ` + shadow},
		{"e-shadow-y", `e-shadow is "y"; ` + shadow},
		{"e-shadow-z-5", `e-shadow is "z-5"; ` + shadow},
		{"e-gradient-ld-360", `e-gradient is "ld-360"; ` + gradient},
		{"e-gradient-ld-up", `e-gradient is "ld-up"; ` + gradient},
		{"e-gradient-from-nored", `e-gradient is "from-nored"; ` + gradient},
		{"e-gradient-to-", `e-gradient is "to-"; ` + gradient},
		{"e-gradient-sp-0", `e-gradient is "sp-0"; ` + gradient},
		{"e-gradient-sp-ih_mul", `e-gradient is "sp-ih_mul": nothing follows mul`},
		{"e-gradient-sp-65536", `e-gradient is "sp-65536"; ` + gradient},
		{"e-colorize-red", `e-colorize is "red"; it takes no value, or some of co (a colour) and in (0 to 100), such as co-red_in-50`},
		{"e-colorize-in-101", `e-colorize is "in-101"; it takes no value, or some of co (a colour) and in (0 to 100), such as co-red_in-50`},
		{"e-distort-a-0", `e-distort is "a-0"; ` + distort},
		{"e-distort-a-361", `e-distort is "a-361"; ` + distort},
		{"e-distort-b-5", `e-distort is "b-5"; ` + distort},
		{"e-distort-p-0_0_9_0_9_9", `e-distort is "p-0_0_9_0_9_9"; ` + distort},
		{"e-distort-p-0_0_9_0_9_9_0_9_1", `e-distort is "p-0_0_9_0_9_9_0_9_1"; ` + distort},
		{"e-distort-p-0_0_9_9_9_0_0_9", `e-distort is "p-0_0_9_9_9_0_0_9"; ` + distort},
		{"e-distort-p-0_0_9_0_2_2_0_9", `e-distort is "p-0_0_9_0_2_2_0_9"; ` + distort},
		{"e-distort-p-0_0_9.5_0_9_9_0_9", `e-distort is "p-0_0_9.5_0_9_9_0_9"; ` + distort},
		{"cr-nored", `cr is "nored"; ` + replace},
		{"cr-red_101", `cr is "red_101"; ` + replace},
		{"cr-red_5_nored", `cr is "red_5_nored"; ` + replace},
		{"cr-red_5_red_5", `cr is "red_5_red_5"; ` + replace},

		{"w-iw_plus_2", `w is "iw_plus_2": "plus" is not an operation; the operations are add, sub, mul, div, mod and pow`},
		{"h-width_div_2", `h is "width_div_2": "width" is neither a number nor a variable; the variables are iw, ih, iar, cw, ch, car and, in a layer, bw, bh, bar`},
		{"h-iw_div", `h is "iw_div": nothing follows div`},
		{"h-iw_2", `h is "iw_2": "2" is not an operation; the operations are add, sub, mul, div, mod and pow`},
		{"w-iw_", `w is "iw_": "" is not an operation; the operations are add, sub, mul, div, mod and pow`},
		{"w-N5_add_iw", `w is "N5_add_iw": "N5" is neither a number nor a variable; the variables are iw, ih, iar, cw, ch, car and, in a layer, bw, bh, bar`},
		{"w-bw_div_2", `w is "bw_div_2": bw is only known in a layer`},
		{"w-idu", `w is "idu": idu is not known here`},
		{"w-5_div_0", `w is "5_div_0": it divides by 0 or is too large`},
		{"w-5_sub_9", `w is "5_sub_9"; ` + length},
		{"w-5_sub_5", `w is "5_sub_5"; ` + length},
		{"ar-65536_mul_1", `ar is "65536_mul_1"; it takes width-height, such as 4-3, or an expression`},
		{"x-iw_div_two", `x is "iw_div_two": "two" is neither a number nor a variable; the variables are iw, ih, iar, cw, ch, car and, in a layer, bw, bh, bar`},
		{"yc-65535_add_1", `yc is "65535_add_1"; ` + place},
		{"dpr-3_add_3", `dpr is "3_add_3"; it takes 0.1 to 5, or an expression`},
		{"b-ih_mul_0.05", `b is "ih_mul_0.05": nothing follows mul`},
		{"b-ih_mul_0.05_nored", `b is "ih_mul_0.05_nored"; ` + border},
		{"w-1" + strings.Repeat("_add_1", 16), `w is "1_add_1_add_1_add_1_add_1_add_1_add...": it has more than 16 values`},

		{"if-w_gt_1,q-x,if-end", `q is "x"; it takes 1 to 100 or auto`},
		{"if-w_gt_1,if-else,q-x,if-end", `q is "x"; it takes 1 to 100 or auto`},
		{"if-w_gt_1,w-bw,if-end", `w is "bw": bw is only known in a layer`},
		{"if-,w-1,if-end", `if is "": "" is not a test, such as w_gt_300`},
		{"if", `if is "": "" is not a test, such as w_gt_300`},
		{"if-w_gt,w-1,if-end", `if is "w_gt": "w_gt" is not a test, such as w_gt_300`},
		{"if-q_gt_1,w-1,if-end", `if is "q_gt_1": "q" is not a property; the properties are w, h, ar, iw, ih and iar`},
		{"if-w_over_1,w-1,if-end", `if is "w_over_1": "over" is not a comparison; the comparisons are eq, ne, gt, gte, lt and lte`},
		{"if-w_gt_iw,w-1,if-end", `if is "w_gt_iw": w is compared with "iw"; it takes a number`},
		{"if-w_gt_4-3,w-1,if-end", `if is "w_gt_4-3": w is compared with "4-3"; it takes a number`},
		{"if-ar_gt_4-0,w-1,if-end", `if is "ar_gt_4-0": ar is compared with "4-0"; it takes a number, or width-height such as 4-3`},
		{"if-w_gt_1_h_gt_1,w-1,if-end", `if is "w_gt_1_h_gt_1": "h" is neither and nor or`},
		{"if-w_gt_1_and,w-1,if-end", `if is "w_gt_1_and": "" is not a test, such as w_gt_300`},
		{"if-w_eq_1" + strings.Repeat("_or_w_eq_1", 16) + ",if-end", `if is "w_eq_1_or_w_eq_1_or_w_eq_1_or_w_eq_...": it has more than 16 tests`},
		{"h-400:rt-90,if-h_eq_200,w-100,if-end:rt-90", "A condition must be a step of its own; put a colon before if and after if-end"},
		{"if-h_eq_200,w-100,if-end,q-5", "A condition must be a step of its own; put a colon before if and after if-end"},
		{"if-w_gt_1,md-true,if-end", "md cannot depend on a condition; move it out of if"},
		{"if-w_gt_1,cp-true,if-end", "cp cannot depend on a condition; move it out of if"},
		{"if-w_gt_1,di-a.jpg,if-end", "di cannot depend on a condition; move it out of if"},
		{"if-w_gt_1,orig-true,if-end", "orig cannot depend on a condition; move it out of if"},
		{"if-w_gt_1,f-svg,if-end", `f is "svg": f-svg cannot depend on a condition`},
		{"if-w_gt_1,pg-2,if-end", "pg cannot depend on a condition; move it out of if"},
		{"pg-10001", `pg is "10001"; it takes 1 to 10000`},
		{"pg-N1", `pg is "N1"; it takes 1 to 10000`},
		{"pg-1_3_5", `pg is "1_3_5": ` + ofPSD},
		{"pg-2-4", `pg is "2-4": ` + ofPSD},
		{"pg-4-", `pg is "4-": ` + ofPSD},
		{"pg-2_3-4", `pg is "2_3-4": ` + ofPSD},
		{"pg-name-a", `pg is "name-a": ` + ofPSD},
		{"fs-5", "fs belongs in l-text"},
		{"fo-face", "fo-face is not supported yet: it needs a detector of faces, which this server does not have"},
		{"z-2", "z is not supported yet: it refers to a face or an object, which needs a detector that this server does not have"},
		{"fo-car", "fo-car is not supported yet: it needs a detector of objects, which this server does not have"},
		{"fo-trafficLight", "fo-trafficLight is not supported yet: it needs a detector of objects, which this server does not have"},
		{"n-thumb", `n is "thumb", which is not the name of a transformation`},
		{"l-video,i-a,l-end", "l-video is not supported: videos are not transformed"},
		{"f-mp4", "f-mp4 is not supported: videos are not transformed"},
		{"e-bgremove", "e-bgremove is not supported: it needs an AI service"},
		{"bg-genfill-prompt-sea", "bg-genfill is not supported: it needs an AI service"},
		{"oi-a.png", "oi was removed from ImageKit in 2023; use l-image"},
		{"ots-45", "ots was removed from ImageKit in 2023; use l-text"},
		{"obg-red", "obg was removed from ImageKit in 2023; use l-image with i-ik_canvas"},
		{"ox-5", "ox was removed from ImageKit in 2023; use l-image or l-text"},

		{"rotate-91", `"rotate" ` + known},
		{"e-blur-5", `"e-blur" ` + known},
		{"e", `"e" ` + known},
		{"w_300", `"w_300" ` + known},
		{"W-300", `"W" ` + known},
		{"l-foo,l-end", `"l-foo" ` + known},
		{"300", `"300" ` + known},
		{strings.Repeat("é", 500), `"\u00e9\u00e9\u00e9\u00e9\u00e9..." ` + known},
	}
	tested := map[string]bool{}
	for _, tt := range tests {
		_, err := parseChain(tt.tr)
		if got := refusal(t, err); got != "EINVAL - "+tt.want {
			t.Errorf("%s\ngives %s\nwant  EINVAL - %s", tt.tr, got, tt.want)
		}
		r, _, _ := find(tt.tr)
		tested[r.name] = true
	}
	for _, r := range parameters {
		if r.state == supported && !tested[r.name] && r.where <= ofPictures && !r.isLayer { // the others: TestLayers
			t.Errorf("%s has no message in this test", r.name)
		}
	}
}

// What templates leave empty is as if it were not there, and what others write by
// other conventions is what they mean.
func TestOtherSpellings(t *testing.T) {
	for tr, same := range map[string]string{
		"w-,h-50": "h-50", "w-0,h-50": "h-50", "h-000,w-50": "w-50", "w": "", "w-300,w-": "w-300", "bl": "", "bl-0,w-5": "w-5", "lo-,w-5": "w-5",
		"q-50,q-0": "q-50", "dpr-,w-5": "w-5", "t-0,w-5": "w-5", "fo-,c-,cm-,f-,w-5": "w-5", "b-,r-,bg-,w-5": "w-5", "pg-0,w-5": "w-5",
		"q-auto,w-5": "w-5", "q-50,q-auto,w-5": "w-5", "cm-resize,w-5": "w-5", "c-force,cm-resize,w-5,h-5": "c-force,w-5,h-5",
		"cm-extract,cm-resize,w-5,h-5": "w-5,h-5", "orig": "orig-true", "w-5,orig": "orig-true", "o-0.8": "o-80", "o-0.57": "o-57", "e-usm-2-2-0.8-51": "e-usm-2-2-0.8-0.2",
		"l-image,i-a,lx-,w-0,l-end": "l-image,i-a,l-end", "l-text,i-a,fs-0,co-,l-end": "l-text,i-a,l-end",
		"l-image,i-a,lm-displace,lx-5,ly-N3,l-end": "l-image,i-a,lm-displace,x-5,y-N3,l-end",
		"if-w_gt_1,w-,h-5,if-end":                  "if-w_gt_1,h-5,if-end",
	} {
		got, err := parseChain(tr)
		want, err2 := parseChain(same)
		// An item that asks for nothing is a step all the same, so the keys count.
		if err != nil || err2 != nil || !reflect.DeepEqual(got.Key(), want.Key()) && tr != "w" && tr != "bl" {
			t.Errorf("%s gives %+v (%v), want that of %s: %+v (%v)", tr, got, err, same, want, err2)
		}
	}
	for _, tr := range []string{"n-", "n", "l-image,i-,l-end", "l-text,ie-,l-end", "e-grayscale-0", "bg-0", "fo-0", "o-1.5", "o-0.0", "e-usm-2-2-0.8-256"} {
		if got, err := parseChain(tr); err == nil {
			t.Errorf("%s gives %+v", tr, got)
		}
	}
}
