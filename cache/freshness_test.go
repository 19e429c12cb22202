package cache

import (
	"testing"
	"time"

	"github.com/caddy-images/caddy-images/internal/httpcache"
)

// Expectations are by RFC 9111 and the options' documentation, by hand.
func TestLifetime(t *testing.T) {
	const hour, day = time.Hour, 24 * time.Hour
	f := Freshness{Default: hour, Max: 10 * day, Stale: day, StaleIfError: 7 * day}
	for _, tt := range []struct {
		said       string
		forRequest bool
		want       lifetime
	}{
		{"", false, lifetime{hour, hour + day, hour + 7*day}},
		{"max-age=60", false, lifetime{time.Minute, time.Minute + day, time.Minute + 7*day}},
		{"max-age=31536000", false, lifetime{10 * day, 11 * day, 17 * day}},
		{"max-age=0", false, lifetime{0, day, 7 * day}},
		{"max-age=60, must-revalidate", false, lifetime{time.Minute, time.Minute, time.Minute}},
		{"max-age=60, proxy-revalidate", false, lifetime{time.Minute, time.Minute, time.Minute}},
		{"max-age=60, s-maxage=120", false, lifetime{2 * time.Minute, 2 * time.Minute, 2 * time.Minute}},
		{"no-cache", false, lifetime{}},
		{"no-cache, max-age=60", false, lifetime{}},
		{"max-age=60, stale-while-revalidate=30, stale-if-error=40", false, lifetime{time.Minute, 90 * time.Second, 100 * time.Second}},
		{"max-age=60, stale-while-revalidate=864000", false, lifetime{time.Minute, time.Minute + day, time.Minute + 7*day}},
		{"", true, lifetime{}},
		{"max-age=60", true, lifetime{}},
		{"public, max-age=60", true, lifetime{time.Minute, time.Minute, time.Minute}},
		{"s-maxage=60", true, lifetime{time.Minute, time.Minute, time.Minute}},
		{"public", true, lifetime{}},
		{"public, max-age=60, stale-if-error=60", true, lifetime{time.Minute, time.Minute, 2 * time.Minute}},
	} {
		if got := f.lifetimeOf(httpcache.Parse(tt.said), tt.forRequest); got != tt.want {
			t.Errorf("%q, next %t: %v, want %v", tt.said, tt.forRequest, got, tt.want)
		}
	}
	f.Default = Forever
	if got := f.lifetimeOf(httpcache.Policy{}, false); got != (lifetime{Forever, Forever, Forever}) {
		t.Errorf("forever is %v", got)
	}
	if got := f.lifetimeOf(httpcache.Parse("max-age=60"), false); got.fresh != time.Minute {
		t.Errorf("what an origin says counts, also with forever: %v", got)
	}
}

// A clock that is set back an hour makes nothing fresh for an hour more, and one that is
// set forward makes it stale.
func TestClockJumps(t *testing.T) {
	now := time.Now().Round(0) // without the monotonic clock, as after a restart
	for _, tt := range []struct{ validated, want time.Duration }{
		{-time.Second, time.Second}, {-time.Hour, time.Hour}, {0, 0}, {30 * time.Second, 0}, {time.Hour, Forever},
	} {
		r := record{validated: now.Add(tt.validated)}
		if got := r.age(now); got != tt.want {
			t.Errorf("validated at %v: age %v, want %v", tt.validated, got, tt.want)
		}
	}
}
