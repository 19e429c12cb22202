//go:build cgo && !linux

package draw

import "github.com/caddy-images/caddy-images/errors"

// keepFile fails: there are no files in memory here.
func keepFile(...[]byte) (string, error) {
	return "", errors.New(errors.BadTransform, "Font files need Linux on the server; name a font family that is installed")
}

// ReserveFontFiles does nothing here.
func ReserveFontFiles() error { return nil }
