package imagekit

import (
	"testing"

	"github.com/caddy-images/caddy-images/transform"
)

func TestColors(t *testing.T) {
	tests := []struct {
		text string
		want transform.Color
	}{
		{"A94D34", transform.Opaque(0xa9, 0x4d, 0x34)},
		{"a94d34", transform.Opaque(0xa9, 0x4d, 0x34)},
		{"F00", transform.Opaque(255, 0, 0)},
		{"1af", transform.Opaque(0x11, 0xaa, 0xff)},
		{"FF000040", transform.Color{R: 255, A: 102}},
		{"FF000000", transform.Color{R: 255}},
		{"00FF0099", transform.Color{G: 255, A: 252}},
		{"red", transform.Opaque(255, 0, 0)},
		{"RebeccaPurple", transform.Opaque(0x66, 0x33, 0x99)},
	}
	for _, tt := range tests {
		if got, ok := parseColor(tt.text); !ok || got != tt.want {
			t.Errorf("%s gives %s, %t; want %s", tt.text, got, ok, tt.want)
		}
	}
	for percent := range 100 {
		c := transform.Color{R: 1, G: 2, B: 3, A: uint8((percent*255 + 50) / 100)}
		if got, ok := parseColor(formatColor(c)); !ok || got != c {
			t.Errorf("%s prints as %s, which gives %s, %t", c, formatColor(c), got, ok)
		}
	}
}
