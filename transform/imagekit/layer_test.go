package imagekit

import (
	"encoding/base64"
	"reflect"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
)

func TestLayers(t *testing.T) {
	trimmed := transform.Step{Trim: transform.Trim{On: true}}
	logo := func(change func(*transform.Layer)) transform.Layer {
		l := transform.Layer{Image: origin.Ref{Path: "logo.png"}, Steps: steps{trimmed}}
		change(&l)
		return l
	}
	named := func(path string) transform.Layer { return logo(func(l *transform.Layer) { l.Image.Path = path }) }
	placed := func(p transform.Place) transform.Layer { return logo(func(l *transform.Layer) { l.Place = p }) }
	blend := func(b transform.Blend) transform.Layer { return logo(func(l *transform.Layer) { l.Blend = b }) }
	at := func(v float64) transform.Offset { return transform.Offset{Distance: num(v)} }
	back := func(v float64) transform.Offset { return transform.Offset{Distance: num(v), Back: true} }
	block := func(c transform.Color, z resize) transform.Layer {
		return transform.Layer{Kind: transform.BlockLayer, Color: c, Steps: steps{{Resize: z}}}
	}
	const topLeft = transform.FocusTopLeft
	whole := transform.Fraction(1)
	red := transform.Opaque(255, 0, 0)
	tests := []struct {
		tr   string // without l-image and l-end
		want transform.Layer
	}{
		{"i-logo.png", named("logo.png")},
		{"i-a@@b c@@ü.png", named("a/b%20c/%C3%BC.png")},
		{"i-@@a@@b.png", named("a/b.png")},
		{"i-/a/b.png", named("a/b.png")},
		{"i-100%.png", named("100%25.png")},
		{"i-x.png,ie-YS9iLnBuZw==", named("a/b.png")},
		{"ie-YS9iLnBuZw,i-x.png", named("a/b.png")},
		{"ie-w7_Dvy5wbmc", named("%C3%BF%C3%BF.png")},
		{"ie-w7/Dvy5wbmc=", named("%C3%BF%C3%BF.png")},
		{"i-logo.png,t-false", logo(func(l *transform.Layer) { l.Steps = steps{{}} })},
		{"i-logo.png,t-7", logo(func(l *transform.Layer) { l.Steps[0].Trim.Threshold = 7 })},
		{"i-logo.png,q-5", named("logo.png")},
		{"i-logo.png,w-0.5:rt-90,t-3", logo(func(l *transform.Layer) {
			l.Steps = steps{{Resize: resize{Width: transform.Fraction(0.5)}}, {Rotate: num(90), Trim: transform.Trim{On: true, Threshold: 3}}}
		})},
		{"w-bw_div_2,i-logo.png", logo(func(l *transform.Layer) {
			l.Steps[0].Resize.Width = transform.Pixels(expression(t, transform.BaseWidth, 2.0, transform.Divide))
		})},
		{"i-logo.png,lx-10", placed(transform.Place{Left: at(10), Anchor: topLeft})},
		{"i-logo.png,lx-N0,ly-N12.5", placed(transform.Place{Left: back(0), Top: back(12.5), Anchor: topLeft})},
		{"i-logo.png,lxc-10,lyc-N20,lap-bottom_right", placed(transform.Place{CenterX: at(10), CenterY: back(20), Anchor: transform.FocusBottomRight})},
		{"i-logo.png,lxc-10,lap-center", placed(transform.Place{CenterX: at(10)})},
		{"i-logo.png,lap-right", placed(transform.Place{})},
		{"i-logo.png,lfo-bottom_left", placed(transform.Place{Focus: transform.FocusBottomLeft})},
		{"i-logo.png,lfo-bottom_left,ly-5", placed(transform.Place{Top: at(5), Anchor: topLeft})},
		{"i-logo.png,lx-bw_sub_cw", placed(transform.Place{Left: transform.Offset{Distance: expression(t, transform.BaseWidth, transform.Width, transform.Subtract)}, Anchor: topLeft})},
		{"i-logo.png,pg-2", logo(func(l *transform.Layer) { l.Page = 2 })},
		{"i-logo.png,lm-multiply", blend(transform.BlendMultiply)},
		{"i-logo.png,lm-cutout", blend(transform.BlendCutout)},
		{"i-logo.png,lm-cutter", blend(transform.BlendCutter)},
		{"i-logo.png,lm-displace,x-5,y-N3", logo(func(l *transform.Layer) {
			l.Blend, l.Shift = transform.BlendDisplace, transform.Shift{X: num(5), Y: num(-3)}
		})},
		{"i-ik_canvas", block(transform.Black, resize{})},
		{"i-ik_canvas,bg-red,w-30,h-20", block(red, resize{Width: px(30), Height: px(20), Fit: transform.Stretch})},
		{"i-ik_canvas,bg-FF0000,h-20,al-4", block(transform.Color{R: 255, A: 102}, resize{Width: whole, Height: px(20), Fit: transform.Stretch})},
		{"i-ik_canvas,bg-FF000070,w-20,al-4", block(transform.Color{R: 255, A: 179}, resize{Width: px(20), Height: whole, Fit: transform.Stretch})},
		{"i-ik_canvas,bg-red,al-4", block(red, resize{})},
		{"i-ik_canvas,e-gradient-ld-top", transform.Layer{Kind: transform.BlockLayer, Steps: steps{{
			Effects: transform.Effects{Gradient: transform.Gradient{On: true, From: transform.White}}}}}},
		{"i-ik_canvas,w-20,ar-2-1,cm-extract", block(transform.Black, resize{Width: px(20), Aspect: num(2), Fit: transform.Stretch})},
		{"i-logo.png,l-image,i-a.png,l-end", logo(func(l *transform.Layer) { l.Steps[0].Layers = []transform.Layer{named("a.png")} })},
	}
	tested := map[string]bool{"l-image": true}
	for _, tt := range tests {
		got, err := parseChain("l-image," + tt.tr + ",l-end")
		if want := (plan{Steps: steps{{Layers: []transform.Layer{tt.want}}}}); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s\ngives %+v, %v\nwant  %+v", tt.tr, got, err, want)
			continue
		}
		checkRoundTrip(t, got)
		for text := range strings.SplitSeq(tt.tr, ",") {
			r, _, _ := find(text)
			tested[r.name] = true
		}
	}
	for _, r := range parameters {
		if r.state == supported && r.where > ofPictures && r.where != ofTexts && !tested[r.name] {
			t.Errorf("%s has no value in this test", r.name)
		}
	}
}

