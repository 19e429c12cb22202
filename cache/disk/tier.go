// Package disk is the cache tier `http.images.caches.disk`: entries in files of a
// directory, up to a number of bytes.
package disk

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"github.com/caddy-images/caddy-images/cache"
)

const (
	// block is what sizes of files are rounded up to: about what they take on a disk.
	block = 4096

	// sampled is of how many entries the one is forgotten that was not used for the
	// longest time. Ten make it about as good as the least recently used of all.
	sampled = 16

	// touchEvery is how often the use of an entry is written to the disk, so that a
	// later process knows it.
	touchEvery = time.Hour

	// pause is how long nothing is written after the disk has failed.
	pause = 30 * time.Second

	// temporary is what names of files begin with that are being written.
	temporary = ".writing-"
)

// Tier keeps entries in files.
type Tier struct {
	dir     string
	limit   int64
	minFree int64
	log     *zap.Logger

	mu    sync.Mutex
	index map[cache.Key]item
	size  int64 // of all items

	scanned   chan struct{} // closed when all that was there is in the index
	quit      context.Context
	stop      context.CancelFunc
	running   sync.WaitGroup
	closeOnce func() error
	writing   sync.Mutex // of the ledger
	evictions atomic.Int64
	broken    atomic.Int64
	failing   atomic.Pointer[time.Time] // until when nothing is written; nil while all is well
	warned    atomic.Int64              // when a damaged file was last logged, in Unix seconds

	openFile func(name string) (*os.File, error) // to create a file; tests make it fail
}

// unique is in the names of files that are being written.
var unique atomic.Int64

// item is what is known of a file.
type item struct {
	size     int64 // in whole blocks
	used     int64 // when it was last used, in Unix seconds
	touched  int64 // when that was last written to the disk
	modified int64 // when the file was written, in Unix nanoseconds
	verified bool  // whether the checksum of the body was right in this process
}

// Open opens a directory, which it makes if it does not exist. limit and minFree are in
// bytes: how much the entries may take, and how much of the disk stays free. It fails if
// another process uses the directory.
func Open(dir string, limit, minFree int64, log *zap.Logger) (*Tier, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("cache disk: %w", err)
	}
	if err := acquire(dir); err != nil {
		return nil, err
	}
	t := &Tier{dir: dir, limit: limit, minFree: minFree, log: log, index: make(map[cache.Key]item), scanned: make(chan struct{})}
	t.openFile = func(name string) (*os.File, error) {
		return os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	}
	t.closeOnce = sync.OnceValue(t.close)
	t.quit, t.stop = context.WithCancel(context.Background())
	t.running.Go(t.scan)
	return t, nil
}

// Close implements cache.Tier.
func (t *Tier) Close() error { return t.closeOnce() }

func (t *Tier) close() error {
	t.stop()
	t.running.Wait()
	return release(t.dir)
}

// name is the file of an entry: `<dir>/<first byte>/<original>-<entry>`.
func (t *Tier) name(key cache.Key) string {
	original := key.Original.String()
	return filepath.Join(t.dir, original[:2], original+"-"+key.Entry.String())
}

// keyOf is the key of a file by the last part of its name; ok is false if the file is none
// of ours.
func keyOf(name string) (key cache.Key, ok bool) {
	original, entry, ok := strings.Cut(name, "-")
	if !ok || len(original) != 32 || len(entry) != 32 || strings.ToLower(name) != name {
		return key, false
	}
	_, err := hex.Decode(key.Original[:], []byte(original))
	_, err2 := hex.Decode(key.Entry[:], []byte(entry))
	return key, err == nil && err2 == nil
}

// Get implements cache.Tier. A file that is not whole is removed.
func (t *Tier) Get(_ context.Context, key cache.Key) (*cache.Entry, error) {
	name := t.name(key)
	file, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	e, err := t.read(file, key)
	if err == nil {
		return e, nil
	}
	_ = file.Close()
	if !errors.Is(err, errDamaged) && !errors.Is(err, errForeign) {
		return nil, err
	}
	t.broken.Add(1)
	if last, now := t.warned.Load(), time.Now().Unix(); now-last >= 60 && t.warned.CompareAndSwap(last, now) {
		t.log.Warn("A file of the cache is damaged, and is removed", zap.String("file", name))
	}
	return nil, t.remove(key)
}

