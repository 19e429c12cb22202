package header

import (
	"fmt"

	"github.com/caddy-images/caddy-images/transform/sniff"
)

// Codec names the codec of a file's pixels if builds of libvips can lack it
// or all do: "a lossless JPEG", "an AVIF sequence". It is empty for codecs
// that every build has.
//
// It explains why a file was not decoded. HEVC is the codec of nearly every
// HEIC, and AV1 that of an AVIF, so a damaged one has a name, too.
func Codec(file []byte, page int) string {
	format, _ := sniff.Document(file)
	switch format {
	case sniff.JPEG:
		return jpegCodec(file)
	case sniff.TIFF:
		return tiffCodec(file, page)
	case sniff.AVIF, sniff.HEIC:
		return heifCodec(file, format)
	}
	return ""
}

// jpegLS is the frame header of JPEG-LS (ITU-T T.87).
const jpegLS = 0xf7

func jpegCodec(file []byte) string {
	for marker, segment := range segments(file) {
		if marker == jpegLS {
			return "a JPEG-LS"
		}
		if !isFrame(marker) {
			continue
		}
		// Frame types of ITU-T T.81, table B.1.
		switch marker {
		case 0xc3:
			return "a lossless JPEG"
		case 0xcb:
			return "a lossless JPEG with arithmetic coding"
		case 0xc5, 0xc6, 0xc7, 0xcd, 0xce, 0xcf:
			return "a hierarchical JPEG"
		}
		if len(segment) > 0 && segment[0] != 8 {
			return fmt.Sprintf("a JPEG of %d bits", segment[0])
		}
		if len(segment) > 2 && big16(segment, 1) == 0 {
			return "a JPEG that declares its height only after its pixels (DNL)"
		}
		if marker == 0xc9 || marker == 0xca {
			return "a JPEG with arithmetic coding"
		}
		return ""
	}
	return ""
}

// Tags of TIFF 6.0 and later extensions for the coding of pixels.
const (
	tiffSubfile     = 254
	tiffCompression = 259
	tiffPlanes      = 284
	tiffTileWidth   = 322
	tiffSubIFDs     = 330
	tiffSampling    = 530
	tiffDNG         = 50706
)

// compressions are the values of tiffCompression besides those of every build
// of libtiff: none, CCITT's, LZW, JPEG, PackBits and Deflate.
var compressions = map[uint64]string{
	6: "JPEG of TIFF 6.0", 9: "JBIG", 10: "JBIG", 34661: "JBIG", 32766: "NeXT", 32809: "ThunderScan",
	32908: "Pixar film", 32909: "Pixar log", 33003: "JPEG 2000", 33005: "JPEG 2000", 34712: "JPEG 2000",
	34676: "SGI Log", 34677: "SGI Log", 34887: "LERC", 34892: "lossy JPEG of DNG", 34925: "LZMA",
	50000: "Zstandard", 50001: "WebP", 34927: "WebP", 50002: "JPEG XL", 52546: "JPEG XL",
}

func tiffCodec(file []byte, page int) string {
	const (
		separate = 2
		ycbcr    = 6
		cielab   = 8
		cfa      = 32803
		linear   = 34892
	)
	is := map[int]uint64{tiffCompression: 1, tiffDepth: 1, tiffPlanes: 1}
	for tag, value := range directory(file, page) {
		is[tag] = value
	}
	if IsRaw(file) || is[tiffPhotometric] == cfa || is[tiffPhotometric] == linear {
		return "the raw data of a camera"
	}
	_, tiled := is[tiffTileWidth]
	_, subsampled := is[tiffSampling]
	switch compression := is[tiffCompression]; compression {
	case 1, 2, 3, 4, 5, 7, 8, 32773, 32946, 32771:
	default:
		if name, ok := compressions[compression]; ok {
			return "a TIFF with " + name + " compression"
		}
		return fmt.Sprintf("a TIFF with compression %d", compression)
	}
	switch depth := is[tiffDepth]; depth {
	case 1, 2, 4, 8, 16, 32, 64:
	default:
		return fmt.Sprintf("a TIFF of %d bits", depth)
	}
	switch {
	case is[tiffPlanes] == separate && tiled:
		return "a TIFF with tiles in separate planes"
	case is[tiffPlanes] == separate:
		return "a TIFF with separate planes"
	case is[tiffPhotometric] == ycbcr && subsampled && is[tiffCompression] != 7:
		return "a TIFF with subsampled colours"
	case is[tiffPhotometric] == cielab && is[tiffDepth] == 8:
		return "a TIFF of CIELab in 8 bits" // which libvips 8.18 does not open
	case is[tiffPhotometric] > 10:
		return fmt.Sprintf("a TIFF with photometric interpretation %d", is[tiffPhotometric])
	}
	switch is[tiffDepth] {
	case 2, 4, 64:
		return fmt.Sprintf("a TIFF of %d bits", is[tiffDepth])
	}
	return ""
}

// IsRaw reports whether a TIFF is a camera's raw file. Its first page is a
// thumbnail, which must not replace the image.
func IsRaw(file []byte) bool {
	if format, _ := sniff.Sniff(file); format != sniff.TIFF {
		return false
	}
	if len(file) > 10 && string(file[8:10]) == "CR" {
		return true // Canon's
	}
	reduced, inner := false, false
	for tag, value := range directory(file, 1) {
		switch tag {
		case tiffDNG:
			return true
		case tiffSubfile:
			reduced = value&1 != 0
		case tiffSubIFDs:
			inner = true
		}
	}
	return reduced && inner // DNG without a version, Nikon's, Sony's
}

// heifCodecs are types of items (ISO/IEC 23008-12 and 23000-22, and libheif's
// own) and their codecs.
var heifCodecs = map[string]string{
	"hvc1": "HEVC", "lhv1": "layered HEVC", "av01": "AV1", "avc1": "H.264", "vvc1": "VVC", "evc1": "EVC",
	"jpeg": "JPEG", "j2k1": "JPEG 2000", "unci": "no compression", "mski": "no compression",
}

// heifCodec returns the codec of the primary item or, if that is derived from
// others, of the first one with pixels.
func heifCodec(file []byte, format sniff.Format) string {
	name := "an AVIF"
	if format == sniff.HEIC {
		name = "a HEIC"
	}
	items := box(fullBox(box(file, "meta")), "iinf")
	if items == nil {
		if box(file, "moov") != nil {
			return name + " sequence"
		}
		return ""
	}
	primary := big16(box(fullBox(box(file, "meta")), "pitm"), 4)
	head := 6
	if len(items) > 0 && items[0] > 0 {
		head = 8
	}
	first := ""
	for kind, info := range boxes(items[min(len(items), head):]) {
		if kind != "infe" || len(info) < 12 || info[0] != 2 {
			continue
		}
		if codec, ok := heifCodecs[string(info[8:12])]; ok {
			if first == "" {
				first = codec
			}
			if big16(info, 4) == primary {
				first = codec
				break
			}
		}
	}
	if first == "" {
		return ""
	}
	return name + " with " + first
}
