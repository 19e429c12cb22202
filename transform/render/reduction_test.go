package render

import "testing"

func TestReducedEffort(t *testing.T) {
	for _, tt := range []struct{ waiting, slots, want int }{
		{0, 1, 0}, {3, 1, 0}, {4, 1, 1}, {7, 1, 1}, {8, 1, 2}, {1000, 1, MostReduced},
		{7, 2, 0}, {8, 2, 1}, {16, 2, 2}, {31, 8, 0},
	} {
		if got := Reduction(tt.waiting, tt.slots); got != tt.want {
			t.Errorf("%d waiting for %d slots: %d, want %d", tt.waiting, tt.slots, got, tt.want)
		}
	}
}
