//go:build cgo

package vips

import (
	"slices"
	"testing"
)

func TestText(t *testing.T) {
	s := newScope(t)
	small := must[*Image](t)(s.Text("<b>mm</b>", TextOptions{Font: "sans 20"}))
	large := must[*Image](t)(s.Text("mm", TextOptions{Font: "sans 40", RGBA: true}))
	if small.Bands() != 1 || !large.HasAlpha() {
		t.Errorf("bands %d and %d", small.Bands(), large.Bands())
	}
	samples := must[[]byte](t)(small.Pixels())
	if large.Width() <= small.Width() || slices.Max(samples) != 255 {
		t.Errorf("%d wide, and %d", small.Width(), large.Width())
	}
	if _, err := s.Text("", TextOptions{}); err == nil {
		t.Error("no text gives an image")
	}
}
