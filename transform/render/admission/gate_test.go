package admission

import (
	"context"
	stderrors "errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/caddy-images/caddy-images/errors"
)

// visit is a job at a gate: when it comes, what it costs, how long it holds its
// share, how long it would wait, and after what time its client leaves (0:
// never).
type visit struct {
	at    time.Duration
	cost  int64
	holds time.Duration

	patience, leaves time.Duration

	in  time.Duration // when it was let in; -1: never
	err error
}

// play lets visits happen in virtual time, and checks the gate's bounds all the
// while. Visits are in the order of their arrival.
func play(t *testing.T, g *Gate, visits []visit) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var mu sync.Mutex
		used, running := int64(0), 0
		hold := func(cost int64, n int) {
			mu.Lock()
			defer mu.Unlock()
			used += cost
			running += n
			if used > g.budget || running > g.slots {
				t.Errorf("%d jobs hold %d bytes", running, used)
			}
		}
		for i := range visits {
			v := &visits[i]
			time.Sleep(v.at - time.Since(start))
			ctx, cancel := context.WithCancel(t.Context())
			if v.leaves > 0 {
				time.AfterFunc(v.leaves, cancel)
			}
			go func() {
				defer cancel()
				patience := v.patience
				if patience == 0 {
					patience = time.Hour
				}
				leave, err := g.Acquire(ctx, v.cost, patience)
				if v.in, v.err = time.Since(start), err; err != nil {
					v.in = -1
					return
				}
				hold(v.cost, 1)
				time.Sleep(v.holds)
				hold(-v.cost, -1)
				leave()
			}()
			synctest.Wait() // the next one is behind this one
		}
		time.Sleep(2 * time.Hour)
		if running, used, waiting := g.Stats(); running != 0 || used != 0 || waiting != 0 {
			t.Errorf("%d jobs hold %d bytes and %d wait when all have left", running, used, waiting)
		}
	})
}

func TestGate(t *testing.T) {
	const s = time.Second
	tests := []struct {
		name   string
		gate   *Gate
		visits []visit
		in     []time.Duration // when each is let in
	}{
		{"all that fits", NewGate(100, 9, 9), []visit{{cost: 40, holds: s}, {cost: 60, holds: s}}, []time.Duration{0, 0}},
		{"in the order of arrival", NewGate(100, 9, 9), []visit{{cost: 100, holds: s}, {cost: 70, holds: s}, {cost: 70, holds: s}, {cost: 70, holds: s}}, []time.Duration{0, s, 2 * s, 3 * s}},
		{"slots", NewGate(100, 2, 9), []visit{{cost: 1, holds: s}, {cost: 1, holds: 2 * s}, {cost: 1, holds: s}, {cost: 1, holds: s}}, []time.Duration{0, 0, s, 2 * s}},
		{"a small one goes before a large one", NewGate(100, 9, 9), []visit{{cost: 60, holds: 5 * s}, {cost: 90, holds: s}, {at: s / 2, cost: 40, holds: s}}, []time.Duration{0, 5 * s, s / 2}},
		{"but not for long", NewGate(100, 9, 9), []visit{{cost: 60, holds: 5 * s}, {cost: 90, holds: s}, {at: s, cost: 40, holds: s}}, []time.Duration{0, 5 * s, 6 * s}},
		{"one that has waited is not passed, though a newer first would be", NewGate(100, 9, 9),
			[]visit{{cost: 60, holds: 5 * s}, {cost: 60, holds: s}, {at: s / 2, cost: 90, holds: s}, {at: 5*s + s/2, cost: 30, holds: s}},
			[]time.Duration{0, 5 * s, 6 * s, 7 * s}},
		{"a stream of small ones lets a large one in", NewGate(100, 9, 99),
			append([]visit{{cost: 20, holds: s}, {cost: 100, holds: s}}, stream(s/10, 40, visit{cost: 20, holds: s})...),
			append([]time.Duration{0, 14 * s / 10}, streamIn()...)},
		{"a client that leaves makes room behind it", NewGate(100, 9, 9), []visit{{cost: 60, holds: 5 * s}, {cost: 90, leaves: 2 * s}, {at: s, cost: 40, holds: s}}, []time.Duration{0, -1, 2 * s}},
		{"so does one that gives up", NewGate(100, 9, 9), []visit{{cost: 60, holds: 5 * s}, {cost: 90, patience: 2 * s}, {at: s, cost: 40, holds: s}}, []time.Duration{0, -1, 2 * s}},
		{"a full queue", NewGate(100, 9, 2), []visit{{cost: 100, holds: s}, {cost: 50}, {cost: 50}, {cost: 50}}, []time.Duration{0, s, s, -1}},
		{"a full queue and room for one", NewGate(100, 9, 1), []visit{{cost: 60, holds: s}, {cost: 50}, {cost: 40, holds: s}}, []time.Duration{0, s, 0}},
		{"larger than all", NewGate(100, 9, 9), []visit{{cost: 101}, {cost: 100}}, []time.Duration{-1, 0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			play(t, tt.gate, tt.visits)
			for i, want := range tt.in {
				if want != anyTime && tt.visits[i].in != want {
					t.Errorf("job %d was let in at %v (%v), want %v", i, tt.visits[i].in, tt.visits[i].err, want)
				}
			}
		})
	}
}

