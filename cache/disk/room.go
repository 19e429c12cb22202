package disk

import (
	"context"
	"errors"
	"fmt"
)

// defaultFree is the most that is left free if nothing else is configured.
const defaultFree = 1 << 30

// errNoRoom is the error of an entry that there is no room for at the moment.
var errNoRoom = errors.New("there is no room for the entry")

// reserve makes room for a file of this size. Entries are evicted here, by whoever puts
// one: that is behind the response.
func (t *Tier) reserve(ctx context.Context, size int64) error {
	for !t.index.reserve(size) {
		evicted, err := t.evict()
		if err != nil {
			return err
		}
		if evicted > 0 {
			continue
		}
		_, whole := t.index.state()
		select {
		case <-whole: // others are writing
			if !t.index.reserve(size) {
				return errNoRoom
			}
			return t.reserveFree(size)
		default:
		}
		// Nothing that could make room is known yet.
		select {
		case <-whole:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return t.reserveFree(size)
}

func (t *Tier) reserveFree(size int64) error {
	err := t.keepFree(size)
	if err != nil {
		t.index.release(size)
	}
	return err
}

// keepFree evicts until the file system has room for this many bytes and what is to be left
// free. It does so once: what was evicted may be free only later, and the next one may find
// it so.
func (t *Tier) keepFree(size int64) error {
	short := t.short(size)
	if short <= 0 {
		return nil
	}
	for freed := int64(0); freed < short; {
		evicted, err := t.evict()
		if err != nil {
			return err
		}
		if evicted == 0 {
			break
		}
		freed += evicted
	}
	if short = t.short(size); short <= 0 {
		return nil
	}
	_, whole := t.index.state()
	select {
	case <-whole:
		return fmt.Errorf("the file system is %d bytes short of min_free", short)
	default: // there may be more to evict
		return errNoRoom
	}
}

// short is how many bytes are missing to keep the file system as free as it is to be.
func (t *Tier) short(size int64) int64 {
	least := t.minFree.Load()
	if least < 0 {
		return 0
	}
	free, total, ok := t.space(t.path)
	if !ok {
		return 0
	}
	if least == 0 {
		least = min(total/20, defaultFree)
	}
	return least + size - free
}

// evict removes one entry, and returns its size; 0 if there is none.
func (t *Tier) evict() (size int64, err error) {
	key, size, ok := t.index.oldest()
	if !ok {
		return 0, nil
	}
	if err := t.remove(key); err != nil {
		return 0, fmt.Errorf("evicting: %w", err)
	}
	t.evictions.Add(1)
	return size, nil
}

// trim evicts what is above the limits.
func (t *Tier) trim() {
	if t.writes.IsOpen() { // the next one that is put does it
		return
	}
	for t.index.excess() > 0 && t.quit.Err() == nil {
		evicted, err := t.evict()
		if err != nil {
			_ = t.writes.Note(err)
			return
		}
		if evicted == 0 {
			break
		}
	}
	if err := t.keepFree(0); err != nil && err != errNoRoom {
		_ = t.writes.Note(err)
	}
}
