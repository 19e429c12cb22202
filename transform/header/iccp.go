package header

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"io"
)

// mostProfile limits the profile, at twice the size of printers' profiles.
const mostProfile = 4 << 20

// HiddenProfile returns the ICC profile of a PNG that has a chunk sRGB before
// it: libpng then ignores the profile, although it takes precedence. It is
// nil if there is none, or if it is not for the image's kind of colours.
func HiddenProfile(file []byte) []byte {
	named := false
	space := "RGB "
	if colour := byteAt(file, pngSignature+8+9); colour == 0 || colour == 4 {
		space = "GRAY"
	}
	for at := pngSignature; at+12 <= len(file); {
		length, kind := big32(file, at), string(file[at+4:at+8])
		if kind == "IDAT" || kind == "PLTE" || length > len(file)-at-12 {
			break
		}
		data := file[at+8 : at+8+length]
		named = named || kind == "sRGB"
		if kind == "iCCP" {
			if !named {
				return nil
			}
			return inflated(data, space)
		}
		at += 12 + length
	}
	return nil
}

// inflated returns the profile of an iCCP: a name of up to 79 bytes, a zero,
// the compression method, and the compressed profile (PNG, third edition,
// section 11.3.2.3).
func inflated(data []byte, space string) []byte {
	const longest, head = 79, 128
	end := bytes.IndexByte(data[:min(len(data), longest+1)], 0)
	if end < 0 || byteAt(data, end+1) != 0 || len(data) < end+2 {
		return nil
	}
	unpacked, err := zlib.NewReader(bytes.NewReader(data[end+2:]))
	if err != nil {
		return nil
	}
	profile, err := io.ReadAll(io.LimitReader(unpacked, mostProfile+1))
	if err != nil || len(profile) < head || len(profile) > mostProfile {
		return nil
	}
	if binary.BigEndian.Uint32(profile) != uint32(len(profile)) || string(profile[36:40]) != "acsp" || string(profile[16:20]) != space {
		return nil
	}
	return profile
}
