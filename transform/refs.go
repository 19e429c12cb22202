package transform

import (
	"slices"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
)

// Refs names the files that the plan needs beside its original: the images
// and fonts of its layers, whichever branch they are in. Each is named once,
// in the order in which the plan first does.
func (p Plan) Refs() []origin.Ref {
	var refs []origin.Ref
	eachLayer(p.Steps, func(l Layer) {
		if ref, ok := l.Ref(); ok && !slices.Contains(refs, ref) {
			refs = append(refs, ref)
		}
	})
	return refs
}

// HasLayers reports whether any step of the plan, in any branch, has a layer.
func (p Plan) HasLayers() bool {
	has := false
	eachLayer(p.Steps, func(Layer) { has = true })
	return has
}

// HasFonts reports whether the plan needs a font that comes as a file.
func (p Plan) HasFonts() bool {
	has := false
	eachLayer(p.Steps, func(l Layer) { has = has || l.Kind == TextLayer && l.Text.HasFile() })
	return has
}

// Ref returns the file that the layer itself needs; ok is false where it
// needs none.
func (l Layer) Ref() (ref origin.Ref, ok bool) {
	switch l.Kind {
	case ImageLayer:
		return l.Image, true
	case TextLayer:
		return l.Text.File, l.Text.HasFile()
	}
	return origin.Ref{}, false
}

// eachLayer visits all layers, the outer before those on it.
func eachLayer(steps []Step, visit func(Layer)) {
	for _, s := range steps {
		for _, l := range s.Layers {
			visit(l)
			eachLayer(l.Steps, visit)
		}
		if s.Choice != nil {
			eachLayer(s.Choice.Then.Steps, visit)
			eachLayer(s.Choice.Else.Steps, visit)
		}
	}
}

// InLayer says of an error in which file of a layer it is.
func InLayer(ref origin.Ref, err error) error {
	if err == nil {
		return nil
	}
	e := *errors.From(err)
	e.Message = "In the layer " + ref.Quoted() + ": " + e.Message
	return &e
}
