//go:build cgo

package draw_test

import (
	"context"
	"testing"
	"time"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render/draw"
)

// A long chain costs what its steps cost one by one. Were they computed
// together, on demand, each of these would go on for hours.
func TestChainCosts(t *testing.T) {
	size := transform.Resize{Width: transform.Px(600), Height: transform.Px(600)}
	tests := []struct {
		name string
		step transform.Step
	}{
		{"rotate", transform.Step{Resize: size, Rotate: transform.Num(45)}},
		{"blur", transform.Step{Resize: size, Effects: transform.Effects{Blur: transform.Num(20)}}},
		{"unsharp", transform.Step{Resize: size, Effects: transform.Effects{Unsharp: transform.Unsharp{Radius: 20, Sigma: 20, Amount: 1}}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			steps := make([]transform.Step, 32)
			for i := range steps {
				steps[i] = tt.step
			}
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			if _, err := draw.Draw(ctx, newJob(asPNG(t, solid(600, 600, red)), transform.Output{}, steps...)); err != nil {
				t.Error(err)
			}
		})
	}
}
