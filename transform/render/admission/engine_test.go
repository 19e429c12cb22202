package admission

import (
	"bytes"
	"context"
	stderrors "errors"
	"image"
	"image/png"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
)

// engineFunc is an engine that draws nothing.
type engineFunc func(context.Context, render.Job) (*render.Result, error)

func (f engineFunc) Render(ctx context.Context, job render.Job) (*render.Result, error) {
	return f(ctx, job)
}
func (engineFunc) Version() string { return "7" }

func pngJob(t *testing.T, w, h int) render.Job {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return render.Job{
		Original: b.Bytes(),
		Plan:     transform.Plan{Output: transform.Output{Format: transform.AVIF}},
		Limits:   transform.Limits{MaxPixels: 1_000_000, MaxFrames: 10, MaxDimension: 5000},
		Quality:  render.Quality{JPEG: 80, WebP: 80, AVIF: 60}, QueueTimeout: 10 * time.Second, Timeout: time.Minute,
	}
}

func TestEngine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		job := pngJob(t, 500, 500)
		cost, readable, err := Estimate(job)
		if err != nil || !readable {
			t.Fatal(readable, err)
		}
		gate := NewGate(cost, 2, 5)
		var patience []time.Duration
		engine := New(engineFunc(func(_ context.Context, job render.Job) (*render.Result, error) {
			if running, used, _ := gate.Stats(); running != 1 || used != cost {
				t.Errorf("%d jobs hold %d bytes, want one of %d", running, used, cost)
			}
			patience = append(patience, job.Patience())
			time.Sleep(4 * time.Second)
			return nil, stderrors.New("no")
		}), gate)
		if engine.Version() != "7" {
			t.Error(engine.Version())
		}
		var clients sync.WaitGroup
		for range 3 {
			clients.Go(func() {
				if _, err := engine.Render(t.Context(), job); err == nil || err.Error() != "no" {
					t.Error(err)
				}
			})
			synctest.Wait()
		}
		clients.Wait()
		for i, want := range []time.Duration{10 * time.Second, 6 * time.Second, 2 * time.Second} {
			if patience[i] != want {
				t.Errorf("job %d may wait for another %v, want %v", i, patience[i], want)
			}
		}
		if running, _, _ := gate.Stats(); running != 0 {
			t.Error("a share was not given back")
		}
	})
}

func TestEngineRefuses(t *testing.T) {
	engine := New(engineFunc(func(context.Context, render.Job) (*render.Result, error) {
		t.Error("was drawn")
		return nil, nil
	}), NewGate(20*megabyte, 1, 1))
	late := pngJob(t, 300, 300)
	late.Timeout = 35 * time.Millisecond // 87,500 pixels
	// 5 ms, 28.3 for a million gray pixels to begin with, and 8 wide blurs of 25.2.
	costly := pngJob(t, 1000, 1000)
	costly.MaxCost = 200 * time.Millisecond
	costly.Plan.Steps = slices.Repeat([]transform.Step{wideBlur}, 8)
	for _, tt := range []struct {
		name string
		job  render.Job
		says string
	}{
		{"no time to encode it", late, "The result would have 90000 pixels; as AVIF, at most 87500 can be encoded within render_timeout, 35ms"},
		{"more than the budget", pngJob(t, 900, 900), "Rendering this would take about 43 MB of memory, more than the part of memory for rendering, 20 MB"},
		{"more time", costly, "Rendering this would take about 235ms of processor time, more than max_cost, 200ms"},
		{"more than the limits", pngJob(t, 1001, 1000), "The original has 1001000 pixels, more than max_pixels, 1000000"},
	} {
		_, err := engine.Render(t.Context(), tt.job)
		if e := errors.From(err); e == nil || e.Kind != errors.Limit || !strings.Contains(e.Message, tt.says) {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.says)
		}
	}
}

// What trimming leaves may be little enough to be encoded in time.
func TestEngineLetsTrimmedIn(t *testing.T) {
	job := pngJob(t, 300, 300)
	job.Timeout = 35 * time.Millisecond
	job.Plan.Steps = []transform.Step{{Trim: transform.Trim{On: true}}}
	if _, _, err := Estimate(job); err != nil {
		t.Error(err)
	}
}

