package imagizer

import (
	"math"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
)

// inside returns the size that width and height ask for without a crop.
func inside(w, h float64) resize {
	z := resize{Fit: transform.Inside, NoEnlarge: true}
	if w > 0 {
		z.Width = px(w)
	}
	if h > 0 {
		z.Height = px(h)
	}
	return z
}

func box(w, h float64, fit transform.Fit, focus transform.Focus) resize {
	return resize{Width: px(w), Height: px(h), Fit: fit, Focus: focus}
}

func part2d(x, y, w, h float64) resize {
	return resize{Width: px(w), Height: px(h), Fit: transform.Crop, X: num(x), Y: num(y)}
}

func solid(r, g, b uint8) transform.Background {
	return transform.Background{On: true, Color: transform.Opaque(r, g, b)}
}

func TestSizes(t *testing.T) {
	entropy := resize{Width: transform.Fraction(2.0 / 3), Height: transform.Fraction(2.0 / 3), Fit: transform.Crop, Focus: transform.FocusAuto}
	at := func(x, y float64) resize {
		z := box(300, 200, transform.Cover, transform.FocusPoint)
		z.PointX, z.PointY = num(x), num(y)
		return z
	}
	enlarged := inside(300, 0)
	enlarged.NoEnlarge = false
	kept := box(300, 200, transform.Cover, transform.FocusCenter)
	kept.NoEnlarge = true
	half := resize{Width: transform.Fraction(0.5), Fit: transform.Inside, NoEnlarge: true}
	for query, want := range map[string]steps{
		"width=300":                     {{Resize: inside(300, 0)}},
		"h=200":                         {{Resize: inside(0, 200)}},
		"width=300&height=200":          {{Resize: inside(300, 200)}},
		"width=0.2":                     {{Resize: inside(1, 0)}},
		"width=9999999":                 {{Resize: inside(65535, 0)}},
		"width=300&dpr=2":               {{Resize: inside(600, 0)}},
		"width=301&height=99&dpr=1.5":   {{Resize: inside(452, 149)}}, // 451.5 and 148.5
		"width=300&dpr=0.001":           {{Resize: inside(30, 0)}},
		"width=300&dpr=50":              {{Resize: inside(3000, 0)}},
		"dpr=2":                         {{}},
		"scale=0.5":                     {{Resize: half}},
		"scale=1":                       {{}},
		"width=300&scale=2&dpr=2":       {{Resize: inside(1200, 0)}},
		"width=300&upscale=true":        {{Resize: enlarged}},
		"width=300&upscale":             {{Resize: enlarged}},
		"width=300&upscale=false":       {{Resize: inside(300, 0)}},
		"width=300&height=200&crop=fit": {{Resize: box(300, 200, transform.Cover, transform.FocusCenter)}},
		"width=300&height=200&crop=fit&upscale=0": {{Resize: kept}},
		"width=300&height=200&crop=top":           {{Resize: box(300, 200, transform.Cover, transform.FocusTop)}},
		"width=300&height=200&crop=bottom":        {{Resize: box(300, 200, transform.Cover, transform.FocusBottom)}},
		"width=300&height=200&crop=entropy":       {{Resize: box(300, 200, transform.Cover, transform.FocusAuto)}},
		"width=300&height=200&crop=pad":           {{Resize: box(300, 200, transform.Pad, transform.FocusCenter), Background: solid(255, 255, 255)}},
		"width=300&height=200&crop=pad&dpr=2":     {{Resize: box(600, 400, transform.Pad, transform.FocusCenter), Background: solid(255, 255, 255)}},
		"w=300&h=200&crop=pad&pad_color=abc":      {{Resize: box(300, 200, transform.Pad, transform.FocusCenter), Background: solid(0xaa, 0xbb, 0xcc)}},
		"width=300&crop=fit":                      {{Resize: inside(300, 0)}},
		"width=300&crop=pad":                      {{Resize: inside(300, 0)}},
		"height=300&crop=top":                     {{Resize: inside(0, 300)}},
		"crop=fit":                                {{}},
		"crop=65,190,300,301":                     {{Resize: part2d(65, 190, 300, 301)}},
		"crop=65%2C190%2C+300,301.0":              {{Resize: part2d(65, 190, 300, 301)}},
		"crop=-10,-20,30,40":                      {{Resize: part2d(0, 0, 20, 20)}},
		"width=300&crop=65,190,300,300":           {{Resize: part2d(65, 190, 300, 300)}, {Resize: inside(300, 0)}},
		"width=30&height=20&crop=0,0,300,300":     {{Resize: part2d(0, 0, 300, 300)}, {Resize: inside(30, 20)}},
		"trim=true&crop=0,0,300,300":              {{Resize: part2d(0, 0, 300, 300)}, {Trim: transform.Trim{On: true}}},
		"scale=0.5&crop=0,0,300,300":              {{Resize: part2d(0, 0, 300, 300)}, {Resize: half}},
		"blur=5&crop=0,0,300,300":                 {{Resize: part2d(0, 0, 300, 300), Effects: transform.Effects{Blur: num(5)}}},
		"crop=entropy":                            {{Resize: entropy}},
		"crop=entropy&width=300":                  {{Resize: entropy}, {Resize: inside(300, 0)}},
		"w=300&h=200&crop=fit&fp_x=0.2&fp_y=0.7":  {{Resize: at(0.2, 0.7)}},
		"w=300&h=200&crop=fit&fp_x=0.2":           {{Resize: at(0.2, 0.5)}},
		"w=300&h=200&crop=fit&fp_y=-1":            {{Resize: at(0.5, 0)}},
		"w=300&h=200&crop=top&fp_y=1":             {{Resize: box(300, 200, transform.Cover, transform.FocusTop)}},
		"w=300&h=200&fp_x=0.2":                    {{Resize: inside(300, 200)}},
		"trim":                                    {{Trim: transform.Trim{On: true}}},
		"trim=7":                                  {{Trim: transform.Trim{On: true, Threshold: 7}}},
		"trim=1":                                  {{Trim: transform.Trim{On: true, Threshold: 1}}},
		"trim=0":                                  {{}},
		"width=300&height=200&crop=pad&pad=5":     {{Resize: box(300, 200, transform.Pad, transform.FocusCenter), Background: solid(255, 255, 255), Border: transform.Border{Width: num(5), Color: transform.White}}},
	} {
		checkPlan(t, query, plan{Steps: want, Output: original})
	}
	for c, want := range map[bool]resize{true: enlarged, false: inside(300, 0)} {
		r, _, err := dialect(t, Config{Upscale: c}).Parse("/a", "width=300")
		if err != nil || len(r.Plan.Steps) != 1 || r.Plan.Steps[0].Resize != want {
			t.Errorf("with upscale %t: %+v, %v", c, r.Plan, err)
		}
	}
}

