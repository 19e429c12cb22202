package imagizer

import (
	"github.com/caddy-images/caddy-images/errors"
)

// row is one parameter, and what becomes of it here.
type row struct {
	// name is the plain name, alias another one for the same. A row may also be
	// about one value of a parameter: `crop=face`.
	name, alias string

	// state reports whether it works.
	state state

	// takes completes the sentence "it takes …".
	takes string

	// read puts the value into the image. It is false for a value that the
	// parameter does not take.
	read func(p *picture, value string) bool

	// flag tells that the value is a boolean, so that the bare name is true. One
	// that is not supported may be false.
	flag bool

	// aside tells that it asks for no image by itself: it says where the
	// original is, or how to answer.
	aside bool

	// whole tells that it is about the whole image, and not for a layer's.
	whole bool

	// why completes the refusal of one that is not supported.
	why string
}

// state is whether something works.
type state uint8

const (
	supported state = iota
	ours            // and Imagizer is not known to have it
	ignored         // it does nothing
	later           // not supported yet
	never           // will not be
)

// String returns the state as docs/imagizer.md writes it.
func (s state) String() string { return [...]string{"yes", "ours", "ignored", "later", "no"}[s] }

const takesBoolean = "true or false"

// The reasons for later and never.
const (
	needsFaces = "it needs a detector of faces, which this server does not have"
	needsEyes  = "it needs a detector of eyes, which this server does not have"
	needsPost  = "it stores what a POST request sends, which this server does not do"
)

// refusal returns the error of a row that is not supported.
func (r row) refusal() error {
	if r.state == never {
		return errors.New(errors.BadTransform, "%s is not supported: %s", r.name, r.why)
	}
	return errors.New(errors.BadTransform, "%s is not supported yet: %s", r.name, r.why)
}

// wrong returns the error of a value that the parameter does not take.
func (r row) wrong(value string) error {
	return errors.New(errors.BadTransform, "%s is %s; it takes %s", r.name, errors.Quote(value), r.takes)
}

// boolean reads true or false.
func boolean(v string) (value, ok bool) {
	switch v {
	case "true", "1":
		return true, true
	case "false", "0":
		return false, true
	}
	return false, false
}
