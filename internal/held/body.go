package held

import (
	"runtime"
	"sync/atomic"
)

// Body counts a file until its last holder releases it. A nil Body counts
// nothing.
type Body struct{ *count }

type count struct {
	holders atomic.Int64
	release func()
}

func newBody(release func()) *Body {
	c := &count{release: release}
	c.holders.Store(1)
	b := &Body{c}
	// A holder that forgets to release the file must not hold its memory for
	// ever: when nobody can reach it, it is gone.
	runtime.AddCleanup(b, func(c *count) {
		if c.holders.Swap(0) > 0 {
			c.release()
		}
	}, c)
	return b
}

// Share makes n holders of one; without any the file is released.
func (b *Body) Share(n int) {
	if b == nil {
		return
	}
	if n == 0 {
		b.Release()
		return
	}
	b.holders.Add(int64(n - 1))
}

// Release ends the holding of one holder.
func (b *Body) Release() {
	if b != nil && b.holders.Add(-1) == 0 {
		b.release()
	}
}
