//go:build cgo

package draw

import (
	stderrors "errors"
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"
	"unicode"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// text draws a text in its box.
func (p *picture) text(scope *vips.Scope, l transform.Layer) (*picture, error) {
	own := &picture{scope: scope, job: p.layerJob(l, nil), whole: p.whole, coloured: true, indexed: true}
	own.facts = transform.Facts{Base: p.facts.Size, Frames: 1, Alpha: true}
	setting, err := l.Text.Set(own.facts)
	if err != nil {
		return nil, err
	}
	family, err := own.family(l)
	if err != nil {
		return nil, transform.InLayer(l.Text.File, err)
	}
	setting.Font = family
	letters, err := own.letters(setting)
	if err != nil {
		return nil, err
	}
	box, err := inBox(letters, setting)
	if err != nil {
		return nil, err
	}
	own.frame = box
	own.facts.Size = transform.Size{Width: box.Width(), Height: box.Height()}
	own.facts.Initial = own.facts.Size
	return own, own.finish(l.Steps)
}

// trial is the size in pixels for measuring letters: libvips returns sizes
// only after drawing. A much smaller one would be imprecise through rounding.
const trial = 16

// letters draws the letters, without empty margins.
func (p *picture) letters(s transform.Setting) (*vips.Image, error) {
	scale := min(1, trial/s.Size)
	small, err := p.set(s, scale, false)
	if err != nil {
		return nil, whyNot(s, err)
	}
	grown := func(pixels int) int { return int(math.Ceil(float64(pixels) / scale)) }
	if err := s.CheckBox(transform.Size{Width: grown(small.Width()), Height: grown(small.Height())}, p.job.Limits); err != nil {
		return nil, err
	}
	drawn, err := p.set(s, 1, true)
	if err != nil {
		return nil, err
	}
	if err := s.CheckBox(transform.Size{Width: drawn.Width(), Height: drawn.Height()}, p.job.Limits); err != nil {
		return nil, err
	}
	alpha, err := drawn.ExtractBand(drawn.Bands()-1, 1)
	if err != nil {
		return nil, err
	}
	x, y, w, h, err := alpha.FindTrim(0.5, []float64{0})
	if err != nil {
		return nil, err
	}
	if w == 0 || h == 0 {
		return nil, nothing()
	}
	return drawn.ExtractArea(x, y, w, h)
}

// whyNot returns the reason for a failed trial. The text library has a
// largest size, and libvips fails for a text with nothing to draw.
func whyNot(s transform.Setting, err error) error {
	var known *errors.Error
	switch {
	case stderrors.As(err, &known):
		return known
	case s.HasFile():
		return transform.InLayer(s.File, errors.New(errors.BadImage, "The text cannot be drawn with this font, which is damaged, or has letters of excessive size").Because(err))
	case strings.ContainsFunc(s.Content, isVisible):
		return errors.New(errors.Limit, "The text would be larger than %d pixels", transform.LargestText).Because(err)
	}
	return nothing()
}

func isVisible(r rune) bool {
	return unicode.In(r, unicode.Letter, unicode.Number, unicode.Punct, unicode.Symbol)
}

func nothing() error {
	return errors.New(errors.BadTransform, "The text has no visible letter")
}

// set draws the text at a scale: in its colours, which takes four bytes per
// pixel and must be limited, or as a mask.
func (p *picture) set(s transform.Setting, scale float64, colours bool) (*vips.Image, error) {
	options := vips.TextOptions{Font: description(s, scale), Align: align(s), RGBA: colours}
	if s.Width > 0 {
		options.Width = max(1, int(math.Round(float64(s.Width)*scale)))
	}
	content := readable(s.Content)
	if strings.TrimSpace(content) == "" {
		return nil, nothing()
	}
	image, err := p.scope.Text(markup(s, content, scale), options)
	if err != nil || !colours {
		return image, err
	}
	return image.CopyAs(vips.InterpretationSRGB)
}

// description returns Pango's description of the font. The comma ends the
// family, whose last word may be the name of a style. The size at 72 dpi is
// in pixels.
func description(s transform.Setting, scale float64) string {
	text := "sans-serif,"
	if s.Font != "" {
		text = s.Font + ",sans-serif,"
	}
	if s.Bold {
		text += " Bold"
	}
	if s.Italic {
		text += " Italic"
	}
	return text + " " + strconv.FormatFloat(s.Size*scale, 'f', 3, 64)
}

// markup returns the text in Pango's markup, with the text itself escaped.
func markup(s transform.Setting, content string, scale float64) string {
	c := s.Color
	attributes := fmt.Sprintf(`foreground="#%02x%02x%02x"`, c.R, c.G, c.B)
	if s.LineHeight > 0 {
		// In 1024ths of a point; below one it would be a factor.
		attributes += fmt.Sprintf(` line_height="%d"`, max(1024, int(math.Round(s.LineHeight*scale*1024))))
	}
	if s.Strikethrough {
		attributes += ` strikethrough="true"`
	}
	return "<span " + attributes + ">" + html.EscapeString(content) + "</span>"
}

// readable returns the text without control characters other than line ends,
// which markup could not contain either.
func readable(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case unicode.IsControl(r), r == unicode.ReplacementChar, r == 0xfffe, r == 0xffff:
			return -1
		}
		return r
	}, text))
}

// align returns libvips' alignment. Pango reverses it for paragraphs from
// right to left.
func align(s transform.Setting) vips.Align {
	left, right := vips.AlignLow, vips.AlignHigh
	if fromRight(s.Content) {
		left, right = right, left
	}
	switch s.Align {
	case transform.AlignLeft:
		return left
	case transform.AlignRight:
		return right
	}
	return vips.AlignCentre
}

// fromRight reports whether the first letter of the text is of a script
// written from right to left.
func fromRight(text string) bool {
	for _, r := range text {
		if unicode.IsLetter(r) {
			return unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana, unicode.Nko, unicode.Adlam)
		}
	}
	return false
}

// inBox puts the letters into their box.
func inBox(letters *vips.Image, s transform.Setting) (*vips.Image, error) {
	if a := s.Color.A; a != 255 {
		var err error
		if letters, err = letters.Linear(onColours(letters, 1, float64(a)/255), onColours(letters, 0, 0.5), true); err != nil {
			return nil, err
		}
	}
	w, h := letters.Width()+s.Left+s.Right, letters.Height()+s.Top+s.Bottom
	box, err := letters.Embed(s.Left, s.Top, w, h, vips.ExtendBackground, ink(transform.Color{}, true))
	if err != nil || s.Background.A == 0 {
		return box, err
	}
	if box, err = over(box, s.Background); err != nil {
		return nil, err
	}
	return withAlpha(box)
}
