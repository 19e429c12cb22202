package disk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"github.com/caddy-images/caddy-images/cache"
	"github.com/caddy-images/caddy-images/cache/internal/breaker"
	"github.com/caddy-images/caddy-images/cache/internal/packed"
)

// Tier keeps entries in a directory.
type Tier struct {
	config
	process uint64 // in the names of temporary files
	number  atomic.Uint64

	index   *index
	minFree atomic.Int64

	// folders are held while a file of theirs is renamed, removed or counted, so that the
	// index is right about it. The first byte of an original is its folder.
	folders [256]sync.Mutex

	owning sync.Mutex
	owned  *os.File // the lock file, while it is held

	recount  chan struct{}
	outdated atomic.Bool // whether the directory may have files of another format

	required atomic.Uint64  // entries with a lower sequence are to be removed
	shrink   chan struct{}  // there may be too much
	uses     chan cache.Key // whose time is to be noted at their files

	reads, writes     *breaker.Breaker
	evictions, broken atomic.Int64
	warned            atomic.Int64 // about damaged files, in seconds

	rules rulesFile

	users int // guarded by openTiers
	quit  context.Context
	stop  context.CancelFunc
	done  sync.WaitGroup
}

// config is what a tier is made of.
type config struct {
	path           string
	limit, minFree int64
	log            *zap.Logger

	// For tests; otherwise they are the system's.
	now    func() time.Time
	space  func(path string) (free, total int64, ok bool)
	create func(path string) (*os.File, error)
}

// seconds is the time as the index has it.
func (t *Tier) seconds() uint32 { return uint32(t.now().Unix()) }

// Get implements cache.Tier. The body is verified when its file is read for the first time
// in this process, and again when its size or modification time has changed.
func (t *Tier) Get(_ context.Context, key cache.Key) (*cache.Entry, error) {
	if err := t.reads.Allow(); err != nil {
		return nil, err
	}
	file, err := openFile(t.file(key))
	if errors.Is(err, fs.ErrNotExist) {
		t.lost(key)
		return nil, t.reads.Note(nil)
	}
	if err != nil {
		return nil, t.reads.Note(err)
	}
	info, err := file.Stat()
	if err != nil {
		_ = file.Close()
		return nil, t.reads.Note(err)
	}
	if !info.Mode().IsRegular() { // it is not of the cache
		_ = file.Close()
		return nil, nil
	}
	e, err := t.read(file, info, key)
	if err == nil {
		return e, t.reads.Note(nil)
	}
	_ = file.Close()
	if err == packed.ErrDamaged || err == packed.ErrOutdated {
		t.discard(key, info, err == packed.ErrDamaged)
		return nil, t.reads.Note(nil)
	}
	return nil, t.reads.Note(err)
}

func (t *Tier) read(file *os.File, info fs.FileInfo, key cache.Key) (*cache.Entry, error) {
	end, err := packed.ReadEnd(file, info.Size())
	if err != nil {
		return nil, err
	}
	if end.Key != key { // files were swapped
		return nil, packed.ErrDamaged
	}
	stamp, known, note := t.index.use(key, t.seconds())
	// The size is that which the trailer says.
	if version := uint64(info.ModTime().UnixNano()) ^ end.Version(); stamp != version {
		if err := end.Verify(file); err != nil {
			return nil, err
		}
		// A client is waiting: if the folder is busy, it is counted and verified later.
		if folder := &t.folders[key.Original[0]]; !known && folder.TryLock() {
			t.count(key)
			folder.Unlock()
		}
		t.index.verified(key, version)
	}
	if note {
		select {
		case t.uses <- key:
		default:
		}
	}
	return &cache.Entry{Meta: end.Meta, Body: &body{file: file, size: end.Body}, Sequence: end.Sequence}, nil
}

// lost forgets an entry whose file somebody removed.
func (t *Tier) lost(key cache.Key) {
	if !t.index.knows(key) {
		return
	}
	folder := &t.folders[key.Original[0]]
	if !folder.TryLock() { // a client is waiting
		return
	}
	defer folder.Unlock()
	if _, err := os.Lstat(t.file(key)); errors.Is(err, fs.ErrNotExist) {
		t.index.remove(key)
	}
}

// discard removes a file that cannot be used, unless there is another one by now.
func (t *Tier) discard(key cache.Key, bad fs.FileInfo, damaged bool) {
	folder := &t.folders[key.Original[0]]
	folder.Lock()
	defer folder.Unlock()
	path := t.file(key)
	if now, err := os.Lstat(path); err != nil || !os.SameFile(now, bad) {
		return
	}
	err := os.Remove(path)
	if err == nil {
		t.index.remove(key)
	}
	if !damaged {
		return
	}
	broken := t.broken.Add(1)
	now, last := t.now().Unix(), t.warned.Load()
	if now-last >= 60 && t.warned.CompareAndSwap(last, now) {
		t.log.Warn("A file of the cache is damaged and was removed; others within the next minute are only counted",
			zap.String("file", path), zap.Int64("damaged", broken), zap.NamedError("removing", err))
	}
}

