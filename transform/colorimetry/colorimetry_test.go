package colorimetry_test

import (
	"math"
	"testing"

	"github.com/caddy-images/caddy-images/transform/colorimetry"
	"github.com/caddy-images/caddy-images/transform/header"
)

// shown returns the colour of sRGB that a conversion makes of three samples.
func shown(c colorimetry.Conversion, samples [3]int) (out [3]int) {
	var light [3]float64
	for i, v := range samples {
		light[i] = float64(c.Light[v])
	}
	if s := c.System; s != nil {
		y := 0.0
		for i, v := range light {
			y += float64(s.Luma[i]) * v
		}
		for i := range light {
			v := light[i] * math.Pow(y, float64(s.Exponent)) / float64(s.Most)
			at := math.Sqrt(v) * float64(len(s.Tone)-1)
			light[i] = float64(s.Tone[int(math.Round(at))])
		}
	}
	encode := colorimetry.Encode()
	for i := range out {
		v := 0.0
		for j := range light {
			v += float64(c.Matrix[3*i+j]) * light[j]
		}
		out[i] = int(encode[int(math.Round(65535*math.Max(0, math.Min(v, 1))))])
	}
	return out
}

func coded(primaries, transfer uint8) header.Colours {
	return header.Colours{Primaries: primaries, Transfer: transfer}
}

func described(gamma float64, chromaticities ...float64) header.Colours {
	c := header.Colours{Gamma: gamma}
	copy(c.Chromaticities[:], chromaticities)
	return c
}

// Expectations are computed from the definitions in H.273 and BT.2100 by way of XYZ, with
// the matrix of IEC 61966-2-1 that is in print.
func TestConversion(t *testing.T) {
	tests := []struct {
		name    string
		colours header.Colours
		in, out [3]int // of 255
	}{
		{"Display P3", coded(12, 13), [3]int{60, 180, 90}, [3]int{0, 183, 78}},
		{"Display P3", coded(12, 13), [3]int{200, 50, 120}, [3]int{218, 24, 121}},
		{"Display P3 of video", coded(12, 1), [3]int{60, 180, 90}, [3]int{0, 183, 78}},
		{"BT.2020", coded(9, 14), [3]int{60, 180, 90}, [3]int{0, 189, 74}},
		{"BT.2020", coded(9, 13), [3]int{150, 140, 120}, [3]int{157, 139, 117}},
		{"BT.601", coded(6, 6), [3]int{60, 180, 90}, [3]int{73, 178, 89}},
		{"BT.470 M", coded(4, 4), [3]int{100, 150, 200}, [3]int{33, 157, 205}},
		{"cinema", coded(11, 17), [3]int{120, 130, 110}, [3]int{107, 121, 96}},
		{"XYZ", coded(10, 17), [3]int{120, 128, 110}, [3]int{98, 126, 94}},
		{"linear", coded(1, 8), [3]int{60, 128, 200}, [3]int{133, 188, 229}},
		{"2.8", coded(1, 5), [3]int{60, 128, 200}, [3]int{36, 106, 189}},
		{"ST 240", coded(1, 7), [3]int{60, 128, 200}, [3]int{77, 141, 206}},
		{"a logarithm", coded(1, 9), [3]int{60, 128, 200}, [3]int{48, 89, 164}},
		{"gAMA", described(0.55556), [3]int{60, 128, 200}, [3]int{77, 146, 210}},
		{"gAMA of 1", described(1), [3]int{60, 128, 200}, [3]int{133, 188, 229}},
		{"cHRM", described(0, 0.3127, 0.329, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06), [3]int{60, 180, 90}, [3]int{0, 183, 78}},
		{"gAMA and cHRM", described(0.45455, 0.3127, 0.329, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06), [3]int{60, 180, 90}, [3]int{0, 185, 77}},
		{"Adobe RGB", described(0.45455, 0.3127, 0.329, 0.64, 0.33, 0.21, 0.71, 0.15, 0.06), [3]int{60, 180, 90}, [3]int{0, 181, 83}},
		{"ProPhoto", described(0.55556, 0.3457, 0.3585, 0.7347, 0.2653, 0.1596, 0.8404, 0.0366, 0.0001), [3]int{120, 180, 90}, [3]int{84, 203, 87}},
		{"narrow", header.Colours{Primaries: 1, Transfer: 13, Narrow: true}, [3]int{16, 126, 235}, [3]int{0, 128, 255}},
		{"narrow, beyond", header.Colours{Primaries: 1, Transfer: 13, Narrow: true}, [3]int{3, 126, 250}, [3]int{0, 128, 255}},
	}
	for _, tt := range tests {
		space, ok := colorimetry.Of(tt.colours)
		if !ok {
			t.Errorf("%s is taken for sRGB", tt.name)
			continue
		}
		if got := shown(space.Conversion(255, 255), tt.in); apart(got, tt.out) > 1 {
			t.Errorf("%s: %v is %v, want %v", tt.name, tt.in, got, tt.out)
		}
		if tt.colours.Narrow {
			continue
		}
		// 16 bits, and 10 at the upper end of 16.
		for _, full := range []int{65535, 1023 << 6} {
			var in [3]int
			for i, v := range tt.in {
				in[i] = int(math.Round(float64(v) * float64(full) / 255))
			}
			if got := shown(space.Conversion(65535, full), in); apart(got, tt.out) > 1 {
				t.Errorf("%s of %d: %v is %v, want %v", tt.name, full, tt.in, got, tt.out)
			}
		}
		if got := shown(space.Conversion(65535, 1023<<6), [3]int{65535, 65535, 65535}); tt.name != "XYZ" && apart(got, [3]int{255, 255, 255}) > 0 {
			t.Errorf("%s: white is %v", tt.name, got)
		}
	}
}

