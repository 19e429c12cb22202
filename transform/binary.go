package transform

import (
	"encoding/binary"
	"errors"
	"math"
)

// A Plan crosses to a worker process through encoding/gob, which sees exported
// fields only. The types that hide theirs say themselves how they are written.

var errBinary = errors.New("neither a number nor a length")

// MarshalBinary implements encoding.BinaryMarshaler: nothing for a number that
// is not given, or its eight bytes.
func (n Number) MarshalBinary() ([]byte, error) {
	if !n.given {
		return nil, nil
	}
	return binary.BigEndian.AppendUint64(nil, math.Float64bits(n.value)), nil
}

// UnmarshalBinary implements encoding.BinaryUnmarshaler.
func (n *Number) UnmarshalBinary(data []byte) error {
	switch len(data) {
	case 0:
		*n = Number{}
	case 8:
		*n = Num(math.Float64frombits(binary.BigEndian.Uint64(data)))
	default:
		return errBinary
	}
	return nil
}

// MarshalBinary implements encoding.BinaryMarshaler: whether it is a fraction,
// and the number.
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
