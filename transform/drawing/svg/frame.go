package svg

import "strings"

// frame is a sink that reads what decides about a drawing's size.
type frame struct {
	root    root
	sheets  []string
	css     *strings.Builder // of a style element that is open
	depth   int              // of elements in it
	started bool
}

// shape is how large the drawing is, when all was read.
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
