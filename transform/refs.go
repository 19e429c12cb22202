package transform

import (
	"slices"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
)

// Refs returns the files that the plan needs besides its original: images and
// fonts of layers, in all branches, in the order of first mention and without
// duplicates.
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

// HasFonts reports whether the plan needs a font file.
func (p Plan) HasFonts() bool {
	has := false
	eachLayer(p.Steps, func(l Layer) { has = has || l.Kind == TextLayer && l.Text.HasFile() })
	return has
}

// Ref returns the file that the layer itself needs; ok is false if it needs
// none.
func (l Layer) Ref() (ref origin.Ref, ok bool) {
	switch l.Kind {
	case ImageLayer:
		return l.Image, true
	case TextLayer:
		return l.Text.File, l.Text.HasFile()
	}
	return origin.Ref{}, false
}

// eachLayer visits all layers, outer ones before those nested in them.
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

// InLayer adds the file of the layer to an error.
func InLayer(ref origin.Ref, err error) error {
	if err == nil {
		return nil
	}
	e := *errors.From(err)
	e.Message = "In the layer " + ref.Quoted() + ": " + e.Message
	return &e
}
