package imagekit

import (
	"bytes"
	"net/url"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/transform"
)

// FuzzParse: Parse never panics, its errors are of the kinds it promises and
// printable, and what it gives can be printed and parsed again.
func FuzzParse(f *testing.F) {
	for _, v := range vectors(f) {
		if u, err := url.Parse(v.URL); err == nil {
			f.Add(u.EscapedPath(), u.RawQuery)
		}
	}
	f.Add("/tr:b-1_red,rt-N0.1,ar-1-65535,w-0.00001:o-0/%2e%2e/a", "v=1&tr")
	f.Add("/tr:rt-1,n-a:n-b,q-5/a", "")
	named, err := New(Config{Named: map[string]Named{
		"a": {Transformation: "w-200,h-200:rt-90"}, "b": {Transformation: "orig-true"}, "c": {Transformation: "w-1", Disabled: true},
		"some_name": {Transformation: strings.Repeat("w-1,", 1000)},
	}})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, path, query string) {
		r, ok, err := named.Parse(path, query)
		if err != nil {
			refusal(t, err)
			return
		}
		if !ok {
			return
		}
		tr := Print(r.Plan)
		again, err := parseChain(tr)
		if err != nil {
			t.Fatalf("%+v prints as %s, which gives %v", r.Plan, tr, err)
		}
		if got, want := again.Key(), r.Plan.Key(); !bytes.Equal(got, want) {
			t.Fatalf("%+v prints as %s, with the key %s, want %s", r.Plan, tr, got, want)
		}
	})
}

func TestPrint(t *testing.T) {
	tests := []struct {
		plan plan
		want string
	}{
		{plan{}, ""},
		{plan{Steps: steps{{}}}, "f-auto"},
		{plan{Steps: steps{{}, {}}}, "f-auto"},
		{plan{Output: transform.Output{Quality: 50}}, "q-50"},
		{plan{Steps: steps{{Rotate: num(-40)}, {}}, Output: transform.Output{Format: transform.FormatOriginal}}, "rt-N40,f-orig"},
		{plan{Steps: steps{
			{
				Trim: transform.Trim{On: true},
				Resize: resize{
					Width: transform.Fraction(0.5), Aspect: num(1.5), Fit: transform.Crop, Focus: transform.FocusTopLeft,
					X: num(-1), Y: num(2), CenterX: num(3), CenterY: num(4), DPR: num(2),
				},
				Flip: transform.Flip{Horizontal: true, Vertical: true},
			},
			{
				Trim:       transform.Trim{On: true, Threshold: 7},
				Resize:     resize{Width: px(3), Height: px(4), Fit: transform.Inside, NoEnlarge: true},
				Flip:       transform.Flip{Horizontal: true},
				Effects:    transform.Effects{Grayscale: true, Contrast: true, Blur: num(9), Sharpen: transform.Sharpen{On: true}, Unsharp: defaultUnsharp},
				Border:     transform.Border{Width: num(5), Color: transform.Color{R: 255, A: 102}},
				Corners:    corners(radius(1), transform.Radius{Max: true}, transform.Radius{}, radius(4)),
				Opacity:    num(50),
				Background: background(255, 255, 255, 255),
			},
			{Flip: transform.Flip{Vertical: true}, Effects: transform.Effects{Sharpen: transform.Sharpen{On: true, Amount: 10}}},
		}, Output: transform.Output{Format: transform.WebP, Quality: 9, Progressive: true, Lossless: true, Metadata: true, Profile: true}},
			"t-true,w-0.5,ar-1.5-1,cm-extract,fo-top_left,x-N1,y-2,xc-3,yc-4,dpr-2,fl-h_v" +
				":t-7,w-3,h-4,c-at_max,fl-h,e-grayscale,e-contrast,bl-9,e-sharpen,e-usm-2-2-0.8-0.024,b-5_FF000040,r-1_max_0_4,o-50,bg-FFFFFF" +
				":fl-v,e-sharpen-10,f-webp,q-9,pr-true,lo-true,md-true,cp-true"},
	}
	for _, tt := range tests {
		if got := Print(tt.plan); got != tt.want {
			t.Errorf("%+v\nprints as %s\nwant      %s", tt.plan, got, tt.want)
		}
		checkRoundTrip(t, tt.plan)
	}
}
