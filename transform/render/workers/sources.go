//go:build unix

package workers

import (
	"slices"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform/render"
)

// source is a place whose files broke workers or took too long. Each distinct
// file counts once: a file that stays the same is refused by itself, and its
// source is not, however often it is requested.
type source struct {
	files []sighting // the oldest first
	refusal
}

// sighting is a bad file from a source.
type sighting struct {
	hash uint64
	at   time.Time
}

// level is a name of a source, from the narrowest to the widest, and the
// number of bad files at which it is refused.
type level struct {
	name string
	most int
}

const (
	// mostOfName is for one name, including the query: one file that keeps
	// changing.
	mostOfName = 3

	// mostOfPath is for one path with any query. It is higher since there may
	// be many files behind it, or one whose query changes it.
	mostOfPath = 10

	// mostOfServer is for a server that URLs name, for a client that posts
	// files, or for unknown places. Such a place may have many users.
	mostOfServer = 30
)

// levelsOf returns the names of a source. Files of the configured origins
// have no server, so that one says nothing about another.
func levelsOf(s render.Source) (levels []level) {
	const between = "\x00"
	add := func(most int, kind string, parts ...string) {
		name := kind + between + s.Site
		for _, part := range parts {
			name += between + part
		}
		levels = append(levels, level{name, most})
	}
	ref := s.Ref
	if ref.Path != "" && ref.Query != "" {
		add(mostOfName, "name", ref.Server, ref.Path, ref.Query)
		add(mostOfPath, "path", ref.Server, ref.Path)
	} else if ref.Path != "" {
		add(mostOfName, "path", ref.Server, ref.Path)
	}
	if ref.Server != "" || ref.Path == "" {
		add(mostOfServer, "server", ref.Server)
	}
	return levels
}

// blameSource records that the original of a job was bad. The lock is held.
func (q *quarantine) blameSource(job render.Job) {
	hash, now := q.hash(job.Original), time.Now()
	for _, l := range levelsOf(job.Source) {
		s := q.sources[l.name]
		if s == nil {
			if len(q.sources) >= 3*maxSuspects {
				q.forgetSource()
			}
			s = new(source)
			q.sources[l.name] = s
		}
		s.last = now
		s.files = slices.DeleteFunc(s.files, func(f sighting) bool { return f.hash == hash || now.Sub(f.at) > longest*q.lasts })
		s.files = append(s.files, sighting{hash, now})
		if len(s.files) >= l.most {
			s.files = s.files[len(s.files)-l.most+1:] // one more suffices
			s.refuse(q.lasts)
		}
	}
}

// forgetSource forgets the source with the oldest last incident. The lock is
// held.
func (q *quarantine) forgetSource() {
	oldest, at := "", time.Time{}
	for name, s := range q.sources {
		if at.IsZero() || s.last.Before(at) {
			oldest, at = name, s.last
		}
	}
	delete(q.sources, oldest)
}

// checkSource refuses a job whose original is from a refused source. The lock
// is held.
func (q *quarantine) checkSource(job render.Job, now time.Time) error {
	for _, l := range levelsOf(job.Source) {
		s := q.sources[l.name]
		if s == nil || !s.holds(now) {
			continue
		}
		busy := errors.New(errors.Overloaded, "Several originals from this source recently broke the image engine or took too long; others are refused for now")
		busy.RetryAfter = s.till.Sub(now)
		return busy
	}
	return nil
}