// read reads an entry from its file.
func (t *Tier) read(file *os.File, key cache.Key) (*cache.Entry, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no regular file", file.Name())
	}
	end, meta, err := readEnding(file, info.Size(), key)
	if err != nil {
		return nil, err
	}
	modified, now := info.ModTime().UnixNano(), time.Now().Unix()
	t.mu.Lock()
	known, ok := t.index[key]
	isVerified := ok && known.verified && known.modified == modified && known.size == blocks(info.Size())
	t.mu.Unlock()
	if !isVerified {
		if err := checkBody(file, end); err != nil {
			return nil, err
		}
	}
	if now-known.touched >= int64(touchEvery/time.Second) {
		known.touched = now
		_ = os.Chtimes(file.Name(), time.Unix(now, 0), info.ModTime()) // a disk that is read-only has no later use for it
	}
	t.put(key, item{size: blocks(info.Size()), used: now, touched: known.touched, modified: modified, verified: true})
	return &cache.Entry{Meta: meta, Body: &body{file: file, size: end.body}, Sequence: end.sequence}, nil
}

func blocks(size int64) int64 { return (size + block - 1) / block * block }

// put puts an item into the index, in place of one with the same key.
func (t *Tier) put(key cache.Key, i item) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.size += i.size - t.index[key].size
	t.index[key] = i
}

// Put implements cache.Tier. What takes more than a quarter of the limit is not kept.
func (t *Tier) Put(ctx context.Context, key cache.Key, meta, content []byte, sequence uint64) error {
	if until := t.failing.Load(); until != nil && time.Now().Before(*until) {
		return errPaused
	}
	select {
	case <-t.scanned: // until then it is not known how much there is
	case <-ctx.Done():
		return ctx.Err()
	case <-t.quit.Done():
		return t.quit.Err()
	}
	end := ending(key, meta, content, sequence)
	size := blocks(int64(len(content) + len(end)))
	if size > t.limit/4 {
		return nil
	}
	err := t.makeRoom(size)
	if err == nil {
		err = t.write(t.name(key), content, end)
	}
	if err != nil {
		t.fail(err)
		return err
	}
	t.recover()
	info, err := os.Stat(t.name(key))
	if err != nil {
		return nil // it is gone already
	}
	now := time.Now().Unix()
	t.put(key, item{size: size, used: now, touched: now, modified: info.ModTime().UnixNano(), verified: true})
	return nil
}

var errPaused = errors.New("the disk has failed, and is tried again later")

// write writes a file under another name first, so that there is all of it or nothing.
func (t *Tier) write(name string, content, end []byte) error {
	next := filepath.Join(filepath.Dir(name), fmt.Sprintf("%s%s-%d", temporary, process, unique.Add(1)))
	file, err := t.openFile(next)
	if errors.Is(err, fs.ErrNotExist) {
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			return err
		}
		file, err = t.openFile(next)
	}
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err == nil {
		_, err = file.Write(end)
	}
	err = errors.Join(err, file.Close())
	if err == nil {
		err = os.Rename(next, name)
	}
	if err != nil {
		_ = os.Remove(next)
	}
	return err
}

// fail notes that the disk does not work, and says so once.
func (t *Tier) fail(err error) {
	until := time.Now().Add(pause)
	if t.failing.Swap(&until) == nil {
		t.log.Warn("The disk of the cache cannot be written to; images go on without it, and it is tried again every "+pause.String(), zap.String("path", t.dir), zap.Error(err))
	}
}

func (t *Tier) recover() {
	if t.failing.Swap(nil) != nil {
		t.log.Info("The disk of the cache works again", zap.String("path", t.dir))
	}
}

// makeRoom forgets entries until there is room for one more, in the limit and on the disk.
func (t *Tier) makeRoom(size int64) error {
	t.mu.Lock()
	for t.size+size > t.limit && len(t.index) > 0 {
		t.forgetOldest()
	}
	t.mu.Unlock()
	for range 64 {
		free, ok := freeSpace(t.dir)
		if !ok || free-size >= t.minFree {
			return nil
		}
		t.mu.Lock()
		if len(t.index) == 0 {
			t.mu.Unlock()
			break
		}
		for freed := t.size - size; t.size > max(freed, 0) && len(t.index) > 0; {
			t.forgetOldest()
		}
		t.mu.Unlock()
	}
	return fmt.Errorf("less than min_free, %d bytes, would be free on the disk", t.minFree)
}

// forgetOldest forgets the entry of a sample that was not used for the longest time. It is
// called with t.mu held.
func (t *Tier) forgetOldest() {
	var oldest cache.Key
	n, used := 0, int64(1<<63-1)
	for key, i := range t.index { // in no order
		if i.used < used {
			oldest, used = key, i.used
		}
		if n++; n == sampled {
			break
		}
	}
	t.size -= t.index[oldest].size
	delete(t.index, oldest)
	t.evictions.Add(1)
	_ = os.Remove(t.name(oldest))
}

