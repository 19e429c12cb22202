//go:build cgo

package vips

import (
	"cmp"
	"image/color"
	"slices"
	"testing"
)

// counted computes an image of samples, with a census.
func counted(t *testing.T, s *Scope, samples []byte, width, bands int) *Census {
	t.Helper()
	i := must[*Image](t)(s.NewImageFromMemory(samples, width, len(samples)/width/bands, bands, InterpretationSRGB))
	noted, census, err := i.Census()
	if err != nil {
		t.Fatal(err)
	}
	if census.Few() {
		t.Error("colours before any pixel was computed")
	}
	if got := must[[]byte](t)(noted.Pixels()); !slices.Equal(got, samples) {
		t.Error("other pixels")
	}
	return census
}

// ramp returns an image of so many colours, each gray, each in several
// places.
func ramp(colours, bands, width, height int) (samples []byte) {
	for n := range width * height {
		for b := range bands {
			v := n % colours
			if b == 3 {
				v /= 256
			}
			samples = append(samples, byte(v))
		}
	}
	return samples
}

func TestCensus(t *testing.T) {
	s := newScope(t)
	for _, test := range []struct {
		name           string
		samples        []byte
		bands, colours int
		gray           bool
	}{
		{"one", ramp(1, 3, 64, 300), 3, 1, true},
		{"two", ramp(2, 4, 64, 300), 4, 2, true},
		{"255", ramp(255, 3, 64, 300), 3, 255, true},
		{"256", ramp(256, 4, 64, 300), 4, 256, true},
		{"257, the last by its alpha", ramp(257, 4, 64, 300), 4, 0, true},
		{"512", ramp(512, 4, 64, 300), 4, 0, true},
		{"one that is not gray", append(ramp(3, 3, 64, 300)[3:], 1, 1, 2), 3, 4, false},
		{"the last of many is not gray", append(ramp(512, 4, 64, 300)[4:], 1, 2, 2, 9), 4, 0, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			census := counted(t, s, test.samples, 64, test.bands)
			colours, few := census.Colours()
			if few != (test.colours > 0) || few != census.Few() || len(colours) != test.colours || census.Gray() != test.gray {
				t.Fatalf("%d colours, few %t, gray %t", len(colours), few, census.Gray())
			}
			seen := map[color.NRGBA]bool{}
			for at := 0; at < len(test.samples); at += test.bands {
				c := color.NRGBA{test.samples[at], test.samples[at+1], test.samples[at+2], 255}
				if test.bands == 4 {
					c.A = test.samples[at+3]
				}
				seen[c] = true
			}
			for _, c := range colours {
				if !seen[c] {
					t.Errorf("%v is not in the picture", c)
				}
			}
		})
	}
}

// Several threads note in one census.
func TestCensusOfThreads(t *testing.T) {
	s := newScope(t)
	samples := ramp(200, 3, 500, 2000)
	i := must[*Image](t)(s.NewImageFromMemory(samples, 500, 2000, 3, InterpretationSRGB))
	i.SetInt(FieldConcurrency, 4)
	noted, census, err := i.Census()
	if err != nil {
		t.Fatal(err)
	}
	must[[]byte](t)(noted.ExportPng(PngOptions{Compression: 1}))
	colours, few := census.Colours()
	slices.SortFunc(colours, func(a, b color.NRGBA) int { return cmp.Compare(a.R, b.R) })
	if !few || len(colours) != 200 || colours[199] != (color.NRGBA{199, 199, 199, 255}) {
		t.Errorf("%d colours", len(colours))
	}
}

// Samples of 16 bits are told apart by all of them; they have no colours of 8 bits.
func TestCensusOf16Bits(t *testing.T) {
	s := newScope(t)
	for _, test := range []struct {
		colours int
		few     bool
	}{{256, true}, {257, false}} {
		i := must[*Image](t)(s.XYZ(test.colours, 3))
		i = must[*Image](t)(i.Linear([]float64{200}, []float64{0}, false))
		i = must[*Image](t)(must[*Image](t)(i.ExtractBand(0, 1)).Cast(BandFormatUshort))
		noted, census, err := i.Census()
		if err != nil {
			t.Fatal(err)
		}
		must[[]byte](t)(noted.Pixels())
		if _, plain := census.Colours(); census.Few() != test.few || plain || census.Gray() {
			t.Errorf("%d colours: few %t, colours %t, gray %t", test.colours, census.Few(), plain, census.Gray())
		}
	}
}

func TestCensusRefuses(t *testing.T) {
	s := newScope(t)
	i := must[*Image](t)(solid(t, s, 4, 4, 1, 2, 3, 4).Cast(BandFormatFloat))
	if _, _, err := i.Census(); err == nil {
		t.Error("pixels of 16 bytes")
	}
	plain := solid(t, s, 4, 4, 1, 2, 3)
	_, census, err := plain.Census()
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	if census.Few() || census.Gray() {
		t.Error("a census of a scope that is closed")
	}
	if _, _, err := plain.Census(); err == nil {
		t.Error("a closed image")
	}
}