func TestTexts(t *testing.T) {
	text := func(content string, change func(*transform.Layer)) transform.Layer {
		l := transform.Layer{Kind: transform.TextLayer, Steps: steps{{}}, Text: transform.Text{
			Content: content, Font: "Open Sans", Size: num(45), Color: transform.Black,
		}}
		if change != nil {
			change(&l)
		}
		return l
	}
	of := func(change func(*transform.Text)) transform.Layer {
		return text("hello", func(l *transform.Layer) { change(&l.Text) })
	}
	padded := func(top, right, bottom, left float64) transform.Layer {
		return of(func(x *transform.Text) {
			x.Padding = transform.Padding{Top: num(top), Right: num(right), Bottom: num(bottom), Left: num(left)}
		})
	}
	fontOf := func(name string) transform.Layer { return of(func(x *transform.Text) { x.Font = name }) }
	red := transform.Opaque(255, 0, 0)
	tests := []struct {
		tr   string
		want transform.Layer
	}{
		{"i-hello", text("hello", nil)},
		{"i-50% _-@&! é", text("50% _-@&! é", nil)},
		{"i-x,ie-aGVsbG8sIHlvdTogPDI+Cg==", text("hello, you: <2>\n", nil)},
		{"ie-5L2g5aW9", text("你好", nil)},
		{"i-" + strings.Repeat("é", 2001), text(strings.Repeat("é", 2000), nil)},
		{"ie-" + base64.StdEncoding.EncodeToString([]byte(strings.Repeat("é", 2501))), text(strings.Repeat("é", 2500), nil)},
		{"i-hello,fs-20.5", of(func(x *transform.Text) { x.Size = num(20.5) })},
		{"i-hello,fs-bh_div_20", of(func(x *transform.Text) { x.Size = expression(t, transform.BaseHeight, 20.0, transform.Divide) })},
		{"i-hello,w-100", of(func(x *transform.Text) { x.Width = num(100) })},
		{"i-hello,lh-60", of(func(x *transform.Text) { x.LineHeight = num(60) })},
		{"i-hello,co-FF000040", of(func(x *transform.Text) { x.Color = transform.Color{R: 255, A: 102} })},
		{"i-hello,bg-red", of(func(x *transform.Text) { x.Background = red })},
		{"i-hello,ia-left", of(func(x *transform.Text) { x.Align = transform.AlignLeft })},
		{"i-hello,ia-right", of(func(x *transform.Text) { x.Align = transform.AlignRight })},
		{"i-hello,pa-1", padded(1, 1, 1, 1)},
		{"i-hello,pa-1_2", padded(1, 2, 1, 2)},
		{"i-hello,pa-1_2_3", padded(1, 2, 3, 2)},
		{"i-hello,pa-1_2_3_4", padded(1, 2, 3, 4)},
		{"i-hello,pa-bw_mul_0.01", of(func(x *transform.Text) {
			n := expression(t, transform.BaseWidth, 0.01, transform.Multiply)
			x.Padding = transform.Padding{Top: n, Right: n, Bottom: n, Left: n}
		})},
		{"i-hello,tg-b_i_strikethrough", of(func(x *transform.Text) { x.Bold, x.Italic, x.Strikethrough = true, true, true })},
		{"i-hello,tg-ib", of(func(x *transform.Text) { x.Bold, x.Italic = true, true })},
		{"i-hello,ff-PT_Serif", fontOf("PT Serif")},
		{"i-hello,ff-AbrilFatFace", fontOf("Abril Fatface")},
		{"i-hello,ff-Old Standard", fontOf("Old Standard TT")},
		{"i-hello,ff-DejaVu Sans", fontOf("DejaVu Sans")},
		{"i-hello,lx-N5", text("hello", func(l *transform.Layer) {
			l.Place = transform.Place{Left: transform.Offset{Distance: num(5), Back: true}, Anchor: transform.FocusTopLeft}
		})},
		{"i-hello,r-max,rt-N45,fl-h,al-7", text("hello", func(l *transform.Layer) {
			max := transform.Radius{Max: true}
			l.Steps = steps{{Corners: corners(max, max, max, max)}, {Rotate: num(-45), Flip: transform.Flip{Horizontal: true}, Opacity: num(70)}}
		})},
	}
	tested := map[string]bool{}
	for _, tt := range tests {
		got, err := parseChain("l-text," + tt.tr + ",l-end")
		if want := (plan{Steps: steps{{Layers: []transform.Layer{tt.want}}}}); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s\ngives %+v, %v\nwant  %+v", tt.tr, got, err, want)
			continue
		}
		checkRoundTrip(t, got)
		for text := range strings.SplitSeq(tt.tr, ",") {
			r, _, _ := find(text)
			tested[r.name] = true
		}
	}
	for _, r := range parameters {
		if r.state == supported && r.where == ofTexts && !tested[r.name] {
			t.Errorf("%s has no value in this test", r.name)
		}
	}
}

