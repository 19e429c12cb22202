package svg

import (
	"bytes"
	"math"
	"strconv"
	"strings"

	"github.com/caddy-images/caddy-images/transform/drawing/natural"
)

// Scalable is a drawing that librsvg draws at any size in whole pixels, as
// browsers do. Lengths are in units of which an inch has natural.Density,
// everywhere in the file; the size of the root element is in pixels, and its
// visible part fills them.
type Scalable struct {
	// Natural is the natural size of the drawing.
	Natural natural.Size

	before, after []byte // the start tag of the root element
	root          tag
	font          string
	relative      bool // the font size is relative to another
	styled        bool // styles may set another size
	box           string
	aspect        string // empty if it fills any shape
}

// growth limits the length of the converted file, as a multiple of the
// original's plus some bytes.
const (
	growth      = 3
	growthBytes = 64 << 10
)

// NewScalable reads a drawing. The error is that of Read for the same file,
// if that concerns syntax; or errors.Limit, for one that would become much
// longer.
func NewScalable(file []byte) (*Scalable, error) {
	var f frame
	if err := scan(file, &f); err != nil {
		return nil, err
	}
	sh := f.shape()
	c := &copier{units: units{font: sh.font, window: sh.Size}, out: &bytes.Buffer{}, most: growth*len(file) + growthBytes}
	c.out.Grow(len(file))
	s := scanner{sink: c, entities: map[string]string{}, copy: c}
	if err := s.file(file); err != nil {
		return nil, err
	}
	if c.written > c.most {
		return nil, exceeds("has too many lengths in units other than pixels")
	}
	d := &Scalable{Natural: sh.Size, root: *c.root, styled: len(f.sheets) > 0 || f.root.style != ""}
	d.before, d.after = c.out.Bytes()[:d.root.at], c.out.Bytes()[d.root.at:]
	units, _ := fontSize(f.root.font)
	d.font = formatted(units) + "px"
	if !sh.absolute { // librsvg would use its own default
		d.font, d.relative = formatted(sh.font)+"px", true
	}
	d.fill(f.root)
	return d, nil
}

// fill determines the visible part of the plane. If the viewBox has the
// drawing's shape, as usual, it can also be drawn in another shape.
func (d *Scalable) fill(r root) {
	box, ok := natural.ParseBox(r.box)
	switch {
	case !ok:
		box = natural.Box{Width: d.Natural.Width, Height: d.Natural.Height}
	case box.IsEmpty(), !similar(box, d.Natural) && !isNone(r.aspect):
		d.box, d.aspect = r.box, r.aspect
		if d.aspect == "" {
			d.aspect = "xMidYMid"
		}
		return
	}
	var values []string
	for _, v := range []float64{box.X, box.Y, box.Width, box.Height} {
		values = append(values, strconv.FormatFloat(v, 'g', -1, 64))
	}
	d.box = strings.Join(values, " ")
}

// similar reports whether a viewBox has the shape of a drawing.
func similar(b natural.Box, s natural.Size) bool {
	const nearly = 1e-6
	a, c := b.Width*s.Height, b.Height*s.Width
	return math.Abs(a-c) <= nearly*max(a, c)
}

// isNone reports whether a value of preserveAspectRatio stretches the
// viewBox.
func isNone(aspect string) bool {
	for word := range strings.FieldsSeq(aspect) {
		if word != "defer" {
			return word == "none"
		}
	}
	return false
}

// Stretches reports whether the drawing fills a size of any shape. Otherwise
// the size must have the shape of Natural, or there are margins.
func (d *Scalable) Stretches() bool { return d.aspect == "" }

// At returns the file of the drawing for a size in pixels.
func (d *Scalable) At(width, height int) []byte {
	w, h := strconv.Itoa(width), strconv.Itoa(height)
	var b bytes.Buffer
	b.Grow(len(d.before) + len(d.after) + len(d.root.rest) + len(d.root.style) + 512)
	b.Write(d.before)
	b.WriteString("<" + d.root.name)
	aspect := d.aspect
	if d.Stretches() {
		aspect = "none"
	}
	for _, a := range []struct{ name, value string }{
		{"width", w}, {"height", h}, {"viewBox", d.box}, {"preserveAspectRatio", aspect}, {"font-size", d.font},
	} {
		b.WriteString(" " + a.name + `="` + escaper.Replace(a.value) + `"`)
	}
	if d.styled {
		own := "width:" + w + "px!important;height:" + h + "px!important;"
		if d.relative {
			own += "font-size:" + d.font + "!important;"
		}
		// Before, since the style may be unterminated; and after, since it
		// may have important declarations.
		b.WriteString(` style="` + own + strings.ReplaceAll(d.root.style, `"`, "&quot;") + ";" + own + `"`)
	}
	b.WriteString(d.root.rest)
	b.Write(d.after)
	return b.Bytes()
}
