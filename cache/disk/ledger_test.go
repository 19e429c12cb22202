package disk

import (
	"bytes"
	"fmt"
	"os"
	"reflect"
	"testing"
	"time"

	"github.com/caddy-images/caddy-images/cache"
)

func rulesOf(n int) (all []cache.Rule) {
	for i := range n {
		all = append(all, cache.Rule{Sequence: uint64(i + 1), Time: time.Unix(int64(i), 0).UTC(), Kind: cache.PurgePath, Value: fmt.Sprintf("/%d\n\"é.jpg", i), Soft: i%2 == 0})
	}
	return all
}

func TestRules(t *testing.T) {
	path := t.TempDir()
	tier := openIn(t, path, 1<<20)
	if got, err := tier.Rules(t.Context()); err != nil || len(got) != 0 {
		t.Errorf("at first: %v, %v", got, err)
	}
	all := rulesOf(100)
	for _, r := range all[:60] {
		if err := tier.Append(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	closeTier(t, tier)
	tier = openIn(t, path, 1<<20)
	if got, err := tier.Rules(t.Context()); err != nil || !reflect.DeepEqual(got, all[:60]) {
		t.Errorf("after a restart: %d rules, %v", len(got), err)
	}
	if err := tier.Replace(t.Context(), all[50:60]); err != nil {
		t.Fatal(err)
	}
	for _, r := range all[60:] {
		if err := tier.Append(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := tier.Rules(t.Context()); err != nil || !reflect.DeepEqual(got, all[50:]) {
		t.Errorf("after they were replaced: %d rules, %v", len(got), err)
	}
	if err := tier.Replace(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if got, err := tier.Rules(t.Context()); err != nil || len(got) != 0 {
		t.Errorf("after all were removed: %v, %v", got, err)
	}
}

// TestTornRules: a line that is not whole is no rule, and the next one stands for itself.
func TestTornRules(t *testing.T) {
	all := rulesOf(4)
	var whole []byte
	var starts []int
	for _, r := range all[:3] {
		starts = append(starts, len(whole))
		var err error
		if whole, err = appendRule(whole, r); err != nil {
			t.Fatal(err)
		}
	}
	path := t.TempDir()
	tier := openIn(t, path, 1<<20)
	zeros := append(bytes.Clone(whole[:starts[2]]), make([]byte, 5000)...)
	for _, text := range [][]byte{whole[:starts[2]], whole[:starts[2]+1], whole[:len(whole)-1], zeros} {
		write(t, tier.rules.path, text)
		if got, err := tier.Rules(t.Context()); err != nil || !reflect.DeepEqual(got, all[:2]) {
			t.Errorf("%d of %d bytes: %v, %v", len(text), len(whole), got, err)
		}
		if err := tier.Append(t.Context(), all[3]); err != nil {
			t.Fatal(err)
		}
		if got, err := tier.Rules(t.Context()); err != nil || !reflect.DeepEqual(got, []cache.Rule{all[0], all[1], all[3]}) {
			t.Errorf("%d of %d bytes, and another rule: %v, %v", len(text), len(whole), got, err)
		}
	}

	// A line that was whole once is one that is missed.
	for at := range whole {
		noisy := bytes.Clone(whole)
		noisy[at] ^= 0x20
		write(t, tier.rules.path, noisy)
		got, err := tier.Rules(t.Context())
		if last := at == len(whole)-1; last != (err == nil) {
			t.Errorf("byte %d of %d changed: %d rules, %v", at, len(whole), len(got), err)
		}
	}
	if err := os.Remove(tier.rules.path); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(tier.rules.path, 0o700); err != nil {
		t.Fatal(err)
	}
	if got, err := tier.Rules(t.Context()); err == nil {
		t.Errorf("rules that cannot be read are %v", got)
	}
	if err := tier.Append(t.Context(), all[0]); err == nil {
		t.Error("a rule that cannot be written is kept")
	}
	if err := tier.Replace(t.Context(), all); err == nil {
		t.Error("rules that cannot be written are kept")
	}
}
