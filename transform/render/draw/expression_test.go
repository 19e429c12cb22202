//go:build cgo

package draw_test

import (
	"testing"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
)

// number returns the expression `fact operation v`.
func number(t testing.TB, fact transform.Fact, operation transform.Operation, v float64) transform.Number {
	t.Helper()
	n, ok := transform.Expression(
		transform.Term{Kind: transform.FactTerm, Fact: fact},
		transform.Term{Value: v},
		transform.Term{Kind: transform.OperationTerm, Operation: operation},
	)
	if !ok {
		t.Fatal("no expression")
	}
	return n
}

// The initial size stays the same through a chain, the current one does not.
func TestExpressionsThroughAChain(t *testing.T) {
	wide := func(n transform.Number) transform.Step {
		return transform.Step{Resize: transform.Resize{Width: transform.Pixels(n)}}
	}
	third := wide(number(t, transform.InitialWidth, transform.Divide, 3))
	tests := []struct {
		name          string
		original      []byte
		steps         []transform.Step
		width, height int
	}{
		{"once", asPNG(t, solid(60, 30, red)), []transform.Step{third}, 20, 10},
		{"initial", asPNG(t, solid(60, 30, red)), []transform.Step{wide(transform.Num(90)), third}, 20, 10},
		{"current", asPNG(t, solid(60, 30, red)), []transform.Step{wide(transform.Num(90)), wide(number(t, transform.Width, transform.Divide, 3))}, 30, 15},
		{"current height, turned", asPNG(t, solid(60, 30, red)), []transform.Step{{Rotate: transform.Num(90)}, wide(number(t, transform.Height, transform.Divide, 3))}, 20, 40},
		{"EXIF", oriented(asJPEG(t, solid(30, 60, red)), 6), []transform.Step{{Flip: transform.Flip{Horizontal: true}}, third}, 20, 10},
		{"a border of half the width", asPNG(t, solid(60, 30, red)), []transform.Step{{Border: transform.Border{Width: number(t, transform.Width, transform.Divide, 2), Color: transform.Black}}}, 120, 90},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wantSize(t, drawn(t, tt.original, tt.steps...), tt.width, tt.height)
		})
	}
}

func TestExpressionThatThePictureCannotFulfil(t *testing.T) {
	s := transform.Step{Resize: transform.Resize{Width: transform.Pixels(number(t, transform.Width, transform.Subtract, 100))}}
	err := failure(t, newJob(asPNG(t, solid(60, 30, red)), transform.Output{}, s), errors.BadTransform)
	if want := "The width is -40 for this image; it must be more than 0"; err.Message != want {
		t.Errorf("%q, want %q", err.Message, want)
	}
	s.Resize.Width = transform.Pixels(number(t, transform.Width, transform.Power, 9))
	failure(t, newJob(asPNG(t, solid(60, 30, red)), transform.Output{}, s), errors.Limit)
}
