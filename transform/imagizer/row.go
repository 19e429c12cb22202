package imagizer

import (
	"github.com/caddy-images/caddy-images/errors"
)

// row is a parameter and its support here.
type row struct {
	// name is the plain name, alias another one. A row may also be for one
	// value of a parameter: `crop=face`.
	name, alias string

	// state is whether it is supported.
	state state

	// takes completes the sentence "it takes …".
	takes string

	// read parses the value. It returns false for an invalid value.
	read func(p *picture, value string) bool

	// flag reports whether the value is a boolean, so that the bare name
	// means true. One that is not supported may be false.
	flag bool

	// aside reports whether it does not ask for an image by itself: it names
	// the original, or is about the response.
	aside bool

	// whole reports whether it applies only to the whole image, and not to
	// layers.
	whole bool

	// why completes the error for one that is not supported.
	why string
}

// state is the state of support.
type state uint8

const (
	supported state = iota
	ours            // Imagizer is not known to have it
	ignored         // has no effect
	later           // not supported yet
	never           // will not be
)

// String returns the state as docs/reference/imagizer.md writes it.
func (s state) String() string { return [...]string{"yes", "ours", "ignored", "later", "no"}[s] }

const takesBoolean = "true or false"

// Reasons for later and never.
const (
	needsFaces = "it needs a detector of faces, which this server does not have"
	needsEyes  = "it needs a detector of eyes, which this server does not have"
	needsPost  = "it stores what a POST request sends, which this server does not do"
)

// refusal returns the error for a row that is not supported.
func (r row) refusal() error {
	if r.state == never {
		return errors.New(errors.BadTransform, "%s is not supported: %s", r.name, r.why)
	}
	return errors.New(errors.BadTransform, "%s is not supported yet: %s", r.name, r.why)
}

// wrong returns the error for an invalid value.
func (r row) wrong(value string) error {
	return errors.New(errors.BadTransform, "%s is %s; it takes %s", r.name, errors.Quote(value), r.takes)
}

// boolean parses true or false.
func boolean(v string) (value, ok bool) {
	switch v {
	case "true", "1":
		return true, true
	case "false", "0":
		return false, true
	}
	return false, false
}
