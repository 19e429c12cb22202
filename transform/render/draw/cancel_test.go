//go:build cgo

package draw_test

import (
	"context"
	stderrors "errors"
	"runtime"
	"testing"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/render/draw"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// longJob takes seconds, at every one of which libvips can stop.
func longJob(t testing.TB) render.Job {
	t.Helper()
	return newJob(asPNG(t, solid(300, 250, red)), transform.Output{Format: transform.PNG},
		sized(9000, 9000, transform.Stretch, 0), effect(transform.Effects{Blur: transform.Num(100)}), rotated(33))
}

func TestCancelledBefore(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, job := range smallJobs(t)[:20] {
		if r, err := draw.Draw(ctx, job); err == nil {
			t.Errorf("a %s for nobody", r.Format)
		}
	}
}

// The work stops where it is: libvips is in the middle of it when its memory has
// grown by a few rows.
func TestCancelledInTheMiddle(t *testing.T) {
	job := longJob(t)
	before := vips.Tracked()
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		for vips.Tracked().Mem < before.Mem+1<<20 {
			runtime.Gosched()
		}
		cancel()
	}()
	_, err := draw.Draw(ctx, job)
	if !stderrors.Is(err, context.Canceled) {
		t.Fatalf("%v, want it cancelled", err)
	}
	wantTracked(t, before)
}

func TestDeadline(t *testing.T) {
	job := longJob(t)
	before := vips.Tracked()
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := draw.Draw(ctx, job); !stderrors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("%v, want a deadline exceeded", err)
	}
	wantTracked(t, before)
}

// Statistics of an image, and looks that are made of neighbours, stop like
// all else.
func TestDeadlineOfEffects(t *testing.T) {
	large := sized(9000, 9000, transform.Stretch, 0)
	for name, e := range newEffects() {
		switch e.Look {
		case transform.NoLook, transform.Lomo, transform.Pixelate, transform.Edges, transform.Sketch:
		default:
			continue
		}
		t.Run(name, func(t *testing.T) {
			job := newJob(asPNG(t, solid(300, 250, red)), transform.Output{Format: transform.PNG}, large, effect(e))
			before := vips.Tracked()
			ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
			defer cancel()
			if _, err := draw.Draw(ctx, job); !stderrors.Is(err, context.DeadlineExceeded) {
				t.Fatalf("%v, want a deadline exceeded", err)
			}
			wantTracked(t, before)
		})
	}
}

// What the engine makes of a job that was stopped.
func TestEngineStops(t *testing.T) {
	engine := render.NewInProcess(draw.Draw, draw.Version())
	job := longJob(t)
	job.Timeout = 50 * time.Millisecond
	_, err := engine.Render(context.Background(), job)
	wantKind(t, err, errors.RenderTimeout)

	job.Timeout = time.Minute
	ctx, cancel := context.WithCancel(context.Background())
	defer time.AfterFunc(50*time.Millisecond, cancel).Stop()
	_, err = engine.Render(ctx, job)
	wantKind(t, err, errors.ClientClosed)
}

func wantKind(t *testing.T, err error, kind errors.Kind) {
	t.Helper()
	var e *errors.Error
	if !stderrors.As(err, &e) || e.Kind != kind {
		t.Errorf("%v, want %s", err, kind.Code())
	}
}
