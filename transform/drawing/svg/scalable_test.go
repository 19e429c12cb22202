package svg_test

import (
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform/drawing/natural"
	"github.com/caddy-images/caddy-images/transform/drawing/svg"
)

// scalable reads a drawing.
func scalable(t *testing.T, file string) *svg.Scalable {
	t.Helper()
	s, err := svg.NewScalable([]byte(file))
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return s
}

func TestNatural(t *testing.T) {
	for _, c := range []struct {
		name, file string
		want       natural.Size
	}{
		{"both", `<svg width="30" height="20.5"/>`, natural.Size{Width: 30, Height: 20.5}},
		{"a prefix", `<s:svg xmlns:s="http://www.w3.org/2000/svg" s:width="1" width="30" height="20"/>`, natural.Size{Width: 30, Height: 20}},
		{"inches", `<svg width="1in" height="72pt"/>`, natural.Size{Width: 96, Height: 96}},
		{"an entity", `<!DOCTYPE svg [<!ENTITY w "1in"><!ENTITY b "0 0 2 1">]><svg width="&w;" viewBox="&b;"/>`, natural.Size{Width: 96, Height: 48}},
		{"a view box", `<svg viewBox="0 0 1.5 1"/>`, natural.Size{Width: 1.5, Height: 1}},
		{"nothing", `<?xml version="1.0"?><!-- <svg width="1"> --><svg><svg width="1" height="1"/></svg>`, natural.Size{Width: 300, Height: 150}},
		{"a font", `<svg font-size="10pt" width="6em" height="1rem"/>`, natural.Size{Width: 80, Height: 13 + 1./3}},
		{"a named font", `<svg style="font:bold large/2 serif" width="2em" height="1em"/>`, natural.Size{Width: 36, Height: 18}},
		{"a relative font", `<svg font-size="150%" width="2em" height="1em"/>`, natural.Size{Width: 48, Height: 24}},
		{"a style", `<svg width="10" height="10" style="width : 1in; height:100%" viewBox="0 0 4 1"/>`, natural.Size{Width: 96, Height: 24}},
		{"no style", `<svg width="10" height="10" style="fill:url(#a;width:5)"/>`, natural.Size{Width: 10, Height: 10}},
		{"a style sheet", `<svg class="b a" id="c" width="10" height="10"><style>svg{width:20px} *{width:30px}</style></svg>`, natural.Size{Width: 20, Height: 10}},
		{"several selectors", `<svg class="b a" id="c" width="10" height="10"><style>.a,#d{width:20px}svg.b#c{height:5px}.b{height:1px}</style></svg>`, natural.Size{Width: 20, Height: 5}},
		{"other selectors", `<svg class="b" width="10" height="10"><style>g svg,svg>svg,svg svg,.c,#b,svg:hover,svg[a]{width:20px}</style></svg>`, natural.Size{Width: 10, Height: 10}},
		{"the root", `<svg width="10" height="10"><style>:root{width:20px;width:30px}</style></svg>`, natural.Size{Width: 30, Height: 10}},
		{"what is important", `<svg width="10" height="10" style="width:40px"><style>svg{width:20px ! important}#x{width:1px}svg{width:30px}</style></svg>`, natural.Size{Width: 20, Height: 10}},
		{"what is sometimes", `<svg width="10" height="10"><style>@media print{svg{width:20px}}@charset "x";svg{height:5px}</style></svg>`, natural.Size{Width: 10, Height: 5}},
		{"two style sheets", `<svg width="10" height="10"><style>svg{width:20px}</style><g><style><![CDATA[svg{width:]]>30px}</style></g></svg>`, natural.Size{Width: 30, Height: 10}},
	} {
		if got := scalable(t, c.file).Natural; !near(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
		d, err := svg.Read([]byte(c.file), 1)
		if err != nil || !near(d.Natural, c.want) {
			t.Errorf("%s is read as %v, %v, want %v", c.name, d.Natural, err, c.want)
		}
	}
}

func near(a, b natural.Size) bool {
	const nearly = 1e-9
	return a.Width-b.Width < nearly && b.Width-a.Width < nearly && a.Height-b.Height < nearly && b.Height-a.Height < nearly
}

// What is not a length stays byte for byte, the root element's size aside.
func TestScalable(t *testing.T) {
	const root = ` width="60" height="30" viewBox="0 0 300 150" preserveAspectRatio="none" font-size="16px"`
	const style = ` style="width:60px!important;height:30px!important;;width:60px!important;height:30px!important;"`
	for _, c := range []struct{ name, file, want string }{
		{"units of attributes", `<svg><rect x='1in' y="72pt" width="2.54cm" height="25.4mm" rx="101.6Q" ry="6PC"/></svg>`,
			`<svg` + root + `><rect x='96px' y="96px" width="96px" height="96px" rx="96px" ry="96px"/></svg>`},
		{"units that librsvg has", `<svg><rect x="6em" y="1ex" width="10%" height="5" rx="5px" ry="1e1PX"/></svg>`,
			`<svg` + root + `><rect x="6em" y="1ex" width="10%" height="5" rx="5px" ry="1e1px"/></svg>`},
		{"units that it has not", `<svg font-size="20"><rect x="2rem" y="1ch" width="10vw" height="10vh" rx="1vmin" ry="1vmax"/></svg>`,
			`<svg` + strings.Replace(root, "16px", "20px", 1) + ` ><rect x="40px" y="0.5em" width="30px" height="15px" rx="1.5px" ry="3px"/></svg>`},
		{"lists", `<svg><text x="1in 2in,-1pt" font-size="medium" stroke-dasharray="1pt, 2 3pc"/></svg>`,
			`<svg` + root + `><text x="96px 192px,-1.333333px" font-size="16px" stroke-dasharray="1.333333px, 2 48px"/></svg>`},
		{"what is not a length", `<svg><path id="1in" class="72pt" d="M1 2in" in="1in" x="in" y="1inch" a:x="1in" transform="translate(1in)" data-x="1pt"/>1in</svg>`,
			`<svg` + root + `><path id="1in" class="72pt" d="M1 2in" in="1in" x="in" y="1inch" a:x="1in" transform="translate(1in)" data-x="1pt"/>1in</svg>`},
		{"styles", `<svg><g style="stroke-width:1pt;font:bold 12pt '1in',medium;font-family:medium;/*1in*/letter-spacing:-1mm;fill:url(#1in)"/></svg>`,
			`<svg` + root + `><g style="stroke-width:1.333333px;font:bold 16px &#39;1in&#39;,medium;font-family:medium;/*1in*/letter-spacing:-3.779528px;fill:url(#1in)"/></svg>`},
		{"named sizes", `<svg><g style="FONT-SIZE:X-Large"/><g style="font:small serif"/><g font-size="larger"/></svg>`,
			`<svg` + root + `><g style="FONT-SIZE:24px"/><g style="font:13px serif"/><g font-size="larger"/></svg>`},
		{"a style sheet", `<svg><style type="text/css">@media(min-width:1in){a:b{width:1in}} .a1in,[x="1in"]>b{stroke-width:1pt;marker:url(a1in)}[ y = '1in' ],[x~="1in"],[id="1in"]{x:1in}</style></svg>`,
			`<svg` + root + style + `><style type="text/css">@media(min-width:1in){a:b{width:96px}} .a1in,[x=&quot;96px&quot;]&gt;b{stroke-width:1.333333px;marker:url(a1in)}[ y = &#39;96px&#39; ],[x~=&quot;1in&quot;],[id=&quot;1in&quot;]{x:96px}</style></svg>`},
		{"a style sheet that stays", `<svg><style><![CDATA[a>b{stroke-width:1px}]]></style></svg>`,
			`<svg` + root + style + `><style><![CDATA[a>b{stroke-width:1px}]]></style></svg>`},
		{"a style sheet in pieces", `<!DOCTYPE svg [<!ENTITY u "pt}">]><svg><style>a{stroke-width<!-- x -->:<![CDATA[1]]>&u;</style></svg>`,
			`<!DOCTYPE svg [<!ENTITY u "pt}">]><svg` + root + style + `><style>a{stroke-width:1.333333px}</style></svg>`},
		{"a style sheet with elements in it", `<svg><style>a{x:1pt}<b/></style></svg>`,
			`<svg` + root + style + `><style>a{x:1pt}<b/></style></svg>`},
		{"entities", `<!DOCTYPE svg [<!ENTITY s "stroke-width:1pt"><!ENTITY r "<rect x='1in'/>"><!ENTITY k "<g/>">]><svg><g style="&s;"/>&r;&k;&amp;</svg>`,
			`<!DOCTYPE svg [<!ENTITY s "stroke-width:1pt"><!ENTITY r "<rect x='1in'/>"><!ENTITY k "<g/>">]><svg` + root + `><g style="stroke-width:1.333333px"/><rect x='96px'/>&k;&amp;</svg>`},
		{"nested drawings", `<svg><svg width="1in" height="10%" viewBox="0 0 1 1"><symbol viewBox="1 1 1 1"/></svg></svg>`,
			`<svg` + root + `><svg width="96px" height="10%" viewBox="0 0 1 1"><symbol viewBox="1 1 1 1"/></svg></svg>`},
		{"all else", "\xef\xbb\xbf<?xml version='1.0'?>\r\n<!DOCTYPE s:svg PUBLIC 'x' 'y' [\n<!ATTLIST svg xmlns:a CDATA #FIXED 'b'>]>\n<!-- <a> --><?x ?>\n<s:svg\txmlns:s = 'n'\n height='100%' >\n<s:rect\n x = \"1in\" />\t<![CDATA[<]]>é</s:svg >\n<!-- -->",
			"\xef\xbb\xbf<?xml version='1.0'?>\r\n<!DOCTYPE s:svg PUBLIC 'x' 'y' [\n<!ATTLIST svg xmlns:a CDATA #FIXED 'b'>]>\n<!-- <a> --><?x ?>\n<s:svg" + root + "\txmlns:s = 'n'\n  >\n<s:rect\n x = \"96px\" />\t<![CDATA[<]]>é</s:svg >\n<!-- -->"},
		{"one byte a character", "<?xml version='1.0' encoding='ISO-8859-1'?><svg><g font='1in \xe9'/><g font='1in &#233;'/><g x='1in'/></svg>",
			"<?xml version='1.0' encoding='ISO-8859-1'?><svg" + root + "><g font='96px \xe9'/><g font='1in &#233;'/><g x='96px'/></svg>"},
		{"several", "<?xml version='1.0' encoding='Shift_JIS'?><svg><g font='1in \x83\x5c'/><g x='1in'/></svg>",
			"<?xml version='1.0' encoding='Shift_JIS'?><svg" + root + "><g font='1in \x83\x5c'/><g x='96px'/></svg>"},
	} {
		s := scalable(t, c.file)
		if got := string(s.At(60, 30)); got != c.want {
			t.Errorf("%s:\n%s\n%s", c.name, got, c.want)
		}
	}
}

func TestScalableRoot(t *testing.T) {
	for _, c := range []struct {
		name, file, want string
		stretches        bool
	}{
		{"a view box", `<svg viewBox="-1,0 1.5 1"/>`, `width="6" height="4" viewBox="-1 0 1.5 1" preserveAspectRatio="none" font-size="16px"`, true},
		{"a size", `<svg width="1in" height="2in"/>`, `width="6" height="4" viewBox="0 0 96 192" preserveAspectRatio="none" font-size="16px"`, true},
		{"both, alike", `<svg width="3" height="2" viewBox="0 0 1.5 1"/>`, `width="6" height="4" viewBox="0 0 1.5 1" preserveAspectRatio="none" font-size="16px"`, true},
		{"a margin", `<svg width="3" height="3" viewBox="0 0 1.5 1"/>`, `width="6" height="4" viewBox="0 0 1.5 1" preserveAspectRatio="xMidYMid" font-size="16px"`, false},
		{"a margin on one side", `<svg width="3" height="3" viewBox="0 0 1.5 1" preserveAspectRatio=" xMinYMax slice "/>`,
			`width="6" height="4" viewBox="0 0 1.5 1" preserveAspectRatio="xMinYMax slice" font-size="16px"`, false},
		{"stretched", `<svg width="3" height="3" viewBox="0 0 1.5 1" preserveAspectRatio="none"/>`, `width="6" height="4" viewBox="0 0 1.5 1" preserveAspectRatio="none" font-size="16px"`, true},
		{"no view box", `<svg width="3" height="3" viewBox="0 0 1.5" preserveAspectRatio="xMinYMin"/>`, `width="6" height="4" viewBox="0 0 3 3" preserveAspectRatio="none" font-size="16px"`, true},
		{"an empty view box", `<svg width="3" height="3" viewBox="0 0 0 1"/>`, `width="6" height="4" viewBox="0 0 0 1" preserveAspectRatio="xMidYMid" font-size="16px"`, false},
		{"a style", `<svg style='fill:"&#233;";width:1pt'/>`, `width="6" height="4" viewBox="0 0 1.3333333333333333 150" preserveAspectRatio="none" font-size="16px"` +
			` style="width:6px!important;height:4px!important;fill:&quot;é&quot;;width:1.333333px;width:6px!important;height:4px!important;"`, true},
		{"a relative font", `<svg font-size="2em"/>`, `width="6" height="4" viewBox="0 0 300 150" preserveAspectRatio="none" font-size="32px"`, true},
		{"a relative font in a style", `<svg style="font-size:50%"/>`, `width="6" height="4" viewBox="0 0 300 150" preserveAspectRatio="none" font-size="8px"` +
			` style="width:6px!important;height:4px!important;font-size:8px!important;font-size:50%;width:6px!important;height:4px!important;font-size:8px!important;"`, true},
	} {
		s := scalable(t, c.file)
		got := strings.Join(strings.Fields(string(s.At(6, 4))), " ")
		if want := "<svg " + c.want + "/>"; strings.ReplaceAll(got, " />", "/>") != want || s.Stretches() != c.stretches {
			t.Errorf("%s: %t\n%s\n%s", c.name, s.Stretches(), got, want)
		}
	}
}

func TestScalableRefuses(t *testing.T) {
	for name, file := range map[string]string{
		"no XML":         "<svg",
		"other elements": "<svg></g>",
		"two roots":      "<svg/><svg/>",
	} {
		if _, err := svg.NewScalable([]byte(file)); !errors.Is(err, errors.BadImage) {
			t.Errorf("%s: %v", name, err)
		}
	}
	lengths := `<svg><text x="` + strings.Repeat("1q ", 100_000) + `"/></svg>`
	if _, err := svg.NewScalable([]byte(lengths)); !errors.Is(err, errors.Limit) {
		t.Errorf("too many lengths: %v", err)
	}
}

// FuzzScalable: what is read can be drawn at any size; the file for that is as
// well-formed, has the size, and what is drawn in it is no more.
func FuzzScalable(f *testing.F) {
	for _, seed := range []string{
		`<svg viewBox="0 0 1.5 1"><rect width="1in" style='stroke-width:1pt;x:"'/></svg>`,
		`<!DOCTYPE svg [<!ENTITY s "stroke-width:1pt"><!ENTITY r "<rect x='1in'/>&s;">]><svg style="&s;" width='1rem'><style>a{b:1in}&s;<![CDATA[*{font:medium x}]]></style>&r;</svg>`,
		`<?xml version="1.0" encoding="big5"?><s:svg font-size="2em"><style>svg{width:1in!important}</style></s:svg>`,
		`<svg style="width:1px;fill:url('"><style/><style><g/>a{x:1in}</style></svg>`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		before, err := svg.Read(file, 1_000_000)
		s, scaleErr := svg.NewScalable(file)
		if err != nil {
			return
		}
		if scaleErr != nil {
			if !errors.Is(scaleErr, errors.Limit) {
				t.Fatalf("read, but: %v", scaleErr)
			}
			return
		}
		if s.Natural != before.Natural {
			t.Errorf("%v and %v", s.Natural, before.Natural)
		}
		again := s.At(60, 40)
		after, err := svg.Read(again, 1_000_000)
		if err != nil {
			if !errors.Is(err, errors.Limit) {
				t.Errorf("%v\n%s", err, again)
			}
			return
		}
		if after.Natural != (natural.Size{Width: 60, Height: 40}) {
			t.Errorf("%v\n%s", after.Natural, again)
		}
		wellFormed(t, again)
	})
}