// Whoever found a place is told of with what it waited: let in at once, later, or
// not at all. Who was refused at the door did not wait.
func TestGateTellsWaits(t *testing.T) {
	const s = time.Second
	g := NewGate(100, 9, 2)
	var mu sync.Mutex
	var waits []time.Duration
	g.Waited = func(d time.Duration) {
		mu.Lock()
		defer mu.Unlock()
		waits = append(waits, d)
	}
	play(t, g, []visit{{cost: 101}, {cost: 100, holds: 3 * s}, {cost: 50}, {cost: 50, patience: 2 * s}, {cost: 50}, {at: 2*s + s/4, cost: 50, leaves: s / 2}})
	if want := []time.Duration{0, 2 * s, s / 2, 3 * s}; !slices.Equal(waits, want) {
		t.Errorf("waits %v, want %v", waits, want)
	}
}

const anyTime = time.Duration(-2)

func stream(every time.Duration, n int, v visit) (all []visit) {
	for i := range n {
		v.at = every * time.Duration(i+1)
		all = append(all, v)
	}
	return all
}

func streamIn() []time.Duration { return slices.Repeat([]time.Duration{anyTime}, 40) }

// TestGateIsFair plays crowds by chance, and holds every wait to the bound that
// the comment of Gate proves.
func TestGateIsFair(t *testing.T) {
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 1))
		budget, slots := int64(100), 1+random.IntN(8)
		longest := time.Duration(1+random.IntN(3000)) * time.Millisecond
		visits := make([]visit, 60)
		at := time.Duration(0)
		for i := range visits {
			at += time.Duration(random.Int64N(int64(longest) / 4))
			cost := 1 + random.Int64N(20)
			if random.IntN(4) == 0 {
				cost = 50 + random.Int64N(51)
			}
			visits[i] = visit{at: at, cost: cost, holds: time.Duration(random.Int64N(int64(longest))) + 1}
			if random.IntN(10) == 0 {
				visits[i].leaves = time.Duration(random.Int64N(int64(longest))) + 1
			}
		}
		play(t, NewGate(budget, slots, len(visits)), visits)
		for i, v := range visits {
			if v.err != nil {
				if v.leaves == 0 {
					t.Errorf("seed %d: job %d: %v", seed, i, v.err)
				}
				continue
			}
			n, cost := int64(1), v.cost
			for _, before := range visits[:i] {
				if before.err == nil && before.in <= v.at { // had gone in
					continue
				}
				n++
				cost += before.cost
			}
			periods := 2*ceil(cost, budget) + ceil(n, int64(slots)) + 1
			if bound := patience + longest*time.Duration(periods); v.in-v.at > bound {
				t.Errorf("seed %d: job %d waited %v, longer than %v", seed, i, v.in-v.at, bound)
			}
			for _, later := range visits[i+1:] {
				if later.err == nil && later.in < v.in && later.in-v.at >= patience {
					t.Errorf("seed %d: job %d of %v was passed at %v", seed, i, v.at, later.in)
				}
			}
		}
	}
}

func ceil(a, b int64) int64 { return (a + b - 1) / b }

func TestGateErrors(t *testing.T) {
	const s = time.Second
	busy := visit{cost: 100 * megabyte, holds: 20 * s}
	for _, tt := range []struct {
		name   string
		visit  visit
		kind   errors.Kind
		says   string
		retry  time.Duration
		before []visit
	}{
		{"too large", visit{cost: 100*megabyte + 1}, errors.Limit, "Rendering this would take about 101 MB of memory, more than the part of memory for rendering, 100 MB", 0, nil},
		{"full", visit{cost: 1}, errors.Overloaded, "queue_size, 1, requests are waiting", s, []visit{busy, {cost: 1}}},
		{"patience", visit{cost: 1, patience: 3 * s}, errors.Overloaded, "no memory or slot for rendering was free within queue_timeout, 3s", s, []visit{busy}},
		{"gone", visit{cost: 1, leaves: s}, errors.ClientClosed, "The client closed the request", 0, []visit{busy}},
		{"a guess from the past", visit{cost: megabyte, patience: s}, errors.Overloaded, "busy", 20 * s * 101 / 100, []visit{busy, {at: 21 * s, cost: 100 * megabyte, holds: 10 * s}}},
		{"a guess is bounded", visit{cost: 100 * megabyte, patience: s}, errors.Overloaded, "busy", time.Minute, []visit{{cost: 1, holds: 50 * s}, {at: 51 * s, cost: 100 * megabyte, holds: 60 * s}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			last := tt.visit
			if n := len(tt.before); n > 0 {
				last.at = tt.before[n-1].at
			}
			visits := append(slices.Clone(tt.before), last)
			play(t, NewGate(100*megabyte, 9, 1), visits)
			var e *errors.Error
			if err := visits[len(visits)-1].err; !stderrors.As(err, &e) {
				t.Fatal(err)
			}
			if e.Kind != tt.kind || !strings.Contains(e.Message, tt.says) || e.RetryAfter != tt.retry {
				t.Errorf("%v %q, again after %v; want %v %q, %v", e.Kind.Code(), e.Message, e.RetryAfter, tt.kind.Code(), tt.says, tt.retry)
			}
		})
	}
}

// A client that has left already gets no share, not even of an empty gate.
func TestGateLeftBefore(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	g := NewGate(100, 1, 1)
	if _, err := g.Acquire(ctx, 1, time.Hour); !errors.Is(err, errors.ClientClosed) {
		t.Error(err)
	}
	if running, used, waiting := g.Stats(); running != 0 || used != 0 || waiting != 0 {
		t.Error(running, used, waiting)
	}
}

func ExampleGate() {
	g := NewGate(100, 2, 10)
	leave, err := g.Acquire(context.Background(), 60, time.Second)
	fmt.Println(err)
	_, _, waiting := g.Stats()
	fmt.Println(waiting)
	leave()
	// Output:
	// <nil>
	// 0
}
