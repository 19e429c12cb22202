// Package render turns an original and a plan into the bytes of a variant,
// within bounds of time and of how much happens at once.
package render

import (
	"context"
	"slices"
	"time"

	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
)

// Engine renders variants.
//
// Callers may rely on: Render is safe for concurrent use; it returns soon after
// ctx is done, even where the work behind it takes longer to stop; it does not
// keep Job.Original or Job.Files. Its errors are *errors.Error: BadImage for an original
// that is broken or none, BadTransform for a plan that this original cannot
// fulfil, Limit, Overloaded, RenderTimeout, ClientClosed, Internal.
type Engine interface {
	Render(ctx context.Context, job Job) (*Result, error)

	// Version changes when the same job may give other bytes.
	Version() string
}

// Job is one variant to render.
type Job struct {
	// Original is the whole file. Nobody changes it while the job lasts.
	Original []byte

	// Files are those that Plan.Refs names, in its order. Nobody changes them
	// either.
	Files [][]byte

	// Areas are the parts that are marked in Original and in each of Files,
	// in that order, in pixels of the upright image; empty for none. Those
	// behind the last one are empty.
	Areas []transform.Rect

	// Source says where Original is from, for engines that remember what broke them.
	// Nothing that is drawn depends on it.
	Source Source

	Plan transform.Plan

	// Inspect asks for the Details of Original instead of an image. Of the
	// plan only Page has a say then.
	Inspect bool

	// Accepts are the formats that the client takes beside JPEG, PNG and GIF,
	// the best first.
	Accepts []transform.Format

	Limits  transform.Limits
	Quality Quality

	// DeliverDamaged asks for what is there of a damaged file, instead of an error.
	DeliverDamaged bool

	// Threads is how many threads may work at the image, for Draw: engines
	// set it, callers leave it. The same bytes come of it. Default: 1.
	Threads int

	// Haste, 0 to MostHaste, is how much less effort than usual an encoder makes that
	// can take long: engines set it, callers leave it. Other bytes come of it.
	Haste int

	// Isolated tells that what draws is a process of its own, for Draw, which opens
	// a PDF nowhere else: its library is large, and drawing a page cannot be
	// stopped. Engines set it, callers leave it.
	Isolated bool

	// MaxCost is how much processor time drawing may take, as estimated beforehand,
	// without the encoding of AVIF. Any, if it is not positive.
	MaxCost time.Duration

	// QueueTimeout bounds the wait for a free slot, Timeout the work itself.
	// Both are positive.
	QueueTimeout, Timeout time.Duration

	// Waited is how much of QueueTimeout the job has waited already: engines set it,
	// callers leave it. So that all the waits of a job share one limit, and an error
	// names the limit that was set.
	Waited time.Duration
}

// Source is where an original is from.
type Source struct {
	// Site is who fetched it: files of the same name at two sites are two files.
	Site string

	// Ref names it there. Of a file that came with the request only the Server is
	// set, which names the client; of any other unknown file nothing.
	Ref origin.Ref
}

// Of returns the source of another file of the same job, one of a layer.
func (s Source) Of(ref origin.Ref) Source { return Source{s.Site, ref} }

// Patience is for how much longer the job may wait.
func (j Job) Patience() time.Duration { return max(0, j.QueueTimeout-j.Waited) }

// File returns that of Files which a layer of the plan needs; nil if it is
// not there.
func (j Job) File(l transform.Layer) []byte {
	ref, ok := l.Ref()
	if n := slices.Index(j.Plan.Refs(), ref); ok && n >= 0 && n < len(j.Files) {
		return j.Files[n]
	}
	return nil
}

// Area returns what is marked in Original and lies within an image of this
// size, of which this orientation of EXIF is left out of account: 1 for an
// upright one.
func (j Job) Area(s transform.Size, orientation int) transform.Rect {
	if len(j.Areas) == 0 {
		return transform.Rect{}
	}
	upright := s
	if orientation >= 5 {
		upright = transform.Size{Width: s.Height, Height: s.Width}
	}
	return j.Areas[0].Within(transform.Rect{Size: upright}).Stored(orientation, upright)
}

// LayerAreas returns the Areas of a job of drawing an image layer of the plan
// alone.
func (j Job) LayerAreas(l transform.Layer) []transform.Rect {
	if n := slices.Index(j.Plan.Refs(), l.Image) + 1; n > 0 && n < len(j.Areas) {
		return j.Areas[n : n+1]
	}
	return nil
}

// Quality is the quality, 1 to 100, for plans that name none.
type Quality struct{ JPEG, WebP, AVIF int }

// Of returns the quality of a format; 0 for one that has none.
func (q Quality) Of(f transform.Format) int {
	switch f {
	case transform.JPEG:
		return q.JPEG
	case transform.WebP:
		return q.WebP
	case transform.AVIF:
		return q.AVIF
	}
	return 0
}

// Result is a rendered variant, or, of a job that is to inspect, only Details.
type Result struct {
	// Body is the file. Nobody changes it: several callers may have it.
	Body []byte

	Format transform.Format
	Size   transform.Size
	Frames int

	// Haste is how much less effort than usual the encoder made; 0 for one whose
	// effort is always the same.
	Haste int

	// Damaged reports whether something is missing that a file lacks. It is only if the
	// job allows that.
	Damaged bool

	// Details are there if the job was to inspect, and nothing else is then. They are
	// bounded. Nobody changes them.
	Details *transform.Details
}
