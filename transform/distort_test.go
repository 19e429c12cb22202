package transform

import "testing"

// An arc that no pixel would show is none.
func TestLeastArc(t *testing.T) {
	for arc, bends := range map[float64]bool{1e-7: false, -1e-4: false, 0.09: false, 0.1: true, -0.1: true, 45: true} {
		s := Step{Distort: Distort{Kind: Arc, Arc: arc}}
		if s.IsZero() == bends {
			t.Errorf("%v degrees bend: %v, want %v", arc, !s.IsZero(), bends)
		}
	}
}
