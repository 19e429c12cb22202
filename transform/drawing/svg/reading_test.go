package svg_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform/drawing/svg"
)

// What librsvg reads is what counts, however it is written: each of these has letters of
// ten million units, at which librsvg 2.54 aborts.
func TestLettersThatAreHidden(t *testing.T) {
	const text, large = `<text y="50">MMMMMMMMM</text>`, `font-size:10000000px`
	styled := func(style string) string { return drawing(`<text y="50" style="%s">MMMMMMMMM</text>`, style) }
	for name, file := range map[string]string{
		"behind a string with a line break":         styled("x:'\n';" + large),
		"behind a string with a tab":                styled("x:'\t\n';" + large),
		"behind a string with a return":             styled("x:'&#13;;" + large + ";y:'"),
		"behind a bracket of another kind":          drawing(`<style>text{x:(});%s}</style>`+text, large),
		"behind a bracket in a function":            drawing(`<style>text{x:a(});%s}</style>`+text, large),
		"behind a bracket in an address":            drawing(`<style>text{x:url("a" });%s}</style>`+text, large),
		"in parts of what is seen":                  strings.Replace(drawing(`<text font-size="10000vmax">MMMMMMMMM</text>`), `width="200"`, `width="10000"`, 1),
		"in parts of what a style sheet says":       drawing(`<style>:root{width:10000px}text{font-size:10000vw}</style>` + text),
		"behind half of a character, in Shift JIS":  `<?xml version="1.0" encoding="Shift_JIS"?>` + drawing("<style>text{x:\x83\x7d;%s}</style>"+text, large),
		"behind half of a character, in a property": `<?xml version="1.0" encoding="GBK"?>` + drawing("<text y='50' style='x:\x81\x5b;%s'>MMMMMMMMM</text>", large),
	} {
		err := check(file)
		if err == nil || !errors.Is(err, errors.Limit) && !strings.Contains(err.Error(), "UTF-8") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, file := range map[string]string{
		"small letters": styled("x:'\n';font-size:10px;y:'a'"),
		"addresses":     drawing(`<style>rect{fill:url( "#a" /**/ );mask:url(#b)}</style><rect/>`),
		"Shift JIS":     `<?xml version="1.0" encoding="Shift_JIS"?>` + drawing("<title>\x83\x5c</title><text style='font-family:\"\x82\x6c\x82\x72 \x83\x53\x83\x56\x83\x62\x83\x4e\"'>\x83\x7d</text>"),
	} {
		if err := check(file); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A viewBox is read in one way, for what drawing comes to and for the file that is drawn:
// what is none leaves the drawing's own units.
func TestViewBoxIsReadOnce(t *testing.T) {
	const box = `<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10" viewBox="%"><pattern id="p" width="9" height="9" patternUnits="userSpaceOnUse"/><rect width="10" height="10" fill="url(#p)"/></svg>`
	for value, unit := range map[string]int64{
		"0 0 10 10": 100, "0,0,5,5": 200, "0/**/0/**/5/**/5": 200, "0-5 5 5": 200,
		"0 0 1000000 1000000 x": 100, "0 0 1e6px 1e6px": 100, "0 0 1e6": 100, "": 100, `0 0 1e6 1e6" viewBox="x`: 100,
	} {
		file := strings.Replace(box, "%", value, 1)
		d, err := svg.Read([]byte(file), mostPixels)
		if err != nil {
			t.Fatal(value, err)
		}
		if got, want := d.Memory(1000, 1000), 4*9*unit*9*unit; got != want {
			t.Errorf("%s: a tile takes %d bytes, want %d", value, got, want)
		}
	}
}

// Percentages are parts of the drawing's size, which it need not say.
func TestPercentagesOfNoSize(t *testing.T) {
	content := strings.Repeat(`<rect width="100%" height="100%" stroke="red" stroke-dasharray=".01"/>`, 300)
	for _, root := range []string{`width="100%" height="100%"`, ``, `height="90%"`} {
		file := `<svg xmlns="http://www.w3.org/2000/svg" ` + root + `>` + content + `</svg>`
		wantRefusal(t, root, file, errors.Limit, "dashes")
	}
}

// A drawing in a drawing is drawn as large as librsvg says, which is what is in it if
// nothing else says that; and no more is known of its rules than what they speak of.
func TestSizeOfEmbeddedDrawings(t *testing.T) {
	embedded := func(root, content string) string {
		file := `<svg xmlns="http://www.w3.org/2000/svg" ` + root + `>` + content + `<rect width="12000" height="12000"/></svg>`
		return drawing(`<image width="100" height="100" href="data:image/svg+xml,%s"/>`, url.PathEscape(file))
	}
	for name, tt := range map[string]struct {
		root, content string
		kind          errors.Kind
	}{
		"none":                     {``, ``, errors.BadImage},
		"negative":                 {`width="-1" height="-1"`, ``, errors.BadImage},
		"one side":                 {`width="10"`, ``, errors.BadImage},
		"a box that is none":       {`viewBox="0 0 10 10 x"`, ``, errors.BadImage},
		"a style without":          {`width="10" height="10" style="width:auto;height:auto"`, ``, errors.BadImage},
		"a style that is none":     {`width="10" height="10" viewBox="0 0 9 9" style="width:12000px;height:12000px;width:x;height:y"`, ``, errors.Limit},
		"a rule of the root":       {`width="10" height="10" viewBox="0 0 9 9"`, `<style>:not(g){width:12000px;height:125in}</style>`, errors.Limit},
		"a font of the root":       {`width="1em" height="1em" viewBox="0 0 9 9"`, `<style>:not(g){font-size:12000px}</style>`, errors.BadImage},
		"one side, and a view box": {`width="10" viewBox="0 0 12000 12000"`, ``, errors.Limit},
	} {
		wantRefusal(t, name, embedded(tt.root, tt.content), tt.kind)
	}
	for _, root := range []string{
		`width="10" height="10"`, `width="1em" height="1em" viewBox="0 0 512 512"`, `viewBox="0 0 24 24"`, `width="100%" viewBox="0 0 24 24"`,
		`width="10" height="10" style="enable-background:new 0 0 10 10"`,
	} {
		if err := check(embedded(root, "")); err != nil {
			t.Errorf("%s: %v", root, err)
		}
	}
}