// Put implements cache.Tier. What takes more than a quarter of the limit is not kept.
func (t *Tier) Put(ctx context.Context, key cache.Key, meta, body []byte, sequence uint64) error {
	if len(meta) > cache.MaxMeta {
		return fmt.Errorf("the entry is described by %d bytes, of at most %d", len(meta), cache.MaxMeta)
	}
	if packed.Size(meta, body) > t.index.most()/4 {
		return nil
	}
	if err := t.writes.Allow(); err != nil {
		return err
	}
	err := t.put(ctx, key, meta, body, sequence)
	if isFull(err) {
		// What is counted here need not be what has run out: inodes, or a quota.
		for range 64 {
			if evicted, _ := t.evict(); evicted == 0 {
				break
			}
		}
		err = t.put(ctx, key, meta, body, sequence)
	}
	if err == errNoRoom || ctx.Err() != nil && err == ctx.Err() {
		return err
	}
	return t.writes.Note(err)
}

func (t *Tier) put(ctx context.Context, key cache.Key, meta, body []byte, sequence uint64) error {
	if err := t.own(); err != nil {
		return err
	}
	size := packed.Size(meta, body)
	if err := t.reserve(ctx, size); err != nil {
		return err
	}
	defer t.index.release(size)
	temporary, err := t.write(key, body, packed.AppendEnd(nil, key, meta, body, sequence))
	if err != nil {
		return err
	}
	folder := &t.folders[key.Original[0]]
	folder.Lock()
	defer folder.Unlock()
	if err := os.Rename(temporary, t.file(key)); err != nil {
		_ = os.Remove(temporary)
		return err
	}
	t.index.put(key, size, t.seconds())
	return nil
}

// write writes a temporary file in the folder of the key, and returns its path.
func (t *Tier) write(key cache.Key, body, end []byte) (path string, err error) {
	folder := t.folder(key.Original)
	path = folder + string(os.PathSeparator) + temporaryName(t.process, t.number.Add(1))
	file, err := t.create(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err = t.again(folder); err == nil {
			file, err = t.create(path)
		}
	}
	if err != nil {
		return "", err
	}
	_, err = file.Write(body)
	if err == nil {
		_, err = file.Write(end)
	}
	if failure := file.Close(); err == nil {
		err = failure
	}
	if err != nil {
		_ = os.Remove(path)
		return "", err
	}
	return path, nil
}

func createFile(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
}

// Delete implements cache.Tier.
func (t *Tier) Delete(ctx context.Context, key cache.Key) error {
	if key.Entry != (cache.ID{}) {
		return t.remove(key)
	}
	// The folder is read, because files may not be counted yet.
	var first error
	err := t.each(ctx, key.Original[0], func(name string) {
		found, ok := parseName(folderName(key.Original), name)
		if !ok || found.Original != key.Original {
			return
		}
		if err := t.remove(found); err != nil && first == nil {
			first = err
		}
	})
	if err != nil {
		return err
	}
	return first
}

// remove removes the file of an entry, if there is one.
func (t *Tier) remove(key cache.Key) error {
	folder := &t.folders[key.Original[0]]
	folder.Lock()
	defer folder.Unlock()
	if err := os.Remove(t.file(key)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	t.index.remove(key)
	return nil
}

// DeleteAll implements cache.Tier. The files are removed in the background.
func (t *Tier) DeleteAll(_ context.Context, sequence uint64) error {
	for {
		required := t.required.Load()
		if required >= sequence {
			return nil
		}
		if t.required.CompareAndSwap(required, sequence) {
			break
		}
	}
	wake(t.shrink)
	return nil
}

// wake sends to a channel with room for one, if nothing is in it.
func wake(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Usage implements cache.Tier.
func (t *Tier) Usage() cache.Usage {
	t.index.mu.Lock()
	defer t.index.mu.Unlock()
	return cache.Usage{
		Name: "disk", Entries: t.index.entries, Bytes: t.index.total, Limit: t.index.limit,
		Evictions: t.evictions.Load(), Broken: t.broken.Load(),
		Failing: t.reads.IsOpen() || t.writes.IsOpen(),
	}
}

// Interface guards
var (
	_ cache.Tier   = (*Tier)(nil)
	_ cache.Ledger = (*Tier)(nil)
)
