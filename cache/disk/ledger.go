package disk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/cespare/xxhash/v2"

	"github.com/caddy-images/caddy-images/cache"
)

// The purges are lines of a file: the XXH64 of a rule's JSON, a space and the JSON. Each is
// synced to the disk before the purge is answered.

func (t *Tier) purges() string { return filepath.Join(t.dir, "purges") }

// Rules implements cache.Ledger. A last line that is not whole is of a purge that was not
// answered. One before it that is damaged is an error.
func (t *Tier) Rules(context.Context) ([]cache.Rule, error) {
	t.writing.Lock()
	defer t.writing.Unlock()
	text, err := os.ReadFile(t.purges())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return parseRules(text)
}

func parseRules(text []byte) (rules []cache.Rule, err error) {
	for len(text) > 0 {
		line, rest, isWhole := bytes.Cut(text, []byte("\n"))
		rule, err := parseRule(line)
		if err != nil {
			if !isWhole {
				return rules, nil
			}
			return nil, err
		}
		rules = append(rules, rule)
		text = rest
	}
	return rules, nil
}

func parseRule(line []byte) (rule cache.Rule, err error) {
	sum, text, _ := bytes.Cut(line, []byte(" "))
	if string(sum) != checksum(text) {
		return rule, fmt.Errorf("a line of the purges is damaged")
	}
	return rule, json.Unmarshal(text, &rule)
}

func checksum(text []byte) string { return fmt.Sprintf("%016x", xxhash.Sum64(text)) }

func lineOf(rule cache.Rule) ([]byte, error) {
	text, err := json.Marshal(rule)
	if err != nil {
		return nil, err
	}
	return append([]byte(checksum(text)+" "+string(text)), '\n'), nil
}

// Append implements cache.Ledger.
func (t *Tier) Append(_ context.Context, rule cache.Rule) error {
	t.writing.Lock()
	defer t.writing.Unlock()
	line, err := lineOf(rule)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(t.purges(), os.O_RDWR|os.O_CREATE, 0o600)
	if errors.Is(err, fs.ErrNotExist) { // the directory was deleted
		if err = os.MkdirAll(t.dir, 0o700); err == nil {
			file, err = os.OpenFile(t.purges(), os.O_RDWR|os.O_CREATE, 0o600)
		}
	}
	if err != nil {
		return err
	}
	defer file.Close()
	end, err := endOfLines(file)
	if err != nil {
		return err
	}
	if _, err := file.WriteAt(line, end); err != nil {
		_ = file.Truncate(end)
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	return syncDirectory(t.dir)
}

// endOfLines is where the next line of a file begins: behind the last one that is whole.
func endOfLines(file *os.File) (int64, error) {
	info, err := file.Stat()
	if err != nil {
		return 0, err
	}
	end := info.Size()
	for last := make([]byte, 1); end > 0; end-- {
		if _, err := file.ReadAt(last, end-1); err != nil {
			return 0, err
		}
		if last[0] == '\n' {
			break
		}
	}
	return end, file.Truncate(end)
}

// Replace implements cache.Ledger.
func (t *Tier) Replace(_ context.Context, rules []cache.Rule) error {
	t.writing.Lock()
	defer t.writing.Unlock()
	var text []byte
	for _, rule := range rules {
		line, err := lineOf(rule)
		if err != nil {
			return err
		}
		text = append(text, line...)
	}
	next := t.purges() + ".next"
	file, err := os.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	if err == nil {
		err = file.Sync()
	}
	err = errors.Join(err, file.Close())
	if err == nil {
		err = os.Rename(next, t.purges())
	}
	if err != nil {
		_ = os.Remove(next)
		return err
	}
	return syncDirectory(t.dir)
}

func syncDirectory(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
