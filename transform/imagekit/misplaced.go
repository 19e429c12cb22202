package imagekit

import (
	stderrors "errors"
	"fmt"
	"unicode/utf8"

	"github.com/caddy-images/caddy-images/errors"
)

// misplaced is an error with its place in a transformation.
type misplaced struct {
	at  int // byte
	err error
}

func (m *misplaced) Error() string { return m.err.Error() }
func (m *misplaced) Unwrap() error { return m.err }

// at adds a place to an error unless it has one: the innermost place counts.
func at(byte int, err error) error {
	var known *misplaced
	if stderrors.As(err, &known) {
		return err
	}
	return &misplaced{byte, err}
}

// located appends the place in the decoded transformation to an error's
// message, in characters from 1.
func located(tr string, err error) error {
	if err == nil {
		return nil
	}
	var m *misplaced
	if !stderrors.As(err, &m) {
		return err
	}
	e := *errors.From(m.err)
	e.Message += fmt.Sprintf(" (character %d)", utf8.RuneCountInString(tr[:min(m.at, len(tr))])+1)
	return &e
}