// Layers are drawn in their order, and steps go on after them.
func TestLayersInAChain(t *testing.T) {
	got, err := parseChain("w-300,l-image,i-a,l-end,l-image,i-b,l-end:rt-90,f-png")
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Steps) != 2 || len(got.Steps[0].Layers) != 2 || got.Steps[0].Layers[1].Image.Path != "b" || got.Output.Format != transform.PNG {
		t.Errorf("%+v", got)
	}
	if refs := got.Refs(); !reflect.DeepEqual(refs, []origin.Ref{{Path: "a"}, {Path: "b"}}) {
		t.Errorf("the files are %v", refs)
	}
	checkRoundTrip(t, got)
}

func TestMessagesOfLayers(t *testing.T) {
	const (
		offset   = "it takes pixels, with an N in front to count the other way, or an expression"
		position = "it takes center, top, left, bottom, right, top_left, top_right, bottom_left or bottom_right"
	)
	nested := func(n int) string { return strings.Repeat("l-image,i-a,", n) + strings.Repeat("l-end,", n) }
	for _, tt := range []struct{ tr, want string }{
		{"l-image,l-end", "EINVAL - l-image has no input; it takes i, or ie with Base64"},
		{"l-image,i,l-end", "EINVAL - l-image has no input; it takes i, or ie with Base64"},
		{"l-image,i-@@,l-end", "EINVAL - l-image names no file"},
		{"l-image,i-..@@a,l-end", `EINVAL - l-image names "../a": The path has a ".." segment`},
		{"l-image,ie-%,l-end", `EINVAL - ie is "%"; it takes Base64 of UTF-8`},
		{"l-image,ie-/w==,l-end", `EINVAL - ie is "/w=="; it takes Base64 of UTF-8`},
		{"l-image,i-a,w-x,l-end", `EINVAL - w is "x"; it takes pixels, or a part of the original's width between 0 and 1, or an expression`},
		{"l-image,i-a,f-png,l-end", "EINVAL - f is for the whole image and not for a layer"},
		{"l-image,i-a,orig-true,l-end", "EINVAL - orig is for the whole image and not for a layer"},
		{"l-image,i-a,al-5,l-end", "EINVAL - al belongs in l-text, or in l-image with i-ik_canvas"},
		{"l-image,i-ik_canvas,w-cw_div_2,l-end", `EINVAL - w is "cw_div_2": cw is not known in a layer of text or of one colour, where the variables are bw, bh and bar`},
		{"l-image,i-ik_canvas,w-5:bg-red,l-end", "EINVAL - bg of i-ik_canvas must be in its first step"},
		{"l-image,i-ik_canvas,bg-blurred,l-end", "EINVAL - bg of i-ik_canvas takes a colour; there is no image to derive a background from"},
		{"l-image,i-a,lx-a,l-end", `EINVAL - lx is "a"; ` + offset},
		{"l-image,i-a,ly-65536,l-end", `EINVAL - ly is "65536"; ` + offset},
		{"l-image,i-a,lxc-NN5,l-end", `EINVAL - lxc is "NN5"; ` + offset},
		{"l-image,i-a,lx-1,lxc-1,l-end", "EINVAL - The layer has lx and lxc; it takes one of them"},
		{"l-image,i-a,ly-1,lyc-1,l-end", "EINVAL - The layer has ly and lyc; it takes one of them"},
		{"l-image,i-a,lap-auto,l-end", `EINVAL - lap is "auto"; ` + position},
		{"l-image,i-a,lfo-middle,l-end", `EINVAL - lfo is "middle"; ` + position},
		{"l-image,i-a,lm-screen,l-end", `EINVAL - lm is "screen"; it takes multiply, displace, cutout or cutter`},
		{"l-text-\u0080,i-a,l-end", `EINVAL - l-text is "\u0080"; it takes i or ie, a place, how the text looks, and l-end`},
		{"l-text,l-end", "EINVAL - l-text has no input; it takes i, or ie with Base64"},
		{"l-text,i-one: two,l-end", "EINVAL - l-text has more than one step; a text with a colon or a comma is sent as ie, in Base64"},
		{"l-text,i-a,w-0.5,l-end", `EINVAL - w is "0.5"; it takes pixels, 1 or more, or an expression`},
		{"l-text,i-a,h-5,l-end", "EINVAL - h is not allowed in l-text, which takes " + textNames},
		{"l-text,i-a,l-image,i-b,l-end,l-end", "EINVAL - l-image is not allowed in l-text, which takes " + textNames},
		{"l-text,i-a,lh-x,l-end", `EINVAL - lh is "x"; it takes pixels, 1 or more, or an expression`},
		{"l-text,i-a,ff-a.woff2,l-end", `EINVAL - ff is "a.woff2": .woff2 is not supported; a font file is .ttf or .otf`},
		{"l-text,i-a,ff-..@@a.ttf,l-end", `EINVAL - ff is "..@@a.ttf"; it takes the name of a font family, or the path of a .ttf or .otf file with @@ for a slash`},
		{"l-text,i-a,ff-a;b,l-end", `EINVAL - ff is "a;b"; it takes the name of a font family, or the path of a .ttf or .otf file with @@ for a slash`},
		{"l-text,i-a,co-nocolor,l-end", "EINVAL - co is \"nocolor\"; it takes " + takesColor},
		{"l-text,i-a,bg-nocolor,l-end", "EINVAL - bg is \"nocolor\"; it takes " + takesColor},
		{"l-text,i-a,ia-middle,l-end", `EINVAL - ia is "middle"; it takes left, center or right`},
		{"l-text,i-a,pa-1_2_3_4_5,l-end", `EINVAL - pa is "1_2_3_4_5"; it takes pixels for all sides, or up to four numbers as in CSS: top_right_bottom_left, or an expression`},
		{"l-text,i-a,tg-u,l-end", `EINVAL - tg is "u"; it takes b, i and strikethrough, joined with _`},
		{"l-text,i-a,fs-ih_div_2,l-end", `EINVAL - fs is "ih_div_2": ih is not known in a layer of text or of one colour, where the variables are bw, bh and bar`},
		{"l-text,i-a,pg-2,l-end", "EINVAL - pg is not allowed in l-text, which takes " + textNames},
		{"l-image,i-ik_canvas,pg-2,l-end", `EINVAL - pg is "2": i-ik_canvas has no pages`},
		{"l-image,i-a,pg-2-3,l-end", `EINVAL - pg is "2-3": ` + ofPSD},
		{"l-image,i-a,fs-5,l-end", "EINVAL - fs belongs in l-text"},
		{"lx-5", "EINVAL - lx belongs in a layer, l-image or l-text"},
		{"i-a", "EINVAL - i belongs in a layer, l-image or l-text"},
		{"al-5", "EINVAL - al belongs in l-text, or in l-image with i-ik_canvas"},
		{nested(4), "ELIMIT - Layers are nested deeper than 3 levels"},
		{strings.Repeat("l-image,i-a,l-end,", 33), "ELIMIT - The transformation has more than 32 layers"},
		{strings.Repeat(nested(3), 11), "ELIMIT - The transformation has more than 32 layers"},
		{"l-image,i-a" + strings.Repeat(":rt-1", 32) + ",l-end", "ELIMIT - The transformation has more than 32 steps, including those in its blocks"},
	} {
		_, err := parseChain(tt.tr)
		if got := refusal(t, err); got != tt.want {
			t.Errorf("%s\ngives %v\nwant  %s", tt.tr, err, tt.want)
		}
	}
	for _, tr := range []string{nested(3), strings.Repeat("l-image,i-a,l-end,", 32)} {
		if _, err := parseChain(tr); err != nil {
			t.Errorf("%s: %v", tr, err)
		}
	}
}
