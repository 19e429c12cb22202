//go:build cgo

package draw_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
)

// A JPEG says its density in its first segment (JFIF, section 10.1), a PNG in
// pHYs, by the metre (PNG, section 11.3.4.3).
func TestDensity(t *testing.T) {
	original := asPNG(t, solid(20, 10, red))
	for _, metadata := range []bool{false, true} {
		jpeg := result(t, newJob(original, transform.Output{Format: transform.JPEG, Density: 300, Metadata: metadata})).Body
		at := bytes.Index(jpeg, []byte("JFIF\x00"))
		if at < 0 {
			t.Fatal("no JFIF")
		}
		unit, x, y := jpeg[at+7], binary.BigEndian.Uint16(jpeg[at+8:]), binary.BigEndian.Uint16(jpeg[at+10:])
		if unit == 2 { // by the centimetre
			x, y = uint16(float64(x)*2.54+0.5), uint16(float64(y)*2.54+0.5)
		}
		if unit == 0 || x < 299 || x > 301 || y != x {
			t.Errorf("unit %d, %d by %d", unit, x, y)
		}
		png := result(t, newJob(original, transform.Output{Format: transform.PNG, Density: 300, Metadata: metadata})).Body
		at = bytes.Index(png, []byte("pHYs"))
		if at < 0 {
			t.Fatal("no pHYs")
		}
		if x, unit := binary.BigEndian.Uint32(png[at+4:]), png[at+12]; x != 11811 || unit != 1 {
			t.Errorf("%d, unit %d", x, unit)
		}
		wantEverywhere(t, decode(t, png), red, 0)
	}
	svg := []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"/>`)
	failure(t, newJob(svg, transform.Output{Format: transform.PNG, Density: 300}), errors.BadTransform)
}
