package imagekit

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
)

// How many characters of a text are drawn ("truncated", ImageKit, "Add
// overlays on images"), and the default font size in pixels (same page).
const (
	maxPlainText    = 2000
	maxEncodedText  = 2500
	defaultFontSize = 45

	// defaultFont is the default of ImageKit's URL editor.
	defaultFont = "Open Sans"
)

// textRows are parameters with a different meaning in texts.
var textRows = []row{
	{name: "w", takes: "pixels, 1 or more", read: readWrap, expression: true},
	{name: "bg", takes: takesColor, read: readTextBackground},
}

// textNames lists the parameters of a text for messages.
const textNames = "i ie lx ly lxc lyc lap lfo lm w fs ff co ia pa al tg bg r rt fl lh"

// textual returns the row for a parameter in a text; ok is false if texts do
// not have it.
func textual(r row) (_ row, ok bool) {
	if i := slices.IndexFunc(textRows, func(t row) bool { return t.name == r.name }); i >= 0 {
		return textRows[i], true
	}
	return r, slices.Contains(strings.Fields(textNames), r.name)
}

// openText sets the text.
func (l *layer) openText(text string, body [][]item) error {
	if len(body) != 1 {
		return errors.New(errors.BadTransform, "l-text has more than one step; a text with a colon or a comma is sent as ie, in Base64")
	}
	most := maxPlainText
	if _, encoded := last(body, "ie"); encoded {
		most = maxEncodedText
	}
	l.Kind = transform.TextLayer
	l.Text = transform.Text{Content: truncated(text, most), Font: defaultFont, Size: transform.Num(defaultFontSize), Color: transform.Black}
	return nil
}

// truncated returns the first characters of a text.
func truncated(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most])
}

// finishText rounds the box's corners before the box is rotated.
func (l *layer) finishText() {
	s := l.Steps[0]
	l.Steps = []transform.Step{{Corners: s.Corners}}
	if l.level > 0 {
		s.Opacity = transform.Num(float64(10 * l.level))
	}
	if turned := (transform.Step{Rotate: s.Rotate, Flip: s.Flip, Opacity: s.Opacity}); !turned.IsZero() {
		l.Steps = append(l.Steps, turned)
	}
}

func readFontSize(s *step, v string) (ok bool) {
	s.layer.Text.Size, ok = s.amount(v, 1, maxPixels)
	return ok
}

func readLineHeight(s *step, v string) (ok bool) {
	s.layer.Text.LineHeight, ok = s.amount(v, 1, maxPixels)
	return ok
}

func readWrap(s *step, v string) (ok bool) {
	s.layer.Text.Width, ok = s.amount(v, 1, maxPixels)
	return ok
}

func readTextColor(s *step, v string) (ok bool) {
	s.layer.Text.Color, ok = parseColor(v)
	return ok
}

func readTextBackground(s *step, v string) (ok bool) {
	s.layer.Text.Background, ok = parseColor(v)
	return ok
}

var aligns = map[string]transform.Align{"center": transform.AlignCenter, "left": transform.AlignLeft, "right": transform.AlignRight}

func readAlign(s *step, v string) (ok bool) {
	s.layer.Text.Align, ok = aligns[v]
	return ok
}

// readPadding reads one number, which may be an expression, or two to four.
func readPadding(s *step, v string) bool {
	p := &s.layer.Text.Padding
	if isExpression(v) {
		n, ok := s.amount(v, 0, maxPixels)
		*p = transform.Padding{Top: n, Right: n, Bottom: n, Left: n}
		return ok
	}
	var sides []transform.Number
	for part := range strings.SplitSeq(v, "_") {
		f, ok := within(part, 0, maxPixels)
		if !ok {
			return false
		}
		sides = append(sides, transform.Num(f))
	}
	switch len(sides) {
	case 1:
		*p = transform.Padding{Top: sides[0], Right: sides[0], Bottom: sides[0], Left: sides[0]}
	case 2:
		*p = transform.Padding{Top: sides[0], Right: sides[1], Bottom: sides[0], Left: sides[1]}
	case 3:
		*p = transform.Padding{Top: sides[0], Right: sides[1], Bottom: sides[2], Left: sides[1]}
	case 4:
		*p = transform.Padding{Top: sides[0], Right: sides[1], Bottom: sides[2], Left: sides[3]}
	default:
		return false
	}
	return true
}

// readTypography also accepts the older SDKs' `ib`.
func readTypography(s *step, v string) bool {
	if v == "ib" || v == "bi" {
		v = "b_i"
	}
	t := &s.layer.Text
	t.Bold, t.Italic, t.Strikethrough = false, false, false
	for part := range strings.SplitSeq(v, "_") {
		switch part {
		case "b":
			t.Bold = true
		case "i":
			t.Italic = true
		case "strikethrough":
			t.Strikethrough = true
		default:
			return false
		}
	}
	return true
}

// families are ImageKit's built-in fonts ("Supported text font list") whose
// name there is not the family name.
var families = map[string]string{
	"AbrilFatFace": "Abril Fatface",
	"exo":          "Exo",
	"PT_Serif":     "PT Serif",
	"PT_Sans":      "PT Sans",
	"Old Standard": "Old Standard TT",
}

// readFont reads a family name, ImageKit's or any installed, or the path of a
// font: "font-folder@@my-font.ttf".
func readFont(s *step, v string) (ok bool) {
	t := &s.layer.Text
	t.Font, t.File = defaultFont, origin.Ref{}
	switch extension := strings.ToLower(path.Ext(v)); extension {
	case ".ttf", ".otf":
		t.File, ok = readFile(v)
		return ok
	case ".woff", ".woff2", ".ttc", ".otc", ".eot":
		s.problem = fmt.Errorf("%s is not supported; a font file is .ttf or .otf", extension)
		return false
	}
	family, known := families[v]
	if !known {
		family = strings.ReplaceAll(v, "_", " ")
	}
	t.Font = family
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -"
	return v != "" && len(v) <= 64 && strings.Trim(family, letters) == "" && strings.TrimSpace(family) != ""
}
