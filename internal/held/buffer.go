package held

import "context"

// leastBuffer is the size of a buffer whose length is not known.
const leastBuffer = 32 << 10

// Buffer is a file being written. The Meter of its context counts it and owns its
// memory.
type Buffer struct {
	ctx    context.Context
	meter  *Meter
	bytes  []byte
	region *region // nil while the bytes are on the heap
}

// NewBuffer returns an empty buffer for the file that the Meter of ctx counts. Without
// one nothing is counted.
func NewBuffer(ctx context.Context) *Buffer { return &Buffer{ctx: ctx, meter: MeterOf(ctx)} }

// Len returns the number of bytes written.
func (b *Buffer) Len() int { return len(b.bytes) }

// Bytes returns the bytes written, valid until the next call.
func (b *Buffer) Bytes() []byte { return b.bytes[:len(b.bytes):len(b.bytes)] }

// Write appends p. Its errors are those of Grow.
func (b *Buffer) Write(p []byte) (int, error) {
	if err := b.Grow(len(p)); err != nil {
		return 0, err
	}
	b.bytes = append(b.bytes, p...)
	return len(p), nil
}

// Room returns the free space behind what was written, at least one byte. Extend says
// how much of it was written. The errors are those of Grow.
func (b *Buffer) Room() ([]byte, error) {
	least := 1
	if b.bytes == nil {
		least = leastBuffer
	}
	if err := b.Grow(least); err != nil {
		return nil, err
	}
	return b.bytes[len(b.bytes):cap(b.bytes)], nil
}

// Extend appends the first n bytes of Room.
func (b *Buffer) Extend(n int) { b.bytes = b.bytes[:len(b.bytes)+n] }

// Grow makes room for n more bytes: exactly n in an empty buffer, at least
// double the length otherwise. The errors are those of Meter.Add.
func (b *Buffer) Grow(n int) error {
	length, had := len(b.bytes), cap(b.bytes)
	needed := length + n
	if needed <= had {
		return nil
	}
	if had > 0 {
		needed = max(needed, 2*had)
	}
	if b.region != nil {
		return b.growRegion(needed)
	}
	if needed >= RegionSize && b.meter.maps() {
		return b.moveToRegion(needed)
	}
	if err := b.meter.Add(b.ctx, int64(needed-had)); err != nil {
		return err
	}
	grown := make([]byte, length, needed)
	copy(grown, b.bytes)
	b.bytes = grown
	return nil
}

func (b *Buffer) growRegion(size int) error {
	length, more := len(b.bytes), int64(size-cap(b.bytes))
	if err := b.meter.add(b.ctx, more); err != nil {
		return err
	}
	if err := b.region.resize(size); err != nil {
		b.meter.sub(more)
		return err
	}
	b.bytes = b.region.bytes[:length]
	return nil
}

func (b *Buffer) moveToRegion(size int) error {
	if err := b.meter.add(b.ctx, int64(size)); err != nil {
		return err
	}
	r, err := newRegion(size)
	if err != nil { // too many descriptors, perhaps
		b.meter.sub(int64(size))
		return overloaded("no memory for a file of this size is free", err)
	}
	b.meter.own(r)
	b.meter.sub(cost(int64(cap(b.bytes))))
	b.bytes, b.region = r.bytes[:copy(r.bytes, b.bytes)], r
	return nil
}

// File returns the whole file, which can no longer be written.
func (b *Buffer) File() ([]byte, error) {
	if b.region == nil {
		return b.Bytes(), nil
	}
	length, had := len(b.bytes), cap(b.bytes)
	if err := b.region.seal(length); err != nil {
		return nil, err
	}
	b.bytes = b.region.bytes
	b.meter.sub(int64(had - length))
	b.region.publish()
	return b.bytes, nil
}

// Drop empties the buffer.
func (b *Buffer) Drop() {
	if b.region != nil {
		b.meter.disown(b.region, int64(cap(b.bytes)))
	} else {
		b.meter.sub(cost(int64(cap(b.bytes))))
	}
	b.bytes, b.region = nil, nil
}
