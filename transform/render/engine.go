// Package render turns an original and a plan into the bytes of a variant,
// within limits of time and concurrency.
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
// Callers may rely on this: Render is safe for concurrent use; it returns
// soon after ctx is done, even if its work takes longer to stop; it does not
// keep Job.Original or Job.Files. Its errors are *errors.Error: BadImage for
// an original that is broken or not an image, BadTransform for a plan that
// this original cannot satisfy, Limit, Overloaded, RenderTimeout,
// ClientClosed, Internal.
type Engine interface {
	Render(ctx context.Context, job Job) (*Result, error)

	// Version changes whenever the same job may give different bytes.
	Version() string
}

// Job is one variant to render.
type Job struct {
	// Original is the whole file. It must not change during the job.
	Original []byte

	// Files are the files of Plan.Refs, in order. They must not change
	// either.
	Files [][]byte

	// Key stands for the variant: jobs in flight with equal keys share a render.
	// A job without one is not shared.
	Key string

	// Areas are the areas of interest in Original and in each of Files, in
	// that order, in pixels of the upright image; empty for none. The slice
	// may be shorter.
	Areas []transform.Rect

	// Source identifies the place of Original for quarantine. It does not
	// affect the result.
	Source Source

	Plan transform.Plan

	// Inspect asks for the Details of Original instead of an image. Only the
	// plan's Page applies then.
	Inspect bool

	// Accepts are the formats that the client accepts besides JPEG, PNG and
	// GIF, in order of preference.
	Accepts []transform.Format

	Limits  transform.Limits
	Quality Quality

	// DeliverDamaged asks for the readable part of a damaged file instead of
	// an error.
	DeliverDamaged bool

	// Threads is the number of threads for the image. Engines set it for
	// Draw. It does not affect the bytes of the result. Default: 1.
	Threads int

	// Reduced, 0 to MostReduced, is how many steps the effort of slow encoders is
	// reduced by. Engines set it. It changes the bytes of the result.
	Reduced int

	// Isolated reports whether drawing happens in a process of its own. Only
	// then does Draw open a PDF: its library is large, and rendering a page
	// cannot be interrupted. Engines set it.
	Isolated bool

	// MaxCost limits the estimated processor time of drawing, without the
	// encoding of AVIF. No limit unless positive.
	MaxCost time.Duration

	// QueueTimeout limits the wait for a slot, Timeout the work itself. Both
	// are positive.
	QueueTimeout, Timeout time.Duration

	// Waited is the part of QueueTimeout that has been used. Engines set it,
	// so that all waits of a job share one limit, and errors name the
	// configured limit.
	Waited time.Duration
}

// Source is the place of an original.
type Source struct {
	// Site is the site that fetched it: files of the same name at two sites
	// are different files.
	Site string

	// Ref is its name there. For a posted file only Server is set, to the
	// client; for any other unknown file nothing.
	Ref origin.Ref
}

// Of returns the source of another file of the same job, one of a layer.
func (s Source) Of(ref origin.Ref) Source { return Source{s.Site, ref} }

// Patience returns how much longer the job may wait.
func (j Job) Patience() time.Duration { return max(0, j.QueueTimeout-j.Waited) }

// files returns Original and Files.
func (j Job) files() [][]byte { return append([][]byte{j.Original}, j.Files...) }

// File returns the element of Files for a layer of the plan; nil if there is
// none.
func (j Job) File(l transform.Layer) []byte {
	ref, ok := l.Ref()
	if n := slices.Index(j.Plan.Refs(), ref); ok && n >= 0 && n < len(j.Files) {
		return j.Files[n]
	}
	return nil
}

// Area returns the area of interest in Original within an image of this size
// that is stored with an EXIF orientation that was not applied: 1 for an
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

// LayerAreas returns the Areas for a job that draws an image layer of the
// plan alone.
func (j Job) LayerAreas(l transform.Layer) []transform.Rect {
	if n := slices.Index(j.Plan.Refs(), l.Image) + 1; n > 0 && n < len(j.Areas) {
		return j.Areas[n : n+1]
	}
	return nil
}

// Quality is the quality, 1 to 100, for plans without one.
type Quality struct{ JPEG, WebP, AVIF int }

// Of returns the quality for a format; 0 for one without quality.
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

// Result is a rendered variant or, if the job is to inspect, only Details.
type Result struct {
	// Body is the file. It must not be changed, since it may be shared.
	Body []byte

	Format transform.Format
	Size   transform.Size
	Frames int

	// Reduced is the reduction of effort that the encoder applied; 0 for one
	// whose effort is fixed.
	Reduced int

	// Damaged reports whether a file lacked something, which the job must
	// allow.
	Damaged bool

	// Details are set, and bounded, only if the job was to inspect. They must
	// not be changed.
	Details *transform.Details
}