// Signals of PQ and HLG, of 1.
func TestToneMapping(t *testing.T) {
	for _, tt := range []struct {
		name     string
		transfer uint8
		maxCLL   float64
		in       [3]float64
		out      [3]int
	}{
		{"PQ, dark", 16, 0, [3]float64{0.1, 0.1, 0.1}, [3]int{5, 5, 5}},
		{"PQ, below the knee", 16, 0, [3]float64{0.4, 0.4, 0.4}, [3]int{111, 111, 111}},
		{"PQ, above the knee", 16, 0, [3]float64{0.5, 0.5, 0.5}, [3]int{180, 180, 180}},
		{"PQ, white of SDR", 16, 0, [3]float64{0.58, 0.58, 0.58}, [3]int{229, 229, 229}},
		{"PQ, the peak", 16, 0, [3]float64{0.7518, 0.7518, 0.7518}, [3]int{255, 255, 255}},
		{"PQ, beyond the peak", 16, 0, [3]float64{0.9, 0.9, 0.9}, [3]int{255, 255, 255}},
		{"PQ, MaxCLL 4000", 16, 4000, [3]float64{0.58, 0.58, 0.58}, [3]int{208, 208, 208}},
		{"PQ, MaxCLL 10000", 16, 10000, [3]float64{0.65, 0.65, 0.65}, [3]int{219, 219, 219}},
		{"PQ, MaxCLL as white", 16, 203, [3]float64{0.58, 0.58, 0.58}, [3]int{254, 254, 254}},
		{"PQ, MaxCLL below white", 16, 1, [3]float64{0.5, 0.5, 0.5}, [3]int{180, 180, 180}},
		{"PQ, colours", 16, 0, [3]float64{0.4, 0.3, 0.25}, [3]int{133, 53, 39}},
		{"PQ, colours", 16, 0, [3]float64{0.3, 0.45, 0.35}, [3]int{0, 149, 77}},
		{"HLG, dark", 18, 0, [3]float64{0.1, 0.1, 0.1}, [3]int{16, 16, 16}},
		{"HLG, middle", 18, 0, [3]float64{0.5, 0.5, 0.5}, [3]int{137, 137, 137}},
		{"HLG, white of SDR", 18, 0, [3]float64{0.75, 0.75, 0.75}, [3]int{229, 229, 229}},
		{"HLG, the peak", 18, 0, [3]float64{1, 1, 1}, [3]int{255, 255, 255}},
		{"HLG, MaxCLL 400", 18, 400, [3]float64{0.75, 0.75, 0.75}, [3]int{244, 244, 244}},
		{"HLG, MaxCLL beyond", 18, 4000, [3]float64{0.75, 0.75, 0.75}, [3]int{229, 229, 229}},
		{"HLG, colours", 18, 0, [3]float64{0.5, 0.4, 0.3}, [3]int{148, 104, 77}},
		{"HLG, colours", 18, 0, [3]float64{0.3, 0.6, 0.4}, [3]int{0, 176, 106}},
		{"HLG, colours", 18, 0, [3]float64{0.8, 0.5, 0.3}, [3]int{255, 127, 75}},
	} {
		for _, primaries := range []uint8{9, header.Unspecified} {
			space, ok := colorimetry.Of(header.Colours{Primaries: primaries, Transfer: tt.transfer, MaxCLL: tt.maxCLL})
			if !ok {
				t.Fatalf("%s is taken for sRGB", tt.name)
			}
			var in [3]int
			for i, v := range tt.in {
				in[i] = int(math.Round(65535 * v))
			}
			if got := shown(space.Conversion(65535, 65535), in); apart(got, tt.out) > 1 {
				t.Errorf("%s: %v is %v, want %v", tt.name, tt.in, got, tt.out)
			}
		}
	}
}

