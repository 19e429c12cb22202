package s3

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/caddy-images/caddy-images/cache"
)

const (
	// purges is how the names of purge rules begin. What follows is the sequence, with
	// leading zeros.
	purges = "purges/"

	// mostRule is the size of the largest rule.
	mostRule = 1 << 20

	// rulesAtOnce is how many are read at a time.
	rulesAtOnce = 16

	// rulesTimeout limits how long Caddy's start waits for them.
	rulesTimeout = 5 * time.Second
)

func ruleName(rule cache.Rule) string { return fmt.Sprintf("%s%020d", purges, rule.Sequence) }

// Rules implements cache.Ledger.
func (t *Tier) Rules(ctx context.Context) ([]cache.Rule, error) {
	ctx, cancel := context.WithTimeout(ctx, rulesTimeout)
	defer cancel()
	names, err := t.ruleNames(ctx)
	if err != nil {
		return nil, err
	}
	rules := make([]cache.Rule, len(names))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(rulesAtOnce)
	for i, name := range names {
		group.Go(func() error {
			text, err := t.bucket.get(ctx, name, mostRule)
			if err != nil {
				return err
			}
			if err := json.Unmarshal(text, &rules[i]); err != nil {
				return fmt.Errorf("reading %s: %w", name, err)
			}
			return nil
		})
	}
	return rules, group.Wait()
}

func (t *Tier) ruleNames(ctx context.Context) (names []string, err error) {
	for name, err := range t.bucket.list(ctx, purges) {
		if err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, nil
}

// Append implements cache.Ledger. It is tried also when the bucket is left alone otherwise:
// somebody waits to know whether the purge is kept.
func (t *Tier) Append(ctx context.Context, rule cache.Rule) error {
	text, err := json.Marshal(rule)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, changeTimeout)
	defer cancel()
	return t.bucket.put(ctx, ruleName(rule), text)
}

// Replace implements cache.Ledger. New rules are stored before old ones are removed, so that
// no purge is lost in between.
func (t *Tier) Replace(ctx context.Context, rules []cache.Rule) error {
	before, err := t.ruleNames(ctx)
	if err != nil {
		return err
	}
	kept := make(map[string]bool)
	for _, rule := range rules {
		if err := t.Append(ctx, rule); err != nil {
			return err
		}
		kept[ruleName(rule)] = true
	}
	for _, name := range before {
		if kept[name] {
			continue
		}
		if err := t.bucket.remove(ctx, name); err != nil {
			return err
		}
	}
	return nil
}
