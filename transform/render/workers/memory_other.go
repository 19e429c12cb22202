//go:build unix && !linux

package workers

import (
	"errors"
	"os"
)

// shareMemory is nil: originals go through the socket.
var shareMemory func([]byte) (*os.File, error)

func mapMemory(int, int) ([]byte, func(), error) {
	return nil, nil, errors.New("this platform has no sealed memory")
}
