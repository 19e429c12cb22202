package imagekit

import "github.com/caddy-images/caddy-images/transform"

// Shorthands for plans as they are written by hand.
type (
	plan   = transform.Plan
	steps  = []transform.Step
	resize = transform.Resize
)

var (
	num = transform.Num
	px  = transform.Px
)

func corners(tl, tr, br, bl transform.Radius) transform.Corners {
	return transform.Corners{TopLeft: tl, TopRight: tr, BottomRight: br, BottomLeft: bl}
}

func radius(v float64) transform.Radius { return transform.Radius{Px: num(v)} }

func background(r, g, b, a uint8) transform.Background {
	return transform.Background{On: true, Color: transform.Color{R: r, G: g, B: b, A: a}}
}

// plans are what some vectors must give, the others' plans being compared only
// with themselves.
var plans = map[string]plan{
	"https://ik.imagekit.io/test_url_endpoint/test_path.jpg": {},
	"https://ik.imagekit.io/test_url_endpoint/test_path.jpg?tr=h-300,w-400:rt-90": {
		Steps: steps{{Resize: resize{Width: px(400), Height: px(300)}}, {Rotate: num(90)}}},
	"https://ik.imagekit.io/test_url_endpoint/test_path.jpg?tr=h-300%2Cw-400": {
		Steps: steps{{Resize: resize{Width: px(400), Height: px(300)}}}},
	"https://ik.imagekit.io/demo/tr:rt-90:w-400,h-300/default-image.jpg": {
		Steps: steps{{Rotate: num(90)}, {Resize: resize{Width: px(400), Height: px(300)}}}},
	"https://ik.imagekit.io/test_url_endpoint/test_path.jpg?tr=h-300,w-400,b-20_FF0000": {
		Steps: steps{{
			Resize: resize{Width: px(400), Height: px(300)},
			Border: transform.Border{Width: num(20), Color: transform.Opaque(255, 0, 0)},
		}}},
	"https://ik.imagekit.io/test_url_endpoint/test_path.jpg?tr=w-400,h-300,r-10_max_20_30": {
		Steps: steps{{
			Resize:  resize{Width: px(400), Height: px(300)},
			Corners: corners(radius(10), transform.Radius{Max: true}, radius(20), radius(30)),
		}}},
	"https://ik.imagekit.io/test_url_endpoint/test_path.jpg?tr=e-contrast": {
		Steps: steps{{Effects: transform.Effects{Contrast: true}}}},
	"https://ik.imagekit.io/test_url_endpoint/test_path1.jpg?tr=e-sharpen-10": {
		Steps: steps{{Effects: transform.Effects{Sharpen: transform.Sharpen{On: true, Amount: 10}}}}},
	"https://ik.imagekit.io/test_url_endpoint/test_path1.jpg?tr=t-true": {
		Steps: steps{{Trim: transform.Trim{On: true}}}},
	"https://ik.imagekit.io/test_url_endpoint/test_path1.jpg?tr=t-5": {
		Steps: steps{{Trim: transform.Trim{On: true, Threshold: 5}}}},
	"https://ik.imagekit.io/demo/tr:w-0.4/medium_cafe_B1iTdD0C.jpg": {
		Steps: steps{{Resize: resize{Width: transform.Fraction(0.4)}}}},
	"https://ik.imagekit.io/demo/tr:ar-4-3,w-400/medium_cafe_B1iTdD0C.jpg": {
		Steps: steps{{Resize: resize{Width: px(400), Aspect: num(4.0 / 3)}}}},
	"https://ik.imagekit.io/demo/img/plant.jpeg?tr=w-300,h-200,cm-pad_resize,bg-F3F3F3,fo-left": {
		Steps: steps{{
			Resize:     resize{Width: px(300), Height: px(200), Fit: transform.Pad, Focus: transform.FocusLeft},
			Background: background(0xf3, 0xf3, 0xf3, 255),
		}}},
	"https://ik.imagekit.io/test_url_endpoint/test_path1.jpg?tr=ar-4:3": {
		Steps: steps{{Resize: resize{Aspect: num(4.0 / 3)}}}},
	"https://ik.imagekit.io/demo/img/plant.jpeg?tr=w-300,h-200,c-force": {
		Steps: steps{{Resize: resize{Width: px(300), Height: px(200), Fit: transform.Stretch}}}},
	"https://ik.imagekit.io/demo/img/plant.jpeg?tr=w-300,h-200,c-at_max": {
		Steps: steps{{Resize: resize{Width: px(300), Height: px(200), Fit: transform.Inside, NoEnlarge: true}}}},
	"https://ik.imagekit.io/demo/img/plant.jpeg?tr=w-850,h-1000,c-at_max_enlarge": {
		Steps: steps{{Resize: resize{Width: px(850), Height: px(1000), Fit: transform.Inside}}}},
	"https://ik.imagekit.io/demo/img/plant.jpeg?tr=w-300,h-200,c-at_least": {
		Steps: steps{{Resize: resize{Width: px(300), Height: px(200), Fit: transform.Outside}}}},
	"https://ik.imagekit.io/demo/img/plant.jpeg?tr=w-300,h-300,cm-extract,fo-bottom_right": {
		Steps: steps{{Resize: resize{Width: px(300), Height: px(300), Fit: transform.Crop, Focus: transform.FocusBottomRight}}}},
	"https://ik.imagekit.io/demo/img/plant.jpeg?tr=w-300,h-300,cm-extract,x-100,y-300": {
		Steps: steps{{Resize: resize{Width: px(300), Height: px(300), Fit: transform.Crop, X: num(100), Y: num(300)}}}},
	"https://ik.imagekit.io/demo/img/plant.jpeg?tr=w-300,h-300,cm-extract,xc-300,yc-500": {
		Steps: steps{{Resize: resize{Width: px(300), Height: px(300), Fit: transform.Crop, CenterX: num(300), CenterY: num(500)}}}},
	"https://ik.imagekit.io/demo/medium_cafe_B1iTdD0C.jpg?tr=w-700,h-700,cm-pad_extract,bg-F3F3F3": {
		Steps: steps{{
			Resize:     resize{Width: px(700), Height: px(700), Fit: transform.CropPad},
			Background: background(0xf3, 0xf3, 0xf3, 255),
		}}},
	"https://ik.imagekit.io/demo/tr:h-300,w-400,f-jpg,pr-true/medium_cafe_B1iTdD0C.jpg": {
		Steps:  steps{{Resize: resize{Width: px(400), Height: px(300)}}},
		Output: transform.Output{Format: transform.JPEG, Progressive: true}},
	"https://ik.imagekit.io/demo/tr:q-90/medium_cafe_B1iTdD0C.jpg": {
		Steps:  steps{{}},
		Output: transform.Output{Quality: 90}},
	"https://ik.imagekit.io/demo/tr:rt-N40/medium_cafe_B1iTdD0C.jpg": {
		Steps: steps{{Rotate: num(-40)}}},
	"https://ik.imagekit.io/demo/tr:o-50,bg-0000FF30/medium_cafe_B1iTdD0C.jpg": {
		Steps: steps{{Opacity: num(50), Background: background(0, 0, 255, 77)}}},
	"https://ik.imagekit.io/demo/tr:o-50,bg-blue/medium_cafe_B1iTdD0C.jpg": {
		Steps: steps{{Opacity: num(50), Background: background(0, 0, 255, 255)}}},
	"https://ik.imagekit.io/demo/tr:h-300,e-usm-2-2-0.8-0.024/sample_image.jpg": {
		Steps: steps{{
			Resize:  resize{Height: px(300)},
			Effects: transform.Effects{Unsharp: transform.Unsharp{Radius: 2, Sigma: 2, Amount: 0.8, Threshold: 0.024}},
		}}},
	"https://ik.imagekit.io/demo/tr:h-300,e-gradient-ld-45_from-FF000050_to-FFFFFF50_sp-0.5/sample_image.jpg": {
		Steps: steps{{
			Resize: resize{Height: px(300)},
			Effects: transform.Effects{Gradient: transform.Gradient{
				On: true, Angle: 45, From: transform.Color{R: 255, A: 128}, To: transform.Color{R: 255, G: 255, B: 255, A: 128}, Stop: transform.Fraction(0.5),
			}},
		}}},
	"https://ik.imagekit.io/demo/tr:h-600,w-800,cm-pad_resize,bg-blurred_25_N30/medium_cafe_B1iTdD0C.jpg": {
		Steps: steps{{
			Resize:     resize{Width: px(800), Height: px(600), Fit: transform.Pad},
			Background: transform.Background{On: true, Kind: transform.BlurredBackground, Blurred: transform.Blurred{Blur: 25, Brightness: -30}},
		}}},
	"https://ik.imagekit.io/demo/tr:orig-true/medium_cafe_B1iTdD0C.jpg": {},
}
