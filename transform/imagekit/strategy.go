package imagekit

import "github.com/caddy-images/caddy-images/transform"

// strategy is a value of c or cm.
type strategy struct {
	name      string
	fit       transform.Fit
	noEnlarge bool
}

var crops = []strategy{
	{"maintain_ratio", transform.Cover, false},
	{"maintain_ratio_no_enlarge", transform.Cover, true},
	{"force", transform.Stretch, false},
	{"at_max", transform.Inside, true},
	{"at_max_enlarge", transform.Inside, false},
	{"at_least", transform.Outside, false},
}

var cropModes = []strategy{
	{"pad_resize", transform.Pad, false},
	{"pad_resize_no_enlarge", transform.Pad, true},
	{"extract", transform.Crop, false},
	{"pad_extract", transform.CropPad, false},
	{"pad_extract_no_shrink", transform.PadOnly, false},
}

// readCrop also accepts the values of cm: ImageKit's page "Conditional
// transformations" has c-pad_resize.
func readCrop(s *step, v string) bool {
	return choose(&s.crop, crops, v) || choose(&s.crop, cropModes, v)
}

// readCropMode also accepts resize, which occurs in examples of ImageKit's
// SDKs and not on its pages: it sets no mode, and c decides.
func readCropMode(s *step, v string) bool {
	if v == "resize" {
		s.cropMode = strategy{}
		return true
	}
	return choose(&s.cropMode, cropModes, v)
}

func choose(chosen *strategy, from []strategy, name string) bool {
	for _, c := range from {
		if c.name == name {
			*chosen = c
			return true
		}
	}
	return false
}