func TestEffects(t *testing.T) {
	round := func(px ...float64) (c transform.Corners) {
		for i, to := range []*transform.Radius{&c.TopLeft, &c.TopRight, &c.BottomRight, &c.BottomLeft} {
			if to.Max = math.IsInf(px[i], 1); !to.Max && px[i] > 0 {
				to.Px = num(px[i])
			}
		}
		return c
	}
	border := func(width float64, c transform.Color) transform.Border {
		return transform.Border{Width: num(width), Color: c}
	}
	adjust := func(a transform.Adjust) steps { return steps{{Effects: transform.Effects{Adjust: a}}} }
	effect := func(e transform.Effects) steps { return steps{{Effects: e}} }
	for query, want := range map[string]steps{
		"blur=0":                    {{Effects: transform.Effects{Blur: num(0)}}},
		"blur=100":                  effect(transform.Effects{Blur: num(100)}),
		"blur=101":                  effect(transform.Effects{Blur: num(100)}),
		"blur=-3":                   {{Effects: transform.Effects{Blur: num(0)}}},
		"brightness=-0.25":          adjust(transform.Adjust{Brightness: -0.25}),
		"brightness=2":              adjust(transform.Adjust{Brightness: 1}),
		"contrast=0.5":              adjust(transform.Adjust{Contrast: 0.5}),
		"gamma=-1.5":                adjust(transform.Adjust{Gamma: -1}),
		"saturation=.5":             adjust(transform.Adjust{Saturation: 0.5}),
		"hue=-90":                   adjust(transform.Adjust{Hue: -90}),
		"auto_fix=true":             effect(transform.Effects{Tone: true}),
		"auto_level=true":           effect(transform.Effects{WhiteBalance: true}),
		"auto_level=false":          {{}},
		"redeye=false":              {{}},
		"sharp_amount=0":            {{}},
		"sharp_amount=50":           effect(transform.Effects{Sharpen: transform.Sharpen{On: true, Amount: 50}}),
		"filter=1":                  effect(transform.Effects{Look: transform.Sepia}),
		"filter=2":                  effect(transform.Effects{Look: transform.Warm}),
		"filter=19":                 effect(transform.Effects{Look: transform.Sketch}),
		"filter=20":                 effect(transform.Effects{Contrast: true}),
		"filter=21":                 effect(transform.Effects{Grayscale: true}),
		"filter=0":                  {{}},
		"colorize=red":              effect(transform.Effects{Colorize: transform.Colorize{Color: transform.Opaque(255, 0, 0), Intensity: 100}}),
		"colorize=00ff0080":         effect(transform.Effects{Colorize: transform.Colorize{Color: transform.Color{G: 255, A: 128}, Intensity: 100}}),
		"colorize=%2300FF00":        effect(transform.Effects{Colorize: transform.Colorize{Color: transform.Opaque(0, 255, 0), Intensity: 100}}),
		"angle=90":                  {{Rotate: num(90)}},
		"angle=-12.5":               {{Rotate: num(-12.5)}},
		"angle=45&pad_color=f00":    {{Rotate: num(45), Background: solid(255, 0, 0)}},
		"angle=90&pad_color=f00":    {{Rotate: num(90)}},
		"angle=90.5&pad_color=f00":  {{Rotate: num(90.5), Background: solid(255, 0, 0)}},
		"pad_color=f00":             {{}},
		"flip=h":                    {{Flip: transform.Flip{Horizontal: true}}},
		"flip=v":                    {{Flip: transform.Flip{Vertical: true}}},
		"flip=hv":                   {{Flip: transform.Flip{Horizontal: true, Vertical: true}}},
		"flip=vh":                   {{Flip: transform.Flip{Horizontal: true, Vertical: true}}},
		"pad=20":                    {{Border: border(20, transform.White), Background: solid(255, 255, 255)}},
		"pad=20&pad_color=000":      {{Border: border(20, transform.Black), Background: solid(0, 0, 0)}},
		"pad=0":                     {{}},
		"border=5":                  {{Border: border(5, transform.Black)}},
		"border_color=red&border=5": {{Border: border(5, transform.Opaque(255, 0, 0))}},
		"border_color=red":          {{}},
		"border=0&border_color=red": {{}},
		"border=5&pad=20":           {{Border: border(5, transform.Black)}, {Border: border(20, transform.White), Background: solid(255, 255, 255)}},
		"radius=10":                 {{Corners: round(10, 10, 10, 10)}},
		"radius=max":                {{Corners: round(math.Inf(1), math.Inf(1), math.Inf(1), math.Inf(1))}},
		"radius=1,max,0,4":          {{Corners: round(1, math.Inf(1), 0, 4)}},
		"radius=0":                  {{}},
		"radius=10&pad=20":          {{Corners: round(10, 10, 10, 10)}, {Border: border(20, transform.White), Background: solid(255, 255, 255)}},
		"radius=10&border=5":        {{Border: border(5, transform.Black), Corners: round(10, 10, 10, 10)}},
		// Corners are cut out of padding, and not filled with its colour.
		"w=30&h=20&crop=pad&radius=10": {{Resize: box(30, 20, transform.Pad, 0), Background: solid(255, 255, 255)}, {Corners: round(10, 10, 10, 10)}},
		"w=30&h=20&crop=pad&radius=10&pad=5": {{Resize: box(30, 20, transform.Pad, 0), Background: solid(255, 255, 255)},
			{Corners: round(10, 10, 10, 10)}, {Border: border(5, transform.White), Background: solid(255, 255, 255)}},
	} {
		checkPlan(t, query, plan{Steps: want, Output: original})
	}
}

