package disk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/caddy-images/caddy-images/cache"
	"github.com/caddy-images/caddy-images/cache/internal/breaker"
	"github.com/caddy-images/caddy-images/cache/internal/packed"
)

// openTiers are those of this process, by their path. When the settings of a tier change in
// a reload, the stores of both configurations use the directory for a moment.
var openTiers struct {
	sync.Mutex
	by map[string]*Tier
}

// errTaken is the error of a directory that belongs to another process.
var errTaken = errors.New("another process uses the directory")

// open returns the tier of a directory. The limits are those that were asked for last. A
// directory that cannot be used at present is tried again later: a disk that fails must not
// keep Caddy from starting.
func open(c config) (*Tier, error) {
	path := c.path
	_ = os.MkdirAll(path, 0o700)
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	openTiers.Lock()
	defer openTiers.Unlock()
	if t := openTiers.by[path]; t != nil {
		t.users++
		t.index.setLimit(c.limit)
		t.minFree.Store(c.minFree)
		wake(t.shrink)
		return t, nil
	}
	t := newTier(c)
	t.path = path
	t.rules.path = filepath.Join(path, rulesName)
	if err := t.own(); errors.Is(err, errTaken) {
		return nil, fmt.Errorf("cache disk %s: %w", c.path, err)
	} else if err != nil {
		_ = t.writes.Note(err)
		t.startCounting() // what can be read is used
	}
	if openTiers.by == nil {
		openTiers.by = make(map[string]*Tier)
	}
	openTiers.by[path] = t
	t.done.Go(t.tend)
	t.done.Go(t.noteUses)
	return t, nil
}

func newTier(c config) *Tier {
	if c.now == nil {
		// The clock may be set while Caddy runs; what was used later stays later.
		start := time.Now()
		c.now = func() time.Time { return start.Add(time.Since(start)) }
	}
	if c.space == nil {
		c.space = space
	}
	if c.create == nil {
		c.create = createFile
	}
	t := &Tier{config: c, process: rand.Uint64(), index: newIndex(c.limit), users: 1}
	t.recount, t.shrink = make(chan struct{}, 1), make(chan struct{}, 1)
	t.uses = make(chan cache.Key, 1024)
	t.minFree.Store(c.minFree)
	t.reads, t.writes = c.breaker("read", 5), c.breaker("written to", 1)
	t.quit, t.stop = context.WithCancel(context.Background())
	return t
}

const (
	firstPause   = 5 * time.Second
	longestPause = time.Minute
)

// breaker keeps work from a disk that fails. what is for the log.
func (c config) breaker(what string, failures int) *breaker.Breaker {
	return &breaker.Breaker{
		Failures: failures, First: firstPause, Longest: longestPause, Now: c.now,
		Opened: func(err error) {
			c.log.Warn("The disk of the cache cannot be "+what+"; images are served without it, and it is tried again later", zap.String("path", c.path), zap.Error(err))
		},
		Closed: func() {
			c.log.Info("The disk of the cache can be "+what+" again", zap.String("path", c.path))
		},
	}
}

// Close implements cache.Tier.
func (t *Tier) Close() error {
	openTiers.Lock()
	defer openTiers.Unlock()
	if t.users--; t.users > 0 {
		return nil
	}
	delete(openTiers.by, t.path)
	t.stop()
	t.done.Wait()
	t.owning.Lock()
	defer t.owning.Unlock()
	if t.owned == nil {
		return nil
	}
	return errors.Join(unlock(t.owned), t.owned.Close())
}

// lockName is the file that says whose the directory is, and in which format its files are.
const lockName = "lock"

// formatLine is what is in the lock file.
var formatLine = fmt.Sprintf("caddy-images cache, format %d\n", packed.Format)

// own makes the directory this process's own, if it is not, and has its files counted.
func (t *Tier) own() error {
	t.owning.Lock()
	defer t.owning.Unlock()
	if t.owned != nil {
		return nil
	}
	if err := os.MkdirAll(t.path, 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(filepath.Join(t.path, lockName), os.O_RDWR|os.O_CREATE, 0o600)
	if errors.Is(err, fs.ErrPermission) || isReadOnly(err) {
		// One that can only be read still shows whether it is another's.
		reader, readable := os.Open(filepath.Join(t.path, lockName))
		if readable != nil {
			return err
		}
		defer reader.Close()
		if lock(reader) == errTaken {
			return errTaken
		}
		return err
	}
	if err != nil {
		return err
	}
	if err := lock(file); err != nil {
		_ = file.Close()
		return err
	}
	line, err := io.ReadAll(io.LimitReader(file, 100))
	if err != nil {
		_ = file.Close()
		return err
	}
	if len(line) == 0 {
		_ = noteFormat(file) // what has no format is in this one, so a full disk does no harm
	}
	t.outdated.Store(len(line) > 0 && string(line) != formatLine)
	t.owned = file
	t.startCounting()
	return nil
}

// noteFormat notes that there are no files of another format.
func noteFormat(file *os.File) error {
	if _, err := file.WriteAt([]byte(formatLine), 0); err != nil {
		return err
	}
	return file.Truncate(int64(len(formatLine)))
}

// renewFormat notes that all files of another format were removed.
func (t *Tier) renewFormat() {
	t.owning.Lock()
	defer t.owning.Unlock()
	if t.owned == nil {
		return
	}
	if err := noteFormat(t.owned); err != nil {
		t.log.Warn("The format of the cache's files could not be noted", zap.Error(err))
		return
	}
	t.outdated.Store(false)
}

// again makes a folder that is not there. If the whole directory is gone, so is what it
// was locked with, and what is known of it.
func (t *Tier) again(folder string) error {
	t.owning.Lock()
	gone := !t.isOwned()
	if gone && t.owned != nil {
		_ = t.owned.Close()
		t.owned = nil
	}
	t.owning.Unlock()
	if gone {
		if err := t.own(); err != nil {
			return err
		}
	}
	return os.MkdirAll(folder, 0o700)
}

// isOwned reports whether the lock that is held is that of the directory.
func (t *Tier) isOwned() bool {
	if t.owned == nil {
		return false
	}
	held, err := t.owned.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(filepath.Join(t.path, lockName))
	return err == nil && os.SameFile(held, there)
}
