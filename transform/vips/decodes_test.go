//go:build cgo

package vips

import "testing"

// A sample that does not decode though its codec is there would have all damaged files
// of that kind called unsupported.
func TestDecodes(t *testing.T) {
	if !DecodesAV1() {
		i, err := newScope(t).NewSolid(16, 16, 0, 0, 0)
		if err == nil {
			_, err = i.ExportAvif(AvifOptions{Effort: 1})
		}
		if err == nil {
			t.Error("AV1 is encoded, and its sample is not decoded")
		}
	}
	for name, sample := range map[string][]byte{"heic": sampleHEVC, "avif": sampleAV1} {
		if len(sample) < 200 || string(sample[4:8]) != "ftyp" {
			t.Errorf("the sample of %s has %d bytes", name, len(sample))
		}
	}
	if decodes(sampleAV1[:200], "avif") {
		t.Error("half of a sample is decoded")
	}
	t.Logf("HEVC: %t, AV1: %t", DecodesHEVC(), DecodesAV1())
}
