//go:build linux && cgo

package workers

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
)

// checked returns the error of a job that something may be held against.
func checked(q *quarantine, j render.Job) error {
	_, err := q.check(j)
	return err
}

// from returns a job whose original is from somewhere.
func from(server, path, query, original string) render.Job {
	j := job([]byte(original), 10)
	j.Source = render.Source{Site: "site", Ref: origin.Ref{Server: server, Path: path, Query: query}}
	return j
}

// layered returns a job with images for layers.
func layered(original string, width int, files ...string) render.Job {
	j := job([]byte(original), width)
	for i, file := range files {
		j.Plan.Steps[0].Layers = append(j.Plan.Steps[0].Layers, transform.Layer{Image: origin.Ref{Path: fmt.Sprint(i)}})
		j.Files = append(j.Files, []byte(file))
	}
	return j
}

// The list is bounded and forgets; a refusal becomes longer each time.
func TestQuarantine(t *testing.T) {
	q := newQuarantine(time.Hour)
	for i := range 3 * maxSuspects {
		q.broke(job([]byte{byte(i), byte(i >> 8)}, 10))
	}
	if len(q.files) != maxSuspects || len(q.sources) != 1 {
		t.Errorf("%d suspects, %d sources", len(q.files), len(q.sources))
	}

	synctest.Test(t, func(t *testing.T) {
		const lasts = 5 * time.Minute
		q := newQuarantine(lasts)
		bad, other := job([]byte("bad"), 10), job([]byte("bad"), 20)
		for n, want := range []time.Duration{5, 10, 20, 40, 60, 60} {
			q.broke(bad)
			want *= time.Minute
			checkFailure(t, checked(q, other), errors.BadImage, "refused for "+want.String())
			time.Sleep(want - 1)
			checkFailure(t, checked(q, other), errors.BadImage, "refused for "+want.String())
			time.Sleep(time.Nanosecond)
			if err := checked(q, other); err != nil {
				t.Errorf("after refusal %d: %v", n, err)
			}
			if q.size() != 0 {
				t.Errorf("%d are refused", q.size())
			}
		}
		time.Sleep(longest*lasts + 1)
		if checked(q, other) != nil || q.held.Load() != 0 {
			t.Error("nothing is forgotten")
		}
		q.broke(bad)
		checkFailure(t, checked(q, other), errors.BadImage, "refused for 5m0s")
	})
}

