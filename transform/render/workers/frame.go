//go:build unix

package workers

import (
	"encoding/binary"
	"fmt"
	"io"
	"slices"
)

// frameKind is the kind of a frame.
type frameKind byte

const (
	frameSettings frameKind = iota + 1
	frameJob
	frameCancel
	frameTrim
	frameReady
	frameAccepted
	frameResult
	frameFailure
	frameDetails
)

// Maximum lengths of a worker's frames.
const (
	maxResult = 256 << 20
	maxText   = 64 << 10

	// maxDetails exceeds the size of bounded details in JSON.
	maxDetails = 256 << 10
)

// headerSize is the size of a frame's kind and length.
const headerSize = 5

func appendHeader(to []byte, kind frameKind, length int) []byte {
	return binary.BigEndian.AppendUint32(append(to, byte(kind)), uint32(length))
}

func parseHeader(header []byte) (kind frameKind, length int) {
	return frameKind(header[0]), int(binary.BigEndian.Uint32(header[1:]))
}

// most returns the maximum length of a worker's frame; ok is false for a kind
// that workers do not send.
func (k frameKind) most() (length int, ok bool) {
	switch k {
	case frameReady, frameFailure:
		return maxText, true
	case frameDetails:
		return maxDetails, true
	case frameAccepted:
		return idSize, true
	case frameResult:
		return resultSize + maxResult, true
	}
	return 0, false
}

// readFrame reads a worker's frame.
func readFrame(r io.Reader) (frameKind, []byte, error) {
	var header [headerSize]byte
	if _, err := io.ReadFull(r, header[:]); err != nil {
		return 0, nil, err
	}
	kind, length := parseHeader(header[:])
	most, ok := kind.most()
	if !ok {
		return 0, nil, fmt.Errorf("%w: a frame of kind %d", errNonsense, kind)
	}
	if length > most {
		return 0, nil, fmt.Errorf("%w: a frame of kind %d with %d bytes", errNonsense, kind, length)
	}
	payload, err := readPayload(r, length)
	return kind, payload, err
}

// trusted is the memory that is allocated for an announced length before its
// bytes arrive.
const trusted = 4 << 20

// readPayload reads length bytes, and allocates more than trusted only as
// they arrive.
func readPayload(r io.Reader, length int) ([]byte, error) {
	payload := make([]byte, 0, min(length, trusted))
	for len(payload) < length {
		payload = slices.Grow(payload, min(length-len(payload), trusted))
		part := payload[len(payload):min(cap(payload), length)]
		if _, err := io.ReadFull(r, part); err != nil {
			return nil, err
		}
		payload = payload[:len(payload)+len(part)]
	}
	return payload, nil
}