func TestOutput(t *testing.T) {
	format := func(f transform.Format) plan { return plan{Steps: steps{{}}, Output: transform.Output{Format: f}} }
	flat := steps{{Background: solid(255, 255, 255)}}
	for query, want := range map[string]plan{
		"format=auto":                   format(transform.FormatAuto),
		"format=jpeg":                   format(transform.JPEG),
		"format=jpg":                    format(transform.JPEG),
		"format=webp":                   format(transform.WebP),
		"format=png":                    format(transform.PNG),
		"format=avif":                   format(transform.AVIF),
		"format=gif":                    format(transform.GIF),
		"quality=90":                    {Steps: steps{{}}, Output: transform.Output{Format: transform.FormatOriginal, Quality: 90}},
		"quality=0":                     {Steps: steps{{}}, Output: transform.Output{Format: transform.FormatOriginal, Quality: 1}},
		"quality=1000":                  {Steps: steps{{}}, Output: transform.Output{Format: transform.FormatOriginal, Quality: 100}},
		"lossless=true":                 {Steps: steps{{}}, Output: transform.Output{Format: transform.FormatOriginal, Lossless: true}},
		"progressive":                   {Steps: steps{{}}, Output: transform.Output{Format: transform.FormatOriginal, Progressive: true}},
		"strip=false":                   {Steps: steps{{}}, Output: transform.Output{Format: transform.FormatOriginal, Metadata: true}},
		"strip=true":                    {Steps: steps{{}}, Output: transform.Output{Format: transform.FormatOriginal, NoMetadata: true, NoProfile: true}},
		"flatten=true":                  {Steps: flat, Output: transform.Output{Format: transform.JPEG}},
		"flatten=true&format=auto":      {Steps: flat, Output: transform.Output{}},
		"flatten=true&pad_color=000":    {Steps: steps{{Background: solid(0, 0, 0)}}, Output: transform.Output{Format: transform.JPEG}},
		"flatten=false":                 {Steps: steps{{}}, Output: original},
		"autorotate=false":              {AsStored: true, Steps: steps{{}}, Output: original},
		"autorotate=true":               {Steps: steps{{}}, Output: original},
		"page=3":                        {Page: 3, Steps: steps{{}}, Output: original},
		"flatten=true&radius=max&w=300": {Steps: steps{{Resize: inside(300, 0), Corners: transform.Corners{TopLeft: transform.Radius{Max: true}, TopRight: transform.Radius{Max: true}, BottomRight: transform.Radius{Max: true}, BottomLeft: transform.Radius{Max: true}}, Background: solid(255, 255, 255)}}, Output: transform.Output{Format: transform.JPEG}},
	} {
		checkPlan(t, query, want)
	}
}

