package admission

import (
	"errors"
	"math"
	"testing"
)

func TestHalf(t *testing.T) {
	says := func(v uint64) func() (uint64, error) { return func() (uint64, error) { return v, nil } }
	silent := func() (uint64, error) { return 5, errors.New("no limit") }
	for _, tt := range []struct {
		name          string
		group, system func() (uint64, error)
		want          int64
	}{
		{"a group", says(1000), says(5000), 500},
		{"a group that allows more than there is", says(5000), says(1000), 500},
		{"no group", silent, says(5000), 2500},
		{"a group without a limit", says(math.MaxUint64), says(5000), 2500},
		{"no machine", says(1000), says(0), 500},
		{"nothing", silent, silent, fallback},
	} {
		if got := half(tt.group, tt.system); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
	if got := DefaultBudget(); got < 64<<20 {
		t.Errorf("this machine's budget is %d bytes", got)
	}
}
