//go:build unix

package workers

import (
	"slices"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform/render"
)

// source is somewhere that files came from which broke workers or took too long.
// Different files count, each once: a file that stays what it is is refused by itself,
// and whatever is asked of it, its source is not.
type source struct {
	files []sighting // the oldest first
	refusal
}

// sighting is a bad file that came from a source.
type sighting struct {
	hash uint64
	at   time.Time
}

// level is one name of a source, from the narrowest to the widest, and how many bad
// files have it refused.
type level struct {
	name string
	most int
}

const (
	// mostOfName are from one name, query included: one file that keeps changing.
	mostOfName = 3

	// mostOfPath are from one path, whatever the query. Behind it may be many files,
	// so it takes more; or one whose query makes it another.
	mostOfPath = 10

	// mostOfServer are from one server that URLs name, or from one client that sends
	// files, or from wherever is not known. Such a place may have many users.
	mostOfServer = 30
)

// levelsOf returns the names of a source. Files of the origins that the
// operator has set have no server, so one of them says nothing about another.
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

// blameSource notes that the original of a job was bad. The lock is held.
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
			s.files = s.files[len(s.files)-l.most+1:] // one more will do
			s.refuse(q.lasts)
		}
	}
}

// forgetSource forgets the one of which nothing was heard for the longest time. The
// lock is held.
func (q *quarantine) forgetSource() {
	oldest, at := "", time.Time{}
	for name, s := range q.sources {
		if at.IsZero() || s.last.Before(at) {
			oldest, at = name, s.last
		}
	}
	delete(q.sources, oldest)
}

// checkSource refuses a job whose original is from a source that is refused. The lock
// is held.
func (q *quarantine) checkSource(job render.Job, now time.Time) error {
	for _, l := range levelsOf(job.Source) {
		s := q.sources[l.name]
		if s == nil || !s.holds(now) {
			continue
		}
		busy := errors.New(errors.Overloaded, "Several originals from there broke the image engine or took too long of late; others are refused for now")
		busy.RetryAfter = s.till.Sub(now)
		return busy
	}
	return nil
}