// remove removes an entry.
func (t *Tier) remove(key cache.Key) error {
	t.mu.Lock()
	t.size -= t.index[key].size
	delete(t.index, key)
	t.mu.Unlock()
	if err := os.Remove(t.name(key)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Delete implements cache.Tier.
func (t *Tier) Delete(_ context.Context, key cache.Key) error {
	if key.Entry != (cache.ID{}) {
		return t.remove(key)
	}
	dir, err := os.Open(filepath.Dir(t.name(key)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	for _, name := range names {
		if k, ok := keyOf(name); ok && k.Original == key.Original {
			err = errors.Join(err, t.remove(k))
		}
	}
	return err
}

// DeleteAll implements cache.Tier. It goes on behind its return: what is older is not used
// anyway.
func (t *Tier) DeleteAll(_ context.Context, sequence uint64) error {
	if t.quit.Err() != nil {
		return t.quit.Err()
	}
	t.running.Go(func() {
		select {
		case <-t.scanned:
		case <-t.quit.Done():
			return
		}
		t.mu.Lock()
		keys := make([]cache.Key, 0, len(t.index))
		for key := range t.index {
			keys = append(keys, key)
		}
		t.mu.Unlock()
		for _, key := range keys {
			if t.quit.Err() != nil {
				return
			}
			if t.isOlder(key, sequence) {
				_ = t.remove(key)
			}
		}
	})
	return nil
}

// isOlder reports whether an entry is older than a sequence, or cannot be read.
func (t *Tier) isOlder(key cache.Key, sequence uint64) bool {
	file, err := os.Open(t.name(key))
	if err != nil {
		return true
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return true
	}
	end, _, err := readEnding(file, info.Size(), key)
	return err != nil || end.sequence < sequence
}

// Usage implements cache.Tier.
func (t *Tier) Usage() cache.Usage {
	t.mu.Lock()
	defer t.mu.Unlock()
	return cache.Usage{
		Name: "disk", Entries: int64(len(t.index)), Bytes: t.size, Limit: t.limit,
		Evictions: t.evictions.Load(), Broken: t.broken.Load(), Failing: t.failing.Load() != nil,
	}
}

// scan finds what a former process left. It reads no file: what is not whole is found when
// it is asked for.
func (t *Tier) scan() {
	defer close(t.scanned)
	folders, err := os.ReadDir(t.dir)
	if err != nil {
		t.log.Warn("The directory of the cache cannot be read", zap.Error(err))
		return
	}
	for _, folder := range folders {
		if _, err := hex.DecodeString(folder.Name()); err == nil && len(folder.Name()) == 2 && folder.IsDir() {
			t.scanFolder(filepath.Join(t.dir, folder.Name()))
		}
	}
	t.mu.Lock()
	for t.size > t.limit && len(t.index) > 0 { // the limit was lowered
		t.forgetOldest()
	}
	t.mu.Unlock()
}

func (t *Tier) scanFolder(path string) {
	folder, err := os.Open(path)
	if err != nil {
		t.log.Warn("A directory of the cache cannot be read", zap.Error(err))
		return
	}
	defer folder.Close()
	for t.quit.Err() == nil {
		found, err := folder.ReadDir(256)
		for _, e := range found {
			key, ok := keyOf(e.Name())
			switch {
			case ok && filepath.Base(path) == key.Original.String()[:2]:
				if info, err := e.Info(); err == nil && info.Mode().IsRegular() {
					t.found(key, info)
				}
			case strings.HasPrefix(e.Name(), temporary) && !strings.HasPrefix(e.Name(), temporary+process) && e.Type().IsRegular():
				_ = os.Remove(filepath.Join(path, e.Name())) // a former process was writing it
			}
		}
		if err != nil {
			return
		}
	}
}

// found puts a file into the index, if it is not there already.
func (t *Tier) found(key cache.Key, info fs.FileInfo) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, known := t.index[key]; known {
		return
	}
	used := lastUse(info).Unix()
	i := item{size: blocks(info.Size()), used: min(used, time.Now().Unix()), touched: used, modified: info.ModTime().UnixNano()}
	t.index[key] = i
	t.size += i.size
}

// Interface guards
var (
	_ cache.Tier   = (*Tier)(nil)
	_ cache.Ledger = (*Tier)(nil)
)
