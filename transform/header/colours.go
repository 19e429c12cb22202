package header

import (
	"encoding/binary"
	"hash/crc32"

	"github.com/caddy-images/caddy-images/transform/sniff"
)

// Colours is how a file describes its colours otherwise than by an ICC profile. The
// zero value is that of a file which does not, or says that they are sRGB.
type Colours struct {
	// Primaries and Transfer are code points of ITU-T H.273; Unspecified is one of
	// them. They are 0 where no code points are given.
	Primaries, Transfer uint8

	// Narrow reports whether RGB is coded with room below black and above white, as
	// in video. It is for PNG; what a HEIF has is undone by its decoder.
	Narrow bool

	// Gamma is the exponent that light was raised to (gAMA of PNG), 0 if none is given.
	Gamma float64

	// Chromaticities are x and y of white, red, green and blue (cHRM of PNG), zeros
	// if none are given. They may make no sense.
	Chromaticities [8]float64

	// Prevails reports whether the description counts over an ICC profile in the file.
	Prevails bool

	// MaxCLL is the light of the brightest component of any pixel, in cd/m2; 0 if
	// unknown.
	MaxCLL float64
}

// Code points. Unspecified are primaries or a transfer that are not known.
const (
	Unspecified = 2
	PQ          = 16
	HLG         = 18
)

// ColoursOf reads how a PNG, an AVIF or a HEIC describes its colours. In a PNG cICP
// counts over iCCP, that over sRGB, and that over gAMA and cHRM (PNG, third edition,
// section 4.3). In a HEIF a profile counts over code points.
func ColoursOf(file []byte, format sniff.Format) Colours {
	switch format {
	case sniff.PNG:
		return pngColours(file)
	case sniff.AVIF, sniff.HEIC:
		return heifColours(file)
	}
	return Colours{}
}

// pngColours looks at the chunks before the palette and the pixels, where those that
// describe colours have to be. What is damaged, or there before, is passed over, as
// libpng does.
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
		case "cLLI", "cLLi": // the latter before it was standardised
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

// rgbCodes reads cICP. The matrix of RGB is 0, the only one that a PNG may have. Codes
// that say nothing, or that H.273 does not know, are as good as none.
func rgbCodes(data []byte) (primaries, transfer uint8, narrow, ok bool) {
	primaries, transfer = data[0], data[1]
	says := primaries != Unspecified || transfer != Unspecified
	known := knownPrimaries(int(primaries)) && knownTransfer(int(transfer)) && data[2] == 0 && data[3] < 2
	return primaries, transfer, data[3] == 0, says && known
}

// knownPrimaries and knownTransfer report whether a code point is none that H.273
// (tables 2 and 3) reserves.
func knownPrimaries(code int) bool {
	return code == 1 || code == 2 || code >= 4 && code <= 12 || code == 22
}

func knownTransfer(code int) bool { return code == 1 || code == 2 || code >= 4 && code <= 18 }

// gamma returns the number of a gAMA, if it is one that libpng takes.
func gamma(data []byte) float64 {
	const least, most = 16, 625_000_000
	if n := big32(data, 0); n >= least && n <= most {
		return float64(n) / 100_000
	}
	return 0
}
