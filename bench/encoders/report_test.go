//go:build cgo

package main

import (
	"math"
	"strings"
	"testing"
	"time"
)

func TestAlike(t *testing.T) {
	step := func(quality int, mean float64, bytes int) result {
		return result{setting: setting{quality: quality}, mean: mean, bytes: bytes}
	}
	ladder := []result{step(50, 4, 100), step(60, 3, 200), step(70, 1, 800)}
	for _, tt := range []struct{ distance, quality, bytes float64 }{
		{4, 50, 100},
		{3, 60, 200},
		{3.5, 55, 100 * math.Sqrt2},
		{2, 65, 400},
		{0, 75, 1600}, // beyond the last step: on through the last two
		{5, 40, 50},
	} {
		quality, bytes := alike(tt.distance, ladder)
		if math.Abs(quality-tt.quality) > 1e-9 || math.Abs(bytes-tt.bytes) > 1e-9 {
			t.Errorf("at %g: quality %g with %g bytes, want %g with %g", tt.distance, quality, bytes, tt.quality, tt.bytes)
		}
	}
}

func TestReport(t *testing.T) {
	jpeg, avif := ladder{"jpeg", 0, "optimized"}, ladder{"avif", 3, ""}
	var b strings.Builder
	report(&b, []result{
		{setting{jpeg, 70, nil}, 500, 20 * time.Millisecond, 4, 5},
		{setting{jpeg, 80, nil}, 1000, 21 * time.Millisecond, 2, 3},
		{setting{avif, 50, nil}, 400, 250 * time.Millisecond, 3, 6},
		{setting{avif, 60, nil}, 800, time.Second, 1, 2},
		{setting{ladder{"png", 0, "sub"}, 0, nil}, 9000, time.Millisecond, 0, 0},
	})
	for _, row := range []string{
		"| jpeg, optimized, quality 70 | 500 | 4.000 | 5.00 | 20.0 | 80 | 100.0 |",
		"| jpeg, optimized, quality 80 | 1000 | 2.000 | 3.00 | 21.0 |  |  |",
		"| avif, effort 3, quality 50 | 400 | 3.000 | 6.00 | 250.0 | 55 | 56.6 |", // half way, and 400 times the root of 2
		"| png, sub | 9000 | 0.000 | 0.00 | 1.0 |  |  |",
	} {
		if !strings.Contains(b.String(), row+"\n") {
			t.Errorf("no row %q in\n%s", row, b.String())
		}
	}
}

func TestWithout(t *testing.T) {
	r := result{setting{ladder{"jpeg", 0, "optimized"}, 80, nil}, 1000, time.Second, 2, 3}
	trellis := r
	trellis.how, trellis.cpu = "trellis", 2*time.Second
	if !trellis.without([]result{r}) {
		t.Error("the same bytes are another result")
	}
	if trellis.bytes = 999; trellis.without([]result{r}) {
		t.Error("fewer bytes are the same result")
	}
}

func TestNumber(t *testing.T) {
	for printed, want := range map[string]float64{"3.207336\n": 3.207336, "1.5\n3-norm: 0.7\n": 1.5} {
		if got, err := number(printed); err != nil || got != want {
			t.Errorf("%q is %g, %v", printed, got, err)
		}
	}
	for _, printed := range []string{"", "no number"} {
		if got, err := number(printed); err == nil {
			t.Errorf("%q is %g", printed, got)
		}
	}
}

// No setting is measured twice.
func TestGrid(t *testing.T) {
	all := grid([]string{"jpeg", "webp", "avif", "png", "gif"})
	seen := map[string]bool{}
	for _, s := range all {
		if seen[s.String()] {
			t.Errorf("%s is there twice", s)
		}
		seen[s.String()] = true
	}
}
