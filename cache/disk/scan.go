package disk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"go.uber.org/zap"

	"github.com/caddy-images/caddy-images/cache"
	"github.com/caddy-images/caddy-images/cache/internal/packed"
)

// trimEvery is how often it is looked whether others need room on the file system.
const trimEvery = time.Minute

// tend counts the files, and then removes what is too much or too old.
func (t *Tier) tend() {
	ticker := time.NewTicker(trimEvery)
	defer ticker.Stop()
	swept := uint64(0)
	for {
		select {
		case <-t.quit.Done():
			return
		case <-t.recount:
			t.scan()
		case <-t.shrink:
		case <-ticker.C:
		}
		t.trim()
		if required := t.required.Load(); required > swept {
			t.sweep(required)
			swept = required
		}
	}
}

// noteUses notes at the files when they were used. It is not done by who uses them, because
// a file system may have that wait until it has written what was changed before.
func (t *Tier) noteUses() {
	note := func(key cache.Key) {
		// A disk that cannot be written to keeps the order of former uses.
		_ = os.Chtimes(t.file(key), t.now(), time.Time{})
	}
	for {
		select {
		case key := <-t.uses:
			note(key)
			continue
		case <-t.quit.Done():
		}
		for {
			select {
			case key := <-t.uses:
				note(key)
			default:
				return
			}
		}
	}
}

// startCounting forgets what is known, and has the files counted.
func (t *Tier) startCounting() {
	t.index.begin()
	wake(t.recount)
}

// scan counts the files.
func (t *Tier) scan() {
	count, _ := t.index.state()
	outdated := t.outdated.Load()
	var failure error
	for i := range len(t.folders) {
		err := t.each(t.quit, byte(i), func(name string) { t.look(byte(i), name, outdated) })
		if err != nil && failure == nil {
			failure = err
		}
		if t.index.excess() > 0 {
			t.trim()
		}
	}
	if t.quit.Err() != nil {
		return
	}
	if failure != nil && !t.writes.IsOpen() {
		t.log.Warn("Some files of the cache could not be counted, so it may take more than its limit", zap.Error(failure))
	}
	if outdated && failure == nil {
		t.renewFormat()
	}
	t.index.end(count)
}

// each calls do with the name of each file in a folder.
func (t *Tier) each(ctx context.Context, folder byte, do func(name string)) error {
	f, err := os.Open(t.folder(cache.ID{folder}))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	for {
		names, err := f.Readdirnames(256)
		for _, name := range names {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			do(name)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// look counts a file in a folder, or removes it if it is of no use to anyone.
func (t *Tier) look(folder byte, name string, outdated bool) {
	id := cache.ID{folder}
	if isLeftBehind(name, t.process) {
		_ = os.Remove(filepath.Join(t.folder(id), name))
		return
	}
	key, ok := parseName(folderName(id), name)
	if !ok {
		return
	}
	if outdated {
		if _, info, err := t.examine(key); err == packed.ErrOutdated {
			t.discard(key, info, false)
		}
	}
	t.folders[folder].Lock()
	defer t.folders[folder].Unlock()
	t.count(key)
}

// count notes the size of an entry's file, if it is not known. The folder is locked.
func (t *Tier) count(key cache.Key) {
	if info, err := os.Lstat(t.file(key)); err == nil && info.Mode().IsRegular() {
		used := accessed(info).Unix()
		t.index.found(key, info.Size(), uint32(max(used, 0)), t.seconds())
	}
}

// examine reads the trailer of an entry's file.
func (t *Tier) examine(key cache.Key) (packed.End, fs.FileInfo, error) {
	file, err := os.Open(t.file(key))
	if err != nil {
		return packed.End{}, nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return packed.End{}, nil, err
	}
	if !info.Mode().IsRegular() {
		return packed.End{}, nil, fmt.Errorf("%s is not a file", file.Name())
	}
	end, err := packed.ReadEnd(file, info.Size())
	return end, info, err
}

// sweep removes the entries that are older than a sequence.
func (t *Tier) sweep(required uint64) {
	for i := range len(t.folders) {
		id := cache.ID{byte(i)}
		err := t.each(t.quit, byte(i), func(name string) {
			key, ok := parseName(folderName(id), name)
			if !ok {
				return
			}
			end, info, err := t.examine(key)
			if err == packed.ErrDamaged || err == packed.ErrOutdated || err == nil && end.Sequence < required {
				t.discard(key, info, err == packed.ErrDamaged)
			}
		})
		if err != nil && t.quit.Err() == nil {
			t.log.Warn("Some files that were purged could not be removed; they are not used", zap.Error(err))
		}
	}
}
