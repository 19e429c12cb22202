package transform

import (
	"encoding/binary"
	"errors"
	"math"
	"strings"
)

// A Plan is sent to worker processes by encoding/gob, which encodes only
// exported fields. Types with unexported fields implement their own encoding.

var errBinary = errors.New("neither a number nor a length")

// MarshalBinary implements encoding.BinaryMarshaler: nothing for a number
// that is not given, a zero and eight bytes for a constant, a space and the
// text for an expression.
func (n Number) MarshalBinary() ([]byte, error) {
	switch {
	case n.expression != "":
		return []byte(" " + n.expression), nil
	case n.given:
		return binary.BigEndian.AppendUint64([]byte{0}, math.Float64bits(n.value)), nil
	}
	return nil, nil
}

// UnmarshalBinary implements encoding.BinaryUnmarshaler.
func (n *Number) UnmarshalBinary(data []byte) error {
	switch {
	case len(data) == 0:
		*n = Number{}
	case len(data) == 9 && data[0] == 0:
		*n = Num(math.Float64frombits(binary.BigEndian.Uint64(data[1:])))
	case data[0] == ' ':
		return n.unmarshalExpression(string(data[1:]))
	default:
		return errBinary
	}
	return nil
}

func (n *Number) unmarshalExpression(text string) error {
	var terms []Term
	for word := range strings.SplitSeq(text, " ") {
		t, ok := parseTerm(word)
		if !ok {
			return errBinary
		}
		terms = append(terms, t)
	}
	expression, ok := Expression(terms...)
	if !ok {
		return errBinary
	}
	*n = expression
	return nil
}

// MarshalBinary implements encoding.BinaryMarshaler: a byte for fractions,
// followed by the number.
func (l Length) MarshalBinary() ([]byte, error) {
	number, err := l.number.MarshalBinary()
	if l.fraction {
		return append([]byte{1}, number...), err
	}
	return append([]byte{0}, number...), err
}

// UnmarshalBinary implements encoding.BinaryUnmarshaler.
func (l *Length) UnmarshalBinary(data []byte) error {
	if len(data) == 0 || data[0] > 1 {
		return errBinary
	}
	l.fraction = data[0] == 1
	return l.number.UnmarshalBinary(data[1:])
}
