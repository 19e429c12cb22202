package imagekit

import (
	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
)

// row is a parameter that ImageKit documents, and its support here.
type row struct {
	// name is the key of a parameter, or key and value if that value has a
	// state of its own: `w`, `w-auto`, `e-shadow`.
	name string

	// state is whether it is supported.
	state state

	// takes completes the sentence "it takes …" of a supported parameter.
	takes string

	// read parses the value of a supported parameter into the step. It
	// returns false for an invalid value.
	read func(s *step, value string) bool

	// details reports whether an underscore follows the name instead of a
	// hyphen.
	details bool

	// expression reports whether it accepts an arithmetic expression.
	expression bool

	// isLayer reports whether it begins a layer, which ends with l-end.
	isLayer bool

	// where is where it is allowed.
	where where

	// isChoice reports whether it begins a condition's branches.
	isChoice bool

	// wish is the field of the output that it sets.
	wish transform.Wish

	// unconditional reports whether it is not allowed in a branch.
	unconditional bool

	// why completes the error for one that is not supported; may be empty.
	why string
}

// where is where a parameter is allowed.
type where uint8

const (
	anywhere     where = iota
	ofPictures         // not in a layer
	ofLayers           // only in a layer
	ofMadeLayers       // only in a layer of text or of one colour
	ofTexts            // only in a layer of text
)

// state is the state of support.
type state uint8

const (
	supported state = iota
	later           // not supported yet
	never           // will not be
	removed         // removed from ImageKit
)

// String returns the state as docs/reference/imagekit.md writes it.
func (s state) String() string { return [...]string{"yes", "later", "never", "removed"}[s] }

// Reasons for never.
const (
	needsAI = "it needs an AI service"
	isVideo = "videos are not transformed"
)

// Reasons for later.
const (
	needsFaces    = "it needs a detector of faces, which this server does not have"
	needsObjects  = "it needs a detector of objects, which this server does not have"
	needsDetector = "it refers to a face or an object, which needs a detector that this server does not have"
)

// refusal returns the error for a row that is not supported.
func (r row) refusal() error {
	switch r.state {
	case removed:
		return errors.New(errors.BadTransform, "%s was removed from ImageKit in 2023; use %s", r.name, r.why)
	case never:
		return errors.New(errors.BadTransform, "%s is not supported: %s", r.name, r.why)
	}
	if r.why != "" {
		return errors.New(errors.BadTransform, "%s is not supported yet: %s", r.name, r.why)
	}
	return errors.New(errors.BadTransform, "%s is not supported yet", r.name)
}

// accepts describes the values that the parameter accepts.
func (r row) accepts() string {
	if r.expression {
		return r.takes + ", or an expression"
	}
	return r.takes
}

// wrong returns the error for an invalid value.
func (r row) wrong(value string) error {
	if value == "" {
		return errors.New(errors.BadTransform, "%s has no value; it takes %s", r.name, r.accepts())
	}
	return errors.New(errors.BadTransform, "%s is %s; it takes %s", r.name, errors.Quote(value), r.accepts())
}
