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
	"sync"

	"github.com/cespare/xxhash/v2"

	"github.com/caddy-images/caddy-images/cache"
)

// rulesName is the file of the purge rules: a line for each, with a checksum in
// hexadecimal, a space, and JSON.
const rulesName = "purges"

// rulesFile keeps purge rules. A rule whose line is not whole was never said to be kept, if
// it is the last one; any other means that rules were lost.
type rulesFile struct {
	mu   sync.Mutex
	path string
}

// Rules implements cache.Ledger.
func (t *Tier) Rules(context.Context) ([]cache.Rule, error) {
	t.rules.mu.Lock()
	defer t.rules.mu.Unlock()
	text, err := os.ReadFile(t.rules.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return parseRules(text)
}

func parseRules(text []byte) ([]cache.Rule, error) {
	var all []cache.Rule
	for number := 1; ; number++ {
		line, rest, whole := bytes.Cut(text, []byte("\n"))
		if !whole {
			return all, nil
		}
		rule, err := parseRule(line)
		if err != nil {
			return nil, fmt.Errorf("line %d of the purges: %w", number, err)
		}
		all = append(all, rule)
		text = rest
	}
}

func parseRule(line []byte) (rule cache.Rule, err error) {
	sum, text, _ := bytes.Cut(line, []byte(" "))
	if string(sum) != checksum(text) {
		return rule, errors.New("it is damaged")
	}
	return rule, json.Unmarshal(text, &rule)
}

func checksum(text []byte) string { return fmt.Sprintf("%016x", xxhash.Sum64(text)) }

func appendRule(b []byte, rule cache.Rule) ([]byte, error) {
	text, err := json.Marshal(rule)
	if err != nil {
		return nil, err
	}
	b = append(b, checksum(text)...)
	b = append(b, ' ')
	b = append(b, text...)
	return append(b, '\n'), nil
}

// Append implements cache.Ledger.
func (t *Tier) Append(_ context.Context, rule cache.Rule) error {
	line, err := appendRule(nil, rule)
	if err != nil {
		return err
	}
	return t.change(func() error { return t.rules.append(line) })
}

// change changes the file of the rules. A directory that is gone is made again.
func (t *Tier) change(do func() error) error {
	t.rules.mu.Lock()
	defer t.rules.mu.Unlock()
	err := t.own()
	if err == nil {
		err = do()
	}
	if errors.Is(err, fs.ErrNotExist) {
		if err = t.again(t.path); err == nil {
			err = do()
		}
	}
	return err
}

func (r *rulesFile) append(line []byte) error {
	file, err := os.OpenFile(r.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	end, err := endOfLines(file)
	if err != nil {
		return err
	}
	if err := file.Truncate(end); err != nil {
		return err
	}
	_, err = file.WriteAt(line, end)
	if err == nil {
		err = file.Sync()
	}
	if err != nil {
		_ = file.Truncate(end)
		return err
	}
	if end == 0 {
		return syncFolder(filepath.Dir(r.path))
	}
	return nil
}

// endOfLines is where the last whole line of a file ends.
func endOfLines(file *os.File) (int64, error) {
	info, err := file.Stat()
	if err != nil {
		return 0, err
	}
	b := make([]byte, 4096)
	for at := info.Size(); at > 0; {
		n := min(at, int64(len(b)))
		at -= n
		if _, err := file.ReadAt(b[:n], at); err != nil {
			return 0, err
		}
		if i := bytes.LastIndexByte(b[:n], '\n'); i >= 0 {
			return at + int64(i) + 1, nil
		}
	}
	return 0, nil
}

// Replace implements cache.Ledger.
func (t *Tier) Replace(_ context.Context, rules []cache.Rule) error {
	var text []byte
	for _, rule := range rules {
		var err error
		if text, err = appendRule(text, rule); err != nil {
			return err
		}
	}
	return t.change(func() error { return t.rules.replace(text) })
}

func (r *rulesFile) replace(text []byte) error {
	temporary := r.path + ".tmp"
	file, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	if err == nil {
		err = file.Sync()
	}
	if failure := file.Close(); err == nil {
		err = failure
	}
	if err == nil {
		err = os.Rename(temporary, r.path)
	}
	if err != nil {
		_ = os.Remove(temporary)
		return err
	}
	return syncFolder(filepath.Dir(r.path))
}
