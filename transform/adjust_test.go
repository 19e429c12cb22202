package transform

import "testing"

func TestAdjustRanges(t *testing.T) {
	tests := []struct{ asked, want Adjust }{
		{Adjust{Brightness: -2, Contrast: 7, Gamma: 1.5, Saturation: -9, Hue: 365}, Adjust{Brightness: -1, Contrast: 1, Gamma: 1, Saturation: -1, Hue: 5}},
		{Adjust{Brightness: 0.25, Hue: -90}, Adjust{Brightness: 0.25, Hue: 270}},
		{Adjust{Hue: 720}, Adjust{}},
	}
	for _, tt := range tests {
		r, err := Resolve(Step{Effects: Effects{Adjust: tt.asked}}, still(4, 3))
		if err != nil || r.Adjust != tt.want {
			t.Errorf("%+v becomes %+v (%v), want %+v", tt.asked, r.Adjust, err, tt.want)
		}
	}
}

func TestLooksHaveNames(t *testing.T) {
	seen := map[string]bool{}
	for l := NoLook; l <= Sketch; l++ {
		if name := l.String(); name == "" || seen[name] || !l.Valid() {
			t.Errorf("look %d has the name %q", l, name)
		}
		seen[l.String()] = true
	}
	if (Sketch + 1).Valid() {
		t.Error("a look behind the last one is valid")
	}
}
