package cache

import (
	"context"
	"encoding/binary"
	"time"
)

// Variant is a rendered image.
type Variant struct {
	ContentType string
	Width       int       // in pixels; 0 if it is not known
	Reduced     int       // how far the effort was reduced; 0 for not at all
	Damaged     bool      // made of what was left of a damaged original
	Made        time.Time // in seconds
	Body        Body
}

// variantFormat changes whenever the meaning of what is in the meta does.
const variantFormat = 1

// metaSize is how many bytes of the meta stand before the content type.
const metaSize = 1 + 1 + 1 + 4 + 8

func (v Variant) meta() []byte {
	damaged := byte(0)
	if v.Damaged {
		damaged = 1
	}
	m := []byte{variantFormat, byte(v.Reduced), damaged}
	m = binary.BigEndian.AppendUint32(m, uint32(v.Width))
	m = binary.BigEndian.AppendUint64(m, uint64(v.Made.Unix()))
	return append(m, v.ContentType...)
}

func variantOf(e *Entry) (Variant, bool) {
	if len(e.Meta) < metaSize || e.Meta[0] != variantFormat {
		return Variant{}, false
	}
	return Variant{
		Reduced: int(e.Meta[1]), Damaged: e.Meta[2] != 0, Width: int(binary.BigEndian.Uint32(e.Meta[3:])),
		Made: time.Unix(int64(binary.BigEndian.Uint64(e.Meta[7:])), 0), ContentType: string(e.Meta[metaSize:]), Body: e.Body,
	}, true
}

// Variant finds a variant that is not older than the sequence, and says in which tier.
// Who gets one closes its body.
func (s *Store) Variant(ctx context.Context, key Key, required uint64) (v Variant, tier string, ok bool) {
	e, tier := s.get(ctx, key, required)
	if e != nil {
		if v, ok = variantOf(e); ok {
			s.count.Lookup("variant", "hit", tier)
			return v, tier, true
		}
		_ = e.Body.Close()
		s.removeAll(key)
	}
	s.count.Lookup("variant", "miss", "")
	return v, "", false
}

// Keep keeps a variant whose request began at the sequence, unless something that it is
// made of was purged since. body is not changed by anyone afterwards.
func (s *Store) Keep(key Key, v Variant, body []byte, sequence, required uint64) bool {
	if required > sequence {
		return false
	}
	s.put(key, v.meta(), body, sequence)
	return true
}