// checkRefusal tries a query that is wrong.
func checkRefusal(t *testing.T, d *Dialect, query string, kind errors.Kind, want string) {
	t.Helper()
	r, ok, err := d.Parse("/photo.jpg", query)
	if !ok || !errors.Is(err, kind) || !strings.Contains(errors.From(err).Message, want) {
		t.Errorf("%s\ngives %+v, %v\nwant  %s", query, r, err, want)
	}
}

func TestRefusals(t *testing.T) {
	d := dialect(t, Config{})
	for query, want := range map[string]string{
		"width=abc":                   `width is "abc"; it takes pixels, more than 0`,
		"w=0":                         `width is "0"; it takes pixels, more than 0`,
		"height=-5":                   `height is "-5"; it takes pixels, more than 0`,
		"width=1e3":                   `width is "1e3"`,
		"width=0x10":                  `width is "0x10"`,
		"width=1.":                    `width is "1."`,
		"width=.":                     `width is "."`,
		"width=-":                     `width is "-"`,
		"width=%2B5":                  `width is "+5"`,
		"width=$400":                  `width is "$400"`,
		"width=Inf":                   `width is "Inf"`,
		"width64=%2A":                 `width64 is "*"; it takes Base64 of UTF-8`,
		"width64=_w==":                `width64 is "_w=="; it takes Base64 of UTF-8`, // the byte ff
		"width=%zz":                   "width has a malformed percent-encoding",
		"mark=%ff":                    "mark is not percent-encoded UTF-8",
		"crop=left":                   `crop is "left"; it takes fit, top, bottom, pad, entropy, or x,y,width,height in whole pixels of the original`,
		"crop=1,2,3":                  `crop is "1,2,3"; it takes`,
		"crop=1,2,3,a":                `crop is "1,2,3,a"; it takes`,
		"crop=1,2,0,4":                `crop is "1,2,0,4"; its width and height must be more than 0`,
		"crop=1,2,3,-4":               `its width and height must be more than 0`,
		"crop=-5,2,5,4":               `crop is "-5,2,5,4", which is outside of any image`,
		"crop=face":                   "crop=face is not supported yet: it needs a detector of faces",
		"redeye=true":                 "redeye is not supported yet: it needs a detector of eyes",
		"redeye":                      "redeye is not supported yet",
		"meta=true&face=true":         "face is not supported yet: it needs a detector of faces",
		"cache_processed=true":        "cache_processed is not supported: it stores what a POST request sends",
		"cache_queries=a":             "cache_queries is not supported: it stores what a POST request sends",
		"auto_fix=yes":                `auto_fix is "yes"; it takes true or false`,
		"format=bmp":                  `format is "bmp"; it takes auto, jpeg, jpg, webp, png, avif or gif`,
		"format=svg":                  `format is "svg"; it takes`,
		"filter=22":                   `filter is "22"; it takes the number of a filter, 1 to 21, or 0 for none`,
		"filter=-1":                   `filter is "-1"`,
		"filter=1.5":                  `filter is "1.5"`,
		"filter=99999999999999999999": `filter is "99999999999999999999"`,
		"colorize=reddish":            `colorize is "reddish"; it takes a colour: RGB, RRGGBB, RRGGBBAA, or a name such as red`,
		"pad_color=%23":               `pad_color is "#"`,
		"pad_color=ggg":               `pad_color is "ggg"`,
		"pad_color=0x1122":            `pad_color is "0x1122"`,
		"flip=x":                      `flip is "x"; it takes h, v or hv`,
		"flip=hh":                     `flip is "hh"`,
		"radius=1,2":                  `radius is "1,2"`,
		"radius=a":                    `radius is "a"`,
		"trim=maybe":                  `trim is "maybe"`,
		"preset=none":                 `preset is "none"; it takes the name of a preset that this server has`,
		"mark_pos=up":                 `mark_pos is "up"; it takes top, center or bottom, and left, center or right, such as bottom,right`,
		"mark_pos=left,right":         `mark_pos is "left,right"`,
		"mark_pos=,":                  `mark_pos is ","`,
		"mark_pos=top,left,center":    `mark_pos is "top,left,center"`,
		"text_font=a/../b.ttf":        `text_font is "a/../b.ttf": The path has a ".." segment`,
		"text_font=%3Cb%3E":           `text_font is "\x3cb\x3e"; it takes the name of a font family`,
		"text_align=middle":           `text_align is "middle"`,
	} {
		checkRefusal(t, d, query, errors.BadTransform, want)
	}
	long := strings.Repeat("1", maxValue)
	checkRefusal(t, d, "width="+long, errors.BadTransform, `width is "111`)
	checkRefusal(t, d, "width="+long+"1", errors.Limit, "width has 8193 bytes, more than 8192")
}