func TestOfSRGB(t *testing.T) {
	for name, c := range map[string]header.Colours{
		"nothing":               {},
		"sRGB":                  coded(1, 13),
		"BT.709":                coded(1, 1),
		"unspecified":           coded(2, 2),
		"unspecified curve":     coded(1, 2),
		"unspecified primaries": coded(2, 13),
		"625 lines":             coded(5, 6), // whose primaries differ by 0.01 in green alone
		"gAMA":                  described(0.45455),
		"gAMA rounded":          described(0.45),
		"gAMA and cHRM":         described(0.45455, 0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06),
		"cHRM":                  described(0, 0.31269, 0.32899, 0.63999, 0.33001, 0.3, 0.6, 0.15, 0.05999),
		"cHRM of zeros":         described(0, 0, 0, 0, 0, 0, 0, 0, 0),
		"cHRM without a white":  described(0.45455, 0.3127, 0, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06),
		"cHRM on a line":        described(0.45455, 0.3127, 0.329, 0.2, 0.2, 0.3, 0.3, 0.4, 0.4),
		"cHRM around no white":  described(0.45455, 0.7, 0.29, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06),
		"cHRM of no light":      described(0.45455, 0.3127, 0.329, 9, 9, 0.3, 0.6, 0.15, 0.06),
	} {
		_, foreign := colorimetry.Of(c)
		if foreign != (name == "625 lines") {
			t.Errorf("%s: foreign is %t", name, foreign)
		}
	}
}

// What is a gray stays one, whatever its primaries, and all samples of sRGB stay as they
// are on their way through light.
func TestGrays(t *testing.T) {
	for code := uint8(1); code <= 22; code++ {
		space, ok := colorimetry.Of(coded(code, 13))
		if !ok || code == 10 { // the white of XYZ is not as many of each
			continue
		}
		c := space.Conversion(255, 255)
		for v := range 256 {
			if got := shown(c, [3]int{v, v, v}); got != [3]int{v, v, v} {
				t.Errorf("primaries %d: %d is %v", code, v, got)
			}
		}
	}
}

func apart(a, b [3]int) (most int) {
	for i := range a {
		most = max(most, a[i]-b[i], b[i]-a[i])
	}
	return most
}

// Whatever is described, light is finite and not negative.
func FuzzConversion(f *testing.F) {
	f.Add(uint8(9), uint8(18), false, uint32(0), uint32(31270), uint32(32900), uint32(64000), uint32(33000), uint32(30000), uint32(60000), uint32(15000), uint32(6000), uint32(1000))
	f.Add(uint8(0), uint8(0), true, uint32(16), uint32(1), uint32(1), uint32(1), uint32(0), uint32(0), uint32(1), uint32(50000), uint32(50000), uint32(1<<31))
	f.Fuzz(func(t *testing.T, primaries, transfer uint8, narrow bool, gamma, wx, wy, rx, ry, gx, gy, bx, by, peak uint32) {
		c := header.Colours{Primaries: primaries, Transfer: transfer, Narrow: narrow, Gamma: float64(gamma) / 100000, MaxCLL: float64(peak) / 10000}
		for i, v := range []uint32{wx, wy, rx, ry, gx, gy, bx, by} {
			c.Chromaticities[i] = float64(v) / 100000
		}
		space, ok := colorimetry.Of(c)
		if !ok {
			return
		}
		conversion := space.Conversion(255, 255)
		tables := [][]float32{conversion.Light}
		if s := conversion.System; s != nil {
			tables = append(tables, s.Tone, s.Luma[:])
		}
		for _, table := range tables {
			for i, v := range table {
				if !(v >= 0 && v <= 100) {
					t.Fatalf("%+v: %v at %d", c, v, i)
				}
			}
		}
		for _, v := range conversion.Matrix {
			if !(math.Abs(float64(v)) < 1e6) {
				t.Fatalf("%+v: %v", c, conversion.Matrix)
			}
		}
	})
}
