package cache

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/internal/httpcache"
	"github.com/caddy-images/caddy-images/origin"
)

// record is all that is known of an original without its bytes, or why it could not be
// had. It is not changed once others may see it.
type record struct {
	// source has no body and may be given to callers; nil for a failure.
	source *origin.Source

	failure *errors.Error // why there is no original; nil otherwise
	retry   time.Time     // when the origin is asked again after a failure

	// vary are the names of request headers by whose values the entries are told apart
	// that are under keys of their own; then there is nothing else in the record.
	vary []string

	said      httpcache.Policy
	validated time.Time // when the origin said that this is the current version
	sequence  uint64    // of the purges, when the origin was asked

	about Subject // without tags
	by    uint64  // the number of the Origin that keeps it; 0 for that of a former process
}

// subject is what purge rules are matched with.
func (r *record) subject() Subject {
	s := r.about
	if r.source != nil {
		s.Tags = r.source.Kept.Tags
	}
	return s
}

// stored is a record as slow tiers keep it. A record of another format is none.
type stored struct {
	Format       int
	ContentType  string
	ETag         string      `json:",omitempty"`
	Decoded      bool        `json:",omitempty"`
	LastModified time.Time   `json:",omitzero"`
	CacheControl string      `json:",omitempty"`
	Header       http.Header `json:",omitempty"`
	Vary         []string    `json:",omitempty"`
	ForRequest   bool        `json:",omitempty"`
	Stamp        string      `json:",omitempty"`
	Facts        origin.Facts
	Validated    time.Time
	Tags         []string `json:",omitempty"`
}

// recordFormat changes whenever what is in stored does, or what its fields mean.
const recordFormat = 1

// encode returns the record for slow tiers, and false if it is none to keep: failures are
// for seconds, and what is too long to be usual is not kept.
func (r *record) encode() ([]byte, bool) {
	s := r.source
	if s == nil {
		return nil, false
	}
	text, err := json.Marshal(stored{
		Format: recordFormat, ContentType: s.ContentType, ETag: s.ETag, Decoded: s.Decoded, LastModified: s.LastModified,
		CacheControl: s.CacheControl, Header: s.Header, Vary: s.Vary, ForRequest: s.ForRequest, Stamp: s.Stamp,
		Facts: *s.Facts, Validated: r.validated, Tags: s.Kept.Tags,
	})
	return text, err == nil && len(text) <= MaxMeta
}

// decode returns the record that slow tiers have under an ID, and false if it is none.
func decode(text []byte, id ID, sequence uint64) (*record, bool) {
	var s stored
	if err := json.Unmarshal(text, &s); err != nil || s.Format != recordFormat {
		return nil, false
	}
	source := &origin.Source{
		ContentType: s.ContentType, ETag: s.ETag, Decoded: s.Decoded, LastModified: s.LastModified, CacheControl: s.CacheControl,
		Header: s.Header, Vary: s.Vary, ForRequest: s.ForRequest, Stamp: s.Stamp, Facts: &s.Facts,
		Kept: origin.Kept{ID: id, Storable: true, Validated: s.Validated, Tags: s.Tags},
	}
	return newRecord(source, s.Validated, sequence), true
}

// newRecord returns the record of an original without its body.
func newRecord(source *origin.Source, validated time.Time, sequence uint64) *record {
	return &record{source: source, said: httpcache.Of(source.CacheControl, source.Header, validated), validated: validated, sequence: sequence}
}

// age is the time since the original was validated. It is endless if the clock says that
// this has not happened yet.
func (r *record) age(now time.Time) time.Duration {
	age := now.Sub(r.validated)
	if age < -time.Minute {
		return Forever
	}
	return max(age, 0)
}

// weight is about how many bytes of memory a record takes.
func (r *record) weight() uint32 {
	n := 600
	if r.source != nil {
		for name, values := range r.source.Header {
			n += len(name) + 60
			for _, v := range values {
				n += len(v) + 16
			}
		}
		n += len(r.source.ETag) + len(r.source.ContentType) + len(r.source.CacheControl) + len(r.source.Stamp)
	}
	return uint32(min(n, 1<<30))
}
