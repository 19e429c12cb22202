//go:build cgo

package vips

import "testing"

func TestText(t *testing.T) {
	s := newScope(t)
	small := must[*Image](t)(s.Text("<b>mm</b>", TextOptions{Font: "sans 20"}))
	large := must[*Image](t)(s.Text("mm", TextOptions{Font: "sans 40", RGBA: true}))
	if small.Bands() != 1 || !large.HasAlpha() {
		t.Errorf("bands %d and %d", small.Bands(), large.Bands())
	}
	if large.Width() <= small.Width() || must[float64](t)(small.Max()) != 255 {
		t.Errorf("%d wide, and %d", small.Width(), large.Width())
	}
	if _, err := s.Text("", TextOptions{}); err == nil {
		t.Error("no text is not a picture")
	}
}
