package cache

import (
	"bytes"
	"context"
	"encoding/hex"
	"io"

	"go.uber.org/zap"
)

// ID names an original, or what was made of one: the first half of a SHA-256.
type ID [16]byte

// String is the ID in lower-case hexadecimal, 32 characters.
func (id ID) String() string { return hex.EncodeToString(id[:]) }

// Key names an entry of a tier. All that is kept of an original has the same Original, so
// that an original is purged by deleting what has it.
type Key struct {
	Original ID
	Entry    ID // zero for the record of the original itself
}

// MaxMeta is the most bytes that describe an entry.
const MaxMeta = 64 << 10

// Entry is what a tier keeps under a Key.
type Entry struct {
	Meta     []byte // what describes the body; only Store reads it; at most MaxMeta bytes
	Body     Body   // never nil; empty for a record
	Sequence uint64 // that of the purges when what the entry is made of was asked for
}

// Body is the content of an entry. Whoever got the entry closes it.
type Body interface {
	io.ReadSeeker
	io.Closer

	// Size is the number of bytes.
	Size() int64
}

// Tier keeps entries. Its methods are safe for concurrent use. An error is logged and
// counted by Store and has no other effect: a tier that fails never fails an image.
//
// Store calls Put, Delete and DeleteAll on goroutines of its own, behind the response, a
// bounded number at a time; Get is called while a client waits.
type Tier interface {
	// Get returns an entry that is whole and as it was put, or nil if there is none.
	Get(ctx context.Context, key Key) (*Entry, error)

	// Put keeps an entry, in place of one with the same key. body is not changed by
	// anyone afterwards. A tier may decide not to keep it, as one that takes more than a
	// quarter of its limit, and forget others for it.
	Put(ctx context.Context, key Key, meta, body []byte, sequence uint64) error

	// Delete forgets the entry; with a zero Entry, all entries of the original and its
	// record.
	Delete(ctx context.Context, key Key) error

	// DeleteAll forgets everything that is older than the sequence.
	DeleteAll(ctx context.Context, sequence uint64) error

	// Usage is what the tier holds now.
	Usage() Usage

	// Close ends what runs for the tier. What it keeps on disk or in a bucket stays.
	Close() error
}

// Usage is how much a tier holds.
type Usage struct {
	Name      string // the name of its module: memory, disk, s3
	Entries   int64
	Bytes     int64
	Limit     int64 // bytes; 0 if the tier has no limit of its own
	Evictions int64 // entries forgotten to stay within the limit, since the process began
	Broken    int64 // entries found damaged and removed, since the process began
	Failing   bool  // the tier does not work at present
}

// Ledger is implemented by tiers that keep purge rules durably. Store reads the rules when
// it begins and appends each before it says that the purge was done.
type Ledger interface {
	// Rules returns all rules that were appended, the oldest first.
	Rules(ctx context.Context) ([]Rule, error)

	// Append keeps a rule; when it returns without an error the rule survives a crash.
	Append(ctx context.Context, rule Rule) error

	// Replace keeps these rules instead of all that there are.
	Replace(ctx context.Context, rules []Rule) error
}

// Guest is implemented by the guest modules in the namespace `http.images.caches`. A
// module is provisioned like any other and then opens nothing: Open does, when the
// configuration starts.
type Guest interface {
	// Settings are what the tier is configured with, placeholders replaced. Stores with
	// equal settings are one, across reloads. They are never shown.
	Settings() string

	// Open returns the tier. It is called once for each store.
	Open(log *zap.Logger) (Tier, error)
}

// Bytes returns a Body in memory. Closing it does nothing.
func Bytes(content []byte) Body { return inMemory{bytes.NewReader(content), content} }

type inMemory struct {
	*bytes.Reader
	content []byte
}

// Close implements io.Closer.
func (inMemory) Close() error { return nil }
