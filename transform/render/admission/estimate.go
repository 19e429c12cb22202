package admission

import (
	"math"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/drawing/natural"
	"github.com/caddy-images/caddy-images/transform/header"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/sniff"
)

// Cost is what drawing a job takes, about and rather too much. The original itself is
// not in it, the result is.
type Cost struct {
	// Memory is in bytes, at its peak.
	Memory int64

	// Time is that of a processor, on all threads together. What encoding an AVIF takes
	// is not in it: render.Job.CheckEncoding bounds that.
	Time time.Duration

	// Readable is false for a header that cannot be read: Memory is then that
	// of an image as large as the limits allow, and Time is that of what else
	// is drawn.
	Readable bool
}

// Estimate returns the memory of a job's cost: how many bytes drawing it
// takes at its peak.
func Estimate(job render.Job) (peak int64, readable bool, err error) {
	c, err := CostOf(job)
	return c.Memory, c.Readable, err
}

// CostOf follows the job's plan as drawing does, over the sizes that the original's
// header announces. What Trim will leave is not known before it happened; all counts.
// The error is errors.Limit, for an original that is larger, for a drawing that comes
// to too much, and for a result that cannot be encoded in time.
func CostOf(job render.Job) (Cost, error) {
	drawings, err := structuresOf(job)
	if err != nil {
		return Cost{Readable: true}, err
	}
	if job.Inspect {
		return inspecting(job, drawings)
	}
	s, readable, err := open(job, drawings)
	if s == nil {
		return Cost{Memory: peakOf(job, readable), Readable: readable}, err
	}
	failed := s.run(job.Plan.Steps) != nil
	if err := s.refused(); err != nil {
		return Cost{Readable: true}, err
	}
	if failed {
		if s.header.Format == sniff.PDF {
			// Another page may be drawn for all that.
			return Cost{Memory: peakOf(job, false), Time: s.time()}, nil
		}
		return s.cost(), nil // drawing ends here, and says why
	}
	if !s.trimmed {
		// The result's size is known, and with it whether it can be written in time.
		if err := s.job.CheckEncoding(s.job.Encoding(s.facts), s.facts.Size); err != nil {
			return Cost{Readable: true}, err
		}
	}
	s.encode()
	s.spendOnEncoding()
	return s.cost(), nil
}

func (s *sketch) cost() Cost { return Cost{Memory: s.most(), Time: s.time(), Readable: !s.unread} }

// inspecting is CostOf for a job that decodes no pixels. A drawing is taken apart all
// the same.
func inspecting(job render.Job, drawings structures) (Cost, error) {
	job.Plan = transform.Plan{Page: job.Plan.Page, Still: true}
	s, _, err := open(job, drawings)
	if s == nil {
		return Cost{Memory: base, Readable: true}, err
	}
	if s.header.Format == sniff.SVG || s.header.Format == sniff.PDF {
		s.peak += s.decoding()
	}
	return Cost{Memory: s.peak, Readable: true}, nil
}

// peakOf is for a file of which there is no sketch: one that is refused before
// anything is decoded, or whose header cannot be read.
func peakOf(job render.Job, readable bool) int64 {
	if readable {
		return base
	}
	return base + unreadPixel*job.Limits.MaxPixels
}

// sketch is an image as package draw has it, without pixels.
type sketch struct {
	job    render.Job
	header header.Header

	facts     transform.Facts
	pixel     int64          // bytes of one pixel
	decoded   transform.Size // by the decoder, until the first link of the chain
	upright   bool
	settled   bool // copied to memory, once at least: the file is read
	resampled bool // pixels are made of several, here or in a layer

	trimmed bool // by who knows how much; or the page of a PDF, none of which is larger

	inMemory bool  // nothing was drawn since the last copy
	copied   int64 // bytes of that copy
	patches  int   // layers that may be small, since that copy

	drawn []transform.Step // so far, without those of branches that were not chosen

	peak int64 // of all but what follows

	// copies is what the largest two copies take of which one was made of the
	// other, for a copy is kept until the next one is whole.
	copies int64

	// passing is what the layer that takes most takes beyond what is left of it
	// when it is drawn, for they are drawn one after the other.
	passing int64

	structures structures // of the drawings in the job
	work       float64    // that drawing them takes, in seconds
	refusal    error      // of one that comes to too much at its size

	seconds float64 // of a processor, so far

	whole  render.Job // of which this is a layer, or the same
	unread bool       // a layer has a header that cannot be read
}

// most returns the peak of everything so far.
func (s *sketch) most() int64 { return s.peak + s.copies + s.passing }

