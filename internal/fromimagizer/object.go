package fromimagizer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// member is a key of a JSON object and its raw value.
type member struct {
	key   string
	value json.RawMessage
}

// readObject reads a JSON object in order. A repeated key is an error: one of
// its values would be lost.
func readObject(text []byte) ([]member, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	first, err := decoder.Token()
	if err != nil {
		return nil, at(text, err, decoder)
	}
	if first != json.Delim('{') {
		return nil, errors.New("it is not a JSON object, {…}")
	}
	var members []member
	seen := make(map[string]bool)
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return nil, at(text, err, decoder)
		}
		m := member{key: key.(string)} // an object has no other keys
		if seen[m.key] {
			return nil, fmt.Errorf("%s is given twice", quoteKey(m.key))
		}
		seen[m.key] = true
		if err := decoder.Decode(&m.value); err != nil {
			return nil, at(text, err, decoder)
		}
		members = append(members, m)
	}
	if _, err := decoder.Token(); err != nil {
		return nil, at(text, err, decoder)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, errors.New("something follows the JSON object")
	}
	return members, nil
}

// at adds the line to an error about malformed JSON.
func at(text []byte, err error, decoder *json.Decoder) error {
	where := decoder.InputOffset()
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		where = syntax.Offset
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the JSON is truncated")
	}
	line := 1 + bytes.Count(text[:min(max(where, 0), int64(len(text)))], []byte("\n"))
	return fmt.Errorf("line %d is not valid JSON: %w", line, err)
}
