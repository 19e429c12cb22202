package svg_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/png"
	"net/url"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform/drawing/svg"
)

// mostPixels are those of embedded images in these tests.
const mostPixels = 1_000_000

// drawing returns an SVG of 200x200 with something in it.
func drawing(content string, values ...any) string {
	if len(values) > 0 {
		content = fmt.Sprintf(content, values...)
	}
	return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="200" height="200">` + content + `</svg>`
}

// check reads a drawing and checks it at its own size.
func check(file string) error {
	d, err := svg.Read([]byte(file), mostPixels)
	if err != nil {
		return err
	}
	return d.Check(200, 200)
}

// wantRefusal checks that a drawing is refused, with a kind and words in its message.
func wantRefusal(t *testing.T, name, file string, kind errors.Kind, words ...string) {
	t.Helper()
	err := check(file)
	if err == nil {
		t.Errorf("%s is taken", name)
		return
	}
	e := errors.From(err)
	if e.Kind != kind {
		t.Errorf("%s: %v, want %v: %v", name, e.Kind, kind, err)
	}
	for _, word := range words {
		if !strings.Contains(e.Message, word) {
			t.Errorf("%s: %q says nothing of %q", name, e.Message, word)
		}
	}
}

// chain are elements of which each has ten of the one before it in it. Each is made
// by a template, in which %[1]d is its number and %[2]s ten references to the one
// before; reference is such a one.
func chain(template, reference, first string, levels int) string {
	all := first
	for n := 1; n <= levels; n++ {
		all += fmt.Sprintf(template, n, strings.Repeat(fmt.Sprintf(reference, n-1), 10))
	}
	return all
}

// Each of these asks for more than 10^7 elements, by another way to refer to them.
func TestWhatIsDrawnOften(t *testing.T) {
	const rect = `<rect id="u0" width="9" height="9"/>`
	inPattern := `<pattern id="u%[1]d" width="9" height="9">%[2]s</pattern>`
	for name, content := range map[string]string{
		"use":                   `<defs>` + chain(`<g id="u%d">%s</g>`, `<use xlink:href="#u%d"/>`, rect, 10) + `</defs><use xlink:href="#u10"/>`,
		"use without namespace": chain(`<g id="u%d">%s</g>`, `<use href="#u%d"/>`, rect, 10),
		"use of symbols":        chain(`<symbol id="u%d">%s</symbol>`, `<use href="#u%d"/>`, rect, 9) + `<use href="#u9"/>`,
		"use of nested svg":     chain(`<svg id="u%d">%s</svg>`, `<use href="#u%d"/>`, rect, 9),
		"use with spaces":       chain(`<g id="u%d">%s</g>`, `<use href=" #u%d"/>`, rect, 9),
		"use, escaped":          chain(`<g id="u%d">%s</g>`, `<use href="&#35;u%d"/>`, rect, 9),
		"patterns":              chain(inPattern, `<rect width="9" height="9" fill="url(#u%d)"/>`, `<pattern id="u0"/>`, 8) + `<path d="M0 0h9v9" fill="url(#u8)"/>`,
		"patterns of strokes":   chain(inPattern, `<path d="M0 0h9" style="stroke: url('#u%d')"/>`, `<pattern id="u0"/>`, 8) + `<path d="M0 0h9v9" stroke="url(#u8)"/>`,
		"patterns, escaped":     chain(inPattern, `<rect width="9" height="9" fill="u\72 l(#u%d)"/>`, `<pattern id="u0"/>`, 8) + `<path d="M0 0h9v9" fill="url(#u8)"/>`,
		"patterns by inheritance": chain(`<g fill="url(#u%[1]d)" id="g%[1]d"/><g fill="url(#u%[1]d)"><pattern id="next%[1]d"/></g><pattern id="u%[1]d" width="9" height="9">%[2]s</pattern>`,
			`<rect width="9" height="9" fill="url(#u%d)"/>`, `<pattern id="u0"/>`, 8) + `<g fill="url(#u8)"><path d="M0 0h9v9"/></g>`,
		"masks":      chain(`<mask id="u%d">%s</mask>`, `<rect width="9" height="9" mask="url(#u%d)"/>`, `<mask id="u0"/>`, 8) + `<rect width="9" height="9" mask="url(#u8)"/>`,
		"clip paths": chain(`<clipPath id="u%d">%s</clipPath>`, `<rect width="9" height="9" clip-path="url(#u%d)"/>`, `<clipPath id="u0"/>`, 8) + `<rect width="9" height="9" clip-path="url(#u8)"/>`,
		"pictures of filters": chain(`<filter id="f%[1]d"><feImage href="#u%[1]d"/></filter><g id="u%[1]d">%[2]s</g>`,
			`<rect width="9" height="9" filter="url(#f%d)"/>`, rect, 8) + `<use href="#u8"/>`,
		"markers at each point": `<marker id="a"><path d="M0 0` + strings.Repeat("l1 1", 1000) + `" marker-mid="url(#b)"/></marker><marker id="b"><path d="M0 0` + strings.Repeat("l1 1", 50000) + `"/></marker><path d="M0 0` + strings.Repeat("h1", 1000) + `" marker-mid="url(#a)"/>`,
		"markers at ends":       chain(`<marker id="u%d">%s</marker>`, `<path d="M0 0h9" marker-end="url(#u%d)"/>`, `<marker id="u0"/>`, 8) + `<path d="M0 0h9" marker="url(#u8)"/>`,
		"markers by inheritance": `<marker id="m">` + strings.Repeat(`<path d="M0 0h1"/>`, 1000) + `</marker><g style="marker-start:url(#m)">` +
			strings.Repeat(`<path d="M0 0h9"/>`, 1000) + `</g>`,
		"style sheet":                `<style>@media print { /* { */ .a, g > rect.b[x="}"] { fill: url( "#u8" ) } }</style>` + chain(inPattern, `<rect width="9" height="9" fill="url(#u%d)"/>`, `<pattern id="u0"/>`, 8) + `<rect class="b" width="9" height="9"/>`,
		"style sheet in pieces":      `<style>.b{fill:url(<![CDATA[#u]]>8)}</style>` + chain(inPattern, `<rect width="9" height="9" fill="url(#u%d)"/>`, `<pattern id="u0"/>`, 8) + `<rect class="b" width="9" height="9"/>`,
		"style sheet around another": `<style>rect{fill:<style/>url(#u8)}</style>` + chain(inPattern, `<path d="M0 0h9v9" fill="url(#u%d)"/>`, `<pattern id="u0"/>`, 8) + `<rect class="b" width="9" height="9"/>`,
	} {
		wantRefusal(t, name, drawing("%s", content), errors.Limit, "elements", "1000000")
	}
}

func TestWhatTakesLong(t *testing.T) {
	filter := func(primitive string) string {
		return drawing(`<filter id="f">%s</filter>%s`, primitive, strings.Repeat(`<rect width="200" height="200" filter="url(#f)"/>`, 20))
	}
	for name, tt := range map[string]struct{ file, words string }{
		"1,000 that use each other": {drawing(`<defs><rect id="u0"/>%s</defs><use href="#u1000"/>`, func() (s string) {
			for n := 1; n <= 1000; n++ {
				s += fmt.Sprintf(`<use id="u%d" href="#u%d"/>`, n, n-1)
			}
			return s
		}()), "deeper than 400"},
		"gradients that refer to each other": {drawing(`%s<rect fill="url(#u0)"/>`, func() (s string) {
			for n := range 1000 {
				s += fmt.Sprintf(`<linearGradient id="u%d" href="#u%d"/>`, n, n+1)
			}
			return s
		}()), "deeper than 400"},
		"order":            {filter(`<feConvolveMatrix order="300"/>`), "feConvolveMatrix with 90000"},
		"order in two":     {filter(`<feConvolveMatrix order="3e2,2"/>`), "feConvolveMatrix with 600"},
		"radius":           {filter(`<feMorphology radius="500"/>`), "seconds"},
		"octaves":          {filter(`<feTurbulence numOctaves="1000"/>`), "1000 octaves"},
		"kernelUnitLength": {filter(`<feDiffuseLighting kernelUnitLength="0.001"/>`), "kernelUnitLength of 0.001"},
		"primitives":       {filter(strings.Repeat(`<feFlood/>`, 201)), "more than 200 primitives"},
		"blurs":            {drawing(`<filter id="f">%s</filter>%s`, strings.Repeat(`<feGaussianBlur stdDeviation="9"/>`, 100), strings.Repeat(`<rect filter="url(#f)"/>`, 1000)), "seconds"},
		"functions":        {drawing(strings.Repeat(`<rect style="filter:blur(9px) blur(9px) blur(9px) blur(9px)"/>`, 20_000)), "seconds"},
		"inherited filter": {drawing(`<g filter="url(#f)"><rect filter="INHERIT"/></g>`), "inherited"},
		"opacity":          {drawing(strings.Repeat(`<g opacity="0.9">`, 200) + strings.Repeat(`</g>`, 200)), "200 surfaces"},
		"opacity by use": {drawing(`<rect id="u0"/>%s<use href="#u120"/>`, func() (s string) {
			for n := 1; n <= 120; n++ {
				s += fmt.Sprintf(`<use id="u%d" style="mix-blend-mode:multiply" href="#u%d"/>`, n, n-1)
			}
			return s
		}()), "120 surfaces"},
		"font":              {drawing(`<text font-size="1e9">A</text>`), "1e+09 units"},
		"font shorthand":    {drawing(`<text style="font:bold 1e9px serif">A</text>`), "1e+09 units"},
		"font of a rule":    {drawing(`<style>text{font-size:1e9px}</style><text>A</text>`), "1e+09 units"},
		"font of a group":   {drawing(`<g font-size="1e5em"><text>A</text></g>`), "units"},
		"font, multiplied":  {drawing(strings.Repeat(`<g font-size="200%%">`, 60) + `<text>A</text>` + strings.Repeat(`</g>`, 60)), "units"},
		"font, enlarged":    {drawing(`<g transform="scale(1e3)"><text transform="matrix(1e3 0 0 1e3 0 0)">A</text></g>`), "pixels high"},
		"font, by viewBox":  {`<svg viewBox="0 0 .001 .001" width="200" height="200"><text>A</text></svg>`, "pixels high"},
		"font of a symbol":  {drawing(`<symbol id="s" viewBox="0 0 .001 .001"><text>A</text></symbol><use href="#s"/>`), "pixels high"},
		"spacing":           {drawing(`<text letter-spacing="1e8">AB</text>`), "units long"},
		"a long text":       {drawing(`<text>%s</text>`, strings.Repeat("A", 100_000)), "text of 1e+05 letters"},
		"long texts":        {drawing(strings.Repeat(`<text>`+strings.Repeat("A", 1000)+`</text>`, 600)), "6e+05 letters"},
		"text by tref":      {drawing(`<text id="t"><tspan>%s</tspan></text>%s`, strings.Repeat("A", 1000), strings.Repeat(`<text><tref href="#t"/></text>`, 1000)), "letters"},
		"dashes":            {drawing(`<path stroke-dasharray="0.00001" d="M0 0L200 200"/>`), "dashes"},
		"dashes of a group": {drawing(`<g style="stroke-dasharray:1e-6,0"><circle r="90"/></g>`), "dashes"},
		"dashes by use":     {drawing(`<rect id="r" width="1000" height="1000"/><use href="#r" stroke-dasharray="1e-4"/>`), "dashes"},
		"dashes of a curve": {drawing(`<path stroke-dasharray="1e-4" d="M0 0c0 900 900 900 900 0zA9e2,9e2 0 019,9"/>`), "dashes"},
		"a pattern's tile":  {drawing(`<pattern id="p" width="1e3" height="100"/><rect width="1e3" height="1e3" fill="url(#p)"/>`), "seconds"},
		"numbers":           {drawing(`<rect width="1e300"/>`), "1e+15"},
		"numbers of a path": {drawing(`<path d="M0 0L1e400 9"/>`), "numbers beyond"},
		"selectors":         {drawing(`<style>%s</style>%s`, strings.Repeat("a b c d{fill:red}", 5000), strings.Repeat(`<g/>`, 10_000)), "20000 selectors"},
		"siblings":          {drawing(`<style>g ~ g {fill:red}</style>%s`, strings.Repeat(`<g/>`, 20_000)), "selectors"},
		"siblings, counted": {drawing(`<style>g:nth-child(odd) {fill:red}</style>%s`, strings.Repeat(`<g/>`, 20_000)), "selectors"},
		"elements":          {drawing(strings.Repeat(`<g/>`, 400_001)), "400000 elements"},
		"depth":             {drawing(strings.Repeat(`<g>`, 300) + strings.Repeat(`</g>`, 300)), "deeper than 256"},
		"attributes":        {drawing(`<g%s/>`, strings.Repeat(` a="b"`, 1001)), "1000 attributes"},
		"references": {drawing(`<style>%s</style>`, func() (s string) {
			for n := range 100 {
				s += fmt.Sprintf(".a{filter:url(#f%d)}", n)
			}
			return s
		}()), "64 references"},
		"a name": {drawing(`<%s/>`, strings.Repeat("a", 2000)), "1000 bytes"},
	} {
		wantRefusal(t, name, tt.file, errors.Limit, tt.words)
	}
}

func TestEntities(t *testing.T) {
	laughs := `<!DOCTYPE svg [<!ENTITY a0 "&lt;rect/>">`
	for n := range 8 {
		laughs += fmt.Sprintf(`<!ENTITY a%d "%s">`, n+1, strings.Repeat(fmt.Sprintf("&a%d;", n), 10))
	}
	kilobyte := strings.Repeat("x", 1000)
	for name, tt := range map[string]struct {
		file  string
		kind  errors.Kind
		words string
	}{
		"quadratic":               {`<!DOCTYPE svg [<!ENTITY a "` + kilobyte + `">]>` + drawing(`<text>%s</text>`, strings.Repeat("&a;", 2000)), errors.Limit, "1048576 bytes"},
		"quadratic in attributes": {`<!DOCTYPE svg [<!ENTITY a '` + kilobyte + `'>]>` + drawing(strings.Repeat(`<g x="&a;"/>`, 2000)), errors.Limit, "1048576 bytes"},
		"exponential":             {laughs + `]>` + drawing(`&a6;`), errors.Limit, "1048576 bytes"},
		"deep":                    {laughs + `<!ENTITY b "&a8;"><!ENTITY c "&b;">]>` + drawing(`&c;`), errors.Limit, "deeper than 8"},
		"of itself":               {`<!DOCTYPE svg [<!ENTITY a "&a;">]>` + drawing(`&a;`), errors.Limit, "deeper than 8"},
		"of elements":             {`<!DOCTYPE svg [<!ENTITY a "<text font-size='1e9'>A</text>">]>` + drawing(`&a;`), errors.Limit, "units"},
		"of escaped elements":     {`<!DOCTYPE svg [<!ENTITY a "&#60;text font-size='1e9'>A&#x3c;/text>">]>` + drawing(`&a;`), errors.Limit, "units"},
		"of a part of an element": {`<!DOCTYPE svg [<!ENTITY a "<g>"><!ENTITY b "</g>">]>` + drawing(`&a;&b;`), errors.BadImage, "not closed"},
		"declared twice":          {`<!DOCTYPE svg [<!ENTITY a "1"><!ENTITY a "2">]>` + drawing(``), errors.BadImage, "twice"},
		"of parameters":           {`<!DOCTYPE svg [<!ENTITY % a "<!ENTITY b 'c'>">%a;]>` + drawing(``), errors.BadImage, "document type"},
		"in another file":         {`<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>` + drawing(`&a;`), errors.BadImage, "document type"},
		"not declared":            {drawing(`&nbsp;`), errors.BadImage, "the entity nbsp is not declared"},
		"default attributes":      {`<!DOCTYPE svg [<!ATTLIST text font-size CDATA "1e9">]>` + drawing(`<text>A</text>`), errors.BadImage, "default values"},
		"fixed attributes":        {`<!DOCTYPE svg [<!ATTLIST g xmlns:a CDATA #FIXED '>' filter (a) #FIXED "url(#f)">]>` + drawing(``), errors.BadImage, "default values"},
	} {
		wantRefusal(t, name, tt.file, tt.kind, tt.words)
	}
}

func TestWhatCannotBeRead(t *testing.T) {
	for name, file := range map[string]string{
		"UTF-16":                           "\xff\xfe<\x00s\x00v\x00g\x00/\x00>\x00",
		"UTF-16, declared":                 `<?xml version="1.0" encoding="UTF-16"?>` + drawing(""),
		"UTF-7":                            `<?xml version='1.0' encoding = 'utf-7'?>` + drawing("+ADw-rect/+AD4-"),
		"ISO 2022":                         `<?xml version="1.0" encoding="ISO-2022-JP"?>` + drawing(""),
		"two encodings":                    `<?xml version="encoding='utf-8'" encoding="utf-7"?>` + drawing(""),
		"gzip":                             "\x1f\x8b\x08" + drawing(""),
		"cut off":                          strings.TrimSuffix(drawing("<g>"), "</g></svg>"),
		"another end":                      drawing("<g></a>"),
		"two roots":                        drawing("") + drawing(""),
		"text behind":                      drawing("") + "x",
		"no quotes":                        drawing(`<g a=b/>`),
		"a comment that is not terminated": drawing(`<!-- <g/>`),
		"a & alone":                        drawing(`<text>&</text>`),
		"no character":                     drawing(`<text>&#0;</text>`),
		"a < in an attribute":              drawing(`<g a="<"/>`),
		"XInclude":                         drawing(`<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="data:image/svg+xml,%%3Csvg/%%3E"/>`),
		"a style sheet of data":            `<?xml-stylesheet type="text/css" href=" d` + "\t" + `ata:text/css,*{}"?>` + drawing(""),
		"an escaped style sheet":           `<?xml-stylesheet type="text/css" href="&#100;ata:text/css,*{}"?>` + drawing(""),
		"an import of data":                drawing(`<style>@import url(data:text/css,*{})</style>`),
		"an escaped import":                drawing(`<style>@\69mport "\64 ata:text/css,*{}";</style>`),
		"use of data":                      drawing(`<use href="data:image/svg+xml,%%3Csvg/%%3E#a"/>`),
		"paint of data":                    drawing(`<rect fill="url(' data:image/svg+xml,x#a')"/>`),
		"an feTile beyond the filter":      `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><filter id="f"><feFlood x="0" y="0" width="1" height="1"/><feTile/></filter><rect x="4" y="4" width="3" height="3" filter="url(#f)"/></svg>`,
		"an feTile of a group":             drawing(`<filter id="f"><feFlood width="1"/><feOffset/><feTile/></filter><g filter="url(#f)"/>`),
	} {
		wantRefusal(t, name, file, errors.BadImage, "cannot be read")
	}
}

// dataPNG returns an image of so many pixels as a data URL.
func dataPNG(t *testing.T, w, h int) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes())
}

func TestEmbeddedPictures(t *testing.T) {
	large := dataPNG(t, 1100, 1000)
	nested := drawing(`<image href="%s"/>`, large)
	for name, href := range map[string]string{
		"base64":          large,
		"lines":           strings.ReplaceAll(large, "A", "\n A\t"),
		"spaces first":    strings.Repeat(" ", 200) + large,
		"upper case":      "DATA:image/png;BASE64" + strings.TrimPrefix(large, "data:image/png;base64"),
		"no type":         "data:;base64" + strings.TrimPrefix(large, "data:image/png;base64"),
		"escaped base64":  strings.ReplaceAll(large, "A", "%41"),
		"in a drawing":    "data:image/svg+xml," + url.PathEscape(nested),
		"in two drawings": "data:image/svg+xml," + url.PathEscape(drawing(`<image href="data:image/svg+xml,%s"/>`, url.PathEscape(nested))),
		"a large drawing": "data:image/svg+xml," + url.PathEscape(`<svg width="2000" height="2000"/>`),
	} {
		for _, element := range []string{`<image xlink:href="%s"/>`, `<filter id="f"><feImage href="%s"/></filter>`} {
			wantRefusal(t, name, drawing(element, href), errors.Limit, "max_pixels, 1000000")
		}
	}
	several := ""
	for n := range 3 {
		several += fmt.Sprintf(`<image href="%s"/>`, dataPNG(t, 600, 600+n))
	}
	wantRefusal(t, "several", drawing("%s", several), errors.Limit, "max_pixels")
	wantRefusal(t, "a hostile drawing", drawing(`<image href="data:image/svg+xml,%s"/>`, url.PathEscape(drawing(`<text font-size="1e9">A</text>`))), errors.Limit, "units")
	wantRefusal(t, "no base64", drawing(`<image href="data:image/png;base64,%%"/>`), errors.BadImage, "base64")
	wantRefusal(t, "no picture", drawing(`<image href="data:image/png,nothing"/>`), errors.BadImage, "unknown format")
	wantRefusal(t, "compressed", drawing(`<image href="data:image/svg+xml;base64,H4sIAAAAAAAAAw=="/>`), errors.BadImage, "unknown format")
	wantRefusal(t, "cut off", drawing(`<image href="%s"/>`, dataPNG(t, 9, 9)[:40]), errors.BadImage, "header")

	same := dataPNG(t, 800, 800)
	d, err := svg.Read([]byte(drawing(`<image href="%[1]s"/><image href="%[1]s"/>`, same)), mostPixels)
	if err != nil || d.Pixels != 640_000 {
		t.Errorf("%d pixels, want one image's, 640000: %v", d.Pixels, err)
	}
	if got := d.Memory(200, 200); got != 8*640_000 {
		t.Errorf("%d bytes, want 8 for each pixel", got)
	}
	bitmap := "BM" + strings.Repeat("\x00", 12) + "\x28\x00\x00\x00\x40\x00\x00\x00\xc0\xff\xff\xff" + strings.Repeat("\x00", 28)
	d, err = svg.Read([]byte(drawing(`<image href="data:image/bmp;base64,%s"/>`, base64.StdEncoding.EncodeToString([]byte(bitmap)))), mostPixels)
	if err != nil || d.Pixels != 64*64 {
		t.Errorf("a bitmap: %d pixels, want 4096: %v", d.Pixels, err)
	}
}

// What real drawings do is taken.
func TestWhatIsDrawn(t *testing.T) {
	for name, file := range map[string]string{
		"nothing":     `<svg/>`,
		"an icon":     `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="M12 2a10 10 0 1 0 .001 0zm-2 5 5 5-5 5z"/></svg>`,
		"Illustrator": `<?xml version="1.0" encoding="iso-8859-1"?><!-- Generator -- --><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd" [<!ENTITY ns_svg "http://www.w3.org/2000/svg"><!ENTITY st0 "fill:#fff;"><!ATTLIST svg xmlns:a3 CDATA #IMPLIED a3:scriptImplementation (a|b) #REQUIRED xmlns:xlink CDATA #FIXED "http://www.w3.org/1999/xlink"><!ELEMENT svg ANY>]><svg xmlns="&ns_svg;"><style type="text/css"><![CDATA[.st1{fill:url(#g)}.st1>path:first-child{font-family:'A;}B';}]]></style><rect style="&st0;" class="st1"/></svg>`,
		"sodipodi":    drawing(`<sodipodi:namedview inkscape:zoom="1e20" width="1e20"><inkscape:grid/></sodipodi:namedview><metadata>&lt;&#x20;&amp;</metadata>`),
		"a map":       drawing(strings.Repeat(`<path d="M10 10L90 80C10 20 30 40 50 60L5 5z" fill="red"/>`, 50_000)),
		"symbols":     drawing(`<symbol id="s" viewBox="0 0 10 10"><path d="M0 0h10v10z"/></symbol>` + strings.Repeat(`<use xlink:href="#s" width="10" height="10" x="5"/>`, 10_000)),
		"circles":     drawing(`<pattern id="p" width="9" height="9"><rect fill="url(#p)"/></pattern><g id="a"><use href="#a"/><use href="#b"/></g><g id="b"><use href="#a"/></g>`),
		"a picture that is a pattern": drawing(`<pattern id="p" patternContentUnits="objectBoundingBox" width="1" height="1"><use href="#i" transform="scale(.002)"/></pattern><rect width="200" height="200" fill="url(#p)"/><image id="i" width="500" height="500" href="%s"/>`,
			dataPNG(t, 500, 500)),
		"a pattern within what it fills": drawing(`<g fill="url(#p)"><pattern id="p" width="10%%" height="10%%"><circle r="3"/></pattern><rect width="100%%" height="100%%"/></g>`),
		"arrows":                         drawing(`<style>path{marker-start:url(#a);marker-end:url(#b)}</style><marker id="a"><path d="M0 0h9"/></marker><marker id="b"><path d="M0 0h9"/></marker>%s`, strings.Repeat(`<path d="M0 0h9v9"/>`, 500)),
		"shadows":                        drawing(`<filter id="f"><feGaussianBlur in="SourceAlpha" stdDeviation="3"/><feOffset dx="2"/><feMerge><feMergeNode/><feMergeNode in="SourceGraphic"/></feMerge></filter>%s`, strings.Repeat(`<rect width="20" height="20" filter="url(#f)"/>`, 300)),
		"a tile":                         drawing(`<filter id="f" x="0" y="0" width="100%%" height="100%%"><feTile in="SourceGraphic" x="50" y="50" width="100" height="100"/><feTile/></filter><circle cx="100" cy="100" r="90" filter="url(#f)"/>`),
		"a tile in a fixed place":        drawing(`<filter id="f" filterUnits="userSpaceOnUse" x="115" y="40" width="250" height="250"><feFlood x="115" y="40" width="54" height="19"/><feTile/></filter><g filter="url(#f)"/>`),
		"a file's tile":                  drawing(`<filter id="f"><feTurbulence/><feTile/></filter><g filter="url(#f)"/>`),
		"files elsewhere":                `<?xml-stylesheet type="text/css" href="style.css"?>` + drawing(`<style>@import url(other.css);</style><image href="picture.png"/><use href="other.svg#a"/><a href="data:text/html,x"><rect/></a>`),
		"no data":                        drawing(`<image href="data:"/><image href="data:image/png;base64,"/><image/>`),
		"a short entity":                 `<!DOCTYPE svg [<!ENTITY a "<use href='#b'/>">]>` + drawing(strings.Repeat("&a;", 1000)),
		"dashes":                         drawing(strings.Repeat(`<path stroke-dasharray="4 2" d="M0 0h200v200h-200z"/>`, 1000)),
		"geographic":                     `<svg viewBox="500000 4000000 100000 100000" width="500" height="500"><text font-size="4000" x="550000" y="4050000">Berlin and around it</text></svg>`,
		"pieces of numbers":              drawing(`<path d="M-.5.5.5-.5e1-1A1 1 0 0110 10z"/><polygon points="1,2 3"/><g transform="rotate(45)translate(1e5) scale(-1,1)skewX(30)"/>`),
	} {
		if err := check(file); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What a drawing needs grows with its size.
func TestMemory(t *testing.T) {
	for name, tt := range map[string]struct {
		content string
		held    int64 // surfaces of the drawing's size
	}{
		"plain":             {`<rect/>`, 0},
		"a group":           {`<g opacity=".5"><rect/></g>`, 1},
		"groups":            {`<g opacity=".5"><g style="isolation:isolate"><rect/></g></g><g opacity=".5"/>`, 2},
		"a mask":            {`<mask id="m"/><g mask="url(#m)"/>`, 2},
		"a group in a mask": {`<mask id="m"><g opacity=".5"/></mask><g mask="url(#m)"/>`, 3},
		"a filter":          {`<filter id="f"><feFlood result="a"/><feFlood result="b"/></filter><g filter="url(#f)"/>`, 6},
	} {
		d, err := svg.Read([]byte(drawing(tt.content)), mostPixels)
		if err != nil {
			t.Fatal(name, err)
		}
		if got, want := d.Memory(400, 300), tt.held*4*400*300; got != want {
			t.Errorf("%s: %d bytes, want %d", name, got, want)
		}
	}
	// A tile of half the shape, 100x100 units, enlarged three times: 150x150 pixels.
	d, err := svg.Read([]byte(drawing(`<pattern id="p" width=".5" height="50%%"/><g transform="scale(1.5)"><rect width="100" height="100" fill="url(#p)"/></g>`)), mostPixels)
	if err != nil {
		t.Fatal(err)
	}
	if got := d.Memory(400, 400); got != 4*150*150 {
		t.Errorf("a tile: %d bytes, want %d", got, 4*150*150)
	}
}
