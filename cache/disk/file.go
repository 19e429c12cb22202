package disk

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/cespare/xxhash/v2"

	"github.com/caddy-images/caddy-images/cache"
)

// A file has the body of an entry first, so that the kernel can send it to a client by
// itself, then what describes the body, then a trailer of fixed size. Nothing is synced to
// the disk: after a power failure lengths and checksums tell a file that is not whole,
// and such a file is a miss.

// magic is what the trailer ends with. The last byte is the version of the format.
var magic = [8]byte{'c', 'a', 'd', 'd', 'y', 'i', 'm', 1}

// trailerSize is the number of bytes of a trailer:
//
//	 0  key of the entry, 32 bytes: a file under another one's name is not that one
//	32  length of the body, 8 bytes, big-endian like all numbers
//	40  sequence, 8 bytes
//	48  XXH64 of the body, 8 bytes
//	56  length of the meta, 4 bytes
//	60  XXH64 of the meta and of the trailer up to here, 8 bytes
//	68  magic, 8 bytes
const trailerSize = 76

type trailer struct {
	key      cache.Key
	body     int64 // length
	sequence uint64
	bodyHash uint64
	meta     int // length
}

var (
	errDamaged = errors.New("the file is not whole")
	errForeign = errors.New("the file is of another format")
)

// ending returns what stands in a file behind its body.
func ending(key cache.Key, meta, body []byte, sequence uint64) []byte {
	end := bytes.Clone(meta)
	end = append(append(end, key.Original[:]...), key.Entry[:]...)
	end = binary.BigEndian.AppendUint64(end, uint64(len(body)))
	end = binary.BigEndian.AppendUint64(end, sequence)
	end = binary.BigEndian.AppendUint64(end, xxhash.Sum64(body))
	end = binary.BigEndian.AppendUint32(end, uint32(len(meta)))
	end = binary.BigEndian.AppendUint64(end, xxhash.Sum64(end))
	return append(end, magic[:]...)
}

// readEnding reads the meta and the trailer of a file of a size.
func readEnding(r io.ReaderAt, size int64, key cache.Key) (t trailer, meta []byte, err error) {
	if size < trailerSize {
		return t, nil, errDamaged
	}
	end := make([]byte, min(size, 1024)) // which is enough for most metas
	if _, err := r.ReadAt(end, size-int64(len(end))); err != nil {
		return t, nil, fmt.Errorf("reading the end: %w", err)
	}
	last := end[len(end)-trailerSize:]
	switch {
	case bytes.Equal(last[68:], magic[:]):
	case bytes.Equal(last[68:75], magic[:7]):
		return t, nil, errForeign
	default:
		return t, nil, errDamaged
	}
	copy(t.key.Original[:], last[0:16])
	copy(t.key.Entry[:], last[16:32])
	t.body = int64(binary.BigEndian.Uint64(last[32:]))
	t.sequence = binary.BigEndian.Uint64(last[40:])
	t.bodyHash = binary.BigEndian.Uint64(last[48:])
	t.meta = int(binary.BigEndian.Uint32(last[56:]))
	if t.key != key || t.meta > cache.MaxMeta || t.body < 0 || t.body != size-trailerSize-int64(t.meta) {
		return t, nil, errDamaged
	}
	if need := t.meta + trailerSize; need > len(end) {
		end = make([]byte, need)
		if _, err := r.ReadAt(end, size-int64(need)); err != nil {
			return t, nil, fmt.Errorf("reading the end: %w", err)
		}
	}
	described := end[len(end)-trailerSize-t.meta : len(end)-16]
	if xxhash.Sum64(described) != binary.BigEndian.Uint64(last[60:]) {
		return t, nil, errDamaged
	}
	return t, described[:t.meta], nil
}

// checkBody reads the body and compares its checksum.
func checkBody(r io.ReaderAt, t trailer) error {
	hash := xxhash.New()
	if _, err := io.Copy(hash, io.NewSectionReader(r, 0, t.body)); err != nil {
		return fmt.Errorf("reading the body: %w", err)
	}
	if hash.Sum64() != t.bodyHash {
		return errDamaged
	}
	return nil
}

// body is the part of a file that is the body of an entry.
type body struct {
	file *os.File
	size int64
	at   int64
}

// File is the file, at the place where the next Read is. Its first Size bytes are the
// body.
func (b *body) File() *os.File { return b.file }

// Size implements cache.Body.
func (b *body) Size() int64 { return b.size }

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	if b.at >= b.size {
		return 0, io.EOF
	}
	n, err := b.file.Read(p[:min(int64(len(p)), b.size-b.at)])
	b.at += int64(n)
	return n, err
}

var errSeek = errors.New("there is no such place in the body")

// Seek implements io.Seeker.
func (b *body) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += b.at
	case io.SeekEnd:
		offset += b.size
	}
	if offset < 0 {
		return 0, errSeek
	}
	if _, err := b.file.Seek(offset, io.SeekStart); err != nil {
		return 0, err
	}
	b.at = offset
	return offset, nil
}

// Close implements io.Closer.
func (b *body) Close() error { return b.file.Close() }
