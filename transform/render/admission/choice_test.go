package admission

import (
	"testing"

	"github.com/caddy-images/caddy-images/transform"
)

func TestEstimateFollowsChoices(t *testing.T) {
	wide := func(w float64) transform.Step {
		return transform.Step{Resize: transform.Resize{Width: transform.Px(w)}}
	}
	small, large, trim := wide(10), wide(900), transform.Step{Trim: transform.Trim{On: true}}
	does := func(steps ...transform.Step) transform.Branch { return transform.Branch{Steps: steps} }
	choice := func(fact transform.Fact, v float64, then, otherwise transform.Branch) transform.Step {
		return transform.Step{Choice: &transform.Choice{
			When: transform.Condition{{{Fact: fact, Is: transform.Greater, Value: transform.Num(v)}}},
			Then: then, Else: otherwise,
		}}
	}
	peak := func(steps ...transform.Step) int64 {
		t.Helper()
		job := pngJob(t, 300, 200)
		job.Plan.Steps = steps
		peak, readable, err := Estimate(job)
		if err != nil || !readable {
			t.Fatal(readable, err)
		}
		return peak
	}
	to := func(f transform.Format) transform.Branch {
		return transform.Branch{Output: transform.Output{Format: f}, Says: transform.WishFormat}
	}
	enormous := wide(1e6)
	tests := []struct {
		name      string
		got, want []transform.Step
	}{
		{"then", []transform.Step{choice(transform.Width, 299, does(large), does(small))}, []transform.Step{large}},
		{"else", []transform.Step{choice(transform.Width, 300, does(large), does(small))}, []transform.Step{small}},
		{"nothing", []transform.Step{choice(transform.Width, 300, does(large), does())}, nil},
		{"after a step", []transform.Step{small, choice(transform.Width, 10, does(large), does(small))}, []transform.Step{small, small}},
		{"nested", []transform.Step{choice(transform.Width, 299, does(small, choice(transform.Width, 9, does(large), does())), does())}, []transform.Step{small, large}},
		{"trimmed", []transform.Step{trim, choice(transform.Width, 1, does(small), does(large))}, []transform.Step{trim, large}},
		{"trimmed, the other way", []transform.Step{trim, choice(transform.Width, 1, does(large), does(small))}, []transform.Step{trim, large}},
		{"trimmed, by the original", []transform.Step{trim, choice(transform.InitialWidth, 300, does(large), does(small))}, []transform.Step{trim, small}},
		{"trimmed, one beyond the limits", []transform.Step{trim, choice(transform.Width, 1, does(enormous), does(large))}, []transform.Step{trim, large}},
	}
	for _, tt := range tests {
		if got, want := peak(tt.got...), peak(tt.want...); got != want {
			t.Errorf("%s: %d bytes, want %d", tt.name, got, want)
		}
	}
	avif, jpeg := choice(transform.Width, 1, to(transform.AVIF), does()), choice(transform.Width, 1, to(transform.JPEG), does())
	if peak(avif) <= peak(jpeg) {
		t.Errorf("AVIF takes %d bytes, JPEG %d", peak(avif), peak(jpeg))
	}
	if trimmed := peak(trim, choice(transform.Width, 1, to(transform.JPEG), to(transform.AVIF))); trimmed != peak(trim, avif) {
		t.Errorf("AVIF or JPEG take %d bytes, AVIF %d", trimmed, peak(trim, avif))
	}
}
