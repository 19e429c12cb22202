package imagekit

import (
	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
)

// row is one thing that ImageKit documents, and what becomes of it here.
type row struct {
	// name is the key of a parameter, or key and value where that value has a
	// state of its own: `w`, `w-auto`, `e-shadow`.
	name string

	// state reports whether it works.
	state state

	// takes completes the sentence "it takes …" of a supported parameter.
	takes string

	// read puts the value of a supported parameter into the step. It is false
	// for a value that the parameter does not take.
	read func(s *step, value string) bool

	// details tells that an underscore follows the name, and not a hyphen.
	details bool

	// expression tells that it also takes an arithmetic expression.
	expression bool

	// isLayer tells that it opens a layer, which ends with l-end.
	isLayer bool

	// where tells where it may stand.
	where where

	// isChoice tells that it opens a block of a condition's branches.
	isChoice bool

	// wish is what of the output it decides.
	wish transform.Wish

	// unconditional tells that it cannot stand in a branch.
	unconditional bool

	// why completes the refusal of one that is not supported, where there is
	// something to say.
	why string
}

// where is where a parameter may stand.
type where uint8

const (
	anywhere     where = iota
	ofPictures         // not in a layer
	ofLayers           // only in a layer
	ofMadeLayers       // only in a layer of text or of one colour
	ofTexts            // only in a layer of text
)

// state is whether something works.
type state uint8

const (
	supported state = iota
	later           // not supported yet
	never           // will not be
	removed         // ImageKit itself does not have it any more
)

// String returns the state as docs/imagekit.md writes it.
func (s state) String() string { return [...]string{"yes", "later", "never", "removed"}[s] }

// The reasons for never.
const (
	needsAI = "it needs an AI service"
	isVideo = "videos are not transformed"
)

// The reasons for later.
const (
	needsFaces    = "it needs a detector of faces, which this server does not have"
	needsObjects  = "it needs a detector of objects, which this server does not have"
	needsDetector = "it goes with a face or an object, which need a detector that this server does not have"
)

// refusal returns the error of a row that is not supported.
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

// accepts returns what the row's parameter takes.
func (r row) accepts() string {
	if r.expression {
		return r.takes + ", or an expression"
	}
	return r.takes
}

// wrong returns the error of a value that the row's parameter does not take.
func (r row) wrong(value string) error {
	if value == "" {
		return errors.New(errors.BadTransform, "%s has no value; it takes %s", r.name, r.accepts())
	}
	return errors.New(errors.BadTransform, "%s is %s; it takes %s", r.name, errors.Quote(value), r.accepts())
}
