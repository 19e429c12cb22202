package header_test

import (
	"encoding/binary"
	"image"
	"testing"

	"github.com/caddy-images/caddy-images/transform/header"
)

func TestCodec(t *testing.T) {
	tiff := func(tags ...[2]int) []byte {
		return newTIFF(binary.LittleEndian, false, append([][2]int{{256, 8}, {257, 8}}, tags...), nil)
	}
	item := func(kinds ...string) []byte {
		var infos []string
		for n, kind := range kinds {
			infos = append(infos, heifBox("infe", "\x02\x00\x00\x00", string([]byte{0, byte(n + 1), 0, 0}), kind, "\x00"))
		}
		return []byte(heifBox("ftyp", "heic", "\x00\x00\x00\x00", "mif1") + heifBox("meta", "\x00\x00\x00\x00",
			heifBox("pitm", "\x00\x00\x00\x00\x00\x01"), heifBox("iinf", append([]string{"\x00\x00\x00\x00", string([]byte{0, byte(len(kinds))})}, infos...)...)))
	}
	for name, tt := range map[string]struct {
		file []byte
		want string
	}{
		"a usual JPEG":       {goJPEG(t, image.NewGray(image.Rect(0, 0, 8, 8))), ""},
		"a usual PNG":        {goPNG(t, image.NewGray(image.Rect(0, 0, 8, 8))), ""},
		"arithmetic":         {[]byte("\xff\xd8" + segment(0xc9, "\x08\x00\x08\x00\x08\x01\x01\x11\x00")), "a JPEG with arithmetic coding"},
		"12 bits":            {[]byte("\xff\xd8" + segment(0xc1, "\x0c\x00\x08\x00\x08\x01\x01\x11\x00")), "a JPEG of 12 bits"},
		"lossless, 12 bits":  {[]byte("\xff\xd8" + segment(0xc3, "\x0c\x00\x08\x00\x08\x01\x01\x11\x00")), "a lossless JPEG"},
		"a usual TIFF":       {tiff([2]int{258, 8}, [2]int{259, 5}, [2]int{262, 2}, [2]int{284, 1}), ""},
		"a TIFF of JPEG":     {tiff([2]int{258, 8}, [2]int{259, 7}, [2]int{262, 6}, [2]int{530, 2}), ""},
		"odd bits":           {tiff([2]int{258, 12}), "a TIFF of 12 bits"},
		"24 bits":            {tiff([2]int{258, 24}), "a TIFF of 24 bits"},
		"subsampled":         {tiff([2]int{258, 8}, [2]int{259, 5}, [2]int{262, 6}, [2]int{530, 2}), "a TIFF with subsampled colours"},
		"planes":             {tiff([2]int{258, 8}, [2]int{284, 2}), "a TIFF with separate planes"},
		"tiled planes":       {tiff([2]int{258, 8}, [2]int{284, 2}, [2]int{322, 16}), "a TIFF with tiles in separate planes"},
		"JBIG":               {tiff([2]int{258, 1}, [2]int{259, 34661}), "a TIFF with JBIG compression"},
		"unknown":            {tiff([2]int{258, 1}, [2]int{259, 4711}), "a TIFF with compression 4711"},
		"a filter array":     {tiff([2]int{258, 16}, [2]int{262, 32803}), "the raw data of a camera"},
		"DNG":                {tiff([2]int{50706, 1}), "the raw data of a camera"},
		"a thumbnail of raw": {tiff([2]int{254, 1}, [2]int{330, 500}), "the raw data of a camera"},
		"a pyramid":          {tiff([2]int{254, 0}, [2]int{330, 500}), ""},
		"HEVC":               {item("hvc1"), "a HEIC with HEVC"},
		"a grid":             {item("grid", "hvc1", "hvc1", "Exif"), "a HEIC with HEVC"},
		"VVC before HEVC":    {item("vvc1", "hvc1"), "a HEIC with VVC"},
		"nothing known":      {item("xxxx"), ""},
		"no items":           {[]byte(heifBox("ftyp", "avif", "\x00\x00\x00\x00", "mif1")), ""},
		"a sequence":         {[]byte(heifBox("ftyp", "avis", "\x00\x00\x00\x00", "msf1") + heifBox("moov")), "an AVIF sequence"},
	} {
		if got := header.Codec(tt.file, 1); got != tt.want {
			t.Errorf("%s is %q, want %q", name, got, tt.want)
		}
		for n := range tt.file {
			header.Codec(tt.file[:n], 1)
		}
	}
}