// An original is refused by what it cost, whatever was asked of it.
func TestQuarantineOfTheSlow(t *testing.T) {
	for name, tt := range map[string]struct {
		costs   []float64
		refused bool
	}{
		"nothing":                    {nil, false},
		"a timeout":                  {[]float64{1}, false},
		"two timeouts":               {[]float64{1, 1}, true},
		"a timeout that took longer": {[]float64{9}, false},
		"left early, seldom":         {[]float64{.5, .5, .5}, false},
		"left early, often":          {[]float64{.5, .5, .5, .5}, true},
		"a timeout, and left early":  {[]float64{1, .5, .5}, true},
	} {
		t.Run(name, func(t *testing.T) {
			q := newQuarantine(time.Hour)
			for n, cost := range tt.costs {
				q.cost(job([]byte("slow"), 10+n), cost)
			}
			err := checked(q, job([]byte("slow"), 99))
			if !tt.refused && err != nil || tt.refused && !errors.Is(err, errors.Limit) {
				t.Errorf("the error is %v", err)
			}
			if err := checked(q, job([]byte("another"), 10)); err != nil {
				t.Errorf("another original: %v", err)
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		q := newQuarantine(5 * time.Minute)
		slow := job([]byte("slow"), 10)
		q.cost(slow, 1)
		for _, want := range []string{"5m0s", "10m0s", "20m0s", "40m0s", "1h0m0s", "1h0m0s"} {
			q.cost(slow, 1)
			checkFailure(t, checked(q, slow), errors.Limit, "refused for "+want)
			lasts, _ := time.ParseDuration(want)
			time.Sleep(lasts)
			if err := checked(q, slow); err != nil {
				t.Error(err)
			}
		}
		time.Sleep(time.Hour + 1)
		q.cost(slow, 1)
		if err := checked(q, slow); err != nil {
			t.Errorf("not forgotten: %v", err)
		}
	})
}

// An original that is drawn well in the meantime is not refused for what is asked of
// it: it gets a short time. One that needs more than that, too, is refused.
func TestQuarantineOfWhatIsAsked(t *testing.T) {
	q := newQuarantine(time.Hour)
	heavy, light := job([]byte("photo"), 4000), job([]byte("photo"), 40)
	q.cost(heavy, 1)
	q.drew(light)
	q.cost(heavy, 1)
	for range 3 {
		v, err := q.check(light)
		if err != nil || !v.leashed {
			t.Fatalf("%+v, %v", v, err)
		}
		q.drew(light)
		q.cost(heavy, 1)
	}
	q.cost(heavy, 1) // and was not drawn well since
	checkFailure(t, checked(q, light), errors.Limit, "refused")

	// To be looked at is not to be drawn.
	q = newQuarantine(time.Hour)
	inspected := light
	inspected.Inspect = true
	q.cost(heavy, 1)
	q.drew(inspected)
	q.cost(heavy, 1)
	checkFailure(t, checked(q, light), errors.Limit, "refused")
}

// Where layers are drawn just that image with just those layers is refused at
// once, and each of its files is tried alone before it is drawn with others.
func TestQuarantineOfLayers(t *testing.T) {
	q := newQuarantine(time.Hour)
	q.broke(layered("photo", 10, "bad", "logo"))
	checkFailure(t, checked(q, layered("photo", 10, "bad", "logo")), errors.BadImage, "refused")
	trials := func(j render.Job) (originals string) {
		t.Helper()
		v, err := q.check(j)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range v.trials {
			if part.Plan.HasLayers() || len(part.Files) != 0 {
				t.Errorf("%s is not tried alone", part.Original)
			}
			originals += string(part.Original) + " "
		}
		return originals
	}
	for _, tt := range []struct {
		job  render.Job
		want string
	}{
		{job([]byte("photo"), 10), ""}, // alone, so nothing is to be found out before
		{job([]byte("bad"), 10), ""},
		{layered("photo", 11, "bad", "logo"), "photo bad logo "},
		{layered("photo", 10, "good"), "photo "},
		{layered("other", 10, "good"), ""},
		{layered("other", 10, "good", "bad"), "bad "},
		{layered("photob", 10, "ad", "logo"), "logo "},
	} {
		if got := trials(tt.job); got != tt.want {
			t.Errorf("%s with %s: %q, want %q", tt.job.Original, tt.job.Files, got, tt.want)
		}
	}
	q.drew(job([]byte("photo"), 10))
	q.broke(job([]byte("bad"), 10))
	q.acquit([]byte("logo"))
	if got := trials(layered("photo", 11, "good", "logo")); got != "" {
		t.Errorf("%q are tried once more", got)
	}
	checkFailure(t, checked(q, layered("photo", 11, "logo", "bad")), errors.BadImage, "image of a layer broke")
}

// Nothing of the plan but layers is lost to a trial.
func TestPartsOf(t *testing.T) {
	inner := transform.Layer{Image: origin.Ref{Path: "inner"}}
	outer := transform.Layer{Image: origin.Ref{Path: "outer"}, Page: 2, Steps: []transform.Step{{Rotate: transform.Num(7), Layers: []transform.Layer{inner}}}}
	text := transform.Layer{Kind: transform.TextLayer, Text: transform.Text{Content: "x", File: origin.Ref{Path: "font"}}}
	j := job([]byte("photo"), 30)
	j.Source = render.Source{Site: "site", Ref: origin.Ref{Path: "photo.jpg"}}
	j.Plan.Steps = append(j.Plan.Steps, transform.Step{Choice: &transform.Choice{
		Then: transform.Branch{Steps: []transform.Step{{Opacity: transform.Num(50), Layers: []transform.Layer{text, outer, inner}}}},
	}})
	j.Files = [][]byte{[]byte("font"), []byte("outer"), []byte("inner")}
	j.Areas = []transform.Rect{{Size: transform.Size{Width: 1}}, {Size: transform.Size{Width: 2}}, {Size: transform.Size{Width: 3}}, {Size: transform.Size{Width: 4}}}
	key := string(j.Plan.Key())
	parts := partsOf(j)
	if len(parts) != 3 {
		t.Fatalf("%d parts", len(parts))
	}
	if string(j.Plan.Key()) != key {
		t.Error("the job itself is changed")
	}
	for i, want := range []struct {
		original, ref string
		area          int
	}{{"photo", "photo.jpg", 1}, {"outer", "outer", 3}, {"inner", "inner", 4}} {
		p := parts[i]
		if string(p.Original) != want.original || p.Source.Site != "site" || p.Source.Ref.Path != want.ref || len(p.Areas) != 1 || p.Areas[0].Width != want.area || p.Plan.HasLayers() {
			t.Errorf("part %d is %q from %v, areas %v", i, p.Original, p.Source, p.Areas)
		}
	}
	if s := parts[0].Plan.Steps; len(s) != 2 || s[0].Resize != j.Plan.Steps[0].Resize || s[1].Choice.Then.Steps[0].Opacity != transform.Num(50) {
		t.Errorf("of the original is asked %+v", s)
	}
	if p := parts[1].Plan; p.Page != 2 || len(p.Steps) != 1 || p.Steps[0].Rotate != transform.Num(7) {
		t.Errorf("of the layer is asked %+v", p)
	}
}

// Files that change with each request are refused by where they are from, and nothing
// else is.
func TestQuarantineOfSources(t *testing.T) {
	for name, tt := range map[string]struct {
		bad   func(n int) render.Job
		most  int
		spare []render.Job // are not refused
	}{
		"a file": {
			func(n int) render.Job { return from("", "a.svg", "", fmt.Sprint("bad", n)) }, mostOfName,
			[]render.Job{from("", "b.svg", "", "good"), from("https://a.example", "a.svg", "", "good"), {Original: []byte("good"), Source: render.Source{Site: "another", Ref: origin.Ref{Path: "a.svg"}}}},
		},
		"a query": {
			func(n int) render.Job { return from("", "draw", "n=1", fmt.Sprint("bad", n)) }, mostOfName,
			[]render.Job{from("", "draw", "n=2", "good"), from("", "draw", "", "good")},
		},
		"queries": {
			func(n int) render.Job { return from("", "draw", fmt.Sprint("n=", n), fmt.Sprint("bad", n)) }, mostOfPath,
			[]render.Job{from("", "draw2", "n=1", "good")},
		},
		"a server": {
			func(n int) render.Job { return from("https://a.example", fmt.Sprint(n), "", fmt.Sprint("bad", n)) }, mostOfServer,
			[]render.Job{from("https://b.example", "1", "", "good"), from("", "1", "", "good")},
		},
		"a client": {
			func(n int) render.Job { return from("client 192.0.2.1", "", "", fmt.Sprint("bad", n)) }, mostOfServer,
			[]render.Job{from("client 192.0.2.2", "", "", "good"), from("", "1", "", "good")},
		},
		"an unknown place": {
			func(n int) render.Job { return from("", "", "", fmt.Sprint("bad", n)) }, mostOfServer,
			[]render.Job{from("client 192.0.2.2", "", "", "good"), from("", "1", "", "good")},
		},
	} {
		t.Run(name, func(t *testing.T) {
			for what, blame := range map[string]func(*quarantine, render.Job){
				"crashes":  (*quarantine).broke,
				"timeouts": func(q *quarantine, j render.Job) { q.cost(j, 1) },
			} {
				q := newQuarantine(time.Hour)
				good := tt.bad(0)
				good.Original = []byte("good")
				for n := range tt.most {
					if err := checked(q, good); err != nil {
						t.Fatalf("%s: after %d: %v", what, n, err)
					}
					blame(q, tt.bad(n))
					blame(q, tt.bad(n)) // once more, which is not another file
				}
				if e := checkFailure(t, checked(q, good), errors.Overloaded, "Several originals from this source"); e.RetryAfter <= 59*time.Minute {
					t.Errorf("%s: retry after %s", what, e.RetryAfter)
				}
				for _, j := range tt.spare {
					if err := checked(q, j); err != nil {
						t.Errorf("%s: %v: %v", what, j.Source, err)
					}
				}
			}
		})
	}
}

// One file is never what its source is refused for.
func TestQuarantineOfOneFile(t *testing.T) {
	q := newQuarantine(time.Hour)
	for n := range 99 {
		j := from("", "photo.jpg", "", "photo")
		j.Plan.Steps[0].Resize.Width = transform.Px(float64(n + 1))
		q.cost(j, 1)
		q.drew(j)
	}
	if v, err := q.check(from("", "photo.jpg", "", "photo")); err != nil || !v.leashed {
		t.Errorf("%+v, %v", v, err)
	}
}