// open reads the header. There is no sketch of a file that is not an image,
// whose header cannot be read, or that is too large.
func open(job render.Job, drawings structures) (s *sketch, readable bool, err error) {
	known, read := sniff.Sniff, header.Read
	if page := job.Plan.Page; page > 0 {
		known, read = sniff.Document, func(file []byte) (header.Header, bool) { return header.ReadPage(file, page) }
	}
	format, ok := known(job.Original)
	if !ok {
		return nil, true, nil
	}
	if format == sniff.PDF {
		if err := job.Limits.CheckPDF(len(job.Original)); err != nil {
			return nil, true, err
		}
	}
	h, ok := read(job.Original)
	if !ok && format == sniff.SVG {
		return nil, true, errors.New(errors.BadImage, "The SVG's root element is not at its beginning, or cannot be read")
	}
	if !ok {
		return nil, false, nil
	}
	drawing, _ := drawings.of(job.Original)
	s = sketchOf(h, transform.Shape(drawing.Natural), job)
	s.structures = drawings
	if format == sniff.PDF {
		err = checkPaper(h, job.Limits)
	} else {
		err = job.Limits.CheckOriginal(s.facts.Size, s.facts.Frames)
	}
	if err != nil {
		return nil, true, err
	}
	return s, true, nil
}

// sketchOf returns an image with a header. That of an SVG has a size in parts
// of a pixel.
func sketchOf(h header.Header, exact transform.Shape, job render.Job) *sketch {
	left := 1 // the orientation that is left out of account
	if heif := h.Format == sniff.AVIF || h.Format == sniff.HEIC; job.Plan.AsStored && !heif {
		left, h.Orientation = h.Orientation, 1
	}
	if job.Plan.Still {
		h.Frames = 1
	}
	s := &sketch{job: job, whole: job, header: h, peak: base, upright: h.Orientation == 1}
	s.facts = transform.Facts{Size: transform.Size{Width: h.Width, Height: h.Height}, Frames: h.Frames, Alpha: h.Alpha}
	s.facts.Format, _ = transform.ParseFormat(string(h.Format))
	if h.Format == sniff.SVG || h.Format == sniff.PDF {
		if times, err := job.Plan.Output.Enlarged(s.facts.Format); err == nil {
			s.facts.Size = transform.Size{Width: enlarged(h.Width, times), Height: enlarged(h.Height, times)}
			if exact != (transform.Shape{}) {
				s.facts.Size.Width, s.facts.Size.Height = natural.Size(exact).Pixels(times)
			}
			exact = transform.Shape{Width: exact.Width * times, Height: exact.Height * times}
		}
	}
	if exact != s.facts.Shape() {
		s.facts.Exact, s.facts.InitialExact = exact, exact
	}
	if h.Orientation >= 5 {
		s.facts.Size = transform.Size{Width: h.Height, Height: h.Width}
	}
	s.facts.Initial = s.facts.Size
	s.facts.Area = job.Area(s.facts.Size, left)
	s.trimmed = h.Format == sniff.PDF
	s.pixel = int64(h.Channels) * int64(h.Depth) / 8
	if !job.Encoding(s.facts).Animated() {
		s.facts.Frames = 1
	}
	return s
}

// enlarged returns a length of a drawing at a multiple of its size.
func enlarged(v int, times float64) int { return int(math.Ceil(float64(v) * times)) }

// begin adds what decoding takes. Of an animation one frame is in memory at a
// time, besides the rows that the decoder has just returned.
func (s *sketch) begin(first transform.Step) {
	file := s.facts.Size
	s.decoded = file
	if s.facts.Frames > 1 {
		s.peak += s.decoding() + s.pixel*(file.Pixels()+filmRows*int64(file.Width))
		s.spendOnDecoding()
		s.settled, s.inMemory = true, true
		return
	}
	r, err := transform.Resolve(first, s.facts)
	if err == nil && !first.Trim.On && s.job.Limits.CheckRecipe(r, file, 1) == nil && r.Scale != file {
		s.decoded = s.onLoad(r.Scale)
	}
	s.peak += s.decoding()
	s.drawing(s.decoded)
	s.spendOnDecoding()
}

// onLoad returns the size that a file is decoded at when the image is to have
// the target's.
func (s *sketch) onLoad(target transform.Size) transform.Size {
	file := s.facts.Size
	switch s.header.Format {
	case sniff.JPEG:
		for _, shrink := range []int{8, 4, 2} {
			if small := (transform.Size{Width: file.Width / shrink, Height: file.Height / shrink}); small.Width >= target.Width && small.Height >= target.Height {
				return small
			}
		}
	case sniff.WebP:
		if target.Width < file.Width && target.Height < file.Height {
			return target
		}
	case sniff.SVG:
		if target.Pixels() <= s.job.Limits.MaxPixels {
			return target
		}
		return s.onPaper(target) // of which a part is kept
	case sniff.PDF:
		return s.onPaper(target)
	}
	return file
}

// all returns the number of pixels in all frames of a size.
func (s *sketch) all(size transform.Size) int64 { return size.Pixels() * int64(s.facts.Frames) }

// threads returns how many may draw the image.
func (s *sketch) threads() int64 { return int64(max(s.job.Threads, render.Threads(1))) }
