package sniff

import (
	"bytes"
	"encoding/binary"
)

// foreign are the signatures of image formats that are never opened, with
// their offset in the file.
var foreign = []struct {
	at    int
	magic string
	name  string
}{
	{0, "\xff\x0a", "JPEG XL"},
	{0, "\x00\x00\x00\x0cJXL \r\n\x87\n", "JPEG XL"},
	{0, "\x00\x00\x00\x0cjP  \r\n\x87\n", "JPEG 2000"},
	{0, "\xff\x4f\xff\x51", "JPEG 2000"},
	{0, "8BPS", "Photoshop"},
	{0, "\x76\x2f\x31\x01", "OpenEXR"},
	{0, "#?RADIANCE", "Radiance HDR"},
	{0, "#?RGBE", "Radiance HDR"},
	{0, "\x00\x00\x01\x00", "an icon"},
	{0, "\x00\x00\x02\x00", "a cursor"},
	{0, "qoif", "QOI"},
	{0, "DDS ", "DDS"},
	{0, "II\xbc\x01", "JPEG XR"},
	{0, "FLIF", "FLIF"},
	{0, "BPG\xfb", "BPG"},
	{0, "\x8aMNG\r\n\x1a\n", "MNG"},
	{0, "\x8bJNG\r\n\x1a\n", "JNG"},
	{0, "gimp xcf ", "GIMP"},
	{0, "AT&TFORM", "DjVu"},
	{0, "FUJIFILMCCD-RAW", "the raw data of a camera"},
	{0, "IIRO", "the raw data of a camera"},
	{0, "IIRS", "the raw data of a camera"},
	{0, "MMOR", "the raw data of a camera"},
	{0, "IIU\x00", "the raw data of a camera"},
	{0, "FOVb", "the raw data of a camera"},
	{4, "ftypcrx ", "the raw data of a camera"},
	{4, "ftypjxl ", "JPEG XL"},
}

// Foreign names the format of an image that is not supported, such as "JPEG
// XL", for an error message. It is empty if the first bytes are not those of
// a known image format.
func Foreign(buf []byte) string {
	for _, s := range foreign {
		if len(buf) >= s.at && bytes.HasPrefix(buf[s.at:], []byte(s.magic)) {
			return s.name
		}
	}
	// Two letters are not enough: in a BMP the length, four zeroes and the
	// offset of the pixels follow.
	if len(buf) >= 18 && string(buf[:2]) == "BM" && binary.LittleEndian.Uint32(buf[6:]) == 0 && binary.LittleEndian.Uint32(buf[10:]) >= 26 {
		return "BMP"
	}
	// Nor are those of the portable formats, which numbers follow.
	if len(buf) >= 4 && buf[0] == 'P' && buf[1] >= '1' && buf[1] <= '7' && bytes.IndexByte([]byte(" \t\r\n"), buf[2]) >= 0 && (buf[3] >= '0' && buf[3] <= '9' || buf[3] == '#' || buf[1] == '7') {
		return "PNM"
	}
	return ""
}
