//go:build linux && cgo

package main

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/caddy-images/caddy-images/bench/corpus"
	"github.com/caddy-images/caddy-images/bench/load"
)

func TestTable(t *testing.T) {
	var b strings.Builder
	grid := table{{"Job", "→ a"}}
	grid.row("x", "1.00")
	grid.row("long", "2")
	grid.print(&b)
	want := "| Job  |  → a |\n|------|-----:|\n| x    | 1.00 |\n| long |    2 |\n\n"
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
}

func TestNumbers(t *testing.T) {
	for v, want := range map[float64]string{0: "0.00", 1.234: "1.23", 9.994: "9.99", 9.996: "10.0", 99.94: "99.9", 99.96: "100", 1234.5: "1234", math.Inf(1): "–"} {
		if got := number(v); got != want {
			t.Errorf("%g is %s, want %s", v, got, want)
		}
	}
	if got := ratio(1, 4) + ratio(1, 0); got != "0.25–" {
		t.Errorf("ratios %s", got)
	}
	if got := milliseconds(1500 * time.Microsecond); got != "1.50" {
		t.Errorf("%s ms", got)
	}
	if got := megabytes(3 << 19); got != "2" {
		t.Errorf("%s MiB", got)
	}
}

// same returns a measurement of n requests that took so long each.
func same(n int, each, elapsed time.Duration) measurement {
	m := measurement{Result: load.Result{Elapsed: elapsed}}
	for range n {
		m.Times = append(m.Times, each)
	}
	return m
}

func TestTargets(t *testing.T) {
	j := job{Name: "j", Share: 0.95}
	o := options{clients: []int{1, 8, 32}, processors: 2, memory: "1MiB", budget: 1 << 20}
	all := measurements{
		{"j", nameLibvips, 8}:  same(100, 0, time.Second),
		{"j", nameWorkers, 8}:  same(96, 0, time.Second),
		{"j", nameWorkers, 1}:  same(10, 10*time.Millisecond, time.Second),
		{"j", nameWorkers, 32}: same(100, 200*time.Millisecond, time.Second), // the bound is 160 ms
	}
	check := func(want ...bool) {
		t.Helper()
		got := targets([]job{j}, all, o)
		if len(got) != len(want) {
			t.Fatalf("%d targets, want %d", len(got), len(want))
		}
		for n, target := range got {
			if target.reached != want[n] {
				t.Errorf("%s: %s is reached: %t", target.what, target.got, target.reached)
			}
		}
	}
	check(true, true, true)
	all[key{"j", nameWorkers, 8}] = same(94, 0, time.Second)
	all[key{"j", nameWorkers, 32}] = same(100, 208*time.Millisecond, time.Second) // 1.3 times
	big := all[key{"j", nameWorkers, 1}]
	big.peak = 1<<20 + 1
	all[key{"j", nameWorkers, 1}] = big
	check(false, false, false)
}

func TestMeasurement(t *testing.T) {
	m := same(2, time.Second, 3*time.Second)
	m.cpu, m.peak = time.Second, 5
	other := same(2, time.Second, time.Second)
	other.cpu, other.peak = 3*time.Second, 4
	m.add(other)
	if m.each() != time.Second || m.peak != 5 || m.Rate() != 1 {
		t.Errorf("each %s, peak %d, rate %g", m.each(), m.peak, m.Rate())
	}
	if (measurement{}).each() != 0 {
		t.Error("no request took time")
	}
}

func TestPSNR(t *testing.T) {
	a := pixels{2, 1, []byte{0, 100, 200, 0, 0, 0}}
	b := pixels{2, 1, []byte{0, 106, 200, 0, 0, 0}}
	// The mean square is 36/6.
	if got, want := psnr(a, b), 10*math.Log10(255*255/6.0); math.Abs(got-want) > 1e-9 {
		t.Errorf("%g dB, want %g", got, want)
	}
	if !math.IsInf(psnr(a, a), 1) {
		t.Error("a picture differs from itself")
	}
	if psnr(a, pixels{1, 2, a.samples}) != -1 {
		t.Error("pictures of different sizes are compared")
	}
}

// Ratios count only between those that do the same.
func TestAlike(t *testing.T) {
	for _, test := range []struct {
		libvips, handler quality
		want             bool
	}{
		{quality{1000, 40}, quality{1050, 40.2}, true},
		{quality{1000, 40}, quality{1000, 37.9}, false},
		{quality{1000, 40}, quality{1200, 40}, false},
	} {
		err := alike(job{}, map[string]quality{nameLibvips: test.libvips, nameWorkers: test.handler})
		if (err == nil) != test.want {
			t.Errorf("%v and %v: %v", test.libvips, test.handler, err)
		}
	}
	if err := alike(job{}, map[string]quality{nameLibvips: {1, 1}}); err != nil {
		t.Error(err)
	}
}

func TestJobURLs(t *testing.T) {
	j := job{Original: corpus.Photo12, Width: 512, Height: 512, Blur: 10, Format: "webp"}
	if got, want := j.path("a/b.jpg"), "/tr:w-512,h-512,cm-pad_resize,bg-1B2A5C,bl-10,f-webp/a/b.jpg"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got, want := j.query("a/b.jpg"), "/a/b.jpg?background=%231B2A5C&format=webp&height=512&sigma=5&width=512"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestOptions(t *testing.T) {
	o, err := parseOptions([]string{"-clients", "1,4,16", "-memory", "64MiB", "-without", "sharp,nginx"})
	if err != nil {
		t.Fatal(err)
	}
	o.processors = 2
	if o.alone() != 1 || o.busy() != 16 || o.crowd() != 16 || o.budget != 64<<20 || o.wants("nginx") || !o.wants("workers") {
		t.Errorf("%+v", o)
	}
	o.processors = 1
	if o.busy() != 4 {
		t.Errorf("busy is %d", o.busy())
	}
	for _, wrong := range []string{"-clients=0", "-clients=1,x", "-clients=8,1", "-memory=much", "-only=(", "-rounds=0", "x"} {
		if _, err := parseOptions([]string{wrong}); err == nil {
			t.Errorf("%s is accepted", wrong)
		}
	}
}
