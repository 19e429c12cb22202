package main

import (
	"encoding/binary"
	"errors"
	"image"
	"io"
)

// withOrientation writes a JPEG with an APP1 segment behind its SOI marker that holds one EXIF tag: Orientation.
func withOrientation(w io.Writer, jpeg []byte, orientation uint16) error {
	if len(jpeg) < 2 || jpeg[0] != 0xff || jpeg[1] != 0xd8 {
		return errors.New("not a JPEG")
	}
	const tagOrientation, typeShort = 0x0112, 3
	tiff := []byte("MM\x00\x2a")
	tiff = binary.BigEndian.AppendUint32(tiff, 8) // where the first directory starts
	tiff = binary.BigEndian.AppendUint16(tiff, 1) // its number of entries
	tiff = binary.BigEndian.AppendUint16(tiff, tagOrientation)
	tiff = binary.BigEndian.AppendUint16(tiff, typeShort)
	tiff = binary.BigEndian.AppendUint32(tiff, 1) // number of values
	tiff = binary.BigEndian.AppendUint16(tiff, orientation)
	tiff = binary.BigEndian.AppendUint16(tiff, 0) // a value fills four bytes
	tiff = binary.BigEndian.AppendUint32(tiff, 0) // no further directory

	payload := append([]byte("Exif\x00\x00"), tiff...)
	app1 := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(2+len(payload)))
	for _, part := range [][]byte{jpeg[:2], app1, payload, jpeg[2:]} {
		if _, err := w.Write(part); err != nil {
			return err
		}
	}
	return nil
}

// turnLeft turns an image by 90 degrees against the clock, which Orientation 6 tells a viewer to undo.
func turnLeft(src *image.RGBA) *image.RGBA {
	b := src.Bounds()
	dst := image.NewRGBA(image.Rect(0, 0, b.Dy(), b.Dx()))
	for y := range b.Dy() {
		for x := range b.Dx() {
			dst.SetRGBA(y, b.Dx()-1-x, src.RGBAAt(x, y))
		}
	}
	return dst
}
