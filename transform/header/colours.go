package header

import (
	"encoding/binary"
	"hash/crc32"

	"github.com/caddy-images/caddy-images/transform/sniff"
)

// Colours is a file's description of its colours other than by an ICC
// profile. The zero value means none, or sRGB.
type Colours struct {
	// Primaries and Transfer are code points of ITU-T H.273, including
	// Unspecified. They are 0 without code points.
	Primaries, Transfer uint8

	// Narrow reports whether RGB is coded with headroom and footroom, as in
	// video. It applies to PNG; HEIF decoders undo it.
	Narrow bool

	// Gamma is the encoding exponent (gAMA of PNG), 0 if there is none.
	Gamma float64

	// Chromaticities are x and y of white, red, green and blue (cHRM of PNG),
	// zeros if there are none. They may be invalid.
	Chromaticities [8]float64

	// Prevails reports whether the description takes precedence over an ICC
	// profile in the file.
	Prevails bool

	// MaxCLL is the luminance of the brightest component of any pixel, in
	// cd/m2; 0 if unknown.
	MaxCLL float64
}

// Code points. Unspecified means unknown primaries or transfer.
const (
	Unspecified = 2
	PQ          = 16
	HLG         = 18
)

// ColoursOf reads the colour description of a PNG, an AVIF or a HEIC. In a
// PNG the precedence is cICP, iCCP, sRGB, gAMA and cHRM (PNG, third edition,
// section 4.3). In a HEIF a profile takes precedence over code points.
func ColoursOf(file []byte, format sniff.Format) Colours {
	switch format {
	case sniff.PNG:
		return pngColours(file)
	case sniff.AVIF, sniff.HEIC:
		return heifColours(file)
	}
	return Colours{}
}

// pngColours reads the chunks before the palette and the pixels, where colour
// descriptions must be. Damaged and repeated ones are skipped, as in libpng.
func pngColours(file []byte) Colours {
	var c Colours
	var coded, named bool
	for at := pngSignature; at+12 <= len(file); {
		length, kind := big32(file, at), string(file[at+4:at+8])
		if kind == "IDAT" || kind == "PLTE" || length > len(file)-at-12 {
			break
		}
		data := file[at+8 : at+8+length]
		whole := func(size int) bool {
			sum := binary.BigEndian.Uint32(file[at+8+length:])
			return length == size && crc32.ChecksumIEEE(file[at+4:at+8+length]) == sum
		}
		switch kind {
		case "cICP":
			if !coded && whole(4) {
				c.Primaries, c.Transfer, c.Narrow, coded = rgbCodes(data)
			}
		case "sRGB":
			named = named || whole(1) && data[0] < 4
		case "gAMA":
			if c.Gamma == 0 && whole(4) {
				c.Gamma = gamma(data)
			}
		case "cHRM":
			if c.Chromaticities == [8]float64{} && whole(32) {
				for i := range c.Chromaticities {
					c.Chromaticities[i] = float64(big32(data, 4*i)) / 100_000
				}
			}
		case "cLLI", "cLLi": // the latter predates the standard
			if c.MaxCLL == 0 && whole(8) {
				c.MaxCLL = float64(big32(data, 0)) / 10_000
			}
		}
		at += 12 + length
	}
	switch {
	case coded:
		return Colours{Primaries: c.Primaries, Transfer: c.Transfer, Narrow: c.Narrow, MaxCLL: c.MaxCLL, Prevails: true}
	case named:
		return Colours{}
	}
	return Colours{Gamma: c.Gamma, Chromaticities: c.Chromaticities}
}

// rgbCodes reads cICP. The matrix must be 0, that of RGB. Unspecified codes,
// and codes that H.273 does not define, are ignored.
func rgbCodes(data []byte) (primaries, transfer uint8, narrow, ok bool) {
	primaries, transfer = data[0], data[1]
	says := primaries != Unspecified || transfer != Unspecified
	known := knownPrimaries(int(primaries)) && knownTransfer(int(transfer)) && data[2] == 0 && data[3] < 2
	return primaries, transfer, data[3] == 0, says && known
}

// knownPrimaries and knownTransfer report whether H.273 (tables 2 and 3)
// defines a code point.
func knownPrimaries(code int) bool {
	return code == 1 || code == 2 || code >= 4 && code <= 12 || code == 22
}

func knownTransfer(code int) bool { return code == 1 || code == 2 || code >= 4 && code <= 18 }

// gamma returns the value of a gAMA if libpng accepts it.
func gamma(data []byte) float64 {
	const least, most = 16, 625_000_000
	if n := big32(data, 0); n >= least && n <= most {
		return float64(n) / 100_000
	}
	return 0
}
