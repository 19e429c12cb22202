package cache

import (
	"fmt"
	"testing"
	"time"

	"github.com/caddy-images/caddy-images/origin"
)

func TestRulesMatch(t *testing.T) {
	lake := Subject{Path: "/old/lake.jpg", Ref: origin.Ref{Path: "photos/lake.jpg", Query: "v=1"}, Tags: []string{"lakes"}}
	remote := Subject{Ref: origin.Ref{Server: "https://b.example", Path: "lake.jpg"}}
	bucket := Subject{Ref: origin.Ref{Server: "s3://photos@eu-central-1", Path: "lake.jpg"}}
	for _, tt := range []struct {
		rule    Rule
		subject Subject
		want    bool
	}{
		{Rule{Kind: PurgeAll}, lake, true},
		{Rule{Kind: PurgeOriginal, Value: "/photos/lake.jpg"}, lake, true},
		{Rule{Kind: PurgeOriginal, Value: "/photos/lake"}, lake, false},
		{Rule{Kind: PurgeOriginal, Value: "/lake.jpg"}, remote, false},
		{Rule{Kind: PurgeOriginal, Value: "https://b.example/lake.jpg"}, remote, true},
		{Rule{Kind: PurgeOriginal, Value: "s3://photos/lake.jpg"}, bucket, true},
		{Rule{Kind: PurgePath, Value: "/old/lake.jpg"}, lake, true},
		{Rule{Kind: PurgePath, Value: "/photos/lake.jpg"}, lake, false},
		{Rule{Kind: PurgePrefix, Value: "/photos/"}, lake, true},
		{Rule{Kind: PurgePrefix, Value: "/old/"}, lake, true},
		{Rule{Kind: PurgePrefix, Value: "/"}, lake, true},
		{Rule{Kind: PurgePrefix, Value: "/"}, remote, false},
		{Rule{Kind: PurgePrefix, Value: "https://b.example/"}, remote, true},
		{Rule{Kind: PurgePrefix, Value: "/photos/s"}, lake, false},
		{Rule{Kind: PurgeTag, Value: "lakes"}, lake, true},
		{Rule{Kind: PurgeTag, Value: "lake"}, lake, false},
	} {
		for _, soft := range []bool{false, true} {
			var r rules
			rule := r.next(tt.rule)
			rule.Soft = soft
			r.add(rule)
			hardWant, softWant := uint64(0), uint64(0)
			if tt.want && soft {
				softWant = rule.Sequence
			} else if tt.want {
				hardWant = rule.Sequence
			}
			if hard, soft := r.match(tt.subject); hard != hardWant || soft != softWant {
				t.Errorf("%+v with %+v: %d and %d, want %d and %d", rule, tt.subject, hard, soft, hardWant, softWant)
			}
		}
	}
}

// Later rules have higher sequences, whatever the clock says, also after a restart.
func TestRulesAreInOrder(t *testing.T) {
	var r rules
	r.load([]Rule{{Sequence: 1 << 63, Kind: PurgeTag, Value: "a", Time: time.Now().Add(time.Hour)}, {Sequence: 5, Kind: PurgeAll}})
	last := r.latest()
	if last != 1<<63 {
		t.Fatalf("the latest is %d", last)
	}
	for range 3 {
		rule := r.next(Rule{Kind: PurgeAll})
		r.add(rule)
		if rule.Sequence <= last {
			t.Errorf("%d comes after %d", rule.Sequence, last)
		}
		last = rule.Sequence
	}
}

// Rules do not grow without end: old ones become one that purges more.
func TestRulesAreCondensed(t *testing.T) {
	var r rules
	var first Rule
	condensed := 0
	for n := range maxRules + 10 {
		rule := r.next(Rule{Kind: PurgeTag, Value: fmt.Sprint(n)})
		if n == 0 {
			first = rule
		}
		if kept := r.add(rule); kept != nil {
			condensed++
			if len(kept) > maxRules/2+2 {
				t.Errorf("%d rules are kept", len(kept))
			}
		}
	}
	if condensed != 1 {
		t.Errorf("condensed %d times", condensed)
	}
	for n, atLeast := range map[int]uint64{0: first.Sequence, 1: first.Sequence, maxRules + 9: r.latest()} {
		if hard, _ := r.match(Subject{Tags: []string{fmt.Sprint(n)}}); hard < atLeast {
			t.Errorf("the purge of tag %d was forgotten: %d, want at least %d", n, hard, atLeast)
		}
	}
	if hard, _ := r.match(Subject{Tags: []string{"none"}}); hard == 0 || hard == r.latest() {
		t.Errorf("what has no tag was purged before %d", hard)
	}
}