// What has no header that can be read goes to the engine all the same, which
// knows better: alone, if it must.
func TestEngineUnreadable(t *testing.T) {
	for name, original := range map[string]string{"no picture": "hello", "half a header": "\x89PNG\r\n\x1a\n\x00"} {
		job := pngJob(t, 1, 1)
		job.Original, job.Limits.MaxPixels = []byte(original), 100_000_000
		asked := false
		engine := New(engineFunc(func(context.Context, render.Job) (*render.Result, error) {
			asked = true
			return nil, nil
		}), NewGate(20*megabyte, 1, 1))
		if _, err := engine.Render(t.Context(), job); err != nil || !asked {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// An estimate knows what expressions will give.
func TestEstimateFollowsExpressions(t *testing.T) {
	twice, ok := transform.Expression(
		transform.Term{Kind: transform.FactTerm, Fact: transform.InitialWidth},
		transform.Term{Value: 2},
		transform.Term{Kind: transform.OperationTerm, Operation: transform.Multiply},
	)
	if !ok {
		t.Fatal("no expression")
	}
	peaks := map[string]int64{}
	for name, width := range map[string]transform.Length{"constant": transform.Px(400), "expression": transform.Pixels(twice), "small": transform.Px(10)} {
		job := pngJob(t, 200, 200)
		small := transform.Step{Resize: transform.Resize{Width: transform.Px(10)}}
		job.Plan.Steps = []transform.Step{small, {Resize: transform.Resize{Width: width}}}
		peak, readable, err := Estimate(job)
		if err != nil || !readable {
			t.Fatal(readable, err)
		}
		peaks[name] = peak
	}
	if peaks["expression"] != peaks["constant"] || peaks["expression"] <= peaks["small"] {
		t.Errorf("the peaks are %v", peaks)
	}
}

// Each link of a chain is drawn on a copy of what the one before it drew, which is
// itself kept until then.
func TestEstimateCountsEveryCopy(t *testing.T) {
	sized := func(side float64) transform.Step {
		return transform.Step{Resize: transform.Resize{Width: transform.Px(side), Height: transform.Px(side), Fit: transform.Stretch}}
	}
	blurred := sized(1000)
	blurred.Effects.Blur = transform.Num(5)
	for _, tt := range []struct {
		name   string
		chain  []transform.Step
		copies int64 // bytes
	}{
		{"one link, which reads nothing twice", []transform.Step{sized(1000)}, 0},
		{"one link that does, and what a blur makes of it", []transform.Step{blurred}, 2 * 3_000_000},
		{"the large one is first", []transform.Step{sized(1000), sized(10)}, 3_000_000},
		{"in between", []transform.Step{sized(10), sized(1000), sized(10)}, 300 + 3_000_000},
		{"before and after its blur", []transform.Step{sized(10), blurred, sized(10)}, 2 * 3_000_000},
		{"two", []transform.Step{sized(10), sized(1000), sized(900), sized(10)}, 3_000_000 + 3*900*900},
		{"never three at a time", []transform.Step{sized(1000), sized(900), sized(1000), sized(900)}, 3_000_000 + 3*900*900},
		{"none of what is left as it is", []transform.Step{sized(1000), sized(1000), sized(1000)}, 3_000_000},
	} {
		job := pngJob(t, 20, 20)
		s, _, err := open(job, nil)
		if err == nil {
			err = s.run(tt.chain)
		}
		if err != nil {
			t.Fatal(tt.name, err)
		}
		if s.copies != tt.copies {
			t.Errorf("%s: %d bytes of copies, want %d", tt.name, s.copies, tt.copies)
		}
	}
}

// Of ten jobs for one slot the first begins with none behind it, the second with
// eight, the third with seven, and so on: the effort is reduced while the queue is long.
func TestEngineInHaste(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		job := pngJob(t, 50, 50)
		gate := NewGate(1<<30, 1, 20)
		var reduced []int
		engine := New(engineFunc(func(_ context.Context, job render.Job) (*render.Result, error) {
			reduced = append(reduced, job.Reduced)
			time.Sleep(time.Millisecond)
			return nil, stderrors.New("no")
		}), gate)
		var clients sync.WaitGroup
		for range 10 {
			clients.Go(func() { _, _ = engine.Render(t.Context(), job) })
			synctest.Wait()
		}
		clients.Wait()
		if want := []int{0, 2, 1, 1, 1, 1, 0, 0, 0, 0}; !slices.Equal(reduced, want) {
			t.Errorf("got %v, want %v", reduced, want)
		}
	})
}
