//go:build cgo

package draw_test

import (
	"encoding/binary"
	"fmt"
	"image/color"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render/draw"
)

// labTIFF is of one colour of CIELab in 8 bits, or in 16, and perhaps alpha (TIFF 6.0,
// section 23): a and b are signed.
func labTIFF(w, h, bits int, samples ...int) []byte {
	const header = 8
	le := binary.LittleEndian
	b := append([]byte("II*\x00"), 0, 0, 0, 0)
	for range samples {
		b = le.AppendUint16(b, uint16(bits))
	}
	strip := len(b)
	for range w * h {
		for n, v := range samples {
			switch {
			case bits == 8:
				b = append(b, byte(v))
			case n == 0 || n == 3:
				b = le.AppendUint16(b, uint16(v*257))
			default:
				b = le.AppendUint16(b, uint16(v*256))
			}
		}
	}
	le.PutUint32(b[4:], uint32(len(b)))
	entries := [][3]int{ // tag, count, value
		{256, 1, w}, {257, 1, h}, {258, len(samples), header}, {259, 1, 1}, {262, 1, 8},
		{273, 1, strip}, {277, 1, len(samples)}, {278, 1, h}, {279, 1, w * h * len(samples) * bits / 8},
	}
	if len(samples) > 3 {
		entries = append(entries, [3]int{338, 1, 2}) // alpha that is not multiplied
	}
	b = le.AppendUint16(b, uint16(len(entries)))
	for _, e := range entries {
		kind := uint16(4) // LONG
		if e[0] == 258 || e[0] == 338 {
			kind = 3 // SHORT
		}
		b = le.AppendUint16(b, uint16(e[0]))
		b = le.AppendUint16(b, kind)
		b = le.AppendUint32(b, uint32(e[1]))
		b = le.AppendUint32(b, uint32(e[2]))
	}
	return append(b, 0, 0, 0, 0)
}

// CIELab has its colours whatever is done to it. They are computed with the white of sRGB.
func TestLab(t *testing.T) {
	for _, tt := range []struct {
		samples []int
		want    color.NRGBA
	}{
		{[]int{255, 0, 0}, white},
		{[]int{0, 0, 0}, black},
		{[]int{153, -40, 50}, color.NRGBA{96, 161, 48, 255}},
		{[]int{153, 60, -30}, color.NRGBA{220, 98, 199, 255}},
		{[]int{200, -5, 5}, color.NRGBA{188, 197, 185, 255}},
		{[]int{153, -40, 50, 255}, color.NRGBA{96, 161, 48, 255}},
		{[]int{153, -40, 50, 100}, color.NRGBA{96, 161, 48, 100}},
	} {
		for _, bits := range []int{8, 16} {
			file := labTIFF(24, 16, bits, tt.samples...)
			for name, step := range map[string]transform.Step{
				"alone": {}, "smaller": sized(12, 0, transform.Cover, 0), "larger": sized(48, 32, transform.Stretch, 0),
				"cut": sized(10, 10, transform.Cover, transform.FocusAuto), "turned": rotated(90), "trimmed": trimmed(5),
				"blurred": {Effects: transform.Effects{Blur: transform.Num(3)}},
			} {
				t.Run(fmt.Sprint(tt.samples, bits, name), func(t *testing.T) {
					if _, err := draw.Draw(t.Context(), newJob(file, transform.Output{})); err != nil && bits == 8 && since(t, 8, 15) {
						if !strings.Contains(err.Error(), "a TIFF of CIELab in 8 bits, which is not supported by this build") {
							t.Fatal(err)
						}
						t.Skip("newer libvips opens none of 8 bits")
					}
					wantEverywhere(t, drawn(t, file, step), tt.want, 3)
				})
			}
		}
	}
}
