package svg

import (
	"math"
	"strings"

	"github.com/caddy-images/caddy-images/transform/drawing/natural"
)

// frame is a sink for everything that determines a drawing's size.
type frame struct {
	root    root
	sheets  []string
	css     *strings.Builder // of an open style element
	depth   int              // of nested elements
	started bool
}

// shape returns the size of the drawing, after everything was read.
func (f *frame) shape() shape { return f.root.shape(f.sheets) }

func (f *frame) start(name string, attributes []attribute) error {
	if !f.started {
		f.root, f.started = rootOf(name, attributes), true
	}
	switch {
	case f.css != nil:
		f.depth++
	case name == "style":
		f.css = &strings.Builder{}
	}
	return nil
}

func (f *frame) text(s string) error {
	if f.css != nil && f.depth == 0 {
		f.css.WriteString(s)
	}
	return nil
}

func (f *frame) end() {
	if f.css == nil {
		return
	}
	if f.depth--; f.depth < 0 {
		f.sheets, f.css, f.depth = append(f.sheets, f.css.String()), nil, 0
	}
}

// most returns the largest possible size if librsvg is given no size,
// whichever rules apply. sized is false if the size may then depend on the
// content: librsvg measures that if there is no size.
func (f *frame) most() (size natural.Size, sized bool) {
	size = f.shape().Size
	box, _ := natural.ParseBox(f.root.box)
	said, clear := f.declared()
	width, _ := natural.Length(f.root.width, natural.FontSize)
	height, _ := natural.Length(f.root.height, natural.FontSize)
	if said != (natural.Size{}) || !(width > 0 && height > 0) {
		size.Width, size.Height = max(size.Width, box.Width, said.Width), max(size.Height, box.Height, said.Height)
		return size, clear && !box.IsEmpty()
	}
	return size, clear
}

// declared returns the largest width and height in styles, of any element;
// zero if there are none. clear is false if one may depend on a font size in
// a style.
func (f *frame) declared() (most natural.Size, clear bool) {
	clear = true
	if len(f.sheets) == 0 && f.root.style == "" {
		return most, true
	}
	for _, attribute := range []string{f.root.width, f.root.height} {
		value := strings.ToLower(strings.TrimSpace(attribute))
		clear = clear && !isRelative(value[len(natural.Number(value)):])
	}
	for _, css := range append([]string{f.root.style}, f.sheets...) {
		var side *float64
		name, l := "", lexer{css}
		for {
			t, ok := l.next()
			if !ok {
				break
			}
			switch {
			case t.is(";") || t.is("{") || t.is("}"):
				name, side = "", nil
			case t.is(":") && name == "width":
				side = &most.Width
			case t.is(":") && name == "height":
				side = &most.Height
			case side == nil && t.kind == ident:
				name = strings.ToLower(t.text)
			case side != nil && t.kind == number:
				*side = max(*side, length(t, natural.Size{}).fixed)
				clear = clear && !isRelative(t.unit)
			}
			if side != nil {
				*side = max(*side, math.SmallestNonzeroFloat64) // mentioned
			}
		}
	}
	return most, clear
}

// isRelative reports whether a unit is relative to a font size.
func isRelative(unit string) bool {
	switch unit {
	case "em", "rem", "ex", "ch", "ic", "cap", "lh", "rlh":
		return true
	}
	return false
}
